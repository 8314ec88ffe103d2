"""The suite itself: a good connector passes it, and each broken promise is found by its check."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.conformance import Subject, run, subject_of
from connectors.conformance.run import run_one
from connectors.contract import (
    Answer,
    ChannelConfig,
    ConnectorSpec,
    Context,
    Event,
    Health,
    Outbound,
    RawInput,
    Refused,
    Sent,
    State,
)
from connectors.registry import from_folder
from hub.http import HttpClient
from tests.connectors.kite import write


@pytest.fixture
def kite(tmp_path: Path) -> Path:
    """A connector's folder that keeps every promise."""
    return write(tmp_path / "kite_sms")


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "connector.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


async def failures(subject: Subject) -> dict[str, str]:
    client = HttpClient()
    try:
        results = await run(subject, client.for_channel(subject.channel))
    finally:
        await client.close()
    return {result.check: result.detail for result in results if result.verdict == "failed"}


async def test_a_good_one_passes(kite: Path) -> None:
    assert await failures(subject_of(from_folder(kite), kite)) == {}


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("text: event.text", "text: event.body", "recorded requests give what is expected"),
        ("id: event.id", "id: headers.x || 'fixed'", "recorded requests give what is expected"),
        ("summary: Text", "summary: ''\n# Text", "its card is complete"),
        ("id: kite_sms", "id: kite", "its card is complete"),
        ("contains([`21`, `22`]", "contains([`23`]", "recorded messages go out as expected"),
        ("url: /messages", "url: /message", "recorded messages go out as expected"),
        ("status == `202` && body.id", "status", "every answer has its outcome"),
        ("outcomes:", "outcomes:\n  refused: ['status == `429`']", "every answer has its outcome"),
        (
            "external_id: body.id",
            "external_id: body.id\n  credentials: ['status == `500`']",
            "every answer has its outcome",
        ),
    ],
)
async def test_a_wrong_manifest_is_found(kite: Path, old: str, new: str, check: str) -> None:
    change(kite, old, new)
    assert check in await failures(subject_of(from_folder(kite), kite))


async def test_missing_papers_are_found(kite: Path) -> None:
    (kite / "README.md").unlink()
    for path in kite.rglob("*.json"):
        path.unlink()
    for folder in (kite / "fixtures" / "send", kite / "fixtures"):
        folder.rmdir()
    assert {"it has a README", "it has fixtures"} <= set(await failures(subject_of(from_folder(kite), kite)))


async def test_a_fixture_nobody_looked_at_is_found(kite: Path) -> None:
    path = kite / "fixtures" / "message_with_picture.json"
    data = json.loads(path.read_text())
    del data["expected"]
    path.write_text(json.dumps(data))
    found = await failures(subject_of(from_folder(kite), kite))
    assert "no `expected`" in found["recorded requests give what is expected"]


class Broken:
    """Passes everything on to a good connector, except where a test has put something else."""

    def __init__(self, good: Any) -> None:
        self.good: Any = good
        self.count = 0

    @property
    def spec(self) -> ConnectorSpec:
        return self.good.spec

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return self.good.parse(raw, channel)

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        self.good.verify(raw, channel)

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        return self.good.handshake(raw, channel)

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        return self.good.key(raw, channel)

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        return self.good.answer(raw, channel, journal_id)

    async def send(self, message: Outbound, context: Context) -> Sent:
        return await self.good.send(message, context)

    async def probe(self, context: Context) -> Health:
        return await self.good.probe(context)


class Impure(Broken):
    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        self.count += 1
        return [replace(event, text=str(self.count)) for event in self.good.parse(raw, channel)]


class Fragile(Broken):
    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        json.loads(raw.body)
        return self.good.parse(raw, channel)


class LateIds(Broken):
    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return [replace(event, external_id=str(raw.received_at)) for event in self.good.parse(raw, channel)]


class NaiveTimes(Broken):
    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return [replace(event, at=datetime(2026, 1, 5)) for event in self.good.parse(raw, channel)]


class OpenDoor(Broken):
    def verify(self, raw: RawInput, channel: ChannelConfig) -> None: ...


class ShutDoor(Broken):
    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        self.good.verify(replace(raw, headers={}), channel)


class TimelessDoor(Broken):
    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        moment = raw.headers.get("x-kite-time", "")
        try:
            self.good.verify(raw, channel)
        except Exception as error:
            if "too old" not in str(error) or not moment:
                raise


class FailingKey(Broken):
    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        raise KeyError("id")


class Careless(Broken):
    async def send(self, message: Outbound, context: Context) -> Sent:
        try:
            return await self.good.send(message, context)
        except Exception as error:
            raise Refused(f"{error} with {context.channel.settings['api_key']}") from None


class Liar(Broken):
    async def send(self, message: Outbound, context: Context) -> Sent:
        return Sent(external_id="1")


class FailingProbe(Broken):
    async def probe(self, context: Context) -> Health:
        reply = await context.http.request("GET", "https://api.kite.example/")
        return Health(state=State.CONNECTED, sentence=str(reply.status))


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (Impure, "parsing is pure"),
        (Fragile, "parsing survives anything"),
        (LateIds, "ids stay the same over repeats"),
        (NaiveTimes, "times and handles are normalised"),
        (OpenDoor, "forged requests are refused"),
        (OpenDoor, "stale requests are refused"),
        (TimelessDoor, "stale requests are refused"),
        (ShutDoor, "the provider gets in"),
        (FailingKey, "the door survives anything"),
        (Careless, "it keeps its secrets"),
        (Liar, "every answer has its outcome"),
        (FailingProbe, "the probe never fails"),
    ],
)
async def test_a_broken_promise_is_found(kite: Path, make: Callable[[Any], Broken], check: str) -> None:
    good = subject_of(from_folder(kite), kite)
    client = HttpClient()
    try:
        http = client.for_channel(good.channel)
        assert (await run_one(check, good, http)).verdict == "passed"
        found = await run_one(check, replace(good, connector=make(good.connector)), http)
    finally:
        await client.close()
    assert found.verdict == "failed", found
    assert found.detail
