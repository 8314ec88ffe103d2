"""Deliveries of outgoing webhooks on their way: what is due, in whose order, and what became of it."""
