"""Understanding without a cloud: words in three scripts, synonyms, slips of the keyboard, and examples scored."""
