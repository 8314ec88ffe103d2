"""Conversations and messages as people see them."""
