"""Writes a rule into the text of a rules file, where it is heard: above greetings and whatever fits anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from chatbot.parse import load
from chatbot.rules import Rule

NAME = "question"
NOT_SPOKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class NoPlace(Exception):
    """The file is written in a way that a rule cannot be put into; its author must do it. Holds the rule's text."""


def with_rule(source: str, *, about: str, examples: Sequence[str], answer: str) -> str:
    """The file with one more rule that gives `answer` to questions like `examples`. Raises RulesInvalid, NoPlace."""
    rules = load(source, source="rules")
    number = next(n for n in range(1, len(rules.rules) + 2) if f"{NAME}_{n}" not in rules.by_id)
    rule = {
        "id": f"{NAME}_{number}",
        "about": _text(about)[:60],
        "when": {"examples": [_text(each)[:200] for each in examples]},
        "do": [{"say": _text(answer)}],
    }
    lines = source.splitlines()
    last = next((each.id for each in rules.rules if _hears_all(each)), "")
    place, indent = _place(lines, last)
    written = yaml.safe_dump([rule], allow_unicode=True, sort_keys=False, width=1_000).splitlines()
    if place is None:
        raise NoPlace("\n".join(written))
    lines[place:place] = [*(f"{indent}{line}" for line in written), ""]
    whole = "\n".join(lines) + "\n"
    load(whole, source="rules")
    return whole


def _hears_all(rule: Rule) -> bool:
    return rule.when is not None and not rule.when.is_about_content and not rule.when.kinds


def _place(lines: Sequence[str], before: str) -> tuple[int | None, str]:
    """The line to write at (above the comments of the rule that follows), and how far it is indented."""
    for number, line in enumerate(lines):
        match = re.match(r"^(\s*)- id: *['\"]?([a-z0-9_]+)['\"]?\s*(#.*)?$", line)
        if not match or (before and match[2] != before):
            continue
        while number and lines[number - 1].lstrip().startswith("#"):
            number -= 1
        return number, match[1]
    return None, ""


def _text(written: str) -> str:
    """Words as they are said: a template in what a customer wrote must not become one."""
    plain = NOT_SPOKEN.sub("", " ".join(written.split()))
    return plain.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
