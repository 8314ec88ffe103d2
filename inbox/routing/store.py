"""SQL of routing: the queue and how much everybody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn
from inbox.conversations.model import Conversation
from inbox.conversations.store import COLUMNS
from inbox.routing.model import About, Absence
from values.kept import Row, kept, read_kept_in

LOAD: LiteralString = """
    SELECT assignee_id, sum(n)::int AS n FROM inbox_counter
     WHERE state = 'open' AND assignee_id = ANY($1::int[]) GROUP BY assignee_id"""
QUEUE: LiteralString = f"""
    SELECT {COLUMNS} FROM inbox_conversation
     WHERE owner = 'queue' AND state = 'open' AND assignee_id IS NULL AND waiting_since IS NOT NULL
     ORDER BY waiting_since, id LIMIT $1 FOR UPDATE SKIP LOCKED"""
ASSIGN: LiteralString = """
    UPDATE inbox_conversation c
       SET assignee_id = t.user_id, owner = 'user', fence = fence + 1, routed_why = t.why
      FROM unnest($1::bigint[], $2::int[], $3::text[]) AS t (id, user_id, why)
     WHERE c.id = t.id"""
# Being given to somebody is not yet being spoken for: what the bot said when it handed over still goes out.
CARRY: LiteralString = """
    UPDATE inbox_outbox o SET fence = c.fence FROM inbox_conversation c
     WHERE o.conversation_id = ANY($1::bigint[]) AND c.id = o.conversation_id AND o.by_bot
       AND o.state IN ('waiting', 'retry') AND o.fence = c.fence - 1"""

ABOUT: LiteralString = """
    SELECT user_id, teams, languages, deputy_id, answer_within, weight, turn FROM inbox_manager"""
SAVE_ABOUT: LiteralString = """
    INSERT INTO inbox_manager (user_id, teams, languages, deputy_id, answer_within, weight)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (user_id) DO UPDATE SET teams = excluded.teams, languages = excluded.languages,
           deputy_id = excluded.deputy_id, answer_within = excluded.answer_within, weight = excluded.weight"""
SAVE_TURNS: LiteralString = """
    INSERT INTO inbox_manager (user_id, turn) SELECT * FROM unnest($1::int[], $2::float8[])
    ON CONFLICT (user_id) DO UPDATE SET turn = excluded.turn"""
ABSENCES: LiteralString = """
    SELECT id, user_id, from_at, until_at, note FROM inbox_absence WHERE until_at > $1 ORDER BY from_at, id"""
AWAY: LiteralString = """
    SELECT DISTINCT user_id FROM inbox_absence
     WHERE user_id = ANY($1::int[]) AND until_at > $2 AND from_at <= $2"""
ADD_ABSENCE: LiteralString = """
    INSERT INTO inbox_absence (user_id, from_at, until_at, note) VALUES ($1, $2, $3, $4)"""
REMOVE_ABSENCE: LiteralString = (
    "DELETE FROM inbox_absence WHERE id = $1::bigint AND ($2::int IS NULL OR user_id = $2) RETURNING id"
)
WATCH: LiteralString = """
    INSERT INTO inbox_watch (conversation_id, user_id, given_at, due_at, tried)
    SELECT id, user_id, clock_timestamp(), clock_timestamp() + make_interval(mins => within),
           coalesce(string_to_array(nullif(tried, ''), ',')::int[], '{}')
      FROM (SELECT id, user_id, within, coalesce(tried, '') AS tried
              FROM unnest($1::bigint[], $2::int[], $3::int[], $4::text[]) AS t (id, user_id, within, tried)) AS t
    ON CONFLICT (conversation_id) DO UPDATE SET user_id = excluded.user_id, given_at = excluded.given_at,
           due_at = excluded.due_at, tried = excluded.tried"""
# The next look is put off by a minute at once, so that a crash or a conversation that is locked now loses no timer.
LATE: LiteralString = """
    UPDATE inbox_watch SET due_at = now() + interval '1 minute'
     WHERE conversation_id IN (SELECT conversation_id FROM inbox_watch WHERE due_at <= now()
                                ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING conversation_id, user_id, tried"""
STILL_WAITING: LiteralString = f"""
    SELECT {COLUMNS} FROM inbox_conversation c
     WHERE id = ANY($1::bigint[]) AND state = 'open' AND owner = 'user'
       AND EXISTS (SELECT 1 FROM inbox_watch w WHERE w.conversation_id = c.id AND w.user_id = c.assignee_id
                      AND c.waiting_since <= w.given_at)
     ORDER BY id FOR UPDATE SKIP LOCKED"""
# Answered since: the customer waits no more, or waits for the answer to something newer.
SETTLED: LiteralString = """
    DELETE FROM inbox_watch w USING inbox_conversation c
     WHERE w.conversation_id = ANY($1::bigint[]) AND c.id = w.conversation_id
       AND (c.state = 'open' AND c.owner = 'user' AND c.assignee_id = w.user_id AND c.waiting_since <= w.given_at)
           IS NOT TRUE"""
UNWATCH: LiteralString = "DELETE FROM inbox_watch WHERE conversation_id = ANY($1::bigint[])"


async def load(conn: Conn, user_ids: Sequence[int]) -> dict[int, int]:
    """Open conversations by assignee."""
    return {row["assignee_id"]: row["n"] for row in await conn.fetch(LOAD, list(user_ids))}


async def queue(conn: Conn, limit: int) -> list[Conversation]:
    """Conversations nobody has, longest waiting first, locked; those locked elsewhere are left out."""
    return [
        Conversation(**read_kept_in(row, "routed_why", "last_text")) for row in await conn.fetch(QUEUE, limit)
    ]


async def assign(conn: Conn, rows: Sequence[tuple[int, int, str]]) -> None:
    """Write `(conversation id, user id, why)`."""
    ids, user_ids, reasons = zip(*rows, strict=True)
    await conn.execute(ASSIGN, ids, user_ids, [kept(why) for why in reasons])
    await conn.execute(CARRY, [row[0] for row in rows])


async def about(conn: Conn, now: datetime) -> dict[int, About]:
    """What was set for users, by user, with the absences that are not over."""
    away: dict[int, list[Absence]] = {}
    for one in await absences(conn, now):
        away.setdefault(one.user_id, []).append(one)
    found = {row["user_id"]: _about(row) for row in await conn.fetch(ABOUT)}
    for user_id, times in away.items():
        found[user_id] = replace(found.get(user_id) or About(user_id=user_id), absences=tuple(times))
    return found


async def absences(conn: Conn, now: datetime) -> list[Absence]:
    """Everybody's absences that are not over, the next one first."""
    return [Absence(**dict(row)) for row in await conn.fetch(ABSENCES, now)]


async def away(conn: Conn, user_ids: Sequence[int], now: datetime) -> set[int]:
    """Who of them is absent now."""
    return {row["user_id"] for row in await conn.fetch(AWAY, list(user_ids), now)}


async def add_absence(conn: Conn, given: Absence) -> None:
    await conn.execute(ADD_ABSENCE, given.user_id, given.from_at, given.until_at, given.note)


async def remove_absence(conn: Conn, id_: int, *, of_user: int | None) -> bool:
    """False when there is none, or it is somebody else's where `of_user` says whose it must be."""
    return await conn.fetchval(REMOVE_ABSENCE, id_, of_user) is not None


async def save_turns(conn: Conn, turns: Mapping[int, float]) -> None:
    """Where everybody's turn stands; their rows are locked by the decision."""
    if turns:
        await conn.execute(SAVE_TURNS, list(turns), list(turns.values()))


async def save_about(conn: Conn, given: About) -> None:
    await conn.execute(
        SAVE_ABOUT,
        given.user_id,
        list(given.teams),
        list(given.languages),
        given.deputy_id,
        given.answer_within,
        given.weight,
    )


async def watch(conn: Conn, rows: Sequence[tuple[int, int, int, str]]) -> None:
    """Start the timers of `(conversation id, user id, minutes, ids tried before with commas)`."""
    await conn.execute(WATCH, *[list(column) for column in zip(*rows, strict=True)])


async def late(conn: Conn, limit: int) -> dict[int, list[int]]:
    """Conversations whose time is over, each with everybody who was asked; they come again in a minute."""
    return {row["conversation_id"]: [*row["tried"], row["user_id"]] for row in await conn.fetch(LATE, limit)}


async def still_waiting(conn: Conn, ids: Sequence[int]) -> list[Conversation]:
    """Those of them whose customer still waits for a first answer, locked; those locked elsewhere come again."""
    conversations = [
        Conversation(**read_kept_in(row, "routed_why", "last_text"))
        for row in await conn.fetch(STILL_WAITING, list(ids))
    ]
    for conversation in conversations:
        conversation.had_assignee = conversation.assignee_id
    return conversations


async def forget_settled(conn: Conn, ids: Sequence[int]) -> None:
    """End the timers of those that were answered."""
    await conn.execute(SETTLED, list(ids))


async def unwatch(conn: Conn, ids: Sequence[int]) -> None:
    if ids:
        await conn.execute(UNWATCH, list(ids))


def _about(row: Row) -> About:
    return About(
        user_id=row["user_id"],
        teams=tuple(row["teams"]),
        languages=tuple(row["languages"]),
        deputy_id=row["deputy_id"],
        answer_within=row["answer_within"],
        weight=row["weight"],
        turn=row["turn"],
    )
