"""Starter rules by trade: what a trade asks for, between the rules that every house needs."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

GENERAL = "general"
TRADES = ("shop", "clinic", "school", "real_estate", "services")
STARTERS = (GENERAL, *TRADES)
MORE = {"shop": ("delivery",)}
"""Rules of the general file that only some trades take."""
BEFORE = ("person", "form")
AFTER = ("prices", "call_me", "address", "opening_hours")
LAST = ("anything_else", "phone")
RULE = re.compile(r"^(?:  #[^\n]*\n)?  - id: ([a-z_]+)\n(?:(?!  - id: |  #).*\n)*", re.MULTILINE)


@cache
def starter_text(name: str = GENERAL) -> str:
    """A whole rules file, ready to be changed. Raises KeyError for a trade that there is not."""
    general = _read("starter/first_line.yaml")
    if name == GENERAL:
        return general
    if name not in TRADES:
        raise KeyError(name)
    rules = _rules(general)
    own = _rules(_read(f"starter/trades/{name}.yaml"))
    greeting = own.pop("greeting")
    ends = [rules[id_] for id_ in (*MORE.get(name, ()), *AFTER)]
    parts = [*(rules[id_] for id_ in BEFORE), *own.values(), *ends, greeting, *(rules[id_] for id_ in LAST)]
    head = general[: general.index("rules:\n")] + "rules:\n"
    return head + "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _rules(text: str) -> dict[str, str]:
    return {match[1]: match[0] for match in RULE.finditer(text)}


def _read(path: str) -> str:
    return files("chatbot").joinpath(path).read_text(encoding="utf-8")
