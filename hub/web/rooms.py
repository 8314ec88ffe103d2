"""Which rooms a page draws from: its own, and those whose templates it takes in."""

from __future__ import annotations

import re
from functools import lru_cache

from hub.wording.catalogs import WEB

TEMPLATES = WEB / "templates"
_NAMED = re.compile(r'"([\w/]+\.html)"')


def room_of(template: str) -> str:
    """The folder of a template; empty for what all rooms share."""
    return template.rpartition("/")[0]


@lru_cache(maxsize=256)
def closure(template: str) -> tuple[str, ...]:
    """A template and all it extends, includes and imports, whether or not a condition leaves them out this time."""
    found: list[str] = []
    wanted = [template]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.append(name)
            wanted += _NAMED.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    return tuple(found)


@lru_cache(maxsize=256)
def rooms_of(template: str) -> frozenset[str]:
    """The rooms whose components a page may show."""
    return frozenset(filter(None, map(room_of, closure(template))))
