"""The history of what happened."""
