"""The webform connector."""
