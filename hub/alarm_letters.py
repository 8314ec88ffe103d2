"""Letters of alarms on their way: by the chosen channel, else by another one of its kind; tried for a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, LiteralString
from uuid import UUID, uuid5

import asyncpg

from connectors.backoff import delay
from connectors.contract import Context, Handle, Outbound, SendError
from hub.alarms import KINDS, WAYS
from hub.wording.i18n import gettext, locale_context, use_locale
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from values.kept import kept, read_kept
from values.sentences import phrase

log = logging.getLogger(__name__)

MAX_TRIES = 12
WITHIN = 60.0
NAMESPACE = UUID("5b0b7c0e-3a53-4c0d-9a5e-1f2c9a9c7d11")
CLAIM: LiteralString = """
    UPDATE hub_alarm_letter l SET attempts = l.attempts + 1, due_at = now() + interval '2 minutes'
      FROM hub_alarm_way w
     WHERE w.id = l.way_id
       AND l.id IN (SELECT id FROM hub_alarm_letter WHERE sent_at IS NULL AND due_at <= now() AND attempts < $1
                     ORDER BY due_at, id LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING l.id, l.kind, l.is_over, l.sentence, l.attempts, w.way, w.address, w.channel_id, w.language"""
SENT: LiteralString = "UPDATE hub_alarm_letter SET sent_at = now(), reason = '' WHERE id = $1"
LATER: LiteralString = """
    UPDATE hub_alarm_letter SET reason = $2, due_at = now() + make_interval(secs => $3) WHERE id = $1"""


async def send_due(
    pool: asyncpg.Pool,
    directory: Directory,
    context_of: Callable[[LiveChannel], Context],
    *,
    public_url: str,
) -> None:
    """Send what is due; one that fails holds no other back."""
    async with pool.acquire() as conn:
        rows = [dict(row) for row in await conn.fetch(CLAIM, MAX_TRIES)]
    await asyncio.gather(*(_send(pool, directory, context_of, row, public_url) for row in rows))


async def _send(
    pool: asyncpg.Pool,
    directory: Directory,
    context_of: Callable[[LiveChannel], Context],
    row: dict[str, Any],
    public_url: str,
) -> None:
    reason: str = phrase("No channel can carry it.")
    for channel in _carriers(directory, row):
        try:
            async with asyncio.timeout(WITHIN):
                await channel.connector.send(_letter(row, public_url), context_of(channel))
        except SendError as error:
            reason = error.reason
        except Exception as error:  # a connector's bug, or nobody answers: the next channel, the next time
            reason = f"{type(error).__name__}: {error}"
            log.warning(
                "an alarm could not be sent", extra={"channel": channel.row.slug, "error": repr(error)}
            )
        else:
            async with pool.acquire() as conn:
                await conn.execute(SENT, row["id"])
            return
    async with pool.acquire() as conn:
        await conn.execute(
            LATER, row["id"], kept(reason, 500), delay(row["attempts"], first=15, limit=3 * 3600)
        )


def _carriers(directory: Directory, row: dict[str, Any]) -> list[LiveChannel]:
    """The chosen channel first; it may be the very one that is broken."""
    able = [live for live in directory if live.row.connector == WAYS[row["way"]] and not live.row.is_paused]
    return sorted(able, key=lambda live: (live.id != row["channel_id"], live.id))[:3]


def _letter(row: dict[str, Any], public_url: str) -> Outbound:
    with use_locale(locale_context(row["language"])):
        what = gettext(KINDS[row["kind"]]) if row["kind"] in KINDS else "Omnihub"
        subject = gettext(phrase("Over: {what}", what=what)) if row["is_over"] else what
        sentence = gettext(read_kept(row["sentence"]))
        opens = gettext(phrase("Open the hub: {address}", address=f"{public_url}/alarms"))
    return Outbound(
        delivery_id=str(uuid5(NAMESPACE, str(row["id"]))),
        to=Handle(kind=WAYS[row["way"]], value=row["address"]),
        text="\n".join((subject, sentence, "", opens)),
        subject=f"Omnihub: {subject}",
        by_bot=True,
    )
