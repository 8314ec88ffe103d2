"""Deals, their pipelines and the board."""
