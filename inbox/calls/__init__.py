"""Calls: the fold of their steps."""
