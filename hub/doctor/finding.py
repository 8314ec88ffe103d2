"""The answer to one question about an installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hub.problem import Problem

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`remedy` says what to do; it is empty when all is well."""

    name: str
    state: State
    found: str
    remedy: str = ""


def ok(name: str, found: str) -> Finding:
    """As it should be."""
    return Finding(name=name, state="ok", found=found)


def note(name: str, found: str, remedy: str) -> Finding:
    """Works, but one should know."""
    return Finding(name=name, state="note", found=found, remedy=remedy)


def wrong(name: str, found: str, remedy: str) -> Finding:
    """Has to be mended."""
    return Finding(name=name, state="wrong", found=found, remedy=remedy)


def by_trying(name: str, attempt: Callable[[], str]) -> Finding:
    """What `attempt` tells is fine; a Problem it raises already says what to do."""
    try:
        return ok(name, attempt())
    except Problem as problem:
        found, _, remedy = str(problem).partition(": ")
        return wrong(name, found, remedy or "See above.")
