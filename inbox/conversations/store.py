"""SQL of conversations and their messages: find, lock, open, write, save; each statement serves a whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from crm_core.sql import Conn
from inbox.conversations.model import Conversation, NewMessage
from inbox.search import words
from values.kept import Row, kept, read_kept_in, written
from values.texts import storable, storable_tree

COLUMNS: LiteralString = (
    "id, channel_id, contact_id, handle_kind, handle_value, thread, subject, state, assignee_id, owner, fence, bot_state,"
    " language, unread, waiting_since, message_count, last_text, last_outbound, last_at, routed_why,"
    " (SELECT p.root_id FROM crm_contact p WHERE p.id = contact_id) AS root_id"
)
TALKS_BY_ID: LiteralString = (
    f"SELECT {COLUMNS} FROM inbox_conversation WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"
)
TALKS_BY_KEY: LiteralString = f"""
    SELECT {COLUMNS} FROM inbox_conversation
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


async def locked_by_id(conn: Conn, ids: Iterable[int]) -> list[Conversation]:
    return [_talk(row) for row in await conn.fetch(TALKS_BY_ID, list(ids))]


async def locked_by_key(conn: Conn, keys: Sequence[tuple[int, str, str, str]]) -> list[Conversation]:
    """The newest conversation of each key, locked."""
    columns = [list(column) for column in zip(*keys, strict=True)]
    return [_talk(row) for row in await conn.fetch(TALKS_BY_KEY, *columns)]


async def locked_by_contact(
    conn: Conn, asked: Sequence[tuple[int, int, int, str, str, int]]
) -> dict[int, Conversation]:
    """The newest conversation, locked, that each `(channel, contact, its root, kind, thread, number)` has under a handle of
    another kind, by that number."""
    columns = [list(column) for column in zip(*asked, strict=True)]
    found = {row["n"]: row["id"] for row in await conn.fetch(TALKS_BY_CONTACT, *columns)}
    conversations = {
        conversation.id: conversation
        for conversation in await locked_by_id(conn, sorted(set(found.values())))
    }
    return {n: conversations[id_] for n, id_ in found.items() if id_ in conversations}


async def open_all(conn: Conn, conversations: Sequence[Conversation]) -> None:
    """Insert new conversations and give them their ids."""
    made = await conn.fetch(
        OPEN_TALKS,
        [conversation.channel_id for conversation in conversations],
        [conversation.contact_id for conversation in conversations],
        [conversation.handle_kind for conversation in conversations],
        [conversation.handle_value for conversation in conversations],
        [conversation.thread for conversation in conversations],
        [conversation.subject for conversation in conversations],
        [conversation.state for conversation in conversations],
        [conversation.owner for conversation in conversations],
        [conversation.language for conversation in conversations],
        [conversation.last_at for conversation in conversations],
    )
    for conversation, row in zip(conversations, made, strict=True):
        conversation.id = row["id"]


async def write(conn: Conn, messages: Sequence[NewMessage]) -> None:
    """Insert messages, and the outbox rows of those that are due, and give them their ids."""
    if not messages:
        return
    made = await conn.fetch(
        WRITE,
        [message.conversation.id for message in messages],
        [message.channel_id or message.conversation.channel_id for message in messages],
        [message.journal_id for message in messages],
        [message.direction for message in messages],
        [message.author for message in messages],
        [message.external_id for message in messages],
        [message.at for message in messages],
        [storable(message.subject) for message in messages],
        [_text(message) for message in messages],
        [storable(message.html) for message in messages],
        [storable(message.history) for message in messages],
        [_json(message.data) for message in messages],
        [message.due_at for message in messages],
        [message.conversation.fence for message in messages],
        [_words(message) for message in messages],
    )
    for message, row in zip(messages, made, strict=True):
        message.id = row["id"]


async def save_all(conn: Conn, conversations: Sequence[Conversation], *, last_ids: dict[int, int]) -> None:
    """Write back what the batch made of its conversations."""
    if not conversations:
        return
    await conn.execute(
        SAVE_TALKS,
        [conversation.id for conversation in conversations],
        [conversation.state for conversation in conversations],
        [conversation.assignee_id for conversation in conversations],
        [conversation.owner for conversation in conversations],
        [conversation.fence for conversation in conversations],
        [_json(conversation.bot_state) for conversation in conversations],
        [conversation.language for conversation in conversations],
        [conversation.unread for conversation in conversations],
        [conversation.waiting_since for conversation in conversations],
        [conversation.message_count for conversation in conversations],
        [kept(conversation.last_text, among_words=True) for conversation in conversations],
        [conversation.last_outbound for conversation in conversations],
        [conversation.last_at for conversation in conversations],
        [last_ids.get(conversation.id) for conversation in conversations],
        [kept(conversation.routed_why) for conversation in conversations],
    )


async def mute_bot(conn: Conn, conversation_ids: Sequence[int]) -> list[int]:
    """Take back what the bot has not sent yet in these conversations; returns the message ids."""
    found = await conn.fetch(MUTE_BOT, list(conversation_ids))
    message_ids = [row["message_id"] for row in found]
    if message_ids:
        await conn.execute(MARK_CANCELLED, message_ids)
    return message_ids


def _talk(row: Row) -> Conversation:
    conversation = Conversation(**read_kept_in(row, "routed_why", "last_text"))
    conversation.had_assignee = conversation.assignee_id
    conversation.was_closed = conversation.state == "closed"
    return conversation


def _json(data: dict[str, Any]) -> str:
    if not data:
        return "{}"
    return written(storable_tree(data)).decode()


def _text(message: NewMessage) -> str:
    """People's words as they are; a line of the hub among them is kept as a sentence."""
    return (
        kept(message.text, among_words=True)
        if message.direction in ("event", "call")
        else storable(message.text)
    )


def _words(message: NewMessage) -> str:
    if message.author == "bot":
        return ""
    return " ".join(words(message.subject, message.text, *(each.name for each in message.attachments)))
