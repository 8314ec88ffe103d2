"""Attachments: bytes kept once by content, fetched when a provider keeps them."""
