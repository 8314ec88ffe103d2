"""What an edit changed, as the history tells it: each field with its value before and after, people and companies by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.activity import store
from crm_core.sql import Conn
from values.sentences import tidied

LONGEST = 200
NAMED = ("owner_id", "company_id")


async def described(
    conn: Conn, before: object, after: object, changed: Sequence[str]
) -> list[dict[str, Any]]:
    """`{"field", "old", "new"}` of each changed field of two rows, long texts cut; empty values are None."""
    names: dict[tuple[str, int], str] = {}
    if set(changed) & set(NAMED):
        people, companies = ([getattr(row, name) for row in (before, after)] for name in NAMED)
        names = await store.names(conn, user_ids=people, company_ids=companies)

    def shown(field: str, value: Any) -> Any:
        if field in NAMED:
            return names.get((field, value)) if value else None
        if isinstance(value, (list, tuple)):
            return ", ".join(map(str, value)) or None
        if isinstance(value, Mapping):
            return "; ".join(f"{name}: {text}" for name, text in sorted(value.items()))[:LONGEST] or None
        return tidied(value, _cut) or None if isinstance(value, str) else value

    return [
        {"field": name, "old": shown(name, getattr(before, name)), "new": shown(name, getattr(after, name))}
        for name in changed
    ]


def _cut(text: str) -> str:
    return text[:LONGEST]
