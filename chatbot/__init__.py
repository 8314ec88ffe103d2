"""The chatbot: reads rules, decides on turns, and acts on nothing."""

from __future__ import annotations

from functools import cache

from chatbot.parse import load
from chatbot.rules import RuleSet
from chatbot.starters import GENERAL
from chatbot.starters import STARTERS as STARTERS
from chatbot.starters import starter_text as starter_text


@cache
def starter_rules(name: str = GENERAL) -> RuleSet:
    """Starter rules that are ready to run; a fresh installation runs the general ones."""
    return load(starter_text(name), source="starter rules")
