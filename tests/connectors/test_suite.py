"""The suite itself: a good connector passes it, and each broken promise is found by its check."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.conformance import Subject, run, subject_of
from connectors.conformance.parsing import difference
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


async def verdict(folder: Path, check: str) -> tuple[str, str]:
    subject = subject_of(from_folder(folder), folder)
    client = HttpClient()
    try:
        result = await run_one(check, subject, client.for_channel(subject.channel))
    finally:
        await client.close()
    return result.verdict, result.detail


def sign(folder: Path, *, name: str = "x-kite-signature", encoding: str = "hex") -> None:
    """Give the first recorded request the signature that the provider put on it."""
    path = sorted((folder / "fixtures").glob("*.json"))[0]
    data = json.loads(path.read_text())
    body = json.dumps(data["request"]["body"]).encode()
    mac = hmac.new(b"shown-in-the-manual", b"1780000000." + body, "sha256")
    said = "v1=" + (mac.hexdigest() if encoding == "hex" else base64.b64encode(mac.digest()).decode())
    headers = {**data["request"].get("headers", {}), name: said, "x-kite-time": "1780000000"}
    data["request"] = {**data["request"], "body": body.decode(), "headers": headers}
    data["request"]["headers"]["content-type"] = "application/json"
    data["signed"] = {"settings": {"signing_secret": "shown-in-the-manual"}, "at": 1780000000}
    path.write_text(json.dumps(data))


CHECK = "recorded signatures are accepted"


async def test_a_real_signature_tells_a_wrong_header_and_a_wrong_encoding(kite: Path) -> None:
    assert (await verdict(kite, CHECK))[0] == "skipped"
    sign(kite)
    assert await verdict(kite, CHECK) == ("passed", "")
    for fields in ({"name": "x-signature"}, {"encoding": "base64"}):
        other = write(kite.parent / "again" / "kite_sms")
        sign(other, **fields)
        said = await verdict(other, CHECK)
        assert (said[0], "signed by the provider and is refused" in said[1]) == ("failed", True)
        for path in sorted(other.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


async def test_a_folder_without_recordings_is_told(kite: Path) -> None:
    for path in (kite / "fixtures").glob("*.json"):
        path.unlink()
    said = await verdict(kite, "it has fixtures")
    assert (said[0], "no recorded requests" in said[1]) == ("failed", True)


async def test_a_sender_that_is_the_channel_itself_is_found(kite: Path) -> None:
    check = "the sender is somebody else"
    assert (await verdict(kite, check))[0] == "passed"
    path = sorted((kite / "fixtures").glob("*.json"))[0]
    data = json.loads(path.read_text())
    sender = next(one["sender"]["handles"][0]["value"] for one in data["expected"] if "sender" in one)
    data["settings"] = {"sender": sender.replace("+", "00")}
    path.write_text(json.dumps(data))
    said = await verdict(kite, check)
    assert (said[0], "the channel's own number" in said[1]) == ("failed", True)


@pytest.mark.parametrize(
    "body",
    [{"id": "a-1", "account": "konto"}, {"bulkId": "b-1", "messages": [{"messageId": "m-1"}]}],
)
async def test_one_id_for_two_messages_is_found(kite: Path, body: dict[str, object]) -> None:
    check = "every message has its own id"
    told = {"message": {"text": "Hello"}, "requests": [], "answers": [{"status": 202, "body": {"id": "k-1"}}]}
    path = kite / "fixtures" / "send" / "text.json"
    path.write_text(json.dumps({**told, "outcome": {"sent": "k-1"}}))
    assert await verdict(kite, check) == ("passed", "")
    constant, sent = ("\"'a-1'\"", "a-1") if "id" in body else ("body.bulkId", "b-1")
    change(kite, "external_id: body.id", f"external_id: {constant}")
    change(kite, "status == `202` && body.id", "status == `202`")
    path.write_text(
        json.dumps({**told, "answers": [{"status": 202, "body": body}], "outcome": {"sent": sent}})
    )
    assert (await verdict(kite, check))[0] == "failed"


def test_two_results_are_told_by_their_first_difference() -> None:
    assert difference({"a": [1, {"b": "x" * 900}]}, {"a": [1, {"b": "y"}]}).startswith(
        "a[1].b is 'y', expected 'xxx"
    )
    assert difference([1], [1, 2]) == "it has 2 entries, expected 1: [1, 2]"


async def test_a_secret_anywhere_is_no_false_alarm(kite: Path) -> None:
    text = (kite / "connector.yaml").read_text()
    head, _, rest = text.partition("verify:")
    after = rest[rest.index("\nreceive:") :]
    (kite / "connector.yaml").write_text(
        f"{head}verify: [{{type: secret, where: any, secret: signing_secret}}]\n{after}"
    )
    for check in ("the provider gets in", "forged requests are refused"):
        assert await verdict(kite, check) == ("passed", "")
