"""Verbs on channels: create, change, pause, report a state."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.contract import ConnectorSpec, Health, Registry
from crm_core.sql import Conn
from inbox.changes import Change
from inbox.channels import store
from inbox.channels.checking import check_destinations, check_names, checked
from inbox.channels.model import Channel, Cipher, LogLine
from inbox.channels.secrets import seal
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


async def list_channels(conn: Conn) -> list[Channel]:
    return await store.every(conn)


async def get(conn: Conn, key: str | int) -> Channel:
    """By slug or id. Raises NotFound."""
    channel = await (store.by_id(conn, key) if isinstance(key, int) else store.by_slug(conn, key))
    if channel is None:
        raise NotFound(phrase("There is no channel “{key}”.", key=key))
    return channel


async def create(
    conn: Conn,
    registry: Registry,
    cipher: Cipher,
    *,
    slug: str,
    name: str,
    connector: str,
    settings: Mapping[str, Any] | None = None,
    region: str = "",
    language: str = "en",
    bot: bool = True,
) -> Channel:
    """A new channel. Raises Invalid naming the field, Conflict when the slug is taken."""
    _check_new(registry, connector=connector, slug=slug, name=name)
    if await store.by_slug(conn, slug):
        raise Conflict(phrase("A channel “{slug}” exists already. Choose another short name.", slug=slug))
    spec = registry[connector].spec
    check_names(spec, settings or {})
    row = Channel(
        id=0,
        slug=slug,
        name=name.strip(),
        connector=connector,
        settings=seal(spec, checked(spec, settings or {}), cipher=cipher, before={}),
        region=region.upper(),
        language=language,
        bot=bot,
    )
    return await store.insert(conn, row)


def _check_new(registry: Registry, *, connector: str, slug: str, name: str) -> None:
    if connector not in registry:
        known = ", ".join(sorted(registry))
        raise Invalid(
            phrase("There is no connector “{connector}”. Known: {known}.", connector=connector, known=known),
            field="connector",
        )
    if not SLUG.fullmatch(slug):
        raise Invalid(
            phrase("The short name takes small letters, digits, - and _, and begins with a letter or digit."),
            field="slug",
        )
    if not name.strip():
        raise Invalid(phrase("Enter a name for the channel."), field="name")


async def update(
    conn: Conn,
    registry: Registry,
    cipher: Cipher,
    key: str | int,
    *,
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    region: str | None = None,
    language: str | None = None,
    bot: bool | None = None,
    whole: bool = False,
    is_own: bool = False,
) -> Channel:
    """Change what is given, settings too: the others stay, None takes one out, a secret left empty or masked stays.

    `whole`: the settings are all there are, as a form sends them. `is_own`: the hub itself moves a secret along (a demo
    server on another port); a person is asked for it anew.
    """
    channel = await get(conn, key)
    sealed = channel.settings
    if settings is not None:
        spec = _spec_of(registry, channel)
        sealed = merged(spec, channel.settings, settings, cipher=cipher, whole=whole)
        if not is_own:
            check_destinations(spec, channel.settings, sealed)
    changed = replace(
        channel,
        name=channel.name if name is None else name.strip() or channel.name,
        settings=sealed,
        region=channel.region if region is None else region.upper(),
        language=channel.language if language is None else language,
        bot=channel.bot if bot is None else bot,
    )
    if settings is not None:
        await store.revive(conn, channel.id)
    return await store.update(conn, changed, sentence=phrase("The new settings are being tried."))


def _spec_of(registry: Registry, channel: Channel) -> ConnectorSpec:
    if channel.connector not in registry:
        raise Invalid(
            phrase(
                "The connector “{connector}” of this channel is not installed.", connector=channel.connector
            ),
            field="settings",
        )
    return registry[channel.connector].spec


def merged(
    spec: ConnectorSpec,
    before: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    cipher: Cipher,
    whole: bool = False,
) -> dict[str, Any]:
    """The settings to store, sealed and checked. Raises Invalid naming the field."""
    kept = {} if whole else {name: value for name, value in before.items() if name not in given}
    new = {name: value for name, value in given.items() if value is not None}
    check_names(spec, new)
    sealed = {**kept, **seal(spec, new, cipher=cipher, before=before)}
    checked(spec, sealed)
    return sealed


async def slugs(conn: Conn, ids: Sequence[int]) -> dict[int, str]:
    """Short names, also of channels that were removed."""
    return await store.slugs(conn, ids)


async def removed(conn: Conn) -> list[int]:
    """Ids of channels that were removed."""
    return await store.removed(conn)


async def version(conn: Conn, channel_id: int) -> int | None:
    """A number that rises with each change of the channel; None when it is gone."""
    return await store.version(conn, channel_id)


async def pause(conn: Conn, key: str | int) -> Channel:
    return await _set_paused(conn, key, is_paused=True)


async def resume(conn: Conn, key: str | int) -> Channel:
    channel = await _set_paused(conn, key, is_paused=False)
    await store.revive(conn, channel.id)
    return channel


async def pause_all(conn: Conn) -> None:
    """Nothing is read or sent until each is resumed: for a copy that comes up beside its original."""
    await store.pause_all(conn)


async def revive(conn: Conn, key: str | int) -> int:
    """Let what waits for new credentials be tried now; how many messages there are. Raises NotFound."""
    return await store.revive(conn, (await get(conn, key)).id)


async def waiting_for_credentials(conn: Conn) -> set[int]:
    """Ids of channels with messages that wait for new credentials."""
    return await store.waiting_for_credentials(conn)


async def remove(conn: Conn, key: str | int) -> None:
    """Take a channel out of use. Its conversations and journal stay."""
    channel = await get(conn, key)
    await store.delete(conn, channel.id)


async def report(conn: Conn, channel_id: int, health: Health) -> list[Change]:
    """Store a channel's state; a log line and a change only when the state is another."""
    before = await store.report(
        conn,
        channel_id,
        state=health.state.value,
        sentence=health.sentence,
        remedy=health.remedy,
        retry_at=health.retry_at,
    )
    if before is None or before == health.state.value:
        return []
    level = "info" if health.state.value in ("connected", "connecting", "catching_up") else "warning"
    await store.log(conn, channel_id, health.sentence or health.state.value, level=level)
    return [Change(kind="channel", channel_id=channel_id, data={"state": health.state.value})]


async def log(conn: Conn, channel_id: int, sentence: str, *, level: str = "info") -> None:
    await store.log(conn, channel_id, sentence, level=level)


async def log_alarm(conn: Conn, channel_id: int, reason: str) -> None:
    """Trouble that the provider tells of, once an hour in the same words."""
    if not await store.is_told(conn, channel_id, reason):
        await store.log(conn, channel_id, reason, level="alarm")


async def log_reloaded(conn: Conn, channel_id: int, fault: str) -> None:
    """That a connector's manifest changed, once: several processes may see the same."""
    sentence = phrase("The connector's manifest was read anew.")
    if fault:
        sentence = phrase(
            "The connector's manifest is broken, the one before stays in use: {fault}", fault=fault
        )
    last = await store.lines(conn, channel_id, 1)
    if not last or last[0].sentence != sentence:
        await store.log(conn, channel_id, sentence)


async def lines(conn: Conn, channel_id: int, *, limit: int = 50) -> list[LogLine]:
    return await store.lines(conn, channel_id, limit)


async def _set_paused(conn: Conn, key: str | int, *, is_paused: bool) -> Channel:
    channel = await get(conn, key)
    changed = await store.pause(
        conn, channel.id, is_paused, sentence="" if is_paused else phrase("It goes on; being tried.")
    )
    if changed is None:
        raise NotFound(phrase("There is no channel “{key}”.", key=key))
    await store.log(
        conn, channel.id, phrase("Paused by a user.") if is_paused else phrase("Resumed by a user.")
    )
    return changed
