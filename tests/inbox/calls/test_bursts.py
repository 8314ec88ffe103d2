"""Many calls in one moment are taken in together: no more is asked of the database for forty than for four."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.contract import CallStep, Handle, Person, RawInput, Step, Trust
from inbox.calls import service
from inbox.intake.model import Entry, Stored
from inbox.intake.work import Work
from tests.world import World


async def asked(world: World, calls: int, *, name: str) -> int:
    """How many statements it takes until so many calls of strangers ring."""
    channel = world.runtime.directory.by_slug("sink")
    assert channel is not None
    now = datetime.now(UTC)
    steps: list[tuple[Work, CallStep]] = []
    for n in range(calls):
        handle = Handle(kind="phone", value=f"+1202555{len(name)}{n:03}", trust=Trust.PROVEN, evidence="sink")
        step = CallStep(
            call_id=f"{name}{n}", key="r", step=Step.RINGING, at=now, caller=Person(handles=(handle,))
        )
        raw = RawInput(transport="http", body=b"", received_at=now)
        steps.append((Work(Stored(id=n, entry=Entry(channel=channel, raw=raw, lane=1))), step))
    queries: list[str] = []
    async with world.pool.acquire() as conn:
        conn.add_query_logger(note := lambda record: queries.append(record.query))
        async with conn.transaction():
            changes = await service.ingest(conn, steps, tools=world.runtime.processor._tools, now=now)
        conn.remove_query_logger(note)
    assert [change.kind for change in changes].count("call") == calls
    assert {work.outcome for work, _ in steps} == {"processed"}
    return len(queries)


async def test_forty_calls_ask_no_more_than_four(world: World) -> None:
    await asked(world, 4, name="warm")
    few = await asked(world, 4, name="a few")
    many = await asked(world, 40, name="a burst")
    assert many <= few + 1, "one statement serves all"
    assert await world.value("SELECT count(*) FROM inbox_call WHERE message_id IS NOT NULL") == 48


async def test_steps_of_one_call_in_one_batch_follow_each_other(world: World) -> None:
    for n in range(20):
        fields = {"type": "call", "call": f"c{n}", "sender": f"+1202555{n:04}"}
        await world.post(**fields, step="ringing", id=f"c{n}-r")
        await world.post(**fields, step="answered", id=f"c{n}-a", user="11")
        await world.post(**fields, step="ended", id=f"c{n}-e", duration=30)
        await world.post(**fields, step="ended", id=f"c{n}-e", duration=30)
    await world.settled()
    states = "SELECT DISTINCT state || ' ' || outcome FROM inbox_call"
    assert await world.value(states) == "ended answered"
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'duplicate'") == 20
    assert await world.value("SELECT count(*) FROM inbox_message WHERE direction = 'call'") == 20
