"""What was sent is said differently or taken back from the customer: once asked, it is carried out, whatever happens between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from connectors.contract import (
    Abilities,
    Amendment,
    Outbound,
    Part,
    Refused,
    Sent,
    SlowDown,
    TryAgain,
    Unknown,
)
from crm_core.users.model import SYSTEM
from inbox.actions import service
from inbox.views import queries
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until
from values.errors import Conflict, Invalid, NotFound

CAN = Abilities(per_second=100_000, edits=True, deletes=True, delete_hours=48, reply_to=True)


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    opened = await open_world(db_url, redis_url, sink=Sink(abilities=CAN), bot=False)
    yield opened
    await close_world(opened)


async def said(world: World, text: str = "five dolars", **more: Any) -> int:
    await world.post(sender="+12025550100", text="hi")
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    changes = await world.act(
        service.reply,
        id_,
        service.Reply(text=text, undo_seconds=0, **more),
        directory=world.runtime.directory,
    )
    await world.delivered()
    return changes[0].id


async def shown(world: World, message_id: int) -> dict[str, Any]:
    rows = await world.fetch("SELECT text, data FROM inbox_message WHERE id = $1", message_id)
    return {"text": rows[0]["text"], **rows[0]["data"]}


async def rewrite(world: World, message_id: int, text: str, *, is_marked: bool = True) -> None:
    await world.act(
        service.rewrite, message_id, directory=world.runtime.directory, text=text, is_marked=is_marked
    )


async def settled(world: World) -> None:
    busy = "SELECT NOT EXISTS (SELECT 1 FROM inbox_amendment WHERE state IN ('waiting', 'retry', 'sending'))"
    await until(lambda: world.value(busy))


def _raise(*errors: Exception) -> Callable[[Amendment], None]:
    waiting = list(errors)

    def script(amendment: Amendment) -> None:
        if waiting:
            raise waiting.pop(0)

    return script


async def test_new_words_are_shown_when_the_customer_has_them(world: World) -> None:
    message_id = await said(world)
    await rewrite(world, message_id, "five *dollars*")
    await settled(world)
    after = await shown(world, message_id)
    assert (after["text"], after["marked"], "edited" in after) == ("five dollars", "five *dollars*", True)
    assert "change" not in after
    [amendment] = world.sink.amended
    external = await world.value("SELECT external_id FROM inbox_message WHERE id = $1", message_id)
    assert amendment.parts == (Part(external_id=external),)
    assert (amendment.text, amendment.marked, amendment.removes) == ("five dollars", "five *dollars*", False)
    assert await world.value("SELECT last_text FROM inbox_conversation") == "five dollars"
    assert await world.value("SELECT was_text FROM inbox_amendment") == "five dolars"
    async with world.pool.acquire() as conn:
        found = await queries.search(conn, SYSTEM, "dollars")
    assert [one.message_id for one in found] == [message_id]
    await rewrite(world, message_id, "plain")
    await settled(world)
    after = await shown(world, message_id)
    assert "marked" not in after
    assert [old["text"] for old in after["versions"]] == ["five dolars", "five dollars"]


async def test_passing_faults_and_broken_lines_are_tried_again(world: World) -> None:
    message_id = await said(world)
    world.sink.amend_script = _raise(TryAgain("busy", after=0.02), Unknown("the line broke"))
    await world.act(service.remove, message_id, directory=world.runtime.directory)
    await until(lambda: world.value("SELECT attempts = 2 FROM inbox_amendment"))
    await world.fetch("UPDATE inbox_amendment SET due_at = now()")
    await settled(world)
    assert len({one.amendment_id for one in world.sink.amended}) == 1
    assert [one.removes for one in world.sink.amended] == [True] * 3
    after = await shown(world, message_id)
    assert "deleted" in after
    assert after["text"] == "five dolars"
    with pytest.raises(Conflict, match="deleted already"):
        await rewrite(world, message_id, "too late")


async def test_a_refusal_is_told_and_the_text_stays(world: World) -> None:
    message_id = await said(world)
    world.sink.amend_script = _raise(Refused("too old"))
    await rewrite(world, message_id, "new")
    await settled(world)
    after = await shown(world, message_id)
    assert after["text"] == "five dolars"
    assert after["change"] == {"what": "edit", "state": "failed", "reason": "too old"}
    await rewrite(world, message_id, "new")
    await settled(world)
    assert (await shown(world, message_id))["text"] == "new"


async def test_a_process_that_died_in_between_leaves_no_wish_undone(world: World) -> None:
    message_id = await said(world)
    world.sink.amend_script = _raise(TryAgain("wait", after=3600))
    await rewrite(world, message_id, "after the crash")
    await until(lambda: world.value("SELECT state = 'retry' FROM inbox_amendment"))
    await world.fetch("UPDATE inbox_amendment SET state = 'sending', claimed_at = now() - interval '1 hour'")
    await settled(world)
    assert (await shown(world, message_id))["text"] == "after the crash"


async def test_the_last_wish_wins(world: World) -> None:
    message_id = await said(world)
    world.sink.amend_script = _raise(TryAgain("wait", after=3600))
    await rewrite(world, message_id, "one")
    await until(lambda: world.value("SELECT state = 'retry' FROM inbox_amendment"))
    await rewrite(world, message_id, "two")
    await settled(world)
    assert [one.text for one in world.sink.amended] == ["one", "two"]
    assert (await shown(world, message_id))["text"] == "two"
    states = await world.fetch("SELECT state FROM inbox_amendment ORDER BY seq")
    assert [row["state"] for row in states] == ["cancelled", "done"]


async def test_all_parts_of_a_message_are_named(world: World) -> None:
    parts = (Part(external_id="a", carries="caption"), Part(external_id="b", carries="file"))

    async def in_parts(message: object, context: object) -> Sent:
        return Sent(external_id="a", parts=parts)

    world.sink.send = in_parts  # type: ignore[method-assign]  # an album, as a messenger would answer
    message_id = await said(world)
    await world.act(service.remove, message_id, directory=world.runtime.directory)
    await settled(world)
    assert world.sink.amended[0].parts == parts


async def test_what_cannot_be_changed(world: World) -> None:
    message_id = await said(world)
    with pytest.raises(Invalid, match="Nothing was changed"):
        await rewrite(world, message_id, "five dolars")
    with pytest.raises(Invalid, match="Write something"):
        await rewrite(world, message_id, " \n")
    theirs = await world.value("SELECT id FROM inbox_message WHERE direction = 'in'")
    with pytest.raises(Conflict, match="Only what we sent"):
        await rewrite(world, theirs, "not yours")
    with pytest.raises(NotFound):
        await rewrite(world, 999_999, "nowhere")
    await world.fetch("UPDATE inbox_message SET created_at = now() - interval '3 days'")
    with pytest.raises(Conflict, match="older than 48 hours"):
        await world.act(service.remove, message_id, directory=world.runtime.directory)
    await world.fetch("UPDATE inbox_message SET delivery = 'unknown' WHERE id = $1", message_id)
    with pytest.raises(Conflict, match="what arrived"):
        await rewrite(world, message_id, "who knows")


async def test_a_channel_without_the_ability_says_so(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, bot=False)
    message_id = await said(world)
    with pytest.raises(Invalid, match="cannot be changed"):
        await rewrite(world, message_id, "new")
    with pytest.raises(Invalid, match="cannot be deleted"):
        await world.act(service.remove, message_id, directory=world.runtime.directory)
    with pytest.raises(Invalid, match="cannot name the message"):
        await said(world, "an answer", answers_id=message_id)
    await close_world(world)


async def test_a_colleagues_message_is_not_there(world: World) -> None:
    message_id = await said(world)
    dara, _ = await world.user("Dara")
    _, sokha = await world.user("Sokha")
    await world.fetch("UPDATE inbox_conversation SET assignee_id = $1, owner = 'user'", dara.id)
    with pytest.raises(NotFound):
        await world.act(
            service.rewrite, message_id, viewer=sokha, directory=world.runtime.directory, text="mine"
        )


async def test_an_answer_carries_the_message_it_answers(world: World) -> None:
    await world.post(id="first", sender="+12025550100", text="Is the *red* one there?", name="Bopha")
    await world.post(id="second", sender="+12025550100", text="And the blue one?")
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    first = await world.value("SELECT id FROM inbox_message WHERE external_id = 'first'")
    directory = world.runtime.directory
    changes = await world.act(
        service.reply,
        id_,
        service.Reply(text="The red one, yes", undo_seconds=0, answers_id=first),
        directory=directory,
    )
    await world.delivered()
    assert (world.sink.sent[0].replies_to, world.sink.sent[0].references[0]) == ("first", "first")
    assert (await shown(world, changes[0].id))["answers"] == {
        "id": first,
        "who": "Bopha",
        "text": "Is the *red* one there?",
    }
    await world.post(sender="+12025550199", text="somebody else", id="other")
    await world.settled()
    other = await world.value("SELECT id FROM inbox_message WHERE external_id = 'other'")
    with pytest.raises(Invalid, match="not in this conversation"):
        await world.act(service.reply, id_, service.Reply(text="x", answers_id=other), directory=directory)


async def test_marks_are_kept_beside_the_bare_text(world: World) -> None:
    message_id = await said(world, "*Yes*, see [here](https://a.b)", is_marked=True)
    after = await shown(world, message_id)
    assert after["text"] == "Yes, see here (https://a.b)"
    assert world.sink.sent[0].marked == "*Yes*, see [here](https://a.b)"
    plain = await said(world, "5*3*2 = 30", is_marked=True)
    assert "marked" not in await shown(world, plain)
    literal = await said(world, "*as it is*")
    assert (await shown(world, literal))["text"] == "*as it is*"


async def test_slow_down_in_two_conversations_holds_the_channel(world: World) -> None:
    told: list[str] = []

    def slow(message: Outbound) -> None:
        told.append(message.text)
        if told.count(message.text) == 1 and message.text != "c":
            raise SlowDown("slow down", after=600)

    world.sink.script = slow
    for n in (1, 2, 3):
        await world.post(sender=f"+1202555010{n}", text="hi")
    await world.settled()
    ids = [row["id"] for row in await world.fetch("SELECT id FROM inbox_conversation ORDER BY id")]
    directory = world.runtime.directory
    retries = "SELECT count(*) = $1 FROM inbox_outbox WHERE state = 'retry'"
    await world.act(service.reply, ids[0], service.Reply(text="a", undo_seconds=0), directory=directory)
    await until(lambda: world.value(retries, 1))
    assert await world.value("SELECT held_until IS NULL FROM inbox_pace")
    await world.act(service.reply, ids[1], service.Reply(text="b", undo_seconds=0), directory=directory)
    await until(lambda: world.value(retries, 2))
    assert await world.value("SELECT held_until > now() FROM inbox_pace")
    await world.act(service.reply, ids[2], service.Reply(text="c", undo_seconds=0), directory=directory)
    assert await world.value("SELECT count(*) FROM inbox_outbox WHERE state = 'waiting'") == 1
    assert "c" not in told
    await world.fetch("UPDATE inbox_pace SET held_until = now()")
    await world.fetch("UPDATE inbox_outbox SET due_at = now() WHERE state <> 'sent'")
    world.runtime.deliverer.wake()
    await world.delivered()
    assert sorted(message.text for message in world.sink.sent) == ["a", "b", "c"]
