"""Plivo: calls of Plivo numbers."""
