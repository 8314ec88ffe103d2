"""Lists of deals."""
