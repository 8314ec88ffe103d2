"""Mango Office: calls of its virtual exchange."""
