"""Manifests that register their door with the provider, and take it back."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.conformance.server import Provider
from connectors.contract import (
    Context,
    Setup,
)
from tests.connectors.manifest.conftest import API, TAKES
from tests.connectors.manifest.samples import made

REGISTER = (
    API
    + """
register:
  request: {url: /hook, json: {url: "{{ channel.door }}"}}
  ok: body.done
  state: {request: {url: /hook}, address: body.url}
  remove: {url: /hook}
probe: {request: {url: /me}, ok: body.me}
"""
    + TAKES
)

DOOR = "https://hub.example/in/sample"


async def test_the_door_is_registered_once(provider: Provider, context: Context) -> None:
    connector = made(REGISTER)
    assert isinstance(connector, Setup)
    provider.will_answer({"body": {"url": ""}}, {"body": {"done": True}}, {"body": {"url": DOOR}})
    health = await connector.connect(context)
    assert (health.state, len(provider.requests)) == ("connected", 3)
    assert provider.requests[1]["json"] == {"url": DOOR}
    assert "calls this channel's door" in health.sentence
    provider.will_answer({"body": {"url": DOOR}})
    await connector.connect(context)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("answers", "state", "said"),
    [
        ([{"body": {"url": ""}}, {"status": 403, "body": {}}], "needs_credentials", "could not be registered"),
        ([{"body": {"url": ""}}, {"status": 500}], "transient", "could not be registered"),
        ([{"body": {"url": ""}}, {"body": {"done": False}}], "needs_credentials", "could not be registered"),
        ([{"body": {"url": ""}}, {"body": {"done": True}}, {"body": {"url": "https://x"}}], "transient", "still calls https://x"),
        ([{"hang_up": True}], "transient", "could not be registered"),
    ],
)  # fmt: skip
async def test_what_went_wrong_is_told(
    provider: Provider, context: Context, answers: list[Any], state: str, said: str
) -> None:
    provider.will_answer(*answers)
    health = await made(REGISTER).connect(context)  # type: ignore[attr-defined] - it registers
    assert health.state == state
    assert said in health.sentence


@pytest.mark.parametrize(
    ("url", "state", "said"),
    [
        (DOOR, "connected", "calls this channel's door"),
        ("https://other.example/x", "transient", "calls https://other.example/x, not this"),
        ("", "transient", "calls no door"),
    ],
)
async def test_the_probe_tells_whom_the_provider_calls(
    provider: Provider, context: Context, url: str, state: str, said: str
) -> None:
    provider.will_answer({"body": {"me": True}}, {"body": {"url": url}})
    health = await made(REGISTER).probe(context)
    assert (health.state, said in health.sentence) == (state, True), health


async def test_a_secret_in_the_address_that_the_provider_calls_is_not_told(
    provider: Provider, context: Context
) -> None:
    provider.will_answer({"body": {"me": True}}, {"body": {"url": f"{DOOR}?key=k3y-of-sample"}})
    health = await made(REGISTER).probe(context)
    assert (health.state, "not this" in health.sentence) == ("transient", True)
    assert "k3y-of-sample" not in health.sentence


async def test_the_address_is_taken_back_unless_it_is_somebody_elses(
    provider: Provider, context: Context
) -> None:
    connector = made(REGISTER)
    provider.will_answer({"body": {"url": DOOR}}, {"body": {}})
    await connector.disconnect(context)  # type: ignore[attr-defined] - it registers
    assert [one["method"] for one in provider.requests] == ["GET", "DELETE"]
    provider.will_answer({"body": {"url": "https://other.example/x"}})
    await connector.disconnect(context)  # type: ignore[attr-defined] - it registers
    assert len(provider.requests) == 1
