"""Vonage: calls of the Voice API."""
