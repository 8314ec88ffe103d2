"""SQL of the rules of routing, and of what they ask of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any, LiteralString

from crm_core.sql import Conn
from inbox.routing.rules import Facts, Rule
from values.kept import Row

COLUMNS: LiteralString = (
    "id, name, to_name, is_on, channels, sources, languages, words, tags, hours, way, is_strict, over_manager,"
    " answer_within, escalate_to, escalate_after"
)
RULES: LiteralString = (
    f"SELECT {COLUMNS} FROM inbox_routing_rule WHERE removed_at IS NULL ORDER BY position, id"
)
ONE: LiteralString = f"SELECT {COLUMNS} FROM inbox_routing_rule WHERE id = $1::bigint AND removed_at IS NULL"
ADD: LiteralString = """
    INSERT INTO inbox_routing_rule
           (name, to_name, is_on, channels, sources, languages, words, tags, hours, way, is_strict, over_manager,
            answer_within, escalate_to, escalate_after, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
            (SELECT coalesce(max(position), 0) + 1 FROM inbox_routing_rule)) RETURNING id"""
SAVE: LiteralString = """
    UPDATE inbox_routing_rule
       SET name = $2, to_name = $3, is_on = $4, channels = $5, sources = $6, languages = $7, words = $8, tags = $9,
           hours = $10, way = $11, is_strict = $12, over_manager = $13, answer_within = $14, escalate_to = $15,
           escalate_after = $16
     WHERE id = $1::bigint AND removed_at IS NULL RETURNING id"""
REMOVE: LiteralString = """
    UPDATE inbox_routing_rule SET removed_at = now() WHERE id = $1::bigint AND removed_at IS NULL RETURNING name"""
RESTORE: LiteralString = """
    UPDATE inbox_routing_rule SET removed_at = NULL WHERE id = $1::bigint AND removed_at IS NOT NULL RETURNING id"""
ORDER: LiteralString = """
    UPDATE inbox_routing_rule r SET position = t.n
      FROM unnest($1::int[]) WITH ORDINALITY AS t (id, n) WHERE r.id = t.id"""
FACTS: LiteralString = """
    SELECT t.id, h.slug AS channel, r.tags
      FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS t (id, channel_id, contact_id)
      JOIN inbox_channel h ON h.id = t.channel_id
      JOIN crm_contact c ON c.id = t.contact_id JOIN crm_contact r ON r.id = c.root_id"""


async def rules(conn: Conn) -> list[Rule]:
    """The rules in their order."""
    return [_rule(row) for row in await conn.fetch(RULES)]


async def one(conn: Conn, id_: int) -> Rule | None:
    row = await conn.fetchrow(ONE, id_)
    return _rule(row) if row else None


async def add(conn: Conn, rule: Rule) -> int:
    """The last rule."""
    return await conn.fetchval(ADD, *_columns(rule))


async def save(conn: Conn, rule: Rule) -> bool:
    """False when the rule is not there any more."""
    return await conn.fetchval(SAVE, rule.id, *_columns(rule)) is not None


async def remove(conn: Conn, id_: int) -> str | None:
    """Take a rule out; its name, None when it is gone."""
    return await conn.fetchval(REMOVE, id_)


async def restore(conn: Conn, id_: int) -> bool:
    """Put a removed rule back where it was."""
    return await conn.fetchval(RESTORE, id_) is not None


async def order(conn: Conn, ids: Sequence[int]) -> None:
    await conn.execute(ORDER, list(ids))


async def facts(conn: Conn, conversations: Sequence[tuple[int, int, int]]) -> dict[int, Facts]:
    """Channel and tags of conversations `(id, channel id, contact id)`."""
    columns = [list(column) for column in zip(*conversations, strict=True)]
    return {
        row["id"]: Facts(channel=row["channel"], tags=tuple(row["tags"]))
        for row in await conn.fetch(FACTS, *columns)
    }


def _columns(rule: Rule) -> list[Any]:
    """The fields after the id, in the order of the columns: Rule's own."""
    return [list(value) if isinstance(value, tuple) else value for value in astuple(rule)[1:]]


def _rule(row: Row) -> Rule:
    data: dict[str, Any] = dict(row)
    lists = {name: tuple(data.pop(name)) for name in ("channels", "sources", "languages", "words", "tags")}
    return Rule(to=data.pop("to_name"), **lists, **data)
