"""The word to whoever rang in vain: when, to whom, in which words, once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import service as conversations
from inbox.calls import replies, verbs
from inbox.calls.rules import words
from tests.inbox.calls.ringing import RANG, TEXTS, rule, tell
from tests.world import World
from values.errors import Invalid
from values.hours import Hours

LANDLINE = "+85523456789"
ALWAYS = Hours(name="always", zone=ZoneInfo("UTC"), week=(((0, 1440),),) * 7)
NEVER = Hours(name="mondays", zone=ZoneInfo("UTC"), week=((), (), (), (), (), (), ()))
MONDAYS = Hours(name="mondays", zone=ZoneInfo("UTC"), week=(((480, 1020),), (), (), (), (), (), ()))
SAID = "SELECT state, reason FROM inbox_call_reply ORDER BY due_at, call_id"


async def missed(world: World, call_id: str = "c1", *, caller: str = RANG) -> None:
    await tell(world, "ringing", call_id=call_id, **{"from": caller})
    await tell(world, "ended", call_id=call_id, outcome="missed", **{"from": caller})


async def later(world: World, *, hours: Sequence[Hours] = (ALWAYS,), seconds: float = 31) -> list[str]:
    """What has been sent by SMS in all, once the moment of waiting is over."""
    now = datetime.now(UTC) + timedelta(seconds=seconds)
    changes = await replies.write_due(world.pool, world.runtime.directory, hours, now=now)
    await world.pool.execute("UPDATE inbox_outbox SET due_at = now() WHERE state = 'waiting'")
    await world.runtime.publish(changes)
    world.runtime.deliverer.wake()
    await world.delivered()
    return [message.text for message in world.sink.sent]


async def left(world: World) -> list[str]:
    return [row["reason"] for row in await world.fetch(SAID) if row["state"] == "left"]


async def test_off_until_somebody_sets_it(world: World) -> None:
    await missed(world)
    assert await later(world) == []
    assert await world.fetch(SAID) == []


async def test_it_is_sent_to_who_rang_and_stands_in_the_conversation(world: World) -> None:
    await rule(world)
    await missed(world)
    assert await later(world, seconds=5) == []  # a correction may still come
    assert await later(world) == ["We will call you back."]
    [sent] = world.sink.sent
    assert (sent.to.kind, sent.to.value) == ("phone", RANG)
    rows = await world.fetch("SELECT direction, author, delivery FROM inbox_message ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("call", "person", ""), ("out", "bot", "sent")]
    assert await world.value("SELECT waiting_since IS NOT NULL FROM inbox_conversation")  # they still wait
    assert await world.value("SELECT count(*) FROM crm_task WHERE done_at IS NULL") == 1


async def test_once_in_the_period_however_often_they_ring(world: World) -> None:
    await rule(world, once_hours=2)
    for number in range(3):
        await missed(world, f"c{number}")
    await later(world)
    await missed(world, "c8")
    assert len(await later(world)) == 1
    assert set(await left(world)) == {"They had a message about a missed call not long ago."}
    await world.pool.execute("UPDATE inbox_call_reply SET done_at = now() - interval '3 hours'")
    await missed(world, "c9")
    assert len(await later(world)) == 2


async def test_two_workers_write_it_once(world: World) -> None:
    await rule(world)
    for number in range(4):
        await missed(world, f"c{number}")
    now = datetime.now(UTC) + timedelta(seconds=31)
    await asyncio.gather(
        *(replies.write_due(world.pool, world.runtime.directory, (), now=now) for _ in range(4))
    )
    assert await world.value("SELECT count(*) FROM inbox_outbox") == 1


async def test_a_landline_a_hidden_and_a_blocked_number_get_nothing(world: World) -> None:
    await rule(world)
    async with world.pool.acquire() as conn:
        await verbs.block(conn, SYSTEM, "+85512999999")
    for number, caller in enumerate((LANDLINE, "anonymous", "+85512999999", "1288")):
        await missed(world, f"c{number}", caller=caller)
    assert await later(world) == []
    reasons = await left(world)
    assert reasons[0] == "A message cannot go to a landline."
    assert set(reasons[1:]) <= {"The number is hidden or too short."}


async def test_blocked_between_the_call_and_the_word(world: World) -> None:
    await rule(world)
    await missed(world)
    async with world.pool.acquire() as conn:
        await verbs.block(conn, SYSTEM, RANG)
    assert await later(world) == []
    assert await left(world) == ["This number is blocked."]


async def test_whoever_was_reached_hears_no_more(world: World) -> None:
    await rule(world)
    await missed(world, "c1")
    await tell(world, "ended", call_id="c2", outcome="answered", duration=30)
    assert await later(world) == []
    assert await left(world) == ["They were reached before."]


async def test_whoever_was_written_to_hears_no_more(world: World) -> None:
    await rule(world, "tg")
    person, viewer = await world.user("Dara")
    await missed(world)
    id_ = await world.value("SELECT id FROM inbox_conversation")
    line = world.runtime.directory.by_slug("sink")
    assert line
    await world.pool.execute("UPDATE inbox_conversation SET channel_id = $1", line.id)
    await world.act(
        conversations.reply,
        id_,
        conversations.Reply(text="Here I am", undo_seconds=0),
        viewer=viewer,
        directory=world.runtime.directory,
    )
    assert person.id
    await later(world)
    assert await left(world) == ["They were reached before."]


async def test_a_correction_takes_it_back(world: World) -> None:
    await rule(world)
    await tell(world, "ended", outcome="missed")
    await tell(world, "answered")
    await tell(world, "ended", outcome="answered", duration=20, at=int(datetime.now(UTC).timestamp()) + 5)
    assert await world.value("SELECT outcome FROM inbox_call") == "answered"
    assert await later(world) == []
    assert await left(world) == ["It was answered after all."]


async def test_it_waits_while_they_ring_again(world: World) -> None:
    await rule(world)
    await missed(world, "c1")
    await tell(world, "ringing", call_id="c2")
    assert await later(world) == []
    assert await left(world) == []
    await tell(world, "ended", call_id="c2", outcome="missed")
    assert await later(world, seconds=95) == ["We will call you back."]


async def test_a_hub_that_was_away_does_not_write_hours_later(world: World) -> None:
    await rule(world)
    await missed(world)
    assert await later(world, seconds=3 * 3600) == []
    assert (await left(world))[0].startswith("It was too late")


async def test_outside_working_hours_other_words(world: World) -> None:
    await rule(world, texts={"en": {"open": "Soon.", "closed": "Closed; we will call."}})
    await missed(world)
    assert await later(world, hours=(NEVER,)) == ["Closed; we will call."]


async def test_nothing_is_said_at_an_hour_without_words(world: World) -> None:
    await rule(world, texts={"en": {"open": "Soon."}})
    await missed(world)
    assert await later(world, hours=(NEVER,)) == []
    assert await left(world) == ["There is no text for this hour."]


async def test_by_messenger_only_to_whoever_wrote_there(world: World) -> None:
    await rule(world, "tg")
    await missed(world, "c1")
    await later(world)
    assert await left(world) == ["They never wrote on the channel that should carry it."]
    also = [{"kind": "phone", "value": RANG, "trust": "proven"}]
    await world.post(channel="tg", sender="77", kind="telegram", text="Hello", also=also)
    await world.settled()
    await missed(world, "c2")
    await later(world)
    rows = await world.fetch(
        "SELECT c.handle_value, m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id"
        " WHERE m.direction = 'out'"
    )
    assert [tuple(row.values()) for row in rows] == [("77", "We will call you back.")]


async def test_a_rule_that_cannot_work_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        await rule(world, "phone")
    with pytest.raises(Invalid):
        await rule(world, texts={})
    with pytest.raises(Invalid):
        await rule(world, once_hours=0)
    with pytest.raises(Invalid):
        await rule(world, recording_days=100_000)


SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = SUNDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("languages", "hours", "now", "said"),
    [
        (("en",), (), SUNDAY, "We will call you back."),
        (("en",), (MONDAYS,), MONDAY, "We will call you back."),
        (("en",), (MONDAYS,), SUNDAY, "We open Monday, 08:00 and call you back."),
        (("km", "en"), (MONDAYS,), MONDAY, "យើងនឹងទូរស័ព្ទទៅវិញ។"),
        (("km", "en"), (MONDAYS,), SUNDAY, "We open Monday, 08:00 and call you back."),
        (("ru", ""), (), SUNDAY, "We will call you back."),
        (("en",), (NEVER,), SUNDAY, "We open and call you back."),
    ],
)
def test_words(languages: Sequence[str], hours: Sequence[Hours], now: datetime, said: str) -> None:
    assert words(TEXTS, languages=languages, hours=hours, now=now) == said
