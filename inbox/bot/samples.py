"""What people wrote lately, as turns of the bot: for rehearsing rules and for finding what they do not answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from itertools import groupby

from chatbot.model import Abilities, Turn
from chatbot.rehearsal import PastConversation
from chatbot.rules import RuleSet
from chatbot.understanding.language import language_of
from crm_core.sql import Conn
from inbox.bot import sample_store as store
from inbox.bot.sample_store import Sample
from inbox.channels.directory import Directory
from values.hours import is_open

MOST_TALKS = 400
MOST_TURNS = 20
MAX_TEXT = 2_000


async def conversations(
    conn: Conn, directory: Directory, rules: RuleSet, *, days: int
) -> list[PastConversation]:
    """The newest conversations of these days, each up to where a colleague answered. What was known of the person then is
    not kept, so the bot knows what it learns in the talk alone."""
    samples = await store.lately(
        conn, days=days, most_talks=MOST_TALKS, most_turns=MOST_TURNS, max_text=MAX_TEXT
    )
    found: list[PastConversation] = []
    for id_, messages in groupby(samples, key=lambda sample: sample.conversation_id):
        turns = _turns(list(messages), directory, rules)
        if turns:
            found.append(PastConversation(id=id_, turns=turns))
    return found


def _turns(samples: Sequence[Sample], directory: Directory, rules: RuleSet) -> tuple[Turn, ...]:
    live = directory.by_id(samples[0].channel_id)
    if live is None:
        return ()
    can, language = live.connector.spec.abilities, samples[0].language or live.row.language
    turns: list[Turn] = []
    for sample in samples:
        text = sample.text or sample.subject
        language = language_of(text, known=language, default=live.row.language)
        now = sample.at.astimezone(UTC)
        turns.append(
            Turn(
                text=text,
                choice=sample.choice or "",
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
