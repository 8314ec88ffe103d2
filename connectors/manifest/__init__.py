"""Connectors without code: a manifest says how to receive, how to send, and what the answers mean."""
