"""The chatbot: reads rules, decides on turns, and acts on nothing."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from chatbot.parse import load
from chatbot.rules import RuleSet

STARTER = "starter/first_line.yaml"


def starter_text() -> str:
    """The starter rules as they are written, comments included."""
    return files(__name__).joinpath(STARTER).read_text(encoding="utf-8")


@cache
def starter_rules() -> RuleSet:
    """The rules a fresh installation runs."""
    return load(starter_text(), source="starter rules")
