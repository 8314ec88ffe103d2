"""Manifests that pull: the cursor is kept, faults are waited out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.conformance.server import Provider
from connectors.contract import (
    Context,
    CredentialsDead,
    Health,
    RawInput,
    Receiver,
    SendError,
    TryAgain,
    Unverified,
)
from tests.connectors.manifest.conftest import API, OUTCOMES, faults
from tests.connectors.manifest.samples import HEAD, channel, made, request

PULL = (
    API
    + """
pull:
  every: 1
  request: {url: "/updates?after={{ cursor }}"}
  start: "0"
  events: body.updates
  cursor: "max(body.updates[].n)"
  more: body.more
receive: {split: "body.updates[]", cases: [{message: {id: event.n, sender: event.from, text: event.text}}]}
"""
).replace("verify: none", "")

NO_DOOR = HEAD.replace("verify: none\n", "")


class Link:
    """What the platform lends a receiver, in memory."""

    def __init__(self, context: Context) -> None:
        self.channel, self.http = context.channel, context.http
        self.kept: Mapping[str, Any] = {}
        self.taken: list[RawInput] = []
        self.said: list[Health] = []
        self.heard = asyncio.Event()

    async def accept(
        self, inputs: Sequence[RawInput], *, checkpoint: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        self.taken += inputs
        self.kept = checkpoint or self.kept

    async def checkpoint(self, name: str = "") -> Mapping[str, Any]:
        return self.kept

    async def known(self, keys: Sequence[str]) -> set[str]:
        return set()

    async def report(self, health: Health) -> None:
        self.said.append(health)
        self.heard.set()

    async def note(self, sentence: str) -> None:
        raise AssertionError


async def _pulled(rest: str, link: Link) -> None:
    connector = made(rest, head=NO_DOOR)
    assert isinstance(connector, Receiver)
    running = asyncio.create_task(connector.run(link))
    hearing = asyncio.create_task(link.heard.wait())
    await asyncio.wait((running, hearing), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, hearing):
        if not task.done():
            task.cancel()
    _, result = await asyncio.gather(hearing, running, return_exceptions=True)
    if isinstance(result, Exception):
        raise result


async def test_pulling_goes_on_where_it_was(provider: Provider, context: Context) -> None:
    link = Link(context)
    first = {
        "updates": [
            {"n": 4, "from": "+12025550123", "text": "a"},
            {"n": 5, "from": "+12025550124", "text": "b"},
        ]
    }
    provider.will_answer(
        {"body": {**first, "more": True}},
        {"body": {"updates": [{"n": 9, "from": "+12025550125", "text": "c"}]}},
    )
    await _pulled(PULL, link)
    assert [one["path"] for one in provider.requests] == ["/updates?after=0", "/updates?after=5"]
    assert link.kept == {"value": 9}
    texts = [
        event.text for raw in link.taken for event in made(PULL, head=NO_DOOR).parse(raw, context.channel)
    ]  # type: ignore[union-attr] - they are messages
    assert texts == ["a", "b", "c"]
    assert link.said[-1].state == "connected"
    provider.will_answer({"body": {"updates": []}})
    link.heard.clear()
    await _pulled(PULL, link)
    assert provider.requests[0]["path"] == "/updates?after=9"
    assert len(link.taken) == 2  # an answer without events is not stored


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 401, "body": {}}, CredentialsDead),
        ({"status": 500}, TryAgain),
        ({"status": 200, "body": {"updates": [{"n": [1]}]}}, TryAgain),
        ({"hang_up": True}, TryAgain),
    ],
)
async def test_a_fault_of_pulling_keeps_the_cursor(
    provider: Provider, context: Context, answer: Any, kind: type[SendError]
) -> None:
    link = Link(context)
    link.kept = {"value": 7}
    provider.will_answer(answer)
    rest = PULL.replace('"max(body.updates[].n)"', "body.updates[0].n")
    with pytest.raises(kind):
        await _pulled(rest, link)
    assert link.kept == {"value": 7}
    assert not link.taken


async def test_slow_down_is_heeded(provider: Provider, context: Context) -> None:
    link = Link(context)
    provider.will_answer({"status": 429, "headers": {"Retry-After": "60"}})
    await _pulled(PULL, link)
    [health] = link.said
    assert health.state == "transient"
    assert health.retry_at is not None
    assert health.retry_at - datetime.now(UTC) > timedelta(seconds=50)


async def test_the_same_answer_is_the_same_input(provider: Provider, context: Context) -> None:
    keys = []
    for body in ({"updates": [{"n": 1}]}, {"updates": [{"n": 1}]}, {"updates": [{"n": 2}]}):
        link = Link(context)
        provider.will_answer({"body": body})
        await _pulled(PULL, link)
        keys.append(link.taken[0].key)
    assert keys[0] == keys[1] != keys[2]


def test_whoever_is_only_pulled_takes_nothing_at_the_door() -> None:
    with pytest.raises(Unverified):
        made(PULL, head=NO_DOOR).verify(request({"updates": []}), channel())


def test_faults_of_pulling() -> None:
    assert any("pull has no every" in one for one in faults(PULL.replace("  every: 1\n", "")))
    assert any("“cursr” is not known" in one for one in faults(PULL.replace("{{ cursor }}", "{{ cursr }}")))
    bare = PULL.replace('  cursor: "max(body.updates[].n)"\n', "")
    assert any("`more` without a cursor" in one for one in faults(bare))
    alone = API + "pull: {every: 5, request: {url: /x}}\nsend: [{request: {url: /x}}]\n" + OUTCOMES
    assert any("nothing says what they are" in one for one in faults(alone))
