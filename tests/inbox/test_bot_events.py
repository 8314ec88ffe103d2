"""What the bot does when nobody wrote: services that are asked, waits, and what happens around a conversation."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from chatbot.parse import RulesInvalid
from crm_core import events
from crm_core.deals import service as deals
from crm_core.events import Fact
from crm_core.refusals import service as refusals
from crm_core.users.model import SYSTEM
from hub import jobs, wiring
from inbox import rulebook
from inbox.botevents import raising
from inbox.botevents.waker import Waker
from inbox.conversations import service as conversations
from tests.servers.sink import Sink
from tests.world import World, close_world, open_world, until

PHONE, OTHER = "+12025550101", "+12025550102"
HEAD = """
version: 1
rules:
  - id: person
    interrupts: true
    when: {keywords: operator}
    do: [{say: A colleague comes.}, {hand_over: Asks for a person}]
"""


@dataclass
class Service:
    """An order service on loopback: answers what it is told to, and keeps what it was asked."""

    url: str = ""
    status: int = 200
    body: str = '{"order": {"status": "Sent"}}'
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list[Any])

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((dict(request.headers), await request.read()))
        await self.gate.wait()
        return web.Response(status=self.status, text=self.body, content_type="application/json")


@pytest.fixture
async def service() -> AsyncGenerator[Service]:
    found = Service()
    found.gate.set()
    app = web.Application()
    app.router.add_post("/orders", found.answer)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("/orders"))
    yield found
    found.gate.set()
    await server.close()


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncGenerator[World]:
    opened = await open_world(db_url, redis_url, bot_trusted_hosts=frozenset({"127.0.0.1"}))
    yield opened
    await close_world(opened)


async def run(world: World, rules: str) -> None:
    """Put rules in force."""
    async with world.pool.acquire() as conn, conn.transaction():
        await rulebook.save(conn, HEAD + rules, user_id=None)
    async with world.pool.acquire() as conn:
        await world.runtime.rulebook.refresh(conn)


async def says(world: World, *texts: str, sender: str = PHONE) -> None:
    for text in texts:
        await world.post(sender=sender, text=text)
        await world.delivered()


async def settled(world: World) -> None:
    """Until nothing is due for the bot and all is delivered."""
    due = "SELECT NOT EXISTS (SELECT 1 FROM inbox_bot_event WHERE at <= now())"
    await until(lambda: world.value(due))
    await world.delivered()


def sent(world: World) -> list[str]:
    return [message.text for message in world.sink.sent]


async def talk(world: World, sender: str = PHONE) -> dict[str, Any]:
    rows = await world.fetch(
        "SELECT * FROM inbox_conversation WHERE handle_value = $1 ORDER BY id DESC", sender
    )
    return rows[0]


ORDER = """
  - id: order
    when: {keywords: order}
    do:
      - {ask: number, save: order, text: Which order?}
      - say: One moment.
      - webhook: %s
        send: {order: "{{ order }}"}
        save: {status: order.status}
        timeout: 1 s%s
      - say: "Order {{ order }}: {{ status|default('unknown') }}."
      - {deal: Won, title: "Order {{ order }}", fields: {number: "{{ order }}"}}
      - {tag: asked an order}
  - id: away
    when: {keywords: away}
    do: [{say: Our orders cannot be seen now.}, {lead: declined, reason: No orders}]
  - id: prices
    when: {keywords: prices}
    do: [{say: They are on the list.}]
"""


async def test_a_service_is_asked_once_and_the_rule_goes_on_with_its_answer(
    world: World, service: Service
) -> None:
    await run(world, ORDER % (service.url, "\n        fallback: away"))
    await says(world, "order", "4711")
    await settled(world)
    assert sent(world) == ["Which order?", "One moment.", "Order 4711: Sent."]
    [(headers, body)] = service.asked
    assert body == b'{"order":"4711"}'
    secret = world.runtime.cipher.derive("bot-webhooks").hex()
    stamp = headers["X-Omnihub-Signature"].split(",")[0].removeprefix("t=")
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Omnihub-Signature"] == f"t={stamp},v1={digest}"
    assert headers["Idempotency-Key"].startswith("bot-")
    [deal] = await world.fetch("SELECT * FROM crm_deal")
    assert (deal["title"], deal["fields"], deal["closed_at"] is not None) == (
        "Order 4711",
        {"number": "4711"},
        True,
    )
    assert await world.value("SELECT state FROM crm_lead") == "qualified"
    assert await world.value("SELECT tags FROM crm_contact") == ["asked an order"]
    assert (await talk(world))["owner"] == "bot"
    await world.balanced()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, "{}", "The service answered with status 500."),
        (302, "{}", "The service answered with status 302."),
        (200, "<html>", "The service answered with something that is not JSON."),
        (200, "x" * 300_000, "The answer is larger than"),
        (0, "", "did not answer within 1 seconds"),
    ],
)
async def test_a_service_that_fails_hands_over(
    world: World, service: Service, status: int, body: str, reason: str
) -> None:
    service.status, service.body = status or 200, body
    if not status:
        service.gate.clear()
    await run(world, ORDER % (service.url, ""))
    await says(world, "order", "4711")
    await settled(world)
    found = await talk(world)
    assert (found["owner"], found["waiting_since"] is not None) == ("queue", True)
    [fact] = await world.fetch("SELECT data FROM crm_activity WHERE kind = 'conversation.handed_over'")
    assert reason in fact["data"]["why"]
    assert sent(world) == ["Which order?", "One moment."]


async def test_a_fallback_goes_on_where_the_service_failed(world: World, service: Service) -> None:
    service.status = 503
    await run(world, ORDER % (service.url, "\n        fallback: away"))
    await says(world, "order", "4711")
    await settled(world)
    assert sent(world)[-1] == "Our orders cannot be seen now."
    assert await world.fetch("SELECT state, reason FROM crm_lead") == [
        {"state": "declined", "reason": "No orders"}
    ]


async def test_rules_cannot_ask_inside_the_own_network(db_url: str, redis_url: str, service: Service) -> None:
    world = await open_world(db_url, redis_url)
    await run(world, ORDER % (service.url, ""))
    await says(world, "order", "4711")
    await settled(world)
    assert service.asked == []
    why = await world.value("SELECT data->>'why' FROM crm_activity WHERE kind = 'conversation.handed_over'")
    assert "inside the own network" in why
    await close_world(world)


async def test_a_person_who_writes_meanwhile_is_answered_and_the_answer_still_comes(
    world: World, service: Service
) -> None:
    service.gate.clear()
    await run(world, ORDER % (service.url.replace("1 s", "20 s"), "\n        fallback: away"))
    await says(world, "order")
    await world.post(sender=PHONE, text="4711")
    await until(lambda: _true(service.asked))
    await says(world, "hello?", "prices")
    service.gate.set()
    await settled(world)
    assert sent(world) == ["Which order?", "One moment.", "They are on the list.", "Order 4711: Sent."]


async def test_who_took_the_conversation_meanwhile_is_not_talked_over(world: World, service: Service) -> None:
    _, anna = await world.user("Anna")
    service.gate.clear()
    await run(world, ORDER % (service.url, "\n        fallback: away"))
    await says(world, "order", "4711")
    await until(lambda: _true(service.asked))
    await world.act(conversations.assign, (await talk(world))["id"], user_id=anna.user_id, viewer=anna)
    service.gate.set()
    await settled(world)
    assert sent(world) == ["Which order?", "One moment."]
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 0


async def test_what_a_crash_left_is_asked_again_with_the_same_key(world: World, service: Service) -> None:
    await world.runtime.waker.stop()
    await run(world, ORDER % (service.url, "\n        fallback: away"))
    await says(world, "order", "4711")
    dying = Waker(world.pool, world.runtime.processor._tools, ask=_never)  # pyright: ignore[reportPrivateUsage]
    assert await dying.take_due() == 1
    await dying.stop()
    await world.fetch("UPDATE inbox_bot_event SET due_at = now()")
    both = [_waker(world) for _ in range(2)]
    assert sorted(await asyncio.gather(*(one.take_due() for one in both))) == [0, 1]
    await asyncio.gather(*(one.idle() for one in both))
    await world.delivered()
    assert sent(world) == ["Which order?", "One moment.", "Order 4711: Sent."]
    assert len(service.asked) == 1


async def test_a_message_that_ends_a_wait_and_the_end_of_the_wait_do_not_lock_each_other(
    world: World,
) -> None:
    await world.runtime.waker.stop()
    await run(world, WAITS)
    people = [f"+1202555{n:04}" for n in range(12)]
    for sender in people:
        await world.post(sender=sender, text="remind")
    await world.delivered()
    await world.fetch("UPDATE inbox_bot_event SET at = now(), due_at = now()")
    wakers = [_waker(world) for _ in range(3)]
    posts = [world.post(sender=sender, text="remind") for sender in people]
    await asyncio.gather(*posts, *(waker.take_due() for waker in wakers))
    await world.delivered()
    waiting = "SELECT count(*) FROM inbox_bot_event WHERE at > now() + interval '1 hour'"
    assert await world.value(waiting) == len(people)
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == len(people)


async def test_an_event_that_fails_for_ever_goes_to_a_person(world: World, service: Service) -> None:
    await world.runtime.waker.stop()
    await run(world, ORDER % (service.url, "\n        fallback: away"))
    await says(world, "order", "4711")
    await world.fetch("UPDATE inbox_bot_event SET attempts = 5")
    waker = _waker(world)
    await waker.take_due()
    await waker.idle()
    assert (await talk(world))["owner"] == "queue"


WAITS = """
  - id: later
    when: {keywords: remind}
    do: [{say: In two hours.}, {wait: 2 h}, {say: Here I am again.}]
  - id: days
    when: {keywords: days}
    do: [{wait: 3 d}, {say: Three days have passed.}]
  - id: nag
    when: {keywords: nag}
    do: [{wait: 10 min, if_writes: keep}, {say: Still thinking of you.}]
  - id: prices
    when: {keywords: prices}
    do: [{say: They are on the list.}]
"""


async def passes(world: World) -> None:
    """The time for which rules wait."""
    await world.fetch("UPDATE inbox_bot_event SET at = now(), due_at = now()")
    world.runtime.waker.wake()
    await settled(world)


async def test_a_wait_is_kept_over_time(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    [kept] = await world.fetch("SELECT at, rule, step FROM inbox_bot_event")
    assert timedelta(minutes=119) < kept["at"] - datetime.now(UTC) < timedelta(minutes=121)
    assert (await talk(world))["owner"] == "bot"
    await passes(world)
    assert sent(world) == ["In two hours.", "Here I am again."]
    unasked = "SELECT data->'unasked' FROM inbox_message WHERE direction = 'out' ORDER BY id DESC LIMIT 1"
    assert await world.value(unasked) is None
    await says(world, "days")
    await passes(world)
    assert sent(world)[-1] == "Three days have passed."
    assert await world.value(unasked) is True


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("remind", "prices", ["In two hours.", "They are on the list."]),
        ("nag", "prices", ["They are on the list.", "Still thinking of you."]),
        ("remind", "operator", ["In two hours.", "A colleague comes."]),
    ],
)
async def test_who_writes_during_a_wait(world: World, first: str, then: str, said: list[str]) -> None:
    await run(world, WAITS)
    await says(world, first, then)
    await passes(world)
    assert sent(world) == said


async def test_a_wait_that_begins_anew_ends_once(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind", "remind")
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 1
    await passes(world)
    assert sent(world) == ["In two hours.", "In two hours.", "Here I am again."]


async def test_what_comes_a_day_late_goes_to_a_person(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    await world.fetch("UPDATE inbox_bot_event SET at = now() - interval '25 hours', due_at = now()")
    world.runtime.waker.wake()
    await settled(world)
    assert sent(world) == ["In two hours."]
    assert (await talk(world))["owner"] == "queue"


async def test_a_rule_that_is_gone_hands_over(world: World) -> None:
    await run(world, WAITS)
    await says(world, "remind")
    await run(world, WAITS.replace("wait: 2 h", "tag: x"))
    await passes(world)
    why = await world.value("SELECT data->>'why' FROM crm_activity WHERE kind = 'conversation.handed_over'")
    assert why == "The rule changed while it waited."


SILENCE = """
  - id: quiet
    when: {silence: 30 min}
    do: [{say: Are you still there?}]
  - id: after_us
    returns: true
    when: {silence: 1 d}
    do:
      - say: Did that help?
        buttons: [{label: "Yes", goto: thanks}]
  - {id: thanks, do: [{say: Good!}]}
  - id: size
    when: {keywords: size}
    do: [{ask: number, save: size, text: Which size?}, {say: "Size {{ size }}."}]
"""


async def look(world: World, *, minutes: float) -> None:
    """So much time passes in silence, and somebody looks."""
    await world.fetch("UPDATE inbox_conversation SET last_at = last_at - make_interval(mins => $1)", minutes)
    await jobs.watch_for_bot(world.runtime)
    await settled(world)


async def test_silence_is_broken_once_until_the_person_writes(world: World) -> None:
    await run(world, SILENCE)
    await jobs.watch_for_bot(world.runtime)
    await says(world, "size")
    await look(world, minutes=20)
    assert sent(world) == ["Which size?"]
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=20)
    assert sent(world) == ["Which size?", "Are you still there?"]
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=40)
    assert len(sent(world)) == 2
    await says(world, "42")
    assert sent(world)[-1] == "Size 42."
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=40)
    assert sent(world)[-1] == "Are you still there?"
    assert await world.value("SELECT data->'unasked' FROM inbox_message ORDER BY id DESC LIMIT 1") is True


async def test_nothing_of_the_past_is_dug_out(world: World) -> None:
    await run(world, SILENCE)
    await says(world, "size")
    await look(world, minutes=45)
    assert sent(world) == ["Which size?"]


async def test_a_rule_that_returns_speaks_where_a_manager_was_and_hears_the_answer(world: World) -> None:
    _, anna = await world.user("Anna")
    await run(world, SILENCE)
    await says(world, "operator")
    found = await talk(world)
    await world.act(
        conversations.reply,
        found["id"],
        text="Here is your answer.",
        directory=world.runtime.directory,
        viewer=anna,
    )
    await world.delivered()
    await jobs.watch_for_bot(world.runtime)
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '25 hours'")
    await look(world, minutes=24 * 60 + 10)
    assert sent(world)[-1] == "Did that help?"
    back = await talk(world)
    assert (back["owner"], back["assignee_id"]) == ("bot", found["assignee_id"])
    await says(world, "1")
    assert sent(world)[-1] == "Good!"


async def test_who_refused_such_messages_gets_none(world: World) -> None:
    await run(world, SILENCE)
    await jobs.watch_for_bot(world.runtime)
    await says(world, "size")
    async with world.pool.acquire() as conn:
        await refusals.refuse(conn, "phone", PHONE)
    await world.fetch("UPDATE inbox_bot_watch SET seen_until = now() - interval '90 minutes'")
    await look(world, minutes=45)
    assert sent(world) == ["Which size?"]
    assert await world.value("SELECT state FROM inbox_outbox ORDER BY seq DESC LIMIT 1") == "refused"


HAPPENS = """
  - id: hello
    when: {keywords: hello}
    do: [{say: Hi}]
  - id: won
    returns: true
    when: {stage_entered: won}
    do: [{say: "Welcome, {{ fields.title|default('customer') }}!"}]
  - id: rang
    returns: true
    when: {kind: missed_call}
    do: [{say: We missed your call.}]
  - id: monday
    returns: true
    when: {schedule: {at: "09:00", within: 7 d}, tag: subscriber}
    do: [{say: This week's list.}]
"""


async def test_a_stage_that_is_entered(world: World) -> None:
    await run(world, HAPPENS)
    await says(world, "hello")
    contact = (await talk(world))["contact_id"]
    async with world.pool.acquire() as conn, conn.transaction():
        [pipeline] = await deals.pipelines(conn)
        stages = {stage.name: stage.id for stage in pipeline.stages}
        id_ = await deals.create(conn, SYSTEM, contact_id=contact, title="Tiles")
        await deals.move(conn, SYSTEM, id_, stage_id=stages["Won"])
    await wiring.relay(world.runtime)
    await settled(world)
    assert sent(world) == ["Hi", "Welcome, customer!"]


async def test_a_call_that_was_missed_and_one_of_a_blocked_number(world: World) -> None:
    await run(world, HAPPENS)
    await says(world, "hello")
    await says(world, "hello", sender=OTHER)
    await world.fetch("INSERT INTO inbox_blocked_number (number) VALUES ($1)", OTHER)
    async with world.pool.acquire() as conn, conn.transaction():
        facts = [
            Fact(kind="call.missed", contact_id=found["contact_id"], conversation_id=found["id"], data={})
            for found in (await talk(world), await talk(world, OTHER))
        ]
        await events.announce(conn, facts)
    await wiring.relay(world.runtime)
    await settled(world)
    assert sent(world) == ["Hi", "Hi", "We missed your call."]


async def test_a_schedule_reaches_each_person_once(world: World) -> None:
    await run(world, HAPPENS)
    for sender in (PHONE, OTHER, "+12025550103"):
        await says(world, "hello", sender=sender)
    await world.fetch(
        "UPDATE crm_contact SET tags = '{a,\" Subscriber\"}' WHERE id IN (SELECT min(id) FROM crm_contact)"
    )
    today = datetime.now(UTC).replace(hour=9, minute=0, second=30, microsecond=0)
    rules = world.runtime.rulebook.rules
    for now in (today - timedelta(hours=1), today, today + timedelta(seconds=10)):
        async with world.pool.acquire() as conn, conn.transaction():
            await raising.watch(conn, rules=rules, now=now)
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 1
    await passes(world)
    assert sent(world) == ["Hi", "Hi", "Hi", "This week's list."]
    await run(world, HAPPENS.replace(", tag: subscriber", ""))
    for now in (today + timedelta(days=1), today + timedelta(days=2)):
        async with world.pool.acquire() as conn, conn.transaction():
            await raising.watch(conn, rules=world.runtime.rulebook.rules, now=now)
    assert await world.value("SELECT count(*) FROM inbox_bot_event") == 6


async def test_a_page_that_is_visited(db_url: str, redis_url: str) -> None:
    world = await open_world(db_url, redis_url, sink=Sink(handle_kind="visitor"))
    looks = "  - id: looks\n%s    when: {visits: /prices*}\n    do: [{say: Questions?}]\n"
    await run(world, looks % "")
    await world.post(sender="visitor-1", kind="visitor", text="operator")
    await world.delivered()
    found = await talk(world, "visitor-1")
    for returns in ("", "    returns: true\n"):
        await run(world, looks % returns)
        for path in ("/about", "/prices/chairs", "/prices"):
            async with world.pool.acquire() as conn:
                await raising.page_visited(
                    conn,
                    channel_id=found["channel_id"],
                    visitor="visitor-1",
                    path=path,
                    rules=world.runtime.rulebook.rules,
                    now=datetime.now(UTC),
                )
        await settled(world)
    assert sent(world) == ["A colleague comes.", "Questions?"]
    await close_world(world)


CRM = """
  - {id: vip, when: {tag: VIP, keywords: hello}, do: [{say: Dear friend}]}
  - {id: annas, when: {owner: anna@example.test, keywords: hello}, do: [{say: I am of Anna}]}
  - {id: winning, when: {stage: [New, Won], deal: {size: L}, keywords: hello}, do: [{say: Large deal}]}
  - {id: nobody, when: {owner: none, stage: none, lead: open, keywords: hello}, do: [{say: Who are you?}]}
"""


async def test_rules_see_the_manager_tags_stage_and_deal(world: World) -> None:
    anna, _ = await world.user("Anna", is_in=False)
    await run(world, CRM)
    await says(world, "hello")
    contact = (await talk(world))["contact_id"]
    async with world.pool.acquire() as conn, conn.transaction():
        id_ = await deals.create(conn, SYSTEM, contact_id=contact, title="Tiles")
        await deals.update(conn, SYSTEM, id_, fields={"size": "l"})
    await says(world, "hello")
    await world.fetch("UPDATE crm_contact SET owner_id = $1", anna.id)
    await says(world, "hello")
    await world.fetch("UPDATE crm_contact SET tags = '{vip}'")
    await says(world, "hello")
    assert sent(world) == ["Who are you?", "Large deal", "I am of Anna", "Dear friend"]


async def test_a_stage_that_is_not_there_is_refused_and_one_that_went_becomes_a_task(world: World) -> None:
    rules = "  - id: sell\n    when: {keywords: buy}\n    do: [{deal: %s}, {say: Done}]\n"
    with pytest.raises(RulesInvalid) as caught:
        await run(world, rules % "Wonn")
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (10, 17)
    assert str(problem).endswith("There is no stage “Wonn”; did you mean `Won`?.")
    await run(world, rules % "Won")
    await world.fetch("UPDATE crm_stage SET name = 'Sold' WHERE name = 'Won'")
    await says(world, "buy")
    assert sent(world) == ["Done"]
    assert await world.value("SELECT title FROM crm_task") == (
        "The bot could not move the deal: There is no stage “Won”."
    )


async def test_the_limits_of_the_file_end_a_talk_of_two_machines(world: World) -> None:
    await run(
        world, "  - {id: echo, when: {keywords: hi}, do: [{say: Hi}]}\nlimits: {conversation: 3, hour: 5}\n"
    )
    await says(world, *["hi"] * 6)
    assert len(sent(world)) == 3
    assert (await talk(world))["owner"] == "queue"
    await world.fetch("UPDATE inbox_conversation SET state = 'closed', closed_at = now(), thread = 'old'")
    await says(world, *["hi"] * 6)
    assert len(sent(world)) == 5
    await world.fetch("UPDATE inbox_bot_said SET since = now() - interval '61 minutes'")
    await world.fetch(
        "UPDATE inbox_conversation SET state = 'closed', closed_at = now(), thread = 'older' || id"
    )
    await says(world, "hi")
    assert len(sent(world)) == 6


def _waker(world: World) -> Waker:
    waker = world.runtime.waker
    return Waker(world.pool, waker._tools, ask=waker._ask)  # pyright: ignore[reportPrivateUsage]


async def _never(event: object) -> Any:
    await asyncio.Event().wait()


async def _true(value: object) -> bool:
    return bool(value)
