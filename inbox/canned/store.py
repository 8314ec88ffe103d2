"""SQL of canned replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from crm_core.sql import Conn

FIELDS: LiteralString = "id, shortcut, title, text, language, user_id"
FIND: LiteralString = f"""
    SELECT {FIELDS} FROM inbox_canned
     WHERE (user_id IS NULL OR user_id = $1)
       AND (strpos(lower(shortcut), $2) > 0 OR strpos(lower(title), $2) > 0 OR strpos(lower(text), $2) > 0)
     ORDER BY $4 <> '' AND language NOT IN ('', $4), starts_with(lower(shortcut), $2) DESC,
              strpos(lower(shortcut || ' ' || title), $2) > 0 DESC, language <> $4, lower(shortcut), language, id LIMIT $3"""
ONE: LiteralString = (
    f"SELECT {FIELDS} FROM inbox_canned WHERE id = $2::bigint AND (user_id IS NULL OR user_id = $1)"
)
INSERT: LiteralString = """
    INSERT INTO inbox_canned (shortcut, title, text, language, user_id) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING id"""
UPDATE: LiteralString = """
    UPDATE inbox_canned SET shortcut = $2, title = $3, text = $4, language = $5, user_id = $6 WHERE id = $1"""
DELETE: LiteralString = "DELETE FROM inbox_canned WHERE id = $2::bigint AND (user_id IS NULL OR user_id = $1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A canned reply. `user_id` None: everybody's. `{name}` and others in the text are filled in where it is used
    (inbox/canned/filling.py)."""

    id: int
    shortcut: str
    title: str
    text: str
    language: str
    user_id: int | None


async def find(conn: Conn, user_id: int | None, text: str, *, language: str, limit: int) -> list[Canned]:
    return [Canned(**dict(row)) for row in await conn.fetch(FIND, user_id, text, limit, language)]


async def one(conn: Conn, user_id: int | None, id_: int) -> Canned | None:
    row = await conn.fetchrow(ONE, user_id, id_)
    return Canned(**dict(row)) if row else None


async def insert(
    conn: Conn, *, shortcut: str, title: str, text: str, language: str, user_id: int | None
) -> int | None:
    """The new id, or None when the shortcut is taken."""
    return await conn.fetchval(INSERT, shortcut, title, text, language, user_id)


async def update(conn: Conn, canned: Canned) -> None:
    await conn.execute(
        UPDATE, canned.id, canned.shortcut, canned.title, canned.text, canned.language, canned.user_id
    )


async def delete(conn: Conn, user_id: int | None, id_: int) -> None:
    await conn.execute(DELETE, user_id, id_)
