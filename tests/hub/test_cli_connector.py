"""Making, checking, recording and replaying connectors from the command line."""

from __future__ import annotations

import asyncio
import hmac
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from connectors.registry import from_folder
from hub.cli import hub
from inbox.channels import service as channels
from tests.world import World, close_world, open_world

SECRET = "phone-door-5ecret"
RINGING = {
    "event": "ringing", "call_id": "c-77", "from": "+85512345678", "to": "+85523999888", "direction": "in",
    "name": "Sokha Chan", "at": "2026-01-05T09:00:00Z",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(*words: str, **environ: str) -> Done:
    result = CliRunner().invoke(hub, ["connector", *words], env={"HUB_CONNECTORS_DIR": "", **environ})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(returncode=result.exit_code, stdout=result.stdout, stderr=result.stderr)


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    done = run("new", "acme_sms", "--dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    return tmp_path / "acme_sms"


def test_a_new_connector_passes_the_check_as_it_is(acme: Path) -> None:
    done = run("check", "acme_sms", "--json", HUB_CONNECTORS_DIR=str(acme.parent))
    assert done.returncode == 0, done.stdout
    (result,) = orjson.loads(done.stdout)
    verdicts = {one["check"]: one["verdict"] for one in result["results"]}
    assert "failed" not in verdicts.values()
    assert verdicts["recorded messages go out as expected"] == "passed"
    assert "MY_" not in "".join(path.read_text() for path in acme.rglob("*.*"))


def test_it_is_listed_beside_the_bundled_ones(acme: Path) -> None:
    (acme.parent / "broken").mkdir()
    (acme.parent / "broken" / "connector.yaml").write_text("id: broken\n")
    rows = orjson.loads(run("list", "--json", HUB_CONNECTORS_DIR=str(acme.parent)).stdout)
    by_id = {row["id"]: row for row in rows}
    assert by_id["acme_sms"]["abilities"] == ["replies", "receipts"]
    assert by_id["email"]["level"] == "code"
    assert "has no title" in by_id["broken"]["fault"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "Acme", "--dir", "{dir}"), "small letters"),
        (("new", "acme_sms", "--dir", "{dir}"), "is there already"),
        (("new", "email", "--dir", "{dir}"), "already a connector"),
        (("new", "../up", "--dir", "{dir}"), "small letters"),
        (("new", "other", "--dir", "{dir}", "--title", "a: [b"), "one line of words"),
        (("check", "nothing_like_it"), "no connector or folder"),
        (("check", "{dir}"), "has no connector.yaml"),
        (("replay", "{dir}/none.json"), "There is no file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(acme: Path, words: tuple[str, ...], said: str) -> None:
    done = run(*(word.replace("{dir}", str(acme.parent)) for word in words))
    assert done.returncode == 1
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_new_asks_where(tmp_path: Path) -> None:
    done = run("new", "acme_sms", HUB_CONNECTORS_DIR="")
    assert done.returncode == 2
    assert "--dir" in done.stderr


def test_faults_are_told_with_line_and_column(acme: Path) -> None:
    manifest = acme / "connector.yaml"
    lines = manifest.read_text().replace("event.sent_at", "evnt.sent_at").splitlines()
    manifest.write_text("\n".join(lines))
    line = next(n for n, text in enumerate(lines, 1) if "evnt" in text)
    done = run("check", str(acme))
    assert done.returncode == 1
    assert f"connector.yaml:{line}:13: at: the name “evnt” is not known. Do you mean “event”?" in done.stdout


def test_a_promise_that_is_not_kept_fails_the_check(acme: Path) -> None:
    manifest = acme / "connector.yaml"
    manifest.write_text(
        manifest.read_text().replace("id: event.id\n        at: event.sent_at", "id: event.type")
    )
    done = run("check", str(acme))
    assert done.returncode == 1
    assert "recorded requests give what is expected: " in done.stdout


def test_a_fixture_is_replayed_and_kept(acme: Path) -> None:
    fixture = acme / "fixtures" / "text.json"
    data = orjson.loads(fixture.read_bytes())
    data["request"]["body"]["events"][0]["text"] = "Another text"
    fixture.write_bytes(orjson.dumps(data))
    done = run("replay", str(fixture))
    assert done.returncode == 1
    (told,) = orjson.loads(done.stdout)
    assert told["gives"][0]["text"] == "Another text"
    assert told["expected"][0]["text"] != "Another text"
    assert run("replay", str(fixture), "--keep").returncode == 0
    assert run("replay", str(fixture)).returncode == 0


async def test_inputs_are_recorded_without_secrets_and_people(
    db_url: str, redis_url: str, tmp_path: Path
) -> None:
    world, environ = await _phone(db_url, redis_url)
    for fields in (RINGING, {**RINGING, "event": "sneezed", "name": "Dara Sok"}):
        async with world.client.post(f"/in/phone/{SECRET}", json=fields) as response:
            assert response.status == 200
    await world.settled()
    done = await asyncio.to_thread(run, "record", "phone", "--count", "2", "--to", str(tmp_path), **environ)
    assert done.returncode == 0, done.stderr
    written = sorted(tmp_path.glob("*.json"))
    assert [path.stem.rpartition("_")[0] for path in written] == ["call_ringing", "unsupported"]
    text = "".join(path.read_text() for path in written)
    for known in (SECRET, "Sokha", "Dara", "12345678"):
        assert known not in text
    ringing = orjson.loads(written[0].read_bytes())["expected"][0]
    assert ringing["step"] == "ringing"
    assert ringing["caller"]["handles"][0]["value"].startswith("+8551555")
    for path in written:
        again = await asyncio.to_thread(run, "replay", str(path), "--connector", "telephony")
        assert again.returncode == 0, again.stdout
    await close_world(world)


async def test_a_recorded_signature_is_a_real_one(acme: Path, db_url: str, redis_url: str) -> None:
    """To the byte: spaces, order and escapes of the body are the provider's."""
    for fixture in (acme / "fixtures").glob("*.json"):
        data = orjson.loads(fixture.read_bytes())
        data.pop("signed", None)
        fixture.write_bytes(orjson.dumps(data))
    world = await open_world(db_url, redis_url, connectors=[from_folder(acme)])
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, world.runtime.registry, world.runtime.cipher, slug="ours", name="Ours", connector="acme_sms",
            settings={"number": "+12025550100", "api_key": "k", "webhook_secret": "a-secret-that-signs"}, bot=False,
        )  # fmt: skip
    await world.runtime.refresh()
    body = (
        b'{ "events" : [{"type": "message.received", "id": "m-1", "sent_at": "2026-01-05T09:00:00Z", '
        b'"from": "+1 202 555 0123", "name": "\\u0410nn", "text": "Is it there?"}] }\n'
    )
    signature = "sha256=" + hmac.new(b"a-secret-that-signs", body, "sha256").hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Signature": signature,
        "Cookie": "session=1",
        "Via": "1.1 p",
    }
    async with world.client.post("/in/ours", data=body, headers=headers) as response:
        assert response.status == 200
    await world.settled()
    environ = {**_environ(world, db_url, redis_url), "HUB_CONNECTORS_DIR": str(acme.parent)}
    done = await asyncio.to_thread(run, "record", "ours", "--signed", **environ)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    kept = orjson.loads(path.read_bytes())
    assert kept["request"]["body"].encode() == body
    assert {name.lower() for name in kept["request"]["headers"]} == {"content-type", "x-signature"}
    assert "a-secret-that-signs" not in path.read_text()
    assert kept["signed"]["settings"] == {"webhook_secret": ""}
    said = await asyncio.to_thread(run, "check", str(acme))
    assert "keeps its signature, and not the secret" in said.stdout
    done = await asyncio.to_thread(run, "record", "ours", "--with-secret", **environ)
    assert "give the provider and the channel another one" in done.stderr
    said = await asyncio.to_thread(run, "check", str(acme), "--json")
    verdicts = {one["check"]: one["verdict"] for one in orjson.loads(said.stdout)[0]["results"]}
    assert verdicts["recorded signatures are accepted"] == "passed"
    manifest = acme / "connector.yaml"
    manifest.write_text(manifest.read_text().replace("name: X-Signature", "name: X-Other"))
    said = await asyncio.to_thread(run, "check", str(acme))
    assert "was signed by the provider and is refused" in said.stdout
    await close_world(world)


async def test_a_channel_is_replayed(db_url: str, redis_url: str) -> None:
    world, environ = await _phone(db_url, redis_url)
    nothing = await asyncio.to_thread(run, "record", "phone", **environ)
    assert nothing.returncode == 1
    assert "Nothing has come in on phone" in nothing.stderr
    async with world.client.post("/in/phone", json=RINGING, headers={"X-Token": SECRET}) as response:
        assert response.status == 200
    done = await asyncio.to_thread(run, "replay", "phone", **environ)
    (told,) = orjson.loads(done.stdout)
    assert told["gives"][0]["call_id"] == "c-77"
    await close_world(world)


async def test_recording_waits_for_what_comes(db_url: str, redis_url: str, tmp_path: Path) -> None:
    world, environ = await _phone(db_url, redis_url)
    async with world.client.post("/in/phone", json=RINGING, headers={"X-Token": SECRET}) as response:
        assert response.status == 200
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "connector", "record", "phone", "--wait", "--to", str(tmp_path),
        env={**os.environ, **environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while b"Waiting for 1 new" not in await process.stderr.readline():
            pass
        ended = {**RINGING, "event": "ended", "outcome": "missed"}
        async with world.client.post("/in/phone", json=ended, headers={"X-Token": SECRET}) as response:
            assert response.status == 200
        await process.communicate()
    assert process.returncode == 0
    assert [path.stem.rpartition("_")[0] for path in tmp_path.glob("*.json")] == ["call_ended"]
    await close_world(world)


async def _phone(db_url: str, redis_url: str) -> tuple[World, dict[str, Any]]:
    world = await open_world(db_url, redis_url)
    world.teach("telephony")
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn, world.runtime.registry, world.runtime.cipher, slug="phone", name="Phone", connector="telephony",
            settings={"secret": SECRET}, region="KH",
        )  # fmt: skip
    await world.runtime.refresh()
    return world, _environ(world, db_url, redis_url)


def _environ(world: World, db_url: str, redis_url: str) -> dict[str, Any]:
    settings = world.runtime.settings
    return {
        "HUB_DATABASE_URL": db_url, "HUB_REDIS_URL": redis_url, "HUB_SECRET_KEY": settings.secret_key,
        "HUB_DATA_DIR": str(settings.data_dir),
    }  # fmt: skip
