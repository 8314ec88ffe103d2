"""Finding conversations. Permission is part of every look."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core import search as crm_search
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.search import query as ts_query
from inbox.search import words
from inbox.views import search_store as store
from inbox.views.model import Found


async def search(conn: Conn, viewer: Viewer, text: str, *, limit: int = 50) -> list[Found]:
    """Conversations by words of their messages, in any script, or by name, phone or address of the person."""
    viewer.require_customers()
    asked = ts_query(text)
    if not asked:
        return []
    await store.plan_anew(conn)
    folded = text.strip().casefold().replace("\\", "").replace("%", "").replace("_", "")
    parsed = crm_search.parse(folded)
    patterns = [f"%{folded}%", *(parsed.numbers if parsed else ())]
    people = await store.people(conn, folded, patterns) if len(folded) >= 3 else []
    hits = await store.of_people(conn, viewer.sql_id, people, limit=limit) if people else []
    hits += await by_words(conn, viewer, text, limit=limit)
    return _by_conversation(hits, limit)


async def messages(conn: Conn, viewer: Viewer, text: str, *, limit: int = 50) -> list[Found]:
    """Conversations by words of their messages alone, each with its newest message that has them; in a transaction."""
    viewer.require_customers()
    await store.plan_anew(conn)
    return _by_conversation(await by_words(conn, viewer, text, limit=4 * limit), limit)


async def by_words(conn: Conn, viewer: Viewer, text: str, *, limit: int) -> list[Found]:
    """Messages with all of these words, newest first."""
    asked, typed = ts_query(text), text.strip().lower()
    if not asked:
        return []
    return await store.by_words(conn, viewer.sql_id, asked, typed=typed, first=words(text)[0], limit=limit)


def _by_conversation(hits: Sequence[Found], limit: int) -> list[Found]:
    found: dict[int, Found] = {}
    for hit in hits:
        found.setdefault(hit.row.id, hit)
    return list(found.values())[:limit]
