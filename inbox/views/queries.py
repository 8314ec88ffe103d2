"""Looking at conversations: lists, counters, threads, search. Permission is part of every look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from crm_core import search as crm_search
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from inbox.conversations.visibility import RULE
from inbox.files import store as files
from inbox.search import query as ts_query
from inbox.views.model import (
    VIEWS,
    ConversationDetails,
    ConversationRow,
    Found,
    Message,
    VisitorMessage,
)
from values.errors import Invalid, NotFound
from values.kept import read_kept, read_kept_in
from values.paging import Page, decode, encode
from values.sentences import phrase

ROW: LiteralString = """
    c.id, c.channel_id, ch.name AS channel_name, ch.connector, p.root_id AS contact_id, r.name AS contact_name,
    c.handle_kind, c.handle_value, c.subject, c.state, c.assignee_id, coalesce(u.name, '') AS assignee_name, c.owner,
    c.last_text, c.last_outbound, c.last_at, c.unread, c.waiting_since, c.snoozed_until, c.undelivered,
    c.created_at AS since"""
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
COUNTERS: LiteralString = """
    SELECT assignee_id, state, sum(n)::bigint AS n, sum(unread)::bigint AS unread, sum(waiting)::bigint AS waiting
      FROM inbox_counter WHERE $1::integer IS NULL OR assignee_id IN (0, $1) GROUP BY assignee_id, state"""
FOLD: LiteralString = """
    WITH gone AS (DELETE FROM inbox_counter RETURNING *)
    INSERT INTO inbox_counter
    SELECT assignee_id, state, sum(n), sum(unread), sum(waiting) FROM gone
     GROUP BY 1, 2 HAVING sum(n) <> 0 OR sum(unread) <> 0 OR sum(waiting) <> 0"""
ONE: LiteralString = f"""
    SELECT {ROW}, c.contact_id AS identity_id, c.thread, c.fence, c.language, c.routed_why, c.last_message_id,
           c.created_at, c.closed_at
      FROM inbox_conversation c {JOINS} WHERE {RULE} AND c.id = $2"""
OF_CONTACT: LiteralString = f"""
    SELECT {ROW} FROM inbox_conversation c {JOINS}
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY c.last_at DESC LIMIT $3"""
OF_COLLEAGUES: LiteralString = f"""
    SELECT count(*) FROM inbox_conversation c WHERE NOT {RULE} AND c.contact_id = ANY($2::bigint[])"""
MESSAGE: LiteralString = """
    m.id, m.conversation_id, m.channel_id, m.direction, m.author, m.user_id, coalesce(u.name, '') AS user_name, m.at,
    m.created_at, m.subject, m.text, m.html <> '' AS has_html, m.history, m.data, m.delivery, m.delivery_reason,
    CASE WHEN m.delivery = 'pending' AND m.user_id IS NOT NULL
         THEN (SELECT o.due_at FROM inbox_outbox o WHERE o.message_id = m.id AND o.state = 'waiting' AND o.due_at > now())
    END AS undo_until,
    CASE WHEN m.subject <> '' AND m.direction = 'in'
         THEN (SELECT b.subject FROM inbox_message b
                WHERE b.conversation_id = m.conversation_id AND b.id < m.id AND b.direction = 'in' AND b.subject <> ''
                ORDER BY b.id DESC LIMIT 1)
    END AS subject_before"""
THREAD: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE m.conversation_id = $1 AND ($2::bigint IS NULL OR m.id < $2) ORDER BY m.id DESC LIMIT $3"""
SINCE: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE m.conversation_id = $1 AND m.id > $2 ORDER BY m.id LIMIT 200"""
MESSAGE_BY_ID: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE {RULE} AND m.id = $2"""
HTML: LiteralString = f"""
    SELECT m.html FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id WHERE {RULE} AND m.id = $2"""
ROWS_BY_ID: LiteralString = f"""
    SELECT {ROW} FROM inbox_conversation c {JOINS} WHERE {RULE} AND c.id = ANY($2::bigint[])"""
MESSAGES_BY_ID: LiteralString = f"""
    SELECT {MESSAGE} FROM inbox_message m
      JOIN inbox_conversation c ON c.id = m.conversation_id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE {RULE} AND m.id = ANY($2::bigint[]) ORDER BY m.id"""
SEARCH: LiteralString = f"""
    SELECT {ROW}, m.id AS message_id, left(m.text, 300) AS excerpt
      FROM (SELECT m.id, m.conversation_id, m.text FROM inbox_message m
             WHERE m.author <> 'bot' AND m.words @@ $2::tsquery ORDER BY m.id DESC LIMIT $3) AS m
      JOIN inbox_conversation c ON c.id = m.conversation_id {JOINS}
     WHERE {RULE} ORDER BY m.id DESC"""
SEARCH_OWN: LiteralString = f"""
    SELECT {ROW}, m.id AS message_id, left(m.text, 300) AS excerpt
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id {JOINS}
     WHERE {RULE} AND m.author <> 'bot' AND m.words @@ $2::tsquery ORDER BY m.id DESC LIMIT $3"""
SEARCH_PEOPLE: LiteralString = f"""
    SELECT {ROW}, NULL::bigint AS message_id, c.last_text AS excerpt
      FROM inbox_conversation c {JOINS}
     WHERE {RULE} AND c.contact_id = ANY($2::bigint[]) ORDER BY c.last_at DESC LIMIT $3"""
PEOPLE: LiteralString = """
    (SELECT id FROM crm_contact WHERE lower(name) LIKE '%' || $1 || '%' LIMIT 100)
    UNION (SELECT contact_id FROM crm_handle WHERE value LIKE ANY($2::text[]) LIMIT 100)"""
VISITOR: LiteralString = """
    SELECT m.id, m.conversation_id, m.direction, m.author, coalesce(u.name, '') AS author_name, m.text, m.at,
           coalesce(m.external_id, '') AS external_id, m.data, m.delivery
      FROM inbox_conversation c
      JOIN inbox_message m ON m.conversation_id = c.id
      LEFT JOIN crm_user u ON u.id = m.user_id
     WHERE c.channel_id = $1 AND c.handle_kind = 'visitor' AND c.handle_value = $2 AND m.id > $3
       AND m.direction IN ('in', 'out') AND m.delivery <> 'cancelled'
       AND NOT (m.direction = 'out' AND m.delivery = 'pending')
     ORDER BY m.id LIMIT $4"""

STATES = {
    "mine": ["open"],
    "unassigned": ["open"],
    "all": ["open"],
    "snoozed": ["snoozed"],
    "closed": ["closed"],
}


async def list_conversations(
    conn: Conn, viewer: Viewer, *, view: str = "all", after: str | None = None, limit: int = 50
) -> Page[ConversationRow]:
    """One view of the list, newest first (`waiting`: longest waiting first). Raises Invalid for an unknown view."""
    viewer.require_customers()
    if view not in VIEWS:
        raise Invalid(
            phrase("There is no view “{view}”. Known: {views}.", view=view, views=", ".join(VIEWS)),
            field="view",
        )
    at, id_ = _cursor(after)
    if view == "waiting":
        rows = await conn.fetch(WAITING, viewer.sql_id, at, id_, limit + 1)
        return _page(rows, limit, by="waiting_since")
    assignees = _assignees(viewer, view)
    if assignees is None:
        rows = await conn.fetch(LIST_EVERYBODY, STATES[view], at, id_, limit + 1)
    else:
        rows = await conn.fetch(LIST_OF, STATES[view], at, id_, limit + 1, assignees)
    return _page(rows, limit, by="last_at")


async def counters(conn: Conn, viewer: Viewer) -> dict[str, tuple[int, int]]:
    """`(conversations, of them unread)` of each view; constant cost."""
    viewer.require_customers()
    totals = {view: [0, 0] for view in VIEWS}
    for row in await conn.fetch(COUNTERS, viewer.sql_id):
        for view in _views_of(row, viewer):
            totals[view][0] += row["waiting"] if view == "waiting" else row["n"]
            totals[view][1] += row["unread"]
    return {view: (n, unread) for view, (n, unread) in totals.items()}


async def fold_counters(conn: Conn) -> None:
    """Sum the appended differences up; any process, any time."""
    await conn.execute(FOLD)


async def get(conn: Conn, viewer: Viewer, id_: int) -> ConversationDetails:
    """Raises NotFound also for a colleague's."""
    viewer.require_customers()
    row = await conn.fetchrow(ONE, viewer.sql_id, id_)
    if row is None:
        raise NotFound(phrase("There is no such conversation, or it is a colleague's."))
    data = read_kept_in(row, "routed_why")
    rest = {name: data.pop(name) for name in ConversationDetails.__dataclass_fields__ if name != "row"}
    return ConversationDetails(row=ConversationRow(**read_kept_in(data, "last_text")), **rest)


async def thread(
    conn: Conn, viewer: Viewer, id_: int, *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """The last messages before `before`, oldest first."""
    await get(conn, viewer, id_)
    return await _messages(conn, list(reversed(await conn.fetch(THREAD, id_, before, limit))))


async def since(conn: Conn, viewer: Viewer, id_: int, message_id: int) -> list[Message]:
    """Messages after one that the viewer has, oldest first."""
    await get(conn, viewer, id_)
    return await _messages(conn, await conn.fetch(SINCE, id_, message_id))


async def message(conn: Conn, viewer: Viewer, message_id: int) -> Message:
    viewer.require_customers()
    row = await conn.fetchrow(MESSAGE_BY_ID, viewer.sql_id, message_id)
    if row is None:
        raise NotFound(phrase("There is no such message, or it is in a colleague's conversation."))
    return (await _messages(conn, [row]))[0]


async def rows(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[ConversationRow]:
    """Those of these conversations that the viewer may see, in no order (live pushes)."""
    viewer.require_customers()
    return [
        ConversationRow(**read_kept_in(row, "last_text"))
        for row in await conn.fetch(ROWS_BY_ID, viewer.sql_id, list(ids))
    ]


async def messages(conn: Conn, viewer: Viewer, ids: Sequence[int]) -> list[Message]:
    """Those of these messages that the viewer may see, oldest first (live pushes)."""
    viewer.require_customers()
    return await _messages(conn, await conn.fetch(MESSAGES_BY_ID, viewer.sql_id, list(ids)))


async def html_of(conn: Conn, viewer: Viewer, message_id: int) -> str:
    """A message's HTML as it came: sanitise it before anybody sees it."""
    viewer.require_customers()
    html = await conn.fetchval(HTML, viewer.sql_id, message_id)
    if html is None:
        raise NotFound(phrase("There is no such message, or it is in a colleague's conversation."))
    return html


async def for_contact(
    conn: Conn, viewer: Viewer, identity_ids: Sequence[int], *, limit: int = 50
) -> list[ConversationRow]:
    """Conversations of a person over all channels, as far as the viewer may see them."""
    viewer.require_customers()
    rows = await conn.fetch(OF_CONTACT, viewer.sql_id, list(identity_ids), limit)
    return [ConversationRow(**read_kept_in(row, "last_text")) for row in rows]


async def of_colleagues(conn: Conn, viewer: Viewer, identity_ids: Sequence[int]) -> int:
    """How many more there are that the viewer may not read: said, so that nobody takes a customer for a stranger."""
    viewer.require_customers()
    return await conn.fetchval(OF_COLLEAGUES, viewer.sql_id, list(identity_ids))


async def search(conn: Conn, viewer: Viewer, text: str, *, limit: int = 50) -> list[Found]:
    """Conversations by words of their messages, in any script, or by name, phone or address of the person."""
    viewer.require_customers()
    asked = ts_query(text)
    if not asked:
        return []
    # The planner must see the words: a frequent one is found fastest from the newest message back, a rare one by its index.
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    folded = text.strip().casefold().replace("\\", "").replace("%", "").replace("_", "")
    parsed = crm_search.parse(folded)
    patterns = [f"%{folded}%", *(parsed.numbers if parsed else ())]
    people = await conn.fetch(PEOPLE, folded, patterns) if len(folded) >= 3 else []
    rows = (
        list(await conn.fetch(SEARCH_PEOPLE, viewer.sql_id, [row["id"] for row in people], limit))
        if people
        else []
    )
    rows += await conn.fetch(SEARCH if viewer.sql_id is None else SEARCH_OWN, viewer.sql_id, asked, limit)
    found: dict[int, Found] = {}
    for row in rows:
        data = dict(row)
        message_id, excerpt = data.pop("message_id"), read_kept(data.pop("excerpt"))
        found.setdefault(
            data["id"],
            Found(
                row=ConversationRow(**read_kept_in(data, "last_text")), message_id=message_id, excerpt=excerpt
            ),
        )
    return list(found.values())[:limit]


async def visitor_thread(
    conn: Conn, channel_id: int, visitor: str, *, after_id: int = 0, limit: int = 200
) -> list[VisitorMessage]:
    """What a visitor of the site chat may see: their own messages and our answers, no notes, nothing undone or not yet due."""
    rows = await conn.fetch(VISITOR, channel_id, visitor, after_id, limit)
    grouped = await files.of_messages(conn, [row["id"] for row in rows]) if rows else {}
    messages: list[VisitorMessage] = []
    for row in rows:
        data = dict(row)
        buttons = data.pop("data").get("buttons", [])
        messages.append(VisitorMessage(**data, buttons=buttons, files=grouped.get(row["id"], ())))
    return messages


def _assignees(viewer: Viewer, view: str) -> list[int] | None:
    """The assignees whose conversations a view shows; None is everybody's."""
    if view == "mine":
        return [viewer.user_id or -1]
    if view == "unassigned":
        return [0]
    return None if viewer.sql_id is None else [0, viewer.sql_id]


def _views_of(row: Any, viewer: Viewer) -> list[str]:
    if row["state"] != "open":
        return [row["state"]]
    views = ["all", "waiting"]
    if row["assignee_id"] == viewer.user_id:
        views.append("mine")
    if row["assignee_id"] == 0:
        views.append("unassigned")
    return views


def _cursor(after: str | None) -> tuple[datetime | None, int]:
    if not after:
        return None, 0
    at, id_ = decode(after, str, int)
    try:
        return datetime.fromisoformat(at), id_
    except ValueError:
        raise Invalid(
            phrase("This page address is damaged; begin at the first page."), field="after"
        ) from None


def _page(rows: Sequence[Any], limit: int, *, by: str) -> Page[ConversationRow]:
    items = [ConversationRow(**read_kept_in(row, "last_text")) for row in rows[:limit]]
    if len(rows) <= limit or not items:
        return Page(items=items, next=None)
    return Page(items=items, next=encode(getattr(items[-1], by).isoformat(), items[-1].id))


async def _messages(conn: Conn, rows: Sequence[Any]) -> list[Message]:
    grouped = await files.of_messages(conn, [row["id"] for row in rows]) if rows else {}
    return [Message(**_told(row), files=grouped.get(row["id"], ())) for row in rows]


def _told(row: Any) -> dict[str, Any]:
    """Customers' words are nothing but words; lines of the hub and reasons are sentences."""
    return read_kept_in(row, "delivery_reason", *(("text",) if row["direction"] in ("event", "call") else ()))
