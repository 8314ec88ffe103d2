"""What people wrote lately, as turns of the bot: for rehearsing rules and for finding what they do not answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from itertools import groupby
from typing import Any, LiteralString

from chatbot.model import Abilities, RuleSet, Turn
from chatbot.rehearsal import PastConversation
from chatbot.understanding.language import language_of
from crm_core.sql import Conn
from inbox.channels.directory import Directory
from values.hours import is_open

MOST_TALKS = 400
MOST_TURNS = 20
MAX_TEXT = 2_000

LATELY: LiteralString = """
    WITH recent AS (
        SELECT id, channel_id, language FROM inbox_conversation
         WHERE last_at > now() - make_interval(days => $1) AND message_count > 0
         ORDER BY last_at DESC, id DESC LIMIT $2
    )
    SELECT r.id AS talk, r.channel_id, r.language, m.at, m.text, m.subject, m.choice
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


async def conversations(
    conn: Conn, directory: Directory, rules: RuleSet, *, days: int
) -> list[PastConversation]:
    """The newest conversations of these days, each up to where a colleague answered. What was known of the person then is
    not kept, so the bot knows what it learns in the talk alone."""
    rows = await conn.fetch(LATELY, days, MOST_TALKS, MOST_TURNS, MAX_TEXT)
    found: list[PastConversation] = []
    for id_, messages in groupby(rows, key=lambda row: row["talk"]):
        turns = _turns(list(messages), directory, rules)
        if turns:
            found.append(PastConversation(id=id_, turns=turns))
    return found


def _turns(rows: Sequence[Any], directory: Directory, rules: RuleSet) -> tuple[Turn, ...]:
    live = directory.by_id(rows[0]["channel_id"])
    if live is None:
        return ()
    can, language = live.connector.spec.abilities, rows[0]["language"] or live.row.language
    turns: list[Turn] = []
    for row in rows:
        text = row["text"] or row["subject"]
        language = language_of(text, known=language, default=live.row.language)
        now = row["at"].astimezone(UTC)
        turns.append(
            Turn(
                text=text,
                choice=row["choice"] or "",
                channel=live.row.slug,
                connector=live.row.connector,
                language=language,
                region=live.config.region,
                now=now,
                first_contact=not turns,
                in_hours=all(is_open(hours, now) for hours in rules.hours.values()),
                known={},
                abilities=Abilities(
                    buttons=can.buttons, contact_button=can.contact_button, max_text=can.max_text
                ),
            )
        )
    return tuple(turns)
