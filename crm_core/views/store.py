"""SQL of saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import asyncpg

from crm_core.sql import Conn
from crm_core.views.model import Looks, View

VIEW: LiteralString = """
    SELECT v.id, v.object, v.name, v.owner_id, u.name AS owner_name, v.is_shared, v.owner_id = $1::integer AS is_own,
           v.columns, v.sorting, v.filter, v.position
      FROM crm_view v JOIN crm_user u ON u.id = v.owner_id
     WHERE v.removed_at IS NULL AND (v.owner_id = $1::integer OR v.is_shared)"""
LIST: LiteralString = f"{VIEW} AND v.object = $2 ORDER BY v.owner_id <> $1::integer, v.position, v.id"
GET: LiteralString = f"{VIEW} AND v.id = $2::bigint"
COUNT: LiteralString = (
    "SELECT count(*) FROM crm_view WHERE owner_id = $1 AND object = $2 AND removed_at IS NULL"
)
CREATE: LiteralString = """
    INSERT INTO crm_view (object, name, owner_id, is_shared, columns, sorting, filter, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT coalesce(max(position), 0) + 1 FROM crm_view WHERE owner_id = $3))
    RETURNING id"""
SAVE: LiteralString = "UPDATE crm_view SET columns = $2, sorting = $3, filter = $4 WHERE id = $1"
NAME: LiteralString = "UPDATE crm_view SET name = $2, is_shared = $3 WHERE id = $1"
REMOVE: LiteralString = "UPDATE crm_view SET removed_at = now() WHERE id = $2::bigint AND owner_id = $1"
RESTORE: LiteralString = """
    UPDATE crm_view SET removed_at = NULL WHERE id = $2::bigint AND owner_id = $1 RETURNING object"""
PLACE: LiteralString = """
    UPDATE crm_view v SET position = o.n FROM unnest($2::bigint[]) WITH ORDINALITY AS o (id, n)
     WHERE v.id = o.id AND v.owner_id = $1"""


async def of_object(conn: Conn, user_id: int, of: str) -> list[View]:
    return [_view(row) for row in await conn.fetch(LIST, user_id, of)]


async def get(conn: Conn, user_id: int, id_: int) -> View | None:
    row = await conn.fetchrow(GET, user_id, id_)
    return _view(row) if row else None


async def count(conn: Conn, user_id: int, of: str) -> int:
    return await conn.fetchval(COUNT, user_id, of)


async def create(conn: Conn, user_id: int, *, of: str, name: str, is_shared: bool, looks: Looks) -> int:
    columns = list(looks.columns)
    return await conn.fetchval(CREATE, of, name, user_id, is_shared, columns, looks.order, dict(looks.filter))


async def save(conn: Conn, id_: int, looks: Looks) -> None:
    await conn.execute(SAVE, id_, list(looks.columns), looks.order, dict(looks.filter))


async def name(conn: Conn, id_: int, name: str, *, is_shared: bool) -> None:
    await conn.execute(NAME, id_, name, is_shared)


async def remove(conn: Conn, user_id: int, id_: int) -> None:
    await conn.execute(REMOVE, user_id, id_)


async def restore(conn: Conn, user_id: int, id_: int) -> str | None:
    """The object of the view that is there again."""
    return await conn.fetchval(RESTORE, user_id, id_)


async def place(conn: Conn, user_id: int, ids: Sequence[int]) -> None:
    await conn.execute(PLACE, user_id, list(ids))


def _view(row: asyncpg.Record) -> View:
    given = dict(row)
    order, columns = given.pop("sorting"), tuple(given.pop("columns"))
    return View(order=order, columns=columns, **given)
