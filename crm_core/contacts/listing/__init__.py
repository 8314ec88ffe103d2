"""Lists of contacts and the search in them."""
