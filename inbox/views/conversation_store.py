"""SQL of looking at conversations; `viewer_id` is `Viewer.sql_id`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, TypeAlias

from crm_core.sql import Conn
from inbox.conversations.visibility_store import RULE
from inbox.views.model import ConversationDetails, ConversationRow
from values.kept import Row, read_kept_in

Place: TypeAlias = tuple[datetime | None, int]
"""Behind which conversation a page begins: the time that the list is sorted by, and the id."""


ROW: LiteralString = """
    c.id, c.channel_id, ch.name AS channel_name, ch.connector, p.root_id AS contact_id, r.name AS contact_name,
    c.handle_kind, c.handle_value, c.subject, c.state, c.assignee_id, coalesce(u.name, '') AS assignee_name, c.owner,
    c.last_text, c.last_outbound, c.last_at, c.unread, c.waiting_since, c.snoozed_until, c.undelivered,
    c.tags, c.created_at AS since"""
JOINS: LiteralString = """
      JOIN inbox_channel ch ON ch.id = c.channel_id
      JOIN crm_contact p ON p.id = c.contact_id
      JOIN crm_contact r ON r.id = p.root_id
      LEFT JOIN crm_user u ON u.id = c.assignee_id"""
# Each part of a list is one index range; several assignees are several ranges, merged.
LIST_EVERYBODY: LiteralString = f"""
    WITH picked AS (
        SELECT l.* FROM unnest($1::text[]) AS s (state) CROSS JOIN LATERAL (
            SELECT c.id, c.last_at FROM inbox_conversation c
             WHERE c.state = s.state AND ($2::timestamptz IS NULL OR (c.last_at, c.id) < ($2, $3::bigint))
             ORDER BY c.last_at DESC, c.id DESC LIMIT $4) AS l
         ORDER BY l.last_at DESC, l.id DESC LIMIT $4
    )
    SELECT {ROW} FROM picked JOIN inbox_conversation c ON c.id = picked.id {JOINS}
     ORDER BY c.last_at DESC, c.id DESC"""
LIST_OF: LiteralString = f"""
    WITH picked AS (
        SELECT l.* FROM unnest($1::text[]) AS s (state) CROSS JOIN unnest($5::int[]) AS a (assignee) CROSS JOIN LATERAL (
            SELECT c.id, c.last_at FROM inbox_conversation c
             WHERE coalesce(c.assignee_id, 0) = a.assignee AND c.state = s.state
               AND ($2::timestamptz IS NULL OR (c.last_at, c.id) < ($2, $3::bigint))
             ORDER BY c.last_at DESC, c.id DESC LIMIT $4) AS l
         ORDER BY l.last_at DESC, l.id DESC LIMIT $4
    )
    SELECT {ROW} FROM picked JOIN inbox_conversation c ON c.id = picked.id {JOINS}
     ORDER BY c.last_at DESC, c.id DESC"""
WAITING: LiteralString = f"""
    SELECT {ROW} FROM inbox_conversation c {JOINS}
     WHERE {RULE} AND c.waiting_since IS NOT NULL AND c.state = 'open'
       AND ($2::timestamptz IS NULL OR (c.waiting_since, c.id) > ($2, $3::bigint))
     ORDER BY c.waiting_since, c.id LIMIT $4"""
ONE: LiteralString = f"""
    SELECT {ROW}, c.contact_id AS identity_id, c.thread, c.fence, c.language, c.routed_why, c.last_message_id,
           c.created_at, c.closed_at
      FROM inbox_conversation c {JOINS} WHERE {RULE} AND c.id = $2"""
OF_CONTACT: LiteralString = f"""
    SELECT {ROW} FROM inbox_conversation c {JOINS}
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY c.last_at DESC LIMIT $3"""
OF_COLLEAGUES: LiteralString = f"""
    SELECT count(*) FROM inbox_conversation c WHERE NOT {RULE} AND c.contact_id = ANY($2::bigint[])"""
ROWS_BY_ID: LiteralString = f"""
    SELECT {ROW} FROM inbox_conversation c {JOINS} WHERE {RULE} AND c.id = ANY($2::bigint[])"""


IDS: LiteralString = f"""
    SELECT c.id FROM inbox_conversation c
     WHERE {RULE} AND c.state = ANY($2::text[]) AND ($3::int[] IS NULL OR coalesce(c.assignee_id, 0) = ANY($3))
       AND ($4 OR c.waiting_since IS NOT NULL)
     ORDER BY c.last_at DESC, c.id DESC LIMIT $5"""


async def ids(
    conn: Conn,
    viewer_id: int | None,
    states: Sequence[str],
    assignees: Sequence[int] | None,
    *,
    waiting: bool,
    limit: int,
) -> list[int]:
    """The conversations of a view, newest first: of these assignees (None: everybody's), with `waiting` those alone who wait."""
    rows = await conn.fetch(IDS, viewer_id, list(states), assignees, not waiting, limit)
    return [row["id"] for row in rows]


async def everybodys(conn: Conn, states: Sequence[str], *, after: Place, limit: int) -> list[ConversationRow]:
    """Newest first."""
    return [row_of(row) for row in await conn.fetch(LIST_EVERYBODY, list(states), *after, limit)]


async def of_assignees(
    conn: Conn, assignees: Sequence[int], states: Sequence[str], *, after: Place, limit: int
) -> list[ConversationRow]:
    """Newest first; 0 is nobody."""
    rows = await conn.fetch(LIST_OF, list(states), *after, limit, list(assignees))
    return [row_of(row) for row in rows]


async def waiting(conn: Conn, viewer_id: int | None, *, after: Place, limit: int) -> list[ConversationRow]:
    """Whose customers wait, the longest first."""
    return [row_of(row) for row in await conn.fetch(WAITING, viewer_id, *after, limit)]


async def get(conn: Conn, viewer_id: int | None, id_: int) -> ConversationDetails | None:
    row = await conn.fetchrow(ONE, viewer_id, id_)
    if row is None:
        return None
    data = read_kept_in(row, "routed_why")
    rest = {name: data.pop(name) for name in ConversationDetails.__dataclass_fields__ if name != "row"}
    return ConversationDetails(row=row_of(data), **rest)


async def by_ids(conn: Conn, viewer_id: int | None, ids: Sequence[int]) -> list[ConversationRow]:
    """In no order."""
    return [row_of(row) for row in await conn.fetch(ROWS_BY_ID, viewer_id, list(ids))]


async def of_contact(
    conn: Conn, viewer_id: int | None, identity_ids: Sequence[int], *, limit: int
) -> list[ConversationRow]:
    """Newest first."""
    return [row_of(row) for row in await conn.fetch(OF_CONTACT, viewer_id, list(identity_ids), limit)]


async def count_of_colleagues(conn: Conn, viewer_id: int | None, identity_ids: Sequence[int]) -> int:
    """How many the viewer may not see."""
    return await conn.fetchval(OF_COLLEAGUES, viewer_id, list(identity_ids))


def row_of(row: Row) -> ConversationRow:
    """A row of the columns `ROW`, and of no others."""
    data = read_kept_in(row, "last_text")
    data["tags"] = tuple(data["tags"])
    return ConversationRow(**data)
