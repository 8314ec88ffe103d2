"""Testing a channel: with the settings it has, or with settings that are only typed yet."""

from __future__ import annotations

import asyncio
import logging

from connectors.contract import Connector, Health, SelfTest, Setup, State
from crm_core.sql import Conn
from hub import database
from hub.runtime import Runtime
from hub.wording.i18n import N_
from inbox.channels import service
from inbox.channels.model import Channel, LiveChannel

log = logging.getLogger(__name__)

WITHIN = 30.0
GOOD = frozenset({State.CONNECTED, State.CATCHING_UP, State.CONNECTING})


async def probe(runtime: Runtime, row: Channel) -> Health:
    """The connector's word on these settings; never raises, never takes longer than half a minute."""
    live = live_of(runtime, row)
    if live is None:
        return Health(
            state=State.UNCONFIGURED,
            sentence=N_("The connector of this channel is not installed."),
            remedy=N_("Install it, or remove the channel."),
        )
    try:
        return await asyncio.wait_for(live.connector.probe(runtime.context_of(live)), WITHIN)
    except TimeoutError:
        return Health(
            state=State.TRANSIENT,
            sentence=N_("No answer within half a minute."),
            remedy=N_("Check the address and the port, and whether a firewall is in between."),
        )
    except Exception as error:  # a probe must never raise; one that does is told, not shown as a broken page
        log.exception("probe failed", extra={"channel": row.slug})
        return Health(state=State.TRANSIENT, sentence=f"{type(error).__name__}: {error}")


async def rehearse(runtime: Runtime, row: Channel) -> Health | None:
    """What comes of sending something to itself; None where the connector does not."""
    live = live_of(runtime, row)
    if live is None or not isinstance(live.connector, SelfTest):
        return None
    try:
        async with asyncio.timeout(WITHIN):
            return await live.connector.rehearse(runtime.context_of(live))
    except TimeoutError:
        return Health(state=State.TRANSIENT, sentence=N_("No answer within half a minute."))
    except Exception as error:  # told, not shown as a broken page
        log.exception("rehearsal failed", extra={"channel": row.slug})
        return Health(state=State.TRANSIENT, sentence=f"{type(error).__name__}: {error}")


async def report(conn: Conn, row: Channel, health: Health) -> None:
    """Keep what the test said; a channel that nothing has been heard of is otherwise shown as connecting."""
    await service.report(conn, row.id, health)


async def register(runtime: Runtime, row: Channel) -> None:
    """Let a connector that must register with its provider do so, after its channel was saved."""
    live = live_of(runtime, row)
    if live is None or row.is_paused or not isinstance(live.connector, Setup):
        return
    try:
        health = await asyncio.wait_for(live.connector.connect(runtime.context_of(live)), WITHIN)
    except Exception as error:  # the channel is saved; its state tells what is wrong
        log.warning("setup failed", extra={"channel": row.slug, "error": repr(error)})
        return
    async with database.transaction(runtime.pool) as conn:
        await report(conn, row, health)


async def unregister(runtime: Runtime, row: Channel) -> None:
    """Undo it, before a channel is removed; a provider that cannot be reached does not keep the channel."""
    live = live_of(runtime, row)
    if live is None or not isinstance(live.connector, Setup):
        return
    try:
        await asyncio.wait_for(live.connector.disconnect(runtime.context_of(live)), WITHIN)
    except Exception as error:  # the channel goes all the same
        log.warning("disconnecting failed", extra={"channel": row.slug, "error": repr(error)})


def live_of(runtime: Runtime, row: Channel) -> LiveChannel | None:
    connector: Connector | None = runtime.registry.get(row.connector)
    if connector is None:
        return None
    return LiveChannel(row=row, connector=connector, config=runtime.directory.configure(row))
