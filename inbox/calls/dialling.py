"""Placing a call at a click: written down, asked of the exchange once, and what it said written down too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from connectors.contract import Context, Dial, Dialling, SendError, Unknown
from connectors.phones import e164
from crm_core.contacts import card as contacts
from crm_core.sql import Conn
from crm_core.users.model import User, Viewer
from inbox.calls import dial_store as store
from inbox.channels.model import LiveChannel
from values.errors import Conflict, Invalid
from values.sentences import phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """What became of a click: `placed`, `refused` or `unknown` (it may ring), with the exchange's reason."""

    number: str
    extension: str
    state: str
    reason: str = ""


def can_dial(channels: Iterable[LiveChannel]) -> list[LiveChannel]:
    """The channels through which one can ring somebody now."""
    return [
        live
        for live in channels
        if not live.row.is_paused
        and isinstance(live.connector, Dialling)
        and live.connector.dials(live.config)
    ]


async def dial(
    pool: asyncpg.Pool,
    user: User,
    channels: Iterable[LiveChannel],
    *,
    context_of: Callable[[LiveChannel], Context],
    number: str,
    contact_id: int | None = None,
) -> Dialled:
    """Ring the user's telephone, then the number. Raises Invalid and Conflict; what the exchange says is in the answer."""
    able = can_dial(channels)
    if not able:
        raise Conflict(
            phrase("No telephone channel can place calls yet; an admin can set that up under Channels.")
        )
    if not user.extension:
        raise Invalid(
            phrase("Enter your extension in your profile first: your own telephone rings first."),
            field="extension",
        )
    async with pool.acquire() as conn, conn.transaction():
        live = await _chosen(conn, able, contact_id)
        to = e164(number, live.config.region)
        if not to:
            raise Invalid(phrase("This is not a phone number that can be called."), field="number")
        id_ = await _ask(conn, user, live, to=to, contact_id=contact_id)
    wish = Dial(dial_id=str(id_), to=to, extension=user.extension)
    state, reason, call_id = await _placed(live, wish, context_of(live))
    async with pool.acquire() as conn:
        await store.settle(conn, id_, state=state, reason=reason, call_id=call_id)
    return Dialled(number=to, extension=user.extension, state=state, reason=reason)


async def _ask(conn: Conn, user: User, live: LiveChannel, *, to: str, contact_id: int | None) -> UUID:
    viewer = Viewer.of(user)
    viewer.require_customers()
    if contact_id is not None:
        await contacts.require(conn, viewer, contact_id)
    await store.lock(conn, user.id)
    id_ = await store.ask(
        conn, user.id, channel_id=live.id, contact_id=contact_id, number=to, extension=user.extension
    )
    if id_ is None:
        raise Conflict(phrase("This number is being rung already."))
    return id_


async def _placed(live: LiveChannel, wish: Dial, context: Context) -> tuple[str, str, str]:
    assert isinstance(live.connector, Dialling)
    try:
        return "placed", "", await live.connector.dial(wish, context)
    except Unknown as error:
        return "unknown", error.reason, ""
    except SendError as error:
        return "refused", error.reason, ""


async def _chosen(conn: Conn, able: list[LiveChannel], contact_id: int | None) -> LiveChannel:
    """The line that was last used with this contact, else the first one."""
    last = None
    if contact_id is not None:
        last = await store.last_channel(conn, contact_id, among=[live.id for live in able])
    return next((live for live in able if live.id == last), able[0])
