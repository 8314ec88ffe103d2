"""Outgoing webhooks: nobody waits for another's address, a record keeps its order, a secret is changed without a gap."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from crm_core.events import ABOUT, Written
from hub.webhooks import service as webhooks
from tests.world import World, close_world, open_world, until
from values.errors import Invalid

SECRET = "a secret of some length"
NUMBERS = count(1)
OLD, NEW = SECRET, "another secret of some length"


@dataclass(slots=True)
class Receiver:
    """A program that takes webhooks; `answer` says with which status, or never."""

    answer: Callable[[dict[str, Any]], int | None] = lambda told: 204
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    taken: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    signatures: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    server: TestServer | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    ends: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        told = orjson.loads(body)
        self.told.append(told)
        self.signatures.append((request.headers["X-Omnihub-Signature"], body))
        status = self.answer(told)
        if status is None:
            await self.ends.wait()
            status = 503
        if status < 300:
            self.taken.append(told)
        return web.Response(status=status, headers=self.headers)

    @property
    def url(self) -> str:
        assert self.server
        return str(self.server.make_url("/hook"))


@pytest.fixture
async def receivers() -> AsyncIterator[Callable[..., Any]]:
    made: list[Receiver] = []

    async def make(**options: Any) -> Receiver:
        receiver = Receiver(**options)
        app = web.Application()
        app.router.add_post("/hook", receiver.take)
        receiver.server = TestServer(app)
        await receiver.server.start_server()
        made.append(receiver)
        return receiver

    yield make
    for one in made:
        one.ends.set()
        assert one.server
        await one.server.close()


@pytest.fixture
async def world(db_url: str, redis_url: str) -> AsyncIterator[World]:
    made = await open_world(db_url, redis_url, webhook_trusted_hosts=frozenset({"127.0.0.1"}))
    yield made
    await close_world(made)


async def subscribe(world: World, receiver: Receiver, *facts: str) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return await webhooks.create(
            conn, world.runtime.cipher, url=receiver.url, secret=SECRET, facts=list(facts or ("*",)),
            trusted=world.runtime.settings.webhook_trusted_hosts,
        )  # fmt: skip


def written(kind: str, **fact: Any) -> Written:
    about = dict.fromkeys(ABOUT)
    return Written(
        **{"id": next(NUMBERS), "at": datetime.now(UTC), "kind": kind, "data": {}, **about, **fact}
    )


async def happen(world: World, kind: str, **fact: Any) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await webhooks.enqueue(conn, [written(kind, **fact)])


async def deliver(world: World) -> None:
    """As the job does, whatever is waiting for its next try is due at once."""
    await world.fetch(
        "UPDATE hub_webhook_delivery SET due_at = now() WHERE state = 'waiting' AND due_at > now()"
    )
    await world.runtime.webhooks.deliver_due()


async def test_a_hanging_address_delays_nobody(world: World, receivers: Callable[..., Any]) -> None:
    hanging: Receiver = await receivers(answer=lambda told: None)
    good: Receiver = await receivers()
    for receiver in (hanging, good):
        await subscribe(world, receiver, "deal.created")
    rounds: list[asyncio.Task[None]] = []
    for n in range(6):
        await happen(world, "deal.created", deal_id=n + 1)
        rounds.append(asyncio.create_task(world.runtime.webhooks.deliver_due()))

        async def arrived(n: int = n) -> bool:
            return len(good.taken) == n + 1

        await until(arrived)
    assert hanging.told
    assert not hanging.taken
    hanging.ends.set()
    await asyncio.gather(*rounds)


async def test_a_record_keeps_its_order_after_a_failure_and_others_go_on(
    world: World, receivers: Callable[..., Any]
) -> None:
    failed: list[int] = []

    def answer(told: dict[str, Any]) -> int:
        if told["data"]["data"].get("stage") == 2 and not failed:
            failed.append(1)
            return 500
        return 200

    receiver: Receiver = await receivers(answer=answer)
    await subscribe(world, receiver)
    for stage in (1, 2, 3, 4):
        await happen(world, "deal.stage_changed", deal_id=7, data={"stage": stage})
    await happen(world, "deal.stage_changed", deal_id=8, data={"stage": 9})
    await happen(world, "contact.updated", contact_id=3, data={"stage": 9})
    await world.runtime.webhooks.deliver_due()
    of_seven = [one["data"]["data"]["stage"] for one in receiver.taken if one["data"].get("deal_id") == 7]
    assert of_seven == [1]
    assert sum(one["data"]["data"]["stage"] == 9 for one in receiver.taken) == 2
    await deliver(world)
    assert [one["data"]["data"]["stage"] for one in receiver.taken if one["data"].get("deal_id") == 7] == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (404, "failed"), (410, "failed"), (302, "failed")]
)
async def test_a_final_no_lets_the_next_go_and_can_be_sent_again(
    world: World, receivers: Callable[..., Any], status: int, state: str
) -> None:
    answers = [status]
    receiver: Receiver = await receivers(answer=lambda told: answers.pop() if answers else 200)
    await subscribe(world, receiver)
    for stage in (1, 2):
        await happen(world, "deal.stage_changed", deal_id=7, data={"stage": stage})
    await world.runtime.webhooks.deliver_due()
    (row,) = await world.fetch("SELECT id, state FROM hub_webhook_delivery WHERE status = $1", status)
    assert row["state"] == state
    assert [one["data"]["data"]["stage"] for one in receiver.taken] == [2]
    async with world.pool.acquire() as conn:
        await webhooks.resend(conn, row["id"])
    await world.runtime.webhooks.deliver_due()
    assert len(receiver.taken) == 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_a_passing_no_is_tried_again_not_before_the_receiver_wants(
    world: World, receivers: Callable[..., Any], status: int
) -> None:
    receiver: Receiver = await receivers(answer=lambda told: status, headers={"Retry-After": "4000"})
    await subscribe(world, receiver)
    await happen(world, "deal.won", deal_id=7)
    await world.runtime.webhooks.deliver_due()
    (row,) = await world.fetch(
        "SELECT state, due_at > now() + interval '1 hour' AS waits FROM hub_webhook_delivery"
    )
    assert (row["state"], row["waits"]) == ("waiting", True)


def is_signed(told: tuple[str, bytes], secret: str) -> bool:
    header, body = told
    stamp, *signatures = header.split(",")
    wanted = hmac.new(secret.encode(), f"{stamp[2:]}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={wanted}" in signatures


async def test_a_secret_is_changed_without_a_gap(world: World, receivers: Callable[..., Any]) -> None:
    receiver: Receiver = await receivers()
    id_ = await subscribe(world, receiver)
    await happen(world, "deal.won", deal_id=1)
    await world.runtime.webhooks.deliver_due()
    async with world.pool.acquire() as conn, conn.transaction():
        await webhooks.change(conn, world.runtime.cipher, id_, secret=NEW)
    await happen(world, "deal.won", deal_id=2)
    await world.runtime.webhooks.deliver_due()
    await world.fetch("UPDATE hub_webhook SET old_until = now()")
    await happen(world, "deal.won", deal_id=3)
    await world.runtime.webhooks.deliver_due()
    told = [(is_signed(one, OLD), is_signed(one, NEW)) for one in receiver.signatures]
    assert told == [(True, False), (True, True), (False, True)]


async def test_a_paused_one_is_told_afterwards(world: World, receivers: Callable[..., Any]) -> None:
    receiver: Receiver = await receivers()
    id_ = await subscribe(world, receiver)
    async with world.pool.acquire() as conn, conn.transaction():
        await webhooks.change(conn, world.runtime.cipher, id_, is_paused=True)
    await happen(world, "deal.won", deal_id=1)
    await world.runtime.webhooks.deliver_due()
    assert not receiver.told
    async with world.pool.acquire() as conn, conn.transaction():
        await webhooks.change(conn, world.runtime.cipher, id_, is_paused=False)
        await webhooks.ping(conn, id_, sender="Ann")
    await world.runtime.webhooks.deliver_due()
    assert {one["fact"] for one in receiver.taken} == {"deal.won", "ping"}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:7200/x",
        "http://localhost/",
        "http://10.0.0.7/",
        "http://[::1]/",
        "ftp://a.test/",
        "http://",
        "http://[",
    ],
)
async def test_an_address_that_cannot_be_reached_is_refused_at_once(world: World, url: str) -> None:
    async with world.pool.acquire() as conn:
        with pytest.raises(Invalid):
            await webhooks.create(conn, world.runtime.cipher, url=url, secret=SECRET, facts=["*"])


async def test_one_broken_delivery_holds_no_other_back(world: World, receivers: Callable[..., Any]) -> None:
    """Its secret was sealed with a key that is gone."""
    receiver, broken = await receivers(), await receivers()
    await subscribe(world, receiver)
    id_ = await subscribe(world, broken)
    await world.fetch("UPDATE hub_webhook SET secret = 'not sealed' WHERE id = $1", id_)
    await happen(world, "deal.won", deal_id=1)
    await world.runtime.webhooks.deliver_due()
    assert len(receiver.taken) == 1
    (row,) = await world.fetch("SELECT state, response FROM hub_webhook_delivery WHERE webhook_id = $1", id_)
    assert row["state"] == "waiting"
    assert "could not be prepared" in row["response"]


@pytest.mark.parametrize(
    ("fact", "record"),
    [
        ({"kind": "deal.won", "deal_id": 7, "contact_id": 3}, "deal:7"),
        ({"kind": "task.done", "contact_id": 3, "data": {"task_id": 9}}, "task:9"),
        ({"kind": "lead.created", "contact_id": 3, "data": {"lead_id": 4}}, "lead:4"),
        ({"kind": "message.sent", "conversation_id": 5, "contact_id": 3}, "conversation:5"),
        ({"kind": "call.missed", "conversation_id": 5}, "conversation:5"),
        ({"kind": "contact.merged", "contact_id": 3}, "contact:3"),
        ({"kind": "deal.won"}, ""),
    ],
)
def test_the_record_is_what_the_fact_is_about(fact: dict[str, Any], record: str) -> None:
    assert written(**fact).record == record
