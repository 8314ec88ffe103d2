"""The bot asks services: it goes on with what they answer, and hands over where they fail."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from inbox.actions import service as conversations
from inbox.bot.triggers.waker import Waker
from tests.inbox.bot.conftest import PHONE, WAITS, run, says, sent, settled, talk
from tests.world import World, close_world, open_world, until


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
    patient = ORDER.replace("timeout: 1 s", "timeout: 20 s")
    await run(world, patient % (service.url, "\n        fallback: away"))
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


def _waker(world: World) -> Waker:
    waker = world.runtime.waker
    return Waker(world.pool, waker._tools, ask=waker._ask)  # pyright: ignore[reportPrivateUsage]


async def _never(event: object) -> Any:
    await asyncio.Event().wait()


async def _true(value: object) -> bool:
    return bool(value)
