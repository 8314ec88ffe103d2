"""SQL of conversations and their messages: find, lock, open, write, save; each statement serves a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from crm_core.sql import Conn
from inbox.conversations.model import NewMessage, Talk
from inbox.intake.model import clean, clean_tree
from inbox.search import words
from values.kept import kept, told_in, written

TALK: LiteralString = (
    "id, channel_id, contact_id, handle_kind, handle_value, thread, subject, state, assignee_id, owner, fence, bot_state,"
    " language, unread, waiting_since, message_count, last_text, last_outbound, last_at, routed_why,"
    " (SELECT p.root_id FROM crm_contact p WHERE p.id = contact_id) AS root_id"
)
TALKS_BY_ID: LiteralString = (
    f"SELECT {TALK} FROM inbox_conversation WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
)
TALKS_BY_KEY: LiteralString = f"""
    SELECT {TALK} FROM inbox_conversation
     WHERE id IN (SELECT l.id
                    FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS t (channel_id, kind, value, thread)
                   CROSS JOIN LATERAL (SELECT id FROM inbox_conversation c
                                        WHERE c.channel_id = t.channel_id AND c.handle_kind = t.kind
                                          AND c.handle_value = t.value AND c.thread = t.thread
                                        ORDER BY id DESC LIMIT 1) AS l)
     ORDER BY id FOR UPDATE"""
TALKS_BY_CONTACT: LiteralString = """
    SELECT t.n, l.id
      FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::int[])
           AS t (channel_id, contact_id, root_id, kind, thread, n)
     CROSS JOIN LATERAL (SELECT id FROM inbox_conversation c
                          WHERE c.contact_id IN (t.contact_id, t.root_id) AND c.channel_id = t.channel_id
                            AND c.handle_kind <> t.kind AND c.thread = t.thread
                          ORDER BY id DESC LIMIT 1) AS l"""
OPEN_TALKS: LiteralString = """
    INSERT INTO inbox_conversation
           (channel_id, contact_id, handle_kind, handle_value, thread, subject, state, owner, language, last_at)
    SELECT channel_id, contact_id, kind, value, thread, subject, state, owner, language, last_at
      FROM unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::timestamptz[])
           AS t (channel_id, contact_id, kind, value, thread, subject, state, owner, language, last_at)
    RETURNING id"""
WRITE: LiteralString = """
    WITH incoming AS MATERIALIZED (
        SELECT nextval('inbox_message_id_seq') AS id, t.*
          FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::bigint[],
                      $15::text[])
               WITH ORDINALITY AS t (conversation_id, channel_id, journal_id, direction, author, external_id, at, subject,
                                     text, html, history, data, due_at, fence, words, n)
    ), written AS (
        INSERT INTO inbox_message (id, conversation_id, channel_id, journal_id, direction, author, external_id, at,
                                   subject, text, html, history, data, delivery, words)
        OVERRIDING SYSTEM VALUE
        SELECT id, conversation_id, channel_id, journal_id, direction, author, external_id, at, subject, text, html,
               history, data::jsonb, CASE WHEN due_at IS NULL THEN '' ELSE 'pending' END,
               CASE words WHEN '' THEN ''::tsvector ELSE array_to_tsvector(string_to_array(words, ' ')) END
          FROM incoming ORDER BY n
        RETURNING id
    ), queued AS (
        INSERT INTO inbox_outbox (message_id, conversation_id, channel_id, fence, by_bot, due_at)
        SELECT id, conversation_id, channel_id, fence, author = 'bot', due_at
          FROM incoming WHERE due_at IS NOT NULL ORDER BY n
    )
    SELECT id FROM incoming ORDER BY n"""
SAVE_TALKS: LiteralString = """
    UPDATE inbox_conversation c
       SET state = t.state, assignee_id = t.assignee_id, owner = t.owner, fence = t.fence, bot_state = t.bot_state::jsonb,
           language = t.language, unread = t.unread, waiting_since = t.waiting_since, message_count = t.message_count,
           last_text = t.last_text, last_outbound = t.last_outbound, last_at = t.last_at,
           last_message_id = coalesce(t.last_message_id, c.last_message_id), routed_why = t.routed_why,
           snoozed_until = CASE t.state WHEN 'snoozed' THEN c.snoozed_until END,
           closed_at = CASE t.state WHEN 'closed' THEN coalesce(c.closed_at, now()) END
      FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::int[],
                  $9::timestamptz[], $10::int[], $11::text[], $12::bool[], $13::timestamptz[], $14::bigint[], $15::text[])
           AS t (id, state, assignee_id, owner, fence, bot_state, language, unread, waiting_since, message_count,
                 last_text, last_outbound, last_at, last_message_id, routed_why)
     WHERE c.id = t.id"""
MUTE_BOT: LiteralString = """
    UPDATE inbox_outbox SET state = 'cancelled', reason = 'A person took over.', done_at = now()
     WHERE conversation_id = ANY($1::bigint[]) AND by_bot AND state IN ('waiting', 'retry') RETURNING message_id"""
MARK_CANCELLED: LiteralString = """
    UPDATE inbox_message SET delivery = 'cancelled', delivery_reason = 'A person took over.'
     WHERE id = ANY($1::bigint[])"""


async def talks_by_id(conn: Conn, ids: Iterable[int]) -> list[Talk]:
    return [_talk(row) for row in await conn.fetch(TALKS_BY_ID, list(ids))]


async def talks_by_key(conn: Conn, keys: Sequence[tuple[int, str, str, str]]) -> list[Talk]:
    """The newest conversation of each key, locked."""
    columns = [list(column) for column in zip(*keys, strict=True)]
    return [_talk(row) for row in await conn.fetch(TALKS_BY_KEY, *columns)]


async def talks_by_contact(
    conn: Conn, asked: Sequence[tuple[int, int, int, str, str, int]]
) -> dict[int, Talk]:
    """The newest conversation, locked, that each `(channel, contact, its root, kind, thread, number)` has under a handle of
    another kind, by that number."""
    columns = [list(column) for column in zip(*asked, strict=True)]
    found = {row["n"]: row["id"] for row in await conn.fetch(TALKS_BY_CONTACT, *columns)}
    talks = {talk.id: talk for talk in await talks_by_id(conn, sorted(set(found.values())))}
    return {n: talks[id_] for n, id_ in found.items() if id_ in talks}


async def open_talks(conn: Conn, talks: Sequence[Talk]) -> None:
    """Insert new conversations and give them their ids."""
    made = await conn.fetch(
        OPEN_TALKS,
        [talk.channel_id for talk in talks],
        [talk.contact_id for talk in talks],
        [talk.handle_kind for talk in talks],
        [talk.handle_value for talk in talks],
        [talk.thread for talk in talks],
        [talk.subject for talk in talks],
        [talk.state for talk in talks],
        [talk.owner for talk in talks],
        [talk.language for talk in talks],
        [talk.last_at for talk in talks],
    )
    for talk, row in zip(talks, made, strict=True):
        talk.id = row["id"]


async def write(conn: Conn, messages: Sequence[NewMessage]) -> None:
    """Insert messages, and the outbox rows of those that are due, and give them their ids."""
    if not messages:
        return
    made = await conn.fetch(
        WRITE,
        [message.talk.id for message in messages],
        [message.channel_id or message.talk.channel_id for message in messages],
        [message.journal_id for message in messages],
        [message.direction for message in messages],
        [message.author for message in messages],
        [message.external_id for message in messages],
        [message.at for message in messages],
        [clean(message.subject) for message in messages],
        [_text(message) for message in messages],
        [clean(message.html) for message in messages],
        [clean(message.history) for message in messages],
        [_json(message.data) for message in messages],
        [message.due_at for message in messages],
        [message.talk.fence for message in messages],
        [_words(message) for message in messages],
    )
    for message, row in zip(messages, made, strict=True):
        message.id = row["id"]


async def save_talks(conn: Conn, talks: Sequence[Talk], *, last_ids: dict[int, int]) -> None:
    """Write back what the batch made of its conversations."""
    if not talks:
        return
    await conn.execute(
        SAVE_TALKS,
        [talk.id for talk in talks],
        [talk.state for talk in talks],
        [talk.assignee_id for talk in talks],
        [talk.owner for talk in talks],
        [talk.fence for talk in talks],
        [_json(talk.bot_state) for talk in talks],
        [talk.language for talk in talks],
        [talk.unread for talk in talks],
        [talk.waiting_since for talk in talks],
        [talk.message_count for talk in talks],
        [kept(talk.last_text, among_words=True) for talk in talks],
        [talk.last_outbound for talk in talks],
        [talk.last_at for talk in talks],
        [last_ids.get(talk.id) for talk in talks],
        [kept(talk.routed_why) for talk in talks],
    )


async def mute_bot(conn: Conn, conversation_ids: Sequence[int]) -> list[int]:
    """Take back what the bot has not sent yet in these conversations; returns the message ids."""
    found = await conn.fetch(MUTE_BOT, list(conversation_ids))
    message_ids = [row["message_id"] for row in found]
    if message_ids:
        await conn.execute(MARK_CANCELLED, message_ids)
    return message_ids


def _talk(row: Any) -> Talk:
    talk = Talk(**told_in(row, "routed_why", "last_text"))
    talk.had_assignee = talk.assignee_id
    talk.was_closed = talk.state == "closed"
    return talk


def _json(data: dict[str, Any]) -> str:
    if not data:
        return "{}"
    return written(clean_tree(data)).decode()


def _text(message: NewMessage) -> str:
    """People's words as they are; a line of the hub among them is kept as a sentence."""
    return (
        kept(message.text, among_words=True)
        if message.direction in ("event", "call")
        else clean(message.text)
    )


def _words(message: NewMessage) -> str:
    if message.author == "bot":
        return ""
    return " ".join(words(message.subject, message.text))
