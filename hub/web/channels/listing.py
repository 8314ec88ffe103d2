"""The channels: how they are, and pausing, resuming, testing and removing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from connectors.contract import ConnectorSpec
from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web.channels import probing
from hub.web.context import runtime, transaction, user
from hub.web.render import page, see_other
from hub.wording.i18n import N_, gettext
from inbox.changes import Change
from inbox.channels import service
from inbox.channels.model import Channel
from inbox.intake import refused
from inbox.intake.refused import Refusals
from inbox.operations import store as operations
from inbox.operations.model import Today

TONES = {
    "connected": "good",
    "catching_up": "good",
    "connecting": "info",
    "transient": "warn",
    "needs_credentials": "bad",
    "unconfigured": "bad",
    "paused": "",
}
STATES = {
    "connected": N_("Connected"),
    "catching_up": N_("Catching up"),
    "connecting": N_("Connecting"),
    "transient": N_("Interrupted"),
    "needs_credentials": N_("Needs new credentials"),
    "unconfigured": N_("Not set up"),
    "paused": N_("Paused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A channel in the list. `spec` is None when its connector is not installed."""

    row: Channel
    spec: ConnectorSpec | None
    today: Today
    refused: Sequence[Refusals] = ()

    @property
    def tone(self) -> str:
        tone = TONES.get(self.row.state, "warn")
        return "warn" if tone == "good" and (self.row.alarm or self.refused) else tone

    @property
    def label(self) -> str:
        return gettext(STATES.get(self.row.state, self.row.state))


async def show(request: web.Request) -> web.StreamResponse:
    async with transaction(request) as conn:
        rows = await service.list_channels(conn)
        today = await operations.today(conn)
        no = await refused.lately(conn)
    shown = [shown_of(request, row, today, no.get(row.id, ())) for row in rows]
    return page(request, "channels/channels.html", channels=shown, removed=request.query.get("removed", ""))


async def pause(request: web.Request) -> web.StreamResponse:
    slug = request.match_info["slug"]
    async with transaction(request) as conn:
        row = await service.pause(conn, slug)
        await _record(conn, request, "channel.paused", slug)
    return await _back(request, row)


async def resume(request: web.Request) -> web.StreamResponse:
    slug = request.match_info["slug"]
    async with transaction(request) as conn:
        row = await service.resume(conn, slug)
        await _record(conn, request, "channel.resumed", slug)
    await probing.register(runtime(request), row)
    return await _back(request, row)


async def test(request: web.Request) -> web.StreamResponse:
    """Ask the provider now; the answer is kept as the channel's state."""
    slug = request.match_info["slug"]
    async with transaction(request) as conn:
        row = await service.get(conn, slug)
    health = await probing.probe(runtime(request), row)
    async with transaction(request) as conn:
        await probing.report(conn, row, health)
        await _record(conn, request, "channel.tested", slug)
    await changed(request, row)
    return page(
        request,
        "channels/tested.html",
        row=row,
        health=health,
        is_good=health.state in probing.GOOD,
        label=gettext(STATES[health.state.value]),
    )


async def remove(request: web.Request) -> web.StreamResponse:
    slug = request.match_info["slug"]
    async with transaction(request) as conn:
        row = await service.get(conn, slug)
    await probing.unregister(runtime(request), row)
    async with transaction(request) as conn:
        await service.remove(conn, slug)
        await _record(conn, request, "channel.removed", slug)
    await changed(request, row)
    return see_other(request, "/channels?removed=1")


async def changed(request: web.Request, row: Channel) -> None:
    """After the commit: this process knows at once, the others and the browsers by the change."""
    await runtime(request).directory.refresh()
    await runtime(request).publish([Change(kind="channel", channel_id=row.id)])


def shown_of(
    request: web.Request, row: Channel, today: dict[int, Today], no: Sequence[Refusals] = ()
) -> Shown:
    connector = runtime(request).registry.get(row.connector)
    return Shown(
        row=row,
        spec=connector.spec if connector else None,
        today=today.get(row.id, Today(channel_id=row.id)),
        refused=no,
    )


async def _record(conn: Conn, request: web.Request, action: str, slug: str) -> None:
    await audit.record(conn, action, user_id=user(request).id, peer=peer(request), target=slug)


async def _back(request: web.Request, row: Channel) -> web.StreamResponse:
    await changed(request, row)
    came_from = request.query.get("from", "")
    return see_other(request, f"/channels/{row.slug}" if came_from == "channel" else "/channels")
