"""What became of everything that was accepted: lost, doubled, out of order, not in the ledger."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.chaos.people import Recorder, Told
from hub.database import connect
from inbox import ledger

PENDING = """
    SELECT (SELECT count(*) FROM inbox_journal WHERE state = 'pending')
         + (SELECT count(*) FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending'))"""
MESSAGES = """
    SELECT m.external_id, m.conversation_id, c.handle_value AS sender
      FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
      JOIN inbox_channel h ON h.id = m.channel_id AND h.slug = 'chaos'
     WHERE m.direction = 'in' ORDER BY m.id"""
DELIVERIES = "SELECT id::text AS id, state FROM inbox_outbox"
ABANDONED = """
    UPDATE inbox_outbox SET claimed_at = claimed_at - interval '1 hour'
     WHERE state = 'sending' AND claimed_at < now() - interval '15 seconds'
       AND claimed_at > now() - interval '30 minutes'"""
"""The recorder answers at once, so what has been sent for so long belonged to a process that was killed. The hub waits
minutes before it says so; its clock is put forward instead."""
ENDS = ("sent", "unknown", "cancelled")
QUIET_WITHIN = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The outcome. `deliveries_unsure` were being sent when their process was killed: shown to people, never repeated."""

    accepted: int
    lost: int
    doubled: int
    out_of_order: int
    ledger_difference: int
    unfinished: int
    people: int
    contacts: int
    deliveries: int
    deliveries_lost: int
    deliveries_doubled: int
    deliveries_failed: int
    deliveries_unsure: int
    repeats: int

    @property
    def is_clean(self) -> bool:
        return not any(
            (
                self.lost,
                self.doubled,
                self.out_of_order,
                self.ledger_difference,
                self.unfinished,
                self.deliveries_lost,
                self.deliveries_doubled,
                self.deliveries_failed,
                self.people - self.contacts,
            )
        )

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


async def count(database_url: str, told: Told, recorder: Recorder) -> Count:
    """Wait until nothing is on its way, then compare what people were told with what is there."""
    conn = await connect(database_url, application="chaos")
    try:
        unfinished = await _quiet(conn)
        rows = [dict(row) for row in await conn.fetch(MESSAGES)]
        deliveries = {row["id"]: row["state"] for row in await conn.fetch(DELIVERIES)}
        difference = sum(abs(row.difference) for row in await ledger.balance(conn))
        contacts = await conn.fetchval("SELECT count(*) FROM crm_contact")
    finally:
        await conn.close()
    stored = Counter(row["external_id"] for row in rows)
    return Count(
        accepted=told.count,
        lost=sum(id_ not in stored for ids in told.accepted.values() for id_ in ids),
        doubled=sum(times - 1 for times in stored.values()),
        out_of_order=_out_of_order(rows),
        ledger_difference=difference,
        unfinished=unfinished,
        people=len({row["sender"] for row in rows}),
        contacts=contacts,
        deliveries=len(deliveries),
        deliveries_lost=sum(state == "sent" and not recorder.sent[id_] for id_, state in deliveries.items()),
        deliveries_doubled=sum(times - 1 for times in recorder.sent.values()),
        deliveries_failed=sum(state not in ENDS for state in deliveries.values()),
        deliveries_unsure=sum(state == "unknown" for state in deliveries.values()),
        repeats=told.repeats,
    )


def _out_of_order(rows: list[dict[str, Any]]) -> int:
    """Messages stored behind a later one of the same person."""
    wrong = 0
    last: dict[str, int] = {}
    for row in rows:
        number = int(row["external_id"].partition("-")[2])
        wrong += number < last.get(row["sender"], -1)
        last[row["sender"]] = max(number, last.get(row["sender"], -1))
    return wrong


async def _quiet(conn: Any) -> int:
    """Wait until nothing is pending; returns what still is when the patience ends."""
    deadline = asyncio.get_running_loop().time() + QUIET_WITHIN
    while (left := await conn.fetchval(PENDING)) and asyncio.get_running_loop().time() < deadline:
        await conn.execute(ABANDONED)
        await asyncio.sleep(0.2)
    return int(left)
