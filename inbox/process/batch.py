"""One batch of understood inputs in one transaction: who, where, message, lead, the bot's turn, route, replies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.contract import (
    Alarm,
    CallStep,
    Ignored,
    InboundMessage,
    Notice,
    Presence,
    Receipt,
    Revision,
    Unread,
)
from crm_core.sql import Conn
from inbox.bot.tools import Tools
from inbox.calls import service as calls
from inbox.changes import Change
from inbox.channels import service as channels
from inbox.intake import store as journal
from inbox.intake.work import Work
from inbox.messages import ingest, notices, receipts, revisions, settled_store
from inbox.messages.model import Incoming
from inbox.partitions import partition_key, person_of
from inbox.process import store


@dataclass(slots=True, kw_only=True)
class Result:
    """What a batch leaves to do after its commit. `missing` are older inputs of the same people that must come along;
    `later` are inputs that must wait (a receipt of a message whose sending is not recorded yet)."""

    changes: list[Change] = field(default_factory=list[Change])
    missing: list[int] = field(default_factory=list[int])
    later: list[int] = field(default_factory=list[int])
    has_outgoing: bool = False


async def run(conn: Conn, works: Sequence[Work], tools: Tools, *, without: Collection[int] = ()) -> Result:
    """Process works inside the caller's transaction. A repeat of a finished row does nothing.

    `without` are older inputs of the same people that cannot be read now and are not waited for.
    """
    lanes = {work.stored.entry.lane for work in works}
    await journal.lock_lanes(conn, lanes | _handle_lanes(works))
    pending = await store.pending_in(conn, lanes, up_to=max(work.id for work in works))
    ours = {work.id for work in works} | set(without)
    if missing := [id_ for id_ in pending if id_ not in ours]:
        return Result(missing=missing)
    waiting = set(pending)
    todo = sorted((work for work in works if work.id in waiting), key=lambda work: work.id)
    if not todo:
        return Result()
    result = Result()
    now = datetime.now(UTC)
    sorted_ = _Sorted()
    for work in todo:
        sorted_.sort(work, result)
    await _ingest(conn, sorted_, tools=tools, now=now, result=result)
    settled = [work for work in todo if work.id not in set(result.later)]
    for work in settled:
        work.close()
    if settled:
        await settled_store.finish(conn, settled)
    return result


async def _ingest(conn: Conn, events: _Sorted, *, tools: Tools, now: datetime, result: Result) -> None:
    """Each kind in the order that the next one needs: a revision finds its message, a receipt its sending."""
    changes = result.changes
    incoming = events.incoming
    if incoming:
        result.has_outgoing = await ingest.ingest(conn, incoming, tools=tools, now=now, changes=changes)
    if events.revised:
        unknown, later = await revisions.ingest(conn, events.revised, now=now, changes=changes)
        result.later += later
        if unknown:
            result.has_outgoing |= await ingest.ingest(conn, unknown, tools=tools, now=now, changes=changes)
    if events.noticed:
        await notices.ingest(conn, events.noticed, changes=changes)
    if events.steps:
        changes += await calls.ingest(conn, events.steps, tools=tools, now=now)
    if events.receipts:
        result.later += await receipts.ingest(conn, events.receipts, now=now, changes=changes)
    for work, alarm in events.alarms:
        await channels.log_alarm(conn, work.channel.id, alarm.reason)
        work.settle("processed")


@dataclass(slots=True)
class _Sorted:
    """The events of a batch by kind, each with its work."""

    incoming: list[Incoming] = field(default_factory=list[Incoming])
    steps: list[tuple[Work, CallStep]] = field(default_factory=list[tuple[Work, CallStep]])
    receipts: list[tuple[Work, Receipt]] = field(default_factory=list[tuple[Work, Receipt]])
    revised: list[tuple[Work, Revision]] = field(default_factory=list[tuple[Work, Revision]])
    noticed: list[tuple[Work, Notice]] = field(default_factory=list[tuple[Work, Notice]])
    alarms: list[tuple[Work, Alarm]] = field(default_factory=list[tuple[Work, Alarm]])

    def sort(self, work: Work, result: Result) -> None:
        """What needs no more than itself is settled at once."""
        for order, event in enumerate(work.events):
            match event:
                case InboundMessage():
                    self.incoming.append(Incoming(work=work, event=event, order=order))
                case CallStep():
                    self.steps.append((work, event))
                case Receipt():
                    self.receipts.append((work, event))
                case Revision():
                    self.revised.append((work, event))
                case Notice():
                    self.noticed.append((work, event))
                case Alarm():
                    self.alarms.append((work, event))
                case Presence():
                    result.changes.append(_presence(work, event))
                    work.settle("processed")
                case Ignored():
                    work.settle("ignored", event.reason)
                case Unread():
                    work.unread.append(event.reason)


def _presence(work: Work, event: Presence) -> Change:
    handle = event.sender.handles[0]
    return Change(
        kind="presence",
        channel_id=work.channel.id,
        data={"what": event.what, "kind": handle.kind, "value": handle.value, "thread": event.thread},
    )


def _handle_lanes(works: Sequence[Work]) -> set[int]:
    """Locks of everybody the inputs are from: two first messages of one person cannot make two contacts."""
    return {
        partition_key(handle.kind, handle.value)
        for work in works
        for event in work.events
        if (person := person_of(event))
        for handle in person.handles
    }
