"""Asking providers who their users are: after the message is stored, a few at a time, and never in anybody's way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import asyncpg

from connectors.contract import (
    Context,
    CredentialsDead,
    Handle,
    InboundMessage,
    Profile,
    Profiling,
    SendError,
    Trust,
    TryAgain,
)
from crm_core.contacts import service as contacts
from crm_core.contacts.model import SeenHandle, SenderIdentity
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel
from inbox.files import store as files
from inbox.profiles import store
from inbox.profiles.model import ProfileToAsk
from values.backoff import delay
from values.texts import storable

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
AT_ONCE = 20
TOGETHER = 5
WITHIN = 20.0
LARGEST_PICTURE = 2 * 1024 * 1024
MAGIC = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


async def want(conn: Conn, seen: Sequence[tuple[LiveChannel, InboundMessage]]) -> None:
    """Note the senders without a name of channels whose provider can be asked; of a claim nobody is told who it is."""
    people = [
        (channel.id, handle.kind, storable(handle.value)[:320])
        for channel, event in seen
        if not event.sender.name and not event.machine and hasattr(channel.connector, "profile")
        for handle in event.sender.handles[:1]
        if handle.kind != "anonymous" and handle.trust is Trust.PROVEN
    ]
    if people:
        await store.want(conn, people)


async def ask_due(
    pool: asyncpg.Pool, directory: Directory, context_of: Callable[[LiveChannel], Context]
) -> list[Change]:
    """Ask about those who are due; a provider that does not answer is asked later, and in the end no more."""
    async with pool.acquire() as conn:
        claimed = await store.claim(conn, AT_ONCE)
    gate = asyncio.Semaphore(TOGETHER)

    async def one(asked: ProfileToAsk) -> list[Change]:
        channel = await directory.get(asked.channel_id)
        async with gate:
            return await _ask(pool, asked, channel, context_of) if channel else []

    return [change for changes in await asyncio.gather(*map(one, claimed)) for change in changes]


async def _ask(
    pool: asyncpg.Pool,
    asked: ProfileToAsk,
    channel: LiveChannel,
    context_of: Callable[[LiveChannel], Context],
) -> list[Change]:
    connector, context = channel.connector, context_of(channel)
    handle = Handle(kind=asked.kind, value=asked.value)
    try:
        if not isinstance(connector, Profiling):
            return await _told(pool, asked, channel, Profile(), None)
        async with asyncio.timeout(WITHIN):
            profile = await connector.profile(handle, context)
            picture = await _picture(profile, context)
    except (TryAgain, CredentialsDead, TimeoutError) as error:
        return await _later(pool, asked, channel, getattr(error, "after", None))
    except SendError as error:
        log.info("a profile is not told", extra={"channel": channel.row.slug, "reason": type(error).__name__})
        return await _told(pool, asked, channel, Profile(), None)
    except Exception as error:  # one profile that a connector fails on must not stop the others
        log.warning("asking for a profile failed", extra={"channel": channel.row.slug, "error": repr(error)})
        return await _later(pool, asked, channel, None)
    return await _told(pool, asked, channel, profile, picture)


async def _later(
    pool: asyncpg.Pool, asked: ProfileToAsk, channel: LiveChannel, after: float | None
) -> list[Change]:
    if asked.attempts >= MOST_ATTEMPTS:
        return await _told(pool, asked, channel, Profile(), None)
    async with pool.acquire() as conn:
        await store.later(conn, asked, after or delay(asked.attempts, first=10, limit=3600))
    return []


async def _told(
    pool: asyncpg.Pool, asked: ProfileToAsk, channel: LiveChannel, profile: Profile, picture: bytes | None
) -> list[Change]:
    """Keep it: a name stands where there was none, what a person typed stays. An address that is proven no more (a
    colleague took it away meanwhile) is told nothing: it would come back as a proof."""
    name, key = storable(profile.name).strip()[:200], (asked.kind, asked.value)
    async with pool.acquire() as conn, conn.transaction():
        digest = await files.keep_blob(conn, picture) if picture else None
        await store.told(conn, asked, name=name, picture=digest)
        holder = (await contacts.holders(conn, [key])).get(key)
        if not name or holder is None or not await contacts.proven_at(conn, [(holder, *key)]):
            return []
        [found] = await contacts.resolve(conn, [_seen(asked, channel, name=name, language=profile.language)])
    return [Change(kind="contact", contact_id=found.root_id, channel_id=channel.id)]


def _seen(asked: ProfileToAsk, channel: LiveChannel, *, name: str, language: str) -> SenderIdentity:
    connector = channel.row.connector
    handle = SeenHandle(
        kind=asked.kind,
        value=asked.value,
        trust="proven",
        evidence=f"{asked.kind}_sender",
        channel_id=channel.id,
    )
    return SenderIdentity(
        handles=(handle,), name=name, name_source=connector, language=storable(language)[:12]
    )


async def _picture(profile: Profile, context: Context) -> bytes | None:
    """The picture's bytes, where it is one and of a fit size; without it the name is as good."""
    if not profile.picture:
        return None
    try:
        reply = await context.http.request("GET", profile.picture, limit=LARGEST_PICTURE, guarded=True)
    except SendError:
        return None
    is_picture = reply.status == 200 and mime_of(reply.body) is not None
    return reply.body if is_picture else None


def mime_of(content: bytes) -> str | None:
    """What kind of picture it is by its first bytes; None for none that is shown."""
    return next((mime for magic, mime in MAGIC.items() if content.startswith(magic)), None)
