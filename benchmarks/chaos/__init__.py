"""Kills a hub's processes and engines at random moments under load, and counts what was lost."""
