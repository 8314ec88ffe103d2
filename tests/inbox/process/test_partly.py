"""One bad event of a request waits alone; the others are taken in once, whatever is replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.contract import (
    ChannelConfig,
    Event,
    Handle,
    InboundMessage,
    Malformed,
    Notice,
    Person,
    RawInput,
    Receipt,
    ReceiptState,
    Unread,
)
from inbox import quarantine
from inbox.intake.naming import name_of
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Batch(Sink):
    """A door that takes lists; what a test calls `new` is not known to it before it is mended."""

    is_mended = False
    order = 1

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        known: list[Event] = []
        unread: list[Event] = []
        for n, one in enumerate(orjson.loads(raw.body), 1):
            if one.get("new") and not self.is_mended:
                unread.append(Unread(reason=f"Event {n} is new"))
            else:
                known.append(_event(one))
        if not known:
            raise Malformed("nothing in it is known")
        return known[:: self.order] + unread


def _event(one: dict[str, Any]) -> Event:
    handle = Handle(kind=one.get("kind", "phone"), value=one["from"], evidence="sink")
    person = Person(handles=() if one.get("nobody") else (handle,), name=one.get("name", ""))
    if "blocked" in one:
        return Notice(
            key=one["id"], sender=person, at=AT, text="They blocked us.", reachable=not one["blocked"]
        )
    at = AT.replace(tzinfo=None) if one.get("naive") else AT
    return InboundMessage(external_id=one["id"], sender=person, at=at, text=one.get("text", ""))


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url, sink=Batch(), bot=False)
    yield opened
    await opened.balanced()
    await close_world(opened)


async def tell(world: World, *events: dict[str, Any]) -> None:
    async with world.client.post("/in/sink", data=orjson.dumps(events)) as response:
        assert response.status == 200
    await world.settled()


def said(n: int, **more: Any) -> dict[str, Any]:
    return {"id": f"m{n}", "from": f"+1202555010{n}", "text": f"word {n}", **more}


async def row(world: World) -> dict[str, Any]:
    [only] = await world.fetch("SELECT id, state, reason, done FROM inbox_journal")
    return only


async def replay(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        assert await quarantine.replay(conn, await quarantine.ids_of_all(conn)) == 1
    await world.settled()


async def words(world: World) -> list[str]:
    found = await world.fetch("SELECT text FROM inbox_message WHERE direction = 'in' ORDER BY text")
    return [one["text"] for one in found]


async def test_a_replay_after_the_fix_brings_what_was_missing_and_nothing_twice(world: World) -> None:
    await tell(world, said(1), said(2, new=True), said(3))
    assert (await row(world))["state"] == "partly"
    assert await words(world) == ["word 1", "word 3"]
    await replay(world)
    assert (await row(world))["state"] == "partly"
    world.sink.is_mended, world.sink.order = True, -1  # type: ignore[attr-defined]
    await replay(world)
    assert await words(world) == ["word 1", "word 2", "word 3"]
    assert ((await row(world))["state"], (await row(world))["done"]) == ("processed", None)
    assert await world.value("SELECT sum(unread) FROM inbox_conversation") == 3


async def test_what_was_told_before_is_not_told_again_by_a_replay(world: World) -> None:
    await tell(world, said(1))
    await world.value("DELETE FROM inbox_journal")
    await world.value("DELETE FROM inbox_ledger")
    blocked = {"id": "n1", "from": "+12025550101", "blocked": True}
    await tell(world, blocked, said(2, new=True))
    reach = "SELECT unreachable FROM crm_handle WHERE value = '+12025550101'"
    assert await world.value(reach)
    await world.value("UPDATE crm_handle SET unreachable = ''")
    world.sink.is_mended = True  # type: ignore[attr-defined]
    await replay(world)
    assert await words(world) == ["word 1", "word 2"]
    assert await world.value(reach) == ""


@pytest.mark.parametrize("bad", [{"nobody": True}, {"naive": True}, {"id": ""}])
async def test_what_a_connector_must_not_give_stands_alone(world: World, bad: dict[str, Any]) -> None:
    await tell(world, said(1), said(2, **bad), said(3))
    assert await words(world) == ["word 1", "word 3"]
    found = await row(world)
    assert (found["state"], "Event 2 of 3 cannot be read" in found["reason"]) == ("partly", True)


async def test_an_event_that_the_database_refuses_stands_alone(world: World) -> None:
    """The try of the whole fails three times; then the one that fails is looked for."""
    await world.value(
        "ALTER TABLE inbox_message ADD CONSTRAINT no_thirteen CHECK (text <> 'word 13') NOT VALID"
    )
    many = [said(n % 10, id=f"m{n}", text=f"word {n}") for n in range(1, 20)]
    async with world.client.post("/in/sink", data=orjson.dumps(many)) as response:
        assert response.status == 200
    await until(lambda: world.value("SELECT state <> 'pending' FROM inbox_journal"), within=60)
    assert len(await words(world)) == 18
    found = await row(world)
    assert (found["state"], "no_thirteen" in found["reason"]) == ("partly", True)
    await world.value("ALTER TABLE inbox_message DROP CONSTRAINT no_thirteen")
    await replay(world)
    assert len(await words(world)) == 19
    assert (await row(world))["state"] == "processed"


async def test_set_aside_it_counts_as_processed(world: World) -> None:
    await tell(world, said(1), said(2, new=True))
    async with world.pool.acquire() as conn, conn.transaction():
        assert await quarantine.set_aside(conn, await quarantine.ids_of_all(conn)) == 1
        assert await quarantine.waiting(conn) == 0
    assert (await row(world))["state"] == "processed"


async def test_an_input_with_nothing_good_in_it_is_wholly_in_quarantine(world: World) -> None:
    await tell(world, said(1, new=True), said(2, new=True))
    assert (await row(world))["state"] == "quarantined"
    await tell(world, said(3, nobody=True))
    assert await world.value("SELECT count(*) FROM inbox_journal WHERE state = 'quarantined'") == 2


def test_a_name_is_of_the_event_not_of_its_place_or_words() -> None:
    one = _event(said(1))
    assert isinstance(one, InboundMessage)
    assert name_of(one) == name_of(replace(one, text="mended"))
    assert name_of(one) != name_of(replace(one, external_id="m2"))
    sent = Receipt(external_id="m1", state=ReceiptState.SENT, at=AT)
    read = replace(sent, state=ReceiptState.READ, at=AT + timedelta(seconds=1))
    assert len({name_of(sent), name_of(read), name_of(one)}) == 3
