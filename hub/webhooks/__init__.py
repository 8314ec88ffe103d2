"""Outgoing webhooks: who is told of what, and their log; `hub.webhook_lanes` delivers."""
