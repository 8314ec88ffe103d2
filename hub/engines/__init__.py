"""Embedded PostgreSQL and Valkey: found, prepared, run as our own children, stopped cleanly."""
