"""What an edit changed, as the history tells it: each field with its value before and after, people and companies by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from crm_core.sql import Conn
from values.sentences import tidied

NAMES: LiteralString = """
    SELECT 'owner_id' AS field, id, name FROM crm_user WHERE id = ANY($1::int[])
    UNION ALL SELECT 'company_id', id, name FROM crm_company WHERE id = ANY($2::int[])"""
LONGEST = 200
NAMED = ("owner_id", "company_id")


async def described(
    conn: Conn, before: Mapping[str, Any], after: Mapping[str, Any], changed: Sequence[str]
) -> list[dict[str, Any]]:
    """`{"field", "old", "new"}` of each changed field, long texts cut; empty values are None."""
    ids = [[row[field] for row in (before, after) if row.get(field)] for field in NAMED]
    names: dict[tuple[str, int], str] = {}
    if set(changed) & set(NAMED):
        names = {(row["field"], row["id"]): row["name"] for row in await conn.fetch(NAMES, *ids)}

    def shown(field: str, value: Any) -> Any:
        if field in NAMED:
            return names.get((field, value)) if value else None
        if isinstance(value, (list, tuple)):
            return ", ".join(map(str, value)) or None
        if isinstance(value, Mapping):
            return "; ".join(f"{name}: {text}" for name, text in sorted(value.items()))[:LONGEST] or None
        return tidied(value, _cut) or None if isinstance(value, str) else value

    return [
        {"field": field, "old": shown(field, before[field]), "new": shown(field, after[field])}
        for field in changed
    ]


def _cut(text: str) -> str:
    return text[:LONGEST]
