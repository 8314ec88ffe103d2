"""Pages of channels and their settings."""
