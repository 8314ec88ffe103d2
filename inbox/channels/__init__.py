"""Configured uses of connectors, their state and their log."""
