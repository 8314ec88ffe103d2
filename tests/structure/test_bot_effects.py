"""No effect of the bot is forgotten: wherever effects are told apart, each of them is named."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import get_args

from chatbot.model import Effect
from tests.structure.test_house import SOURCES

EFFECTS = {effect.__name__ for effect in get_args(Effect)}
NOTHING_TO_DO = {"StaySilent", "KeepWaiting"}
"""What asks nobody to do anything may be left to `case _`."""


def test_every_effect_is_handled_wherever_effects_are_told_apart() -> None:
    found = list(_told_apart())
    forgotten = {f"{path}:{line}": EFFECTS - named - NOTHING_TO_DO for path, line, named in found}
    assert {place: missing for place, missing in forgotten.items() if missing} == {}


def test_effects_are_told_apart_where_they_are_carried_out_played_and_shown() -> None:
    paths = [path for path, _, _ in _told_apart()]
    assert {path.partition("/")[0] for path in paths} == {"chatbot", "inbox", "hub"}
    assert {"chatbot/crm_after.py", "chatbot/transcript.py", "hub/web/bot/trial.py"} <= set(paths)


def _told_apart() -> Iterator[tuple[str, int, set[str]]]:
    """Each `match` over effects, with those it names."""
    for path, source in SOURCES.items():
        if "chatbot.model" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Match) and len(named := _named(node)) > 1:
                yield path, node.lineno, named


def _named(node: ast.Match) -> set[str]:
    classes = (
        each.cls for case in node.cases for each in ast.walk(case.pattern) if isinstance(each, ast.MatchClass)
    )
    return {each.id for each in classes if isinstance(each, ast.Name)} & EFFECTS
