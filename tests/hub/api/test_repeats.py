"""`Idempotency-Key`: a request that comes again is answered as the first time and carried out once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.hub.api.conftest import Answer, Api, Caller

KEY = "Idempotency-Key"


async def post(call: Caller, path: str, body: Any, key: str) -> Answer:
    return await call("POST", path, body, headers={KEY: key})


async def test_a_repeat_gets_the_first_answer_and_makes_nothing(api: Api, call: Caller) -> None:
    first = await post(call, "/contacts", {"name": "Ann"}, "k-1")
    again = await post(call, "/contacts", {"name": "Ann"}, "k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.headers.get("Idempotency-Replayed") == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert await api.world.value("SELECT count(*) FROM crm_contact WHERE name = 'Ann'") == 1


async def test_many_at_once_are_one(api: Api, call: Caller) -> None:
    answers = await asyncio.gather(*(post(call, "/contacts", {"name": "Many"}, "k-2") for _ in range(30)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert await api.world.value("SELECT count(*) FROM crm_contact WHERE name = 'Many'") == 1


async def test_the_customer_hears_it_once(api: Api, call: Caller) -> None:
    await api.world.post(sender="+85512000001", text="Hello")
    await api.world.settled()
    talk = await api.world.value("SELECT id FROM inbox_conversation")
    path = f"/conversations/{talk}/messages"
    for _ in range(3):
        assert (await post(call, path, {"text": "One word"}, "k-3")).status == 201
    await api.world.delivered()
    assert [sent.text for sent in api.world.sink.sent].count("One word") == 1


@pytest.mark.parametrize(
    ("path", "body"), [("/contacts", {"name": "Bea"}), ("/companies", {"name": "Ann"}), ("/contacts", {})]
)
async def test_the_same_key_with_another_request_is_refused(call: Caller, path: str, body: Any) -> None:
    assert (await post(call, "/contacts", {"name": "Ann"}, "k-4")).status == 201
    other = await post(call, path, body, "k-4")
    assert (other.status, other.json["code"]) == (422, "idempotency-key-reused")
    assert other.json["errors"][0]["field"] == KEY


async def test_a_key_belongs_to_its_token(api: Api, call: Caller) -> None:
    other = await api.caller()
    mine = await post(call, "/contacts", {"name": "Ann"}, "k-5")
    theirs = await post(other, "/contacts", {"name": "Bea"}, "k-5")
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]


async def test_what_was_refused_may_be_mended_under_its_key(api: Api, call: Caller) -> None:
    assert (await post(call, "/webhooks", {"url": "x"}, "k-6")).status == 422
    good = {"url": "https://a.test/", "secret": "a secret of some length", "facts": ["deal.won"]}
    assert (await post(call, "/webhooks", good, "k-6")).status == 201


async def test_a_request_without_an_answer_body_is_repeated_too(api: Api, call: Caller) -> None:
    path = "/channels/sink/pause"
    assert [(await post(call, path, None, "k-7")).status for _ in range(2)] == [200, 200]
    await call.ok("DELETE", path)
    assert (await post(call, path, None, "k-7")).headers.get("Idempotency-Replayed") == "true"
    assert not (await call.ok("GET", "/channels/sink"))["is_paused"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
async def test_a_key_that_cannot_be_kept_is_told(call: Caller, key: str) -> None:
    answer = await post(call, "/contacts", {"name": "Ann"}, key)
    assert (answer.status, answer.json["code"]) == (422, "idempotency-key-invalid")


async def test_every_post_says_it_in_the_document(call: Caller) -> None:
    document = await call.ok("GET", "/openapi.json")
    posts = [path["post"] for path in document["paths"].values() if "post" in path]
    assert posts
    assert all(KEY in [one["name"] for one in post["parameters"]] for post in posts)
    told = await call("GET", "/contacts/999999999")
    assert told.json["type"] == "urn:omnihub:problem:not-found"
