"""Verbs on canned replies: one's own and everybody's."""

from __future__ import annotations

import asyncpg

from crm_core.sql import Conn
from inbox.canned import store
from inbox.canned.store import Canned
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase
from values.texts import storable

MAX_TEXT = 10_000
_TAKEN = phrase("This shortcut is taken. Choose another one.")


async def find(
    conn: Conn, user_id: int | None, text: str = "", *, language: str = "", limit: int = 100
) -> list[Canned]:
    """Those with the text in their shortcut, title or text; one's own and everybody's. Those in the language, or in none,
    stand first."""
    return await store.find(conn, user_id, storable(text).strip().casefold(), language=language, limit=limit)


async def get(conn: Conn, user_id: int | None, id_: int) -> Canned:
    """Raises NotFound, also for a colleague's own."""
    found = await store.one(conn, user_id, id_)
    if found is None:
        raise NotFound(phrase("There is no such canned reply."))
    return found


async def save(
    conn: Conn,
    user_id: int | None,
    *,
    shortcut: str,
    title: str,
    text: str,
    language: str = "",
    is_shared: bool = True,
    id_: int | None = None,
) -> int:
    """Create one, or with `id_` change it. Raises Invalid naming the field, Conflict when the shortcut is taken."""
    canned = Canned(
        id=id_ or 0,
        shortcut=_checked(shortcut.lstrip("/"), "shortcut", "Give it a shortcut, say “price”.", 60),
        title=storable(title).strip()[:200] or storable(shortcut).strip()[:60],
        text=_checked(text, "text", "Write the reply itself.", MAX_TEXT),
        language=language,
        user_id=None if is_shared else user_id,
    )
    if any(char.isspace() for char in canned.shortcut):
        raise Invalid(phrase("A shortcut is one word."), field="shortcut")
    if id_ is None:
        return await _insert(conn, canned)
    await get(conn, user_id, id_)
    try:
        await store.update(conn, canned)
    except asyncpg.UniqueViolationError:
        raise Conflict(_TAKEN) from None
    return id_


async def remove(conn: Conn, user_id: int | None, id_: int) -> None:
    await store.delete(conn, user_id, id_)


async def _insert(conn: Conn, canned: Canned) -> int:
    new = await store.insert(
        conn,
        shortcut=canned.shortcut,
        title=canned.title,
        text=canned.text,
        language=canned.language,
        user_id=canned.user_id,
    )
    if new is None:
        raise Conflict(_TAKEN)
    return new


def _checked(value: str, field: str, missing: str, most: int) -> str:
    text = storable(value).strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > most:
        raise Invalid(phrase("At most {most} characters.", most=f"{most:,}"), field=field)
    return text
