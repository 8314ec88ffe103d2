"""What is done every so many seconds, by one worker at a time; `hub.rounds` runs it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from connectors.contract import Health, Receiver, Setup, State
from crm_core.acts import store as acts
from crm_core.bin import service as bin_
from crm_core.bulk import service as bulk
from crm_core.deals import service as deals
from crm_core.fields import moving
from crm_core.tasks import reminders
from hub.alarms import letters
from hub.alarms import service as alarms
from hub.api import repeats
from hub.provider_tokens import service as provider_tokens
from hub.reactions import service as reactions
from hub.reactions.relay import relay
from hub.reactions.runner import run_due
from hub.runtime import Runtime
from hub.web import store as sessions
from hub.webhooks import service as webhooks
from hub.wiring import REACTIONS
from hub.work import service as work
from inbox.actions import once
from inbox.actions import service as conversations
from inbox.bot.analytics import store as botruns
from inbox.bot.triggers import raising
from inbox.calls import replies, retention, timeouts
from inbox.changes import Change
from inbox.channels import service as channels
from inbox.channels import silence
from inbox.channels.model import LiveChannel
from inbox.delivery import store as delivery
from inbox.exchanges import store as exchanges
from inbox.files import service as files
from inbox.files import store as file_store
from inbox.intake import refused
from inbox.profiles import service as profiles
from inbox.routing import service as routing
from inbox.tickets import store as tickets
from inbox.views import queries

log = logging.getLogger(__name__)

Job = Callable[[Runtime], Awaitable[None]]
PROBE = 240.0
WAITING_PROBE = 900.0
"""Seconds between two tries of credentials that were refused: more often, and some providers lock the account."""
REGISTERED_IN = (State.CONNECTED, State.TRANSIENT)
"""What a probe says of a channel whose settings are good, whether its provider calls it yet or not."""
_PROBED: dict[int, float] = {}


async def fetch_files(runtime: Runtime) -> None:
    await runtime.publish(await files.fetch_due(runtime.pool, runtime.directory, runtime.context_of))


async def ask_profiles(runtime: Runtime) -> None:
    await runtime.publish(await profiles.ask_due(runtime.pool, runtime.directory, runtime.context_of))


async def relay_facts(runtime: Runtime) -> None:
    await relay(runtime.pool, REACTIONS, deliver=webhooks.enqueue)


async def react(runtime: Runtime) -> None:
    await run_due(runtime, REACTIONS)


async def deliver_webhooks(runtime: Runtime) -> None:
    await runtime.webhooks.deliver_due()


async def drain_queue(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        changes = await routing.drain(conn, hours=tuple(runtime.rulebook.rules.hours.values()))
    await runtime.publish(changes)


async def reassign_late(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        changes = await routing.reassign(conn, hours=tuple(runtime.rulebook.rules.hours.values()))
    await runtime.publish(changes)


async def wake_snoozed(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        changes = await conversations.wake_snoozed(conn)
    await runtime.publish(changes)


async def remind(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        due = await reminders.due_reminders(conn, datetime.now(UTC))
    await runtime.publish(
        [
            Change(
                kind="task",
                id=task.id,
                contact_id=task.contact_id,
                assignee_id=task.assignee_id,
                data={"reminder": task.title},
            )
            for task in due
        ]
    )


async def watch_for_bot(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        await raising.watch(conn, rules=runtime.rulebook.rules, now=datetime.now(UTC))
    runtime.waker.wake()


async def fold_counters(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn:
        await queries.fold_counters(conn)
        await deals.fold_totals(conn)
        await botruns.fold(conn)


async def end_silent_calls(runtime: Runtime) -> None:
    hours = tuple(runtime.rulebook.rules.hours.values())
    await runtime.publish(await timeouts.end_silent(runtime.pool, hours))


async def answer_missed_calls(runtime: Runtime) -> None:
    hours = tuple(runtime.rulebook.rules.hours.values())
    changes = await replies.write_due(runtime.pool, runtime.directory, hours, now=datetime.now(UTC))
    await runtime.publish(changes)


async def forget_recordings(runtime: Runtime) -> None:
    while changes := await retention.forget_old(runtime.pool):
        await runtime.publish(changes)


async def touch_channels(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        changes = await silence.look(conn)
    await runtime.publish(changes)


async def raise_alarms(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
    await letters.send_due(
        runtime.pool, runtime.directory, runtime.context_of, public_url=runtime.settings.public_url
    )


async def probe_channels(runtime: Runtime) -> None:
    """Ask every channel that does not report by itself whether it works, and those that receive while messages wait for
    their credentials: what they receive says nothing about sending."""
    async with runtime.pool.acquire() as conn:
        waiting = await channels.waiting_for_credentials(conn)
    for live in [live for live in runtime.directory if _is_to_be_probed(live, waiting)]:
        try:
            health = await asyncio.wait_for(_asked(live, runtime), 60)
        except Exception as error:  # a probe must never raise; one that does must not stop the others
            log.warning("probe failed", extra={"channel": live.row.slug, "error": repr(error)})
            continue
        async with runtime.pool.acquire() as conn, conn.transaction():
            changes = await channels.report(conn, live.id, health)
            if health.state.value == "connected" and live.id in waiting:
                await channels.revive(conn, live.id)
        await runtime.publish(changes)


async def _asked(live: LiveChannel, runtime: Runtime) -> Health:
    """What it says of itself; a channel that is new, or goes on after a pause, is registered at its provider first."""
    context, connector = runtime.context_of(live), live.connector
    is_new = live.row.state == State.CONNECTING and not isinstance(connector, Receiver)
    if is_new and isinstance(connector, Setup):
        health = await connector.probe(context)
        return await connector.connect(context) if health.state in REGISTERED_IN else health
    return await connector.probe(context)


def _is_to_be_probed(live: LiveChannel, waiting: set[int]) -> bool:
    if live.row.is_paused:
        return False
    receives = isinstance(live.connector, Receiver)
    if receives and live.id not in waiting:
        return False
    asked_at = _PROBED.get(live.id, 0.0) if receives else _heard(live.row.heartbeat_at)
    if time.time() - asked_at < (WAITING_PROBE if receives else PROBE):
        return False
    _PROBED[live.id] = time.time()
    return True


def _heard(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


async def clean_up(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn:
        await file_store.sweep(conn)
        await delivery.forget_rests(conn)
        await refused.sweep(conn)
        await provider_tokens.sweep(conn)
        await tickets.sweep(conn)
        await exchanges.sweep(conn, keep=timedelta(hours=runtime.settings.request_log_hours))
        await repeats.sweep(conn)
        await alarms.sweep(conn)
        await acts.forget_old(conn)
        await bin_.look_ahead(conn)
        await bin_.purge(conn)
        await once.forget_old(conn)
        await work.sweep(conn)
        await bulk.sweep(conn)
        await reactions.sweep(conn)
        await sessions.sweep(conn)


async def move_fields(runtime: Runtime) -> None:
    async with runtime.pool.acquire() as conn:
        await moving.move(conn)


EVERY: tuple[tuple[Job, int], ...] = (
    (fetch_files, 2),
    (ask_profiles, 2),
    (relay_facts, 2),
    (react, 2),
    (deliver_webhooks, 2),
    (drain_queue, 5),
    (reassign_late, 5),
    (wake_snoozed, 5),
    (remind, 5),
    (watch_for_bot, 10),
    (fold_counters, 5),
    (end_silent_calls, 30),
    (answer_missed_calls, 5),
    (forget_recordings, 30),
    (probe_channels, 15),
    (touch_channels, 30),
    (raise_alarms, 10),
    (move_fields, 10),
)
"""What is done every so many seconds, by one worker at a time."""
