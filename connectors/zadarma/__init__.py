"""Zadarma: calls of its cloud exchange."""
