"""Promise 7: nothing goes out twice by our doing; six outcomes, each shown for what it is."""

from __future__ import annotations

import pytest

from connectors.contract import CredentialsDead, Outbound, PersonUnreachable, Refused, TryAgain, Unknown
from inbox.actions import service
from inbox.delivery.model import DeliveryOutcome
from inbox.delivery.store import record
from tests.world import World, until


async def _say(world: World, text: str = "an answer") -> int:
    await world.post(sender="+12025550100", text="hi", machine="list")
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    changes = await world.act(
        service.reply, id_, service.Reply(text=text, undo_seconds=0), directory=world.runtime.directory
    )
    return changes[0].id


def _raise(*errors: Exception) -> object:
    waiting = list(errors)

    def script(message: Outbound) -> None:
        if waiting:
            raise waiting.pop(0)

    return script


@pytest.mark.parametrize(
    ("error", "state", "shown"),
    [
        (Refused("not allowed"), "refused", "failed"),
        (PersonUnreachable("blocked"), "unreachable", "failed"),
        (Unknown("the line broke"), "unknown", "unknown"),
        (CredentialsDead("wrong token"), "credentials", "pending"),
        (RuntimeError("a bug"), "unknown", "unknown"),
    ],
)
async def test_outcomes_are_told_apart_and_not_repeated(
    world: World, error: Exception, state: str, shown: str
) -> None:
    world.sink.script = _raise(error)
    message_id = await _say(world)
    await until(lambda: world.value("SELECT state = $1 FROM inbox_outbox", state))
    row = (
        await world.fetch("SELECT delivery, delivery_reason FROM inbox_message WHERE id = $1", message_id)
    )[0]
    assert row["delivery"] == shown
    assert row["delivery_reason"]
    assert max(world.sink.seen.values()) == 1
    assert await world.value("SELECT count(*) FROM inbox_attempt") == 1


async def test_passing_faults_are_tried_again_under_the_same_id(world: World) -> None:
    world.sink.script = _raise(TryAgain("busy", after=0.05), TryAgain("busy", after=0.05))
    await _say(world)
    await world.delivered()
    assert [message.text for message in world.sink.sent] == ["an answer"]
    assert list(world.sink.seen.values()) == [3]
    assert await world.fetch("SELECT outcome FROM inbox_attempt ORDER BY n") == [
        {"outcome": "retry"},
        {"outcome": "retry"},
        {"outcome": "sent"},
    ]


async def test_retry_after_is_honoured(world: World) -> None:
    world.sink.script = _raise(TryAgain("slow down", after=3600))
    await _say(world)
    await until(lambda: world.value("SELECT state = 'retry' FROM inbox_outbox"))
    assert await world.value("SELECT due_at > now() + interval '50 minutes' FROM inbox_outbox")


async def test_a_manual_retry_is_a_new_try_that_really_sends(world: World) -> None:
    world.sink.script = _raise(Unknown("the line broke"))
    message_id = await _say(world)
    await until(lambda: world.value("SELECT state = 'unknown' FROM inbox_outbox"))
    await world.act(service.retry_delivery, message_id)
    await world.delivered()
    assert len(world.sink.sent) == 1
    assert await world.value("SELECT count(*) FROM inbox_attempt") == 2
    assert await world.value("SELECT delivery FROM inbox_message WHERE id = $1", message_id) == "sent"


async def test_a_message_can_be_taken_back_before_it_leaves(world: World) -> None:
    await world.post(sender="+12025550100", text="hi", machine="list")
    await world.settled()
    id_ = await world.value("SELECT id FROM inbox_conversation")
    changes = await world.act(
        service.reply, id_, service.Reply(text="oops", undo_seconds=60), directory=world.runtime.directory
    )
    await world.act(service.cancel_delivery, changes[0].id)
    await world.delivered()
    assert world.sink.sent == []
    assert await world.value("SELECT count(*) FROM inbox_message WHERE id = $1", changes[0].id) == 0
    told = await world.value("SELECT data FROM crm_activity WHERE kind = 'act.undone'")
    assert told == {"what": "reply", "text": "oops"}, "its trace is in the history"


async def test_a_try_whose_process_died_is_not_certain(world: World) -> None:
    message_id = await _say(world)
    await world.delivered()
    async with world.pool.acquire() as conn:
        await conn.execute(
            "UPDATE inbox_outbox SET state = 'sending', claimed_at = now() - interval '1 hour'"
        )
    await until(lambda: world.value("SELECT state = 'unknown' FROM inbox_outbox"))
    assert await world.value("SELECT delivery FROM inbox_message WHERE id = $1", message_id) in (
        "unknown",
        "sent",
    )
    assert max(world.sink.seen.values()) == 1


async def test_a_process_thought_dead_that_did_send_heals_what_is_not_certain(world: World) -> None:
    world.sink.script = _raise(Unknown("the line broke"))
    message_id = await _say(world)
    await until(lambda: world.value("SELECT state = 'unknown' FROM inbox_outbox"))
    outbox_id = await world.value("SELECT id FROM inbox_outbox")

    async def told(outcome: str) -> str:
        async with world.pool.acquire() as conn:
            await record(conn, [DeliveryOutcome(id=outbox_id, outcome=outcome, reason="")])
        return await world.value("SELECT delivery FROM inbox_message WHERE id = $1", message_id)

    assert await told("retry") == "unknown", "only what is certain heals"
    assert await told("sent") == "sent"
    assert await told("refused") == "sent", "and it stays so"
    assert max(world.sink.seen.values()) == 1
