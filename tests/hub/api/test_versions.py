"""Changes on a version that was read, and what is left of the requests of a token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.api import pace
from tests.hub.api.conftest import Api, Caller


async def a_contact(call: Caller) -> tuple[str, str]:
    made = await call.ok("POST", "/contacts", {"name": "Dara"}, status=201)
    path = f"/contacts/{made['id']}"
    return path, (await call("GET", path)).headers["ETag"]


async def test_who_changes_a_version_that_is_gone_gets_the_present_one(call: Caller) -> None:
    path, tag = await a_contact(call)
    first = await call("PATCH", path, {"note": "mine"}, headers={"If-Match": tag})
    assert first.status == 200
    second = await call("PATCH", path, {"note": "yours"}, headers={"If-Match": tag})
    assert (second.status, second.json["code"], second.json["current"]["note"]) == (
        412,
        "changed-meanwhile",
        "mine",
    )
    third = await call("PATCH", path, {"note": "yours"}, headers={"If-Match": second.json["etag"]})
    assert third.status == 200
    assert (await call("GET", path)).headers["ETag"] == third.headers["ETag"]
    gone = await call("DELETE", path, headers={"If-Match": tag})
    assert gone.status == 412
    assert (await call("DELETE", path, headers={"If-Match": third.headers["ETag"]})).status == 204


async def test_of_two_at_once_one_wins(call: Caller) -> None:
    path, tag = await a_contact(call)
    answers = await asyncio.gather(
        *(call("PATCH", path, {"note": f"{n}"}, headers={"If-Match": tag}) for n in range(4))
    )
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]


@pytest.mark.parametrize("resource", ["companies", "deals", "tasks"])
async def test_every_record_has_a_version(call: Caller, resource: str) -> None:
    contact, _ = await a_contact(call)
    body: dict[str, Any] = {"name": "Acme"} if resource == "companies" else {"title": "Flat"}
    if resource == "deals":
        body["contact_id"] = int(contact.rsplit("/")[-1])
    made = await call.ok("POST", f"/{resource}", body, status=201)
    path = f"/{resource}/{made['id']}"
    tag = (await call("GET", path)).headers["ETag"]
    assert (await call("GET", path, headers={"If-None-Match": tag})).status == 304
    assert (await call("PATCH", path, {"note": "x"}, headers={"If-Match": '"other"'})).status == 412
    assert (await call("PATCH", path, {"note": "x"}, headers={"If-Match": tag})).status == 200


async def test_every_answer_says_how_many_requests_are_left(
    api: Api, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, missing = await call("GET", "/contacts"), await call("GET", "/contacts/99")
    assert missing.status == 404
    left = [int(each.headers["RateLimit-Remaining"]) for each in (answer, missing)]
    assert left[1] == left[0] - 1 or left == [pace.PER_MINUTE - 1] * 2
    assert int(answer.headers["RateLimit-Limit"]) == pace.PER_MINUTE
    monkeypatch.setattr(pace, "PER_MINUTE", 0)
    refused = await call("GET", "/contacts")
    assert (refused.status, refused.json["code"]) == (429, "too-many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
