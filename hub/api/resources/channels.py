"""Channels, the journal and the ledger."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hub.api.endpoint import Call, Endpoint
from hub.api.shapes import After, Limit, Short
from inbox import ledger, quarantine
from inbox.changes import Change
from inbox.channels import service
from inbox.channels.model import Channel
from inbox.channels.secrets import masked
from inbox.ledger import LedgerRow
from inbox.quarantine import JournalRow

Slug = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,62}$")]


class ChannelOut(msgspec.Struct, kw_only=True):
    """A channel; secrets are masked, and managers get no settings. `sentence` and `remedy` explain its state.

    `alarm` says that a connected channel is unusually silent.
    """

    id: int
    slug: str
    name: str
    connector: str
    settings: dict[str, Any]
    region: str
    language: str
    bot: bool
    is_paused: bool
    state: str
    sentence: str
    remedy: str
    alarm: str
    last_in_at: datetime | None
    last_out_at: datetime | None


class ChannelList(msgspec.Struct, kw_only=True):
    items: list[ChannelOut]


class NewChannel(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    connector: Short
    settings: dict[str, Any] = {}
    region: Annotated[str, Meta(max_length=2)] = ""
    language: Annotated[str, Meta(max_length=12)] = "en"
    bot: bool = True


class ChannelChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What is given is changed; of `settings` too, the others stay. null takes a setting out; a secret that is empty or
    masked stays. Where an address, server or user that a secret is sent to changes, the secret has to be given anew."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    settings: dict[str, Any] | None = None
    region: Annotated[str, Meta(max_length=2)] | None = None
    language: Annotated[str, Meta(max_length=12)] | None = None
    bot: bool | None = None


class JournalQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    channel_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    quarantined: bool = False
    after: After | None = None
    limit: Limit = 50


class JournalPage(msgspec.Struct, kw_only=True):
    items: list[JournalRow]
    next: str | None = None


class JournalOut(msgspec.Struct, kw_only=True):
    """A raw input; `body` is base64. Operations get the content of what is in quarantine only."""

    row: JournalRow
    meta: dict[str, Any]
    body: str


class LedgerQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    days: Annotated[int, Meta(ge=1, le=366)] = 7


class LedgerLine(msgspec.Struct, kw_only=True):
    """`difference` other than 0 is an alarm."""

    row: LedgerRow
    difference: int


class LedgerOut(msgspec.Struct, kw_only=True):
    items: list[LedgerLine]


async def list_channels(call: Call) -> ChannelList:
    return ChannelList(items=[_out(call, channel) for channel in await service.list_channels(call.conn)])


async def get_channel(call: Call) -> ChannelOut:
    return _out(call, await service.get(call.conn, call.path["slug"]))


async def create_channel(call: Call) -> ChannelOut:
    body: NewChannel = call.body
    channel = await service.create(
        call.conn,
        call.runtime.registry,
        call.runtime.cipher,
        slug=body.slug,
        name=body.name,
        connector=body.connector,
        settings=body.settings,
        region=body.region,
        language=body.language,
        bot=body.bot,
    )
    return _told(call, channel)


async def change_channel(call: Call) -> ChannelOut:
    body: ChannelChange = call.body
    channel = await service.update(
        call.conn,
        call.runtime.registry,
        call.runtime.cipher,
        call.path["slug"],
        name=body.name,
        settings=body.settings,
        region=body.region,
        language=body.language,
        bot=body.bot,
    )
    return _told(call, channel)


async def pause_channel(call: Call) -> ChannelOut:
    return _told(call, await service.pause(call.conn, call.path["slug"]))


async def resume_channel(call: Call) -> ChannelOut:
    return _told(call, await service.resume(call.conn, call.path["slug"]))


async def list_journal(call: Call) -> JournalPage:
    query: JournalQuery = call.query
    if query.quarantined:
        page = await quarantine.list_quarantine(call.conn, after=query.after, limit=query.limit)
    else:
        page = await quarantine.list_journal(
            call.conn, channel_id=query.channel_id, after=query.after, limit=query.limit
        )
    return JournalPage(items=list(page.items), next=page.next)


async def get_journal_entry(call: Call) -> JournalOut:
    entry = await quarantine.show(call.conn, call.id())
    if not call.viewer.can("journal contents") and entry.row.state not in quarantine.UNREAD:
        return JournalOut(row=entry.row, meta={}, body="")
    return JournalOut(row=entry.row, meta=entry.meta, body=base64.b64encode(entry.body).decode())


async def replay_journal_entry(call: Call) -> None:
    await quarantine.show(call.conn, call.id())
    await quarantine.replay(call.conn, [call.id()])


async def read_ledger(call: Call) -> LedgerOut:
    query: LedgerQuery = call.query
    rows = await ledger.balance(call.conn, days=query.days)
    return LedgerOut(items=[LedgerLine(row=row, difference=row.difference) for row in rows])


def _out(call: Call, channel: Channel) -> ChannelOut:
    connector = call.runtime.registry.get(channel.connector)
    spec = connector.spec if connector else None
    settings = {} if not call.viewer.can("channels") else masked(channel.settings, spec)
    return ChannelOut(
        id=channel.id,
        slug=channel.slug,
        name=channel.name,
        connector=channel.connector,
        settings=settings,
        region=channel.region,
        language=channel.language,
        bot=channel.bot,
        is_paused=channel.is_paused,
        state=channel.state,
        sentence=channel.sentence,
        remedy=channel.remedy,
        alarm=channel.alarm,
        last_in_at=channel.last_in_at,
        last_out_at=channel.last_out_at,
    )


def _told(call: Call, channel: Channel) -> ChannelOut:
    call.publish([Change(kind="channel", channel_id=channel.id)])
    return _out(call, channel)


def _endpoint(resource: str, method: str, path: str, summary: str, handler: Any, **types: Any) -> Endpoint:
    return Endpoint(method=method, path=path, resource=resource, summary=summary, handler=handler, **types)


ONE = "/channels/{slug}"
ENTRY = r"/journal/{id:\d+}"
ENDPOINTS = (
    _endpoint(
        "channels", "GET", "/channels", "All channels and their state", list_channels, returns=ChannelList
    ),
    _endpoint(
        "channels",
        "POST",
        "/channels",
        "Connect a channel",
        create_channel,
        body=NewChannel,
        returns=ChannelOut,
        status=201,
    ),
    _endpoint("channels", "GET", ONE, "One channel", get_channel, returns=ChannelOut),
    _endpoint("channels", "PATCH", ONE, "Change it", change_channel, body=ChannelChange, returns=ChannelOut),
    _endpoint("channels", "POST", f"{ONE}/pause", "Pause it", pause_channel, returns=ChannelOut),
    _endpoint("channels", "DELETE", f"{ONE}/pause", "Resume it", resume_channel, returns=ChannelOut),
    _endpoint(
        "journal", "GET", "/journal", "Raw inputs", list_journal, query=JournalQuery, returns=JournalPage
    ),
    _endpoint("journal", "GET", "/ledger", "The ledger", read_ledger, query=LedgerQuery, returns=LedgerOut),
    _endpoint("journal", "GET", ENTRY, "One raw input with its bytes", get_journal_entry, returns=JournalOut),
    _endpoint(
        "journal", "POST", f"{ENTRY}/replay", "Process a quarantined input again", replay_journal_entry
    ),
)
