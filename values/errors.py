"""Errors for people: each says what happens next; the roof maps them to answers."""

from __future__ import annotations


class NotFound(Exception):
    """It is not there, or not for this viewer: 404."""


class Forbidden(Exception):
    """The role does not include it: 403."""


class Invalid(Exception):
    """What was given cannot be taken; `field` names where: 422."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Conflict(Exception):
    """Something else happened meanwhile: 409."""
