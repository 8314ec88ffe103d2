"""What the suite says: signatures, missing recordings, ids and senders that are not what they seem."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path

import pytest

from connectors.conformance import subject_of
from connectors.conformance.parsing import difference
from connectors.conformance.run import run_one
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
