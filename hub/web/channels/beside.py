"""What a channel's page shows beside its form: its log, its ledger, and which servers checked the senders of its mail."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from crm_core.sql import Conn
from hub.audit import service as audit
from hub.peers import peer
from hub.web.channels import listing as channels
from hub.web.context import form, runtime, transaction, user
from hub.web.render import see_other
from inbox import ledger
from inbox.channels import service
from inbox.channels.model import Channel
from inbox.operations import store as operations
from inbox.operations.model import Checker
from values.errors import Invalid

SETTING = "auth_server"


async def of(conn: Conn, row: Channel) -> dict[str, Any]:
    """`checkers` are names and numbers of mails, asked only while no server is named."""
    return {
        "lines": await service.lines(conn, row.id, limit=30),
        "ledger": [day for day in await ledger.balance(conn, days=7) if day.channel_id == row.id],
        "checkers": await _checkers(conn, row),
    }


async def name_checker(request: web.Request) -> web.StreamResponse:
    """Believe the server of this name from now on."""
    slug, fields = request.match_info["slug"], await form(request)
    async with transaction(request) as conn:
        before = await service.get(conn, slug)
        name = str(fields.get("name", ""))
        if name not in [found.name for found in await _checkers(conn, before)]:
            raise Invalid("No mail here was checked by a server of this name.", field="name")
        row = await service.update(
            conn, runtime(request).registry, runtime(request).cipher, slug, settings={SETTING: name}
        )
        await audit.record(conn, "channel.changed", user_id=user(request).id, peer=peer(request), target=slug)
    await channels.changed(request, row)
    return see_other(request, f"/channels/{slug}?saved=1")


async def _checkers(conn: Conn, row: Channel) -> list[Checker]:
    if row.connector != "email" or row.settings.get(SETTING):
        return []
    return await operations.checkers(conn, row.id)
