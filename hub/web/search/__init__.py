"""Search over everything: the page, and what the palette shows."""
