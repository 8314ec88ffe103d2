"""From the text of a rules file to rules: one reader a section, every fault with its place."""
