"""Merges of contacts, their undoing, and suggestions of merges."""
