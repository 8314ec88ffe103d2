"""Kills hub, worker, PostgreSQL and Valkey at random moments under load and counts what was lost, doubled or disordered.

`python -m benchmarks.chaos [--rounds 30] [--seed N] [--json]`. Runs the real `hub up` on embedded engines with durable
settings. A customer who got no answer sends the same message again; the next one only after the last was accepted.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import click
import orjson
from aiohttp import web
from rich.console import Console
from rich.table import Table

from benchmarks.footprint import tree_of
from benchmarks.stage import free_port
from hub.database import connect
from hub.engines.embedded import attached
from hub.settings import Settings

PERSONS = 8
ROUND = 4.0
VICTIMS = ("serve", "work", "postgres", "valkey")
SECRET = "a key for chaos runs only"
MANIFEST = """
id: chaos
title: Chaos
handle_kind: phone
verify: none
abilities: {{per_second: 1000}}
receive:
  cases:
    - message: {{id: body.id, sender: {{value: body.sender}}, text: body.text}}
send:
  - request: {{url: "http://127.0.0.1:{port}/sent", json: {{id: "{{{{ delivery_id }}}}", to: "{{{{ to }}}}"}}}}
outcomes: {{ok: "status == `200`", external_id: body.id}}
"""


@dataclass(slots=True)
class Tally:
    """What the outside world saw."""

    accepted: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    sent: Counter[str] = field(default_factory=Counter[str])
    kills: Counter[str] = field(default_factory=Counter[str])
    stopped: bool = False


async def run(rounds: int, *, seed: int) -> dict[str, Any]:
    """The whole run; the result counts."""
    dice = random.Random(seed)
    tally = Tally()
    recorder, port = await _recorder(tally)
    with tempfile.TemporaryDirectory(prefix="hub-chaos-", dir="/tmp", ignore_cleanup_errors=True) as name:
        home = Path(name)
        home.chmod(0o711)  # as root the engines run as another account
        environ = _environ(home, free_port(), recorder_port=port)
        hub = await _start(environ)
        try:
            await _ready(environ)
            await _add_channel(environ)
            persons = [asyncio.create_task(_person(n, environ, tally)) for n in range(PERSONS)]
            order = [victim for _ in range(rounds) for victim in dice.sample(VICTIMS, len(VICTIMS))]
            for victim in order[:rounds]:
                await _round(hub.pid, victim, dice, tally, environ)
            tally.stopped = True
            await asyncio.gather(*persons)
            return await _count(environ, tally, rounds)
        finally:
            hub.terminate()
            await hub.wait()
            await recorder.cleanup()


async def _round(pid: int, victim: str, dice: random.Random, tally: Tally, environ: dict[str, str]) -> None:
    """Some load, a kill at a random moment, and the time to come back."""
    await asyncio.sleep(dice.uniform(0.3, ROUND))
    if target := _find(pid, victim):
        with suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)
        tally.kills[victim] += 1
    await asyncio.sleep(0.5)
    await _ready(environ)


def _find(pid: int, kind: str) -> int | None:
    """The process to kill; of PostgreSQL the postmaster."""
    for child in tree_of(pid)[1:]:
        with suppress(OSError):
            command = (
                Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            )
            if kind == "postgres" and "/postgres " in command and " -D " in command:
                return child
            if kind in ("serve", "work") and f"hub {kind}" in command:
                return child
            if kind == "valkey" and "valkey-server" in command:
                return child
    return None


async def _person(n: int, environ: dict[str, str], tally: Tally) -> None:
    """Sends numbered messages, each until it is accepted."""
    phone = f"+1202555{n:04}"
    accepted = tally.accepted.setdefault(phone, [])
    number = 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as client:
        while not tally.stopped:
            number += 1
            data = orjson.dumps({"id": f"{n}-{number}", "sender": phone, "text": f"{number}"})
            while not await _post(client, environ, data):
                await asyncio.sleep(0.05)
            accepted.append(number)


async def _post(client: aiohttp.ClientSession, environ: dict[str, str], data: bytes) -> bool:
    address = f"http://127.0.0.1:{environ['HUB_PORT']}/in/chaos"
    try:
        headers = {"Content-Type": "application/json"}
        async with client.post(address, data=data, headers=headers) as response:
            await response.read()
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False


async def _count(environ: dict[str, str], tally: Tally, rounds: int) -> dict[str, Any]:
    settings = attached(Settings(data_dir=Path(environ["HUB_DATA_DIR"]), secret_key=SECRET), patience=30)
    conn = await connect(settings.database_url, application="chaos")
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and await conn.fetchval(
        "SELECT EXISTS (SELECT 1 FROM inbox_journal WHERE state = 'pending')"
        " OR EXISTS (SELECT 1 FROM inbox_outbox WHERE state IN ('waiting', 'retry'))"
    ):
        await asyncio.sleep(0.2)
    rows = await conn.fetch(
        "SELECT c.handle_value AS phone, m.text FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id"
        " WHERE m.direction = 'in' ORDER BY m.id"
    )
    contacts = await conn.fetchval("SELECT count(*) FROM crm_contact")
    conversations = await conn.fetchval("SELECT count(*) FROM inbox_conversation")
    pending = await conn.fetchval("SELECT count(*) FROM inbox_journal WHERE state = 'pending'")
    difference = await _ledger(conn)
    await conn.close()
    stored: dict[str, list[int]] = {}
    for row in rows:
        stored.setdefault(row["phone"], []).append(int(row["text"]))
    return {
        "rounds": rounds,
        "kills": dict(tally.kills),
        "accepted": sum(map(len, tally.accepted.values())),
        "lost": sum(len(set(sent) - set(stored.get(phone, []))) for phone, sent in tally.accepted.items()),
        "doubled": sum(len(found) - len(set(found)) for found in stored.values())
        + (contacts - len(stored))
        + (conversations - len(stored)),
        "out_of_order": sum(a > b for found in stored.values() for a, b in pairwise(found)),
        "answers_sent_twice": sum(n > 1 for n in tally.sent.values()),
        "answers_seen": len(tally.sent),
        "still_pending": pending,
        "ledger_difference": difference,
    }


async def _ledger(conn: Any) -> int:
    from inbox import ledger

    return sum(abs(row.difference) for row in await ledger.balance(conn))


async def _recorder(tally: Tally) -> tuple[web.AppRunner, int]:
    """The outside provider: remembers every answer it was given."""

    async def sent(request: web.Request) -> web.Response:
        payload = await request.json()
        tally.sent[payload["id"]] += 1
        return web.json_response({"id": payload["id"]})

    app = web.Application()
    app.router.add_post("/sent", sent)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, port


def _environ(home: Path, port: int, *, recorder_port: int) -> dict[str, str]:
    folder = home / "connectors" / "chaos"
    folder.mkdir(parents=True)
    (folder / "connector.yaml").write_text(MANIFEST.format(port=recorder_port))
    return {
        **os.environ,
        "HUB_DATA_DIR": str(home / "data"),
        "HUB_CONNECTORS_DIR": str(home / "connectors"),
        "HUB_PORT": str(port),
        "HUB_SMTP_PORT": "0",
        "HUB_SECRET_KEY": SECRET,
    }


async def _start(environ: dict[str, str]) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "up", env=environ, stdout=quiet, stderr=quiet, start_new_session=True
    )


async def _ready(environ: dict[str, str]) -> None:
    """Wait until the hub answers with its database."""
    deadline = time.monotonic() + 90
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
        while time.monotonic() < deadline:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with client.get(f"http://127.0.0.1:{environ['HUB_PORT']}/readyz") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise RuntimeError("the hub did not come back within 90 seconds")


async def _add_channel(environ: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "channel", "add", "chaos", "--connector", "chaos", env=environ,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await process.wait():
        raise RuntimeError("the channel could not be added")
    await asyncio.sleep(3)  # the other processes look for new channels every two seconds


@click.command()
@click.option("--rounds", default=30, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seed", default=None, type=int, help="The same seed kills in the same order.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def main(rounds: int, seed: int | None, as_json: bool) -> None:
    """Exit code 1 unless nothing was lost, doubled or disordered."""
    chosen = seed if seed is not None else random.randrange(1_000_000)
    result = {"seed": chosen, **asyncio.run(run(rounds, seed=chosen))}
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(result, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        table = Table("what", "count", box=None)
        for name, value in result.items():
            table.add_row(name.replace("_", " "), str(value))
        Console().print(table)
    if any(
        result[name]
        for name in (
            "lost",
            "doubled",
            "out_of_order",
            "answers_sent_twice",
            "ledger_difference",
            "still_pending",
        )
    ):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
