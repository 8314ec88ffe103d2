"""SQL of what people wrote lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from crm_core.sql import Conn

LATELY: LiteralString = """
    WITH recent AS (
        SELECT id, channel_id, language FROM inbox_conversation
         WHERE last_at > now() - make_interval(days => $1) AND message_count > 0
         ORDER BY last_at DESC, id DESC LIMIT $2
    )
    SELECT r.id AS conversation_id, r.channel_id, r.language, m.at, m.text, m.subject, m.choice
      FROM recent r
     CROSS JOIN LATERAL (
        SELECT w.id, w.at, left(w.text, $4) AS text, left(w.subject, 200) AS subject, w.data ->> 'choice' AS choice
          FROM inbox_message w
         WHERE w.conversation_id = r.id AND w.direction = 'in' AND w.author = 'person'
           AND w.at > now() - make_interval(days => $1)
           AND NOT EXISTS (SELECT 1 FROM inbox_message u
                            WHERE u.conversation_id = r.id AND u.author = 'user' AND u.direction = 'out' AND u.id < w.id)
         ORDER BY w.id LIMIT $3) AS m
     ORDER BY r.id DESC, m.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A message of a person, before any colleague answered; `choice` is the button that they pressed."""

    conversation_id: int
    channel_id: int
    language: str
    at: datetime
    text: str
    subject: str
    choice: str | None


async def lately(conn: Conn, *, days: int, most_talks: int, most_turns: int, max_text: int) -> list[Sample]:
    """The newest conversations of these days, each with its first messages in their order."""
    return [Sample(**dict(row)) for row in await conn.fetch(LATELY, days, most_talks, most_turns, max_text)]
