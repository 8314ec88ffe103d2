"""Telnyx: calls of Call Control."""
