"""Operating from the command line: requests to providers, silence, alarms, webhooks; tables, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from connectors.contract import Exchange
from hub.alarms import service as alarms
from hub.cli import hub
from tests.world import World, close_world, open_world, until


@dataclass
class Desk:
    """A running hub and its command line."""

    world: World
    env: dict[str, str]

    async def __call__(self, *words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, hub, words, env=self.env)

    async def json(self, *words: str, code: int = 0) -> Any:
        done = await self(*words, "--json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)


@pytest.fixture
async def desk(db_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    world = await open_world(db_url, redis_url, bot=False, webhook_trusted_hosts=frozenset({"127.0.0.1"}))
    env = {
        "HUB_DATABASE_URL": db_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_SECRET_KEY": world.runtime.settings.secret_key,
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_WEBHOOK_TRUSTED_HOSTS": "127.0.0.1",
    }
    yield Desk(world, env)
    await close_world(world)


async def test_what_a_channel_asked_is_listed_by_message_and_by_failure(desk: Desk) -> None:
    channel_id = await desk.world.value("SELECT id FROM inbox_channel WHERE slug = 'sink'")
    for status in (200, 500):
        said = Exchange(
            protocol="http", request=f"POST https://x.example/{status}", status=status, answer=b"so"
        )
        desk.world.runtime.exchanges.note(channel_id, (), said)
    await desk.world.runtime.exchanges.flush()
    assert {row["status"] for row in await desk.json("channel", "log", "sink")} == {200, 500}
    (row,) = await desk.json("channel", "log", "sink", "--failed")
    assert (row["request"], row["answer"], row["n"]) == ("POST https://x.example/500", "so", 1)
    assert await desk.json("channel", "log", "sink", "--message", "7") == []
    told = await desk("channel", "log", "sink")
    assert "POST https://x.example/500\tso" in told.stdout
    nowhere = await desk("channel", "log", "nowhere")
    assert (nowhere.exit_code, nowhere.stdout) == (1, "")


async def test_a_silence_alarm_is_set_shown_and_dropped(desk: Desk) -> None:
    assert await desk.json("channel", "silence", "sink") is None
    wanted = ["--after", "2", "--hours", "09:00-18:00", "--days", "1-5", "--zone", "Asia/Phnom_Penh"]
    told = await desk("channel", "silence", "sink", *wanted)
    assert (
        "2 hours without a message are an alarm, counting 09:00-18:00 Asia/Phnom_Penh on days 1, 2, 3, 4, 5."
        in told.stdout
    )
    assert (await desk.json("channel", "silence", "sink"))["days"] == [1, 2, 3, 4, 5]
    for wrong, code in (("--days", 2), ("--hours", 1), ("--zone", 1), ("--after", 1)):
        value = {"--after": "-1"}.get(wrong, "x")
        done = await desk("channel", "silence", "sink", *([*wanted, wrong, value]))
        assert done.exit_code == code, (wrong, done.output)
        assert "Traceback" not in done.output
    assert (await desk("channel", "silence", "sink", "--learn", "--after", "2")).exit_code == 2
    assert "two weeks" in (await desk("channel", "silence", "sink", "--learn")).stdout


async def test_a_dismissed_alarm_fails_the_list_no_more(desk: Desk) -> None:
    await desk.world.fetch("UPDATE inbox_channel SET alarm = 'Nothing came for 3 hours.' WHERE slug = 'sink'")
    async with desk.world.pool.acquire() as conn, conn.transaction():
        await alarms.look(conn)
    assert (await desk.json("alarm", "list", code=1))["alarms"][0]["dismissed_at"] is None
    assert (await desk("alarm", "dismiss", "silence", "sink")).exit_code == 0
    assert "dismissed" in (await desk("alarm", "list")).stdout
    assert (await desk("alarm", "list")).exit_code == 0
    assert (await desk("alarm", "dismiss", "silence", "sink", "--reopen")).exit_code == 0
    assert (await desk("alarm", "list")).exit_code == 1
    gone = await desk("alarm", "dismiss", "silence", "nowhere")
    assert (gone.exit_code, gone.stderr) == (1, "There is no such alarm now.\n")


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[list[dict[str, Any]], str]]:
    got: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response(text="thanks")

    server = TestServer(web.Application())
    server.app.router.add_post("/hook", take)
    await server.start_server()
    yield got, str(server.make_url("/hook")).replace("localhost", "127.0.0.1")
    await server.close()


async def test_a_webhook_from_its_first_to_its_last_day(
    desk: Desk, receiver: tuple[list[dict[str, Any]], str]
) -> None:
    got, url = receiver
    assert (await desk("webhook", "add", url)).exit_code == 2
    assert (await desk("webhook", "add", url, "--fact", "deal.lots")).exit_code == 1
    assert (await desk("webhook", "add", "http://10.0.0.1/", "--fact", "*")).exit_code == 1
    made = await desk.json("webhook", "add", url, "--fact", "deal.won")
    assert len(made["secret"]) > 30
    id_ = str(made["id"])
    assert (await desk("webhook", "test", id_)).exit_code == 0
    await desk.world.runtime.webhooks.deliver_due()
    await until(lambda: _are(got, 1))
    (log,) = await desk.json("webhook", "deliveries", id_)
    assert (log["fact"], log["state"], log["status"]) == ("ping", "delivered", 200), log
    assert (await desk("webhook", "replay", log["id"])).exit_code == 0
    await desk.world.runtime.webhooks.deliver_due()
    await until(lambda: _are(got, 2))
    assert (await desk("webhook", "pause", id_)).exit_code == 0
    assert "paused" in (await desk("webhook", "list")).stdout
    assert (await desk("webhook", "resume", id_)).exit_code == 0
    changed = await desk("webhook", "change", id_, "--fact", "deal.lost", "--new-secret")
    assert "secret: " in changed.stdout
    shown = await desk.json("webhook", "show", id_)
    assert shown["facts"] == ["deal.lost"]
    assert shown["old_until"]
    assert len(shown["deliveries"]) == 1
    assert (await desk("webhook", "change", id_)).exit_code == 2
    assert (await desk("webhook", "change", id_, "--secret", "short")).exit_code == 1
    assert (await desk("webhook", "remove", id_, "--yes")).exit_code == 0
    assert await desk.json("webhook", "list") == []
    assert [row["is_active"] for row in await desk.json("webhook", "list", "--removed")] == [False]
    for words in (
        ("show", "999"),
        ("test", id_),
        ("pause", id_),
        ("replay", "00000000-0000-4000-8000-000000000000"),
    ):
        done = await desk("webhook", *words)
        assert done.exit_code == 1, words
        assert done.stderr.startswith("There is no such")


async def _are(got: list[dict[str, Any]], n: int) -> bool:
    return len(got) >= n


@pytest.mark.parametrize(
    "words",
    [
        ("channel", "log", "sink", "--message", "99999999999999999999"),
        ("alarm", "test", "3000000000"),
        ("alarm", "remove", "3000000000"),
        ("outbox", "retry", "99999999999999999999"),
        ("quarantine", "show", "99999999999999999999"),
        ("quarantine", "replay", "99999999999999999999"),
        ("token", "revoke", "3000000000"),
        ("webhook", "show", "3000000000"),
        ("channel", "silence", "sink", "--hours", "09:00-18:00"),
        ("channel", "silence", "sink", "--days", "1-5"),
        ("channel", "silence", "sink", "--learn", "--zone", "Asia/Phnom_Penh"),
        ("channel", "silence", "sink", "--after", "2", "--days", "5-1"),
        ("channel", "silence", "sink", "--after", "2", "--days", "0-8"),
        ("channel", "silence", "sink", "--after", "2", "--days", "6,8"),
    ],
)
async def test_arguments_that_cannot_be_are_told_as_such(desk: Desk, words: tuple[str, ...]) -> None:
    done = await desk(*words)
    assert done.exit_code == 2
    assert "Error: " in done.output
    assert await desk.json("channel", "silence", "sink") is None
