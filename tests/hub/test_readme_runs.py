"""Every line of the README is run as it stands, in its order, beside a running hub; what is not, with its reason."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg
import pytest

from tests.servers.telegram import TelegramServer
from tests.snippets import Block, Shell, blocks, running_hub
from tests.world import until

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = blocks(README)
NOT_RUN = {
    "make run": "a daemon: the hub of this test runs what it runs",
    "make test": "the suite that this is part of",
    "make demo": "a daemon; tests/hub/demo tries its customers",
}
PICTURES = ("provider ->", "hub/          the roof")
"""How blocks begin that are no commands."""
CODES = {"hub outbox retry --all": 1}
"""Exit codes other than 0: nothing waits that could be tried again."""
TOKEN = "123:abc"


def commands() -> list[str]:
    shown = [block for block in BLOCKS if not block.text.startswith(PICTURES)]
    return [command for block in shown for command in block.commands]


def bare(command: str) -> str:
    """Without the remark behind it."""
    return re.sub(r"\s+#.*", "", command) if "\n" not in command else command


def test_what_is_not_run_stands_there_and_has_a_reason() -> None:
    assert set(NOT_RUN) <= {bare(command) for command in commands()}
    assert set(CODES) <= {bare(command) for command in commands()}
    assert all(NOT_RUN.values())
    assert len(commands()) > 20
    assert {block.kind for block in BLOCKS} == {"shell"}
    assert isinstance(BLOCKS[0], Block)


@pytest.fixture
async def telegram() -> object:
    async with TelegramServer() as server:
        server.add_bot(TOKEN)
        yield server


@pytest.mark.timeout(600)
async def test_every_line_does_what_it_says(
    tmp_path: Path, db_url: str, empty_db_url: str, redis_url: str, telegram: TelegramServer
) -> None:
    (tmp_path / "own").mkdir()
    async with running_hub(
        tmp_path, db_url=db_url, redis_url=redis_url, HUB_CONNECTORS_DIR=str(tmp_path / "own")
    ) as shell:
        shell.said[f"token={TOKEN}"] = f"token={TOKEN} --set api_base={telegram.base_url}"
        told: dict[str, str] = {}
        carried = ""
        for command in map(bare, commands()):
            if command in NOT_RUN:
                continue
            if command == "hub connector record acme-channel":
                await _customer_of_acme(shell)
            if command.startswith("hub restore"):
                told[command] = await _restored(shell, command, empty_db_url, tmp_path)
                continue
            if command.startswith("TOKEN="):
                carried = command + "\n"
                continue
            told[command] = await shell.run(carried + command, code=CODES.get(command, 0))
        assert told["hub channel test shop-bot"].startswith("connected:")
        assert "shop-bot" in told["hub channel list"]
        assert "getMe" in await shell.run("hub channel log shop-bot")
        assert "acme_sms: ok" in told["hub connector check acme_sms"]
        await _customers_are_there(db_url)


async def _customer_of_acme(shell: Shell) -> None:
    """A channel of the new connector, and a first message at its door."""
    await shell.run(
        "hub connector show acme_sms >/dev/null\n"
        "hub channel add acme-channel --connector acme_sms --set number=+12025550100 --set api_key=K --set webhook_secret=S\n"
        'body=\'{"events":[{"type":"message.received","id":"m-1","sent_at":"2026-01-05T09:00:00Z","from":"+12025550123",'
        '"name":"Ann","text":"Is it there?"}]}\'\n'
        "sign=$(printf %s \"$body\" | openssl dgst -sha256 -hmac S | sed 's/.*= //')\n"
        'for n in $(seq 100); do curl -sf -H "X-Signature: sha256=$sign" -H \'Content-Type: application/json\' -d "$body"'
        " http://127.0.0.1:8080/in/acme-channel && exit 0; sleep 0.1; done; exit 1"
    )


async def _restored(shell: Shell, command: str, empty_db_url: str, home: Path) -> str:
    """Into an installation of its own: an empty database, a directory without a key."""
    conn = await asyncpg.connect(empty_db_url)
    try:
        await conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await conn.close()
    place = home / ("paused" if "--paused" in command else "restored")
    place.mkdir()
    told = await shell.run(
        command, HUB_DATABASE_URL=empty_db_url, HUB_DATA_DIR=str(place), HUB_CONNECTORS_DIR=""
    )
    await _customers_are_there(empty_db_url)
    return told


async def _customers_are_there(url: str) -> None:
    """Those who wrote by the form and by mail at the beginning."""
    conn = await asyncpg.connect(url)
    try:

        async def both() -> bool:
            known = await conn.fetch("SELECT value FROM crm_handle")
            return {"anna@example.com", "bob@example.com"} <= {row["value"] for row in known}

        await until(both)
    finally:
        await conn.close()
