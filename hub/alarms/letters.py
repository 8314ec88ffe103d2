"""Letters of alarms on their way: by the chosen channel, else by another one of its kind; tried for a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID, uuid5

import asyncpg

from connectors.contract import Context, Handle, Outbound, SendError
from hub.alarms import store
from hub.alarms.model import KINDS, REMEDIES, WAYS, Letter, place_of
from hub.wording.i18n import gettext, locale_context, use_locale
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)

MAX_TRIES = 12
WITHIN = 60.0
NAMESPACE = UUID("5b0b7c0e-3a53-4c0d-9a5e-1f2c9a9c7d11")


async def send_due(
    pool: asyncpg.Pool,
    directory: Directory,
    context_of: Callable[[LiveChannel], Context],
    *,
    public_url: str,
) -> None:
    """Send what is due; one that fails holds no other back."""
    async with pool.acquire() as conn:
        letters = await store.claim(conn, most_tries=MAX_TRIES)
    await asyncio.gather(*(_send(pool, directory, context_of, letter, public_url) for letter in letters))


async def _send(
    pool: asyncpg.Pool,
    directory: Directory,
    context_of: Callable[[LiveChannel], Context],
    letter: Letter,
    public_url: str,
) -> None:
    reason: str = phrase("No channel can carry it.")
    for channel in _carriers(directory, letter):
        try:
            async with asyncio.timeout(WITHIN):
                await channel.connector.send(_written(letter, public_url), context_of(channel))
        except SendError as error:
            reason = error.reason
        except Exception as error:  # a connector's bug, or nobody answers: the next channel, the next time
            reason = f"{type(error).__name__}: {error}"
            log.warning(
                "an alarm could not be sent", extra={"channel": channel.row.slug, "error": repr(error)}
            )
        else:
            async with pool.acquire() as conn:
                await store.sent(conn, letter.id)
            return
    async with pool.acquire() as conn:
        again_in = delay(letter.attempts, first=15, limit=3 * 3600)
        await store.later(conn, letter.id, reason=reason, again_in=again_in)


def _carriers(directory: Directory, letter: Letter) -> list[LiveChannel]:
    """The chosen channel first; it may be the very one that is broken."""
    able = [live for live in directory if live.row.connector == WAYS[letter.way] and not live.row.is_paused]
    return sorted(able, key=lambda live: (live.id != letter.channel_id, live.id))[:3]


def _written(letter: Letter, public_url: str) -> Outbound:
    with use_locale(locale_context(letter.language)):
        what = gettext(KINDS[letter.kind]) if letter.kind in KINDS else "Omnihub"
        subject = gettext(phrase("Over: {what}", what=what)) if letter.is_over else what
        sentence = gettext(letter.sentence)
        remedy = "" if letter.is_over else _remedy(letter, public_url)
        opens = gettext(phrase("Open the hub: {address}", address=f"{public_url}/alarms"))
    return Outbound(
        delivery_id=str(uuid5(NAMESPACE, str(letter.id))),
        to=Handle(kind=WAYS[letter.way], value=letter.address),
        text="\n".join((subject, sentence, *([remedy] if remedy else []), "", opens)),
        subject=f"Omnihub: {subject}",
        by_bot=True,
    )


def _remedy(letter: Letter, public_url: str) -> str:
    """What is to be done, and on which page."""
    if letter.kind not in REMEDIES:
        return ""
    return f"{gettext(REMEDIES[letter.kind])}: {public_url}{place_of(letter.kind, letter.subject)}"
