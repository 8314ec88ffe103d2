"""SQL of acts. Triggers keep what changes while `hub.act` is set; `crm_take_back` puts it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, LiteralString
from uuid import UUID

from crm_core.acts.model import Act, Cause
from crm_core.sql import Conn

BEGIN: LiteralString = """
    INSERT INTO crm_act (kind, user_id, conversation_id) VALUES ($1, $2, $3) RETURNING id"""
HOLD_TOGETHER: LiteralString = "UPDATE crm_act SET parent_id = $1 WHERE id = ANY($2::uuid[])"
PARTS: LiteralString = (
    "SELECT id FROM crm_act WHERE parent_id = $1 AND undone_at IS NULL ORDER BY at DESC, id"
)
SET: LiteralString = "SELECT set_config('hub.act', $1, true)"
DESCRIBE: LiteralString = """
    UPDATE crm_act SET concerns = $2, message_id = coalesce($3, message_id) WHERE id = $1"""
NAME: LiteralString = """
    WITH around AS MATERIALIZED (
        SELECT coalesce(nullif(current_setting('hub.act', true), ''),
                        nullif(current_setting('hub.cause', true), '')::jsonb ->> 'id')::uuid AS id)
    SELECT id, CASE WHEN id IS NULL THEN set_config('hub.cause', $1, true) END FROM around"""
UNNAME: LiteralString = "SELECT set_config('hub.cause', '', true)"
EXISTS: LiteralString = "SELECT EXISTS (SELECT FROM crm_act WHERE id = $1)"
ACT: LiteralString = """
    SELECT a.id, a.kind, a.user_id, coalesce(u.name, '') AS user_name, a.concerns, a.conversation_id, a.message_id, a.at,
           a.undone_at, a.cause, a.cause_id, a.parent_id
      FROM crm_act a LEFT JOIN crm_user u ON u.id = a.user_id"""
GET: LiteralString = f"{ACT} WHERE a.id = $1"
LOCK: LiteralString = f"{ACT} WHERE a.id = $1 FOR UPDATE OF a"
OF_MESSAGE: LiteralString = f"{ACT} WHERE a.message_id = $1 AND a.kind = $2 ORDER BY a.at DESC LIMIT 1"
LAST_OF: LiteralString = f"""
    {ACT} WHERE a.conversation_id = $1 AND $2 = ANY(a.concerns) AND a.undone_at IS NULL ORDER BY a.at DESC LIMIT 1"""
WAS: LiteralString = """
    SELECT before ->> $3 FROM crm_act_image WHERE act_id = $1 AND relation = $2 AND before ? $3 ORDER BY id LIMIT 1"""
TAKE_BACK: LiteralString = "SELECT crm_take_back($1)"
UNDONE: LiteralString = "UPDATE crm_act SET undone_at = now() WHERE id = $1"
KEEP: LiteralString = """
    UPDATE crm_act a SET is_kept = true
     WHERE NOT a.is_kept AND a.at < now() - interval '1 day' AND EXISTS (SELECT FROM crm_history h WHERE h.act = a.id)"""
FORGET_IMAGES: LiteralString = """
    DELETE FROM crm_act_image i USING crm_act a WHERE a.id = i.act_id AND a.at < now() - interval '1 day'"""
FORGET_OLD: LiteralString = "DELETE FROM crm_act WHERE NOT is_kept AND at < now() - interval '1 day'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An act that is written once something changes."""

    id: UUID
    kind: str
    user_id: int | None
    cause: Cause
    cause_id: int | None
    parent_id: UUID | None


async def name(conn: Conn, named: Named) -> UUID | None:
    """From now on, until the transaction ends, changes belong to this act; gives the act around it, which goes on."""
    told = {field.name: getattr(named, field.name) for field in fields(named)}
    return await conn.fetchval(NAME, json.dumps(told, default=str))


async def unname(conn: Conn) -> None:
    await conn.execute(UNNAME)


async def hold_together(conn: Conn, id_: UUID, parts: Sequence[UUID]) -> None:
    """These acts are parts of one, and are taken back with it."""
    await conn.execute(HOLD_TOGETHER, id_, list(parts))


async def parts(conn: Conn, id_: UUID) -> list[UUID]:
    """The acts that it holds together and that nobody took back, the last first."""
    return [row["id"] for row in await conn.fetch(PARTS, id_)]


async def exists(conn: Conn, id_: UUID) -> bool:
    return await conn.fetchval(EXISTS, id_)


async def begin(conn: Conn, kind: str, *, user_id: int | None, conversation_id: int | None) -> UUID:
    return await conn.fetchval(BEGIN, kind, user_id, conversation_id)


async def record(conn: Conn, id_: UUID | None) -> None:
    """From now on, until the transaction ends, changes belong to this act; None: to none."""
    await conn.execute(SET, str(id_ or ""))


async def describe(conn: Conn, id_: UUID, *, concerns: Sequence[int], message_id: int | None) -> None:
    await conn.execute(DESCRIBE, id_, list(concerns), message_id)


async def lock(conn: Conn, id_: UUID) -> Act | None:
    return _act(await conn.fetchrow(LOCK, id_))


async def get(conn: Conn, id_: UUID) -> Act | None:
    return _act(await conn.fetchrow(GET, id_))


async def of_message(conn: Conn, message_id: int, kind: str) -> Act | None:
    return _act(await conn.fetchrow(OF_MESSAGE, message_id, kind))


async def last_of(conn: Conn, conversation_id: int, user_id: int) -> Act | None:
    """The last act by which this user lost or got the conversation."""
    return _act(await conn.fetchrow(LAST_OF, conversation_id, user_id))


async def take_back(conn: Conn, id_: UUID) -> list[str]:
    """Put everything back; returns what somebody changed since and what therefore stays, as `table.column`."""
    return await conn.fetchval(TAKE_BACK, id_)


async def was(conn: Conn, id_: UUID, relation: str, column: str) -> str | None:
    """What a column held before the act; None where the act did not change it."""
    return await conn.fetchval(WAS, id_, relation, column)


async def undone(conn: Conn, id_: UUID) -> None:
    await conn.execute(UNDONE, id_)


async def forget_old(conn: Conn) -> None:
    """After a day, what inbox acts changed beside the history, and those that the history does not name."""
    for statement in (KEEP, FORGET_IMAGES, FORGET_OLD):
        await conn.execute(statement)


def _act(row: Any) -> Act | None:
    if row is None:
        return None
    data: dict[str, Any] = dict(row)
    data["concerns"] = tuple(data["concerns"])
    return Act(**data)
