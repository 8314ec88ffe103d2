"""Mails a second through the SMTP door, from the first MAIL to all stored, parsed, matched and threaded."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import orjson

from benchmarks.prepare import mail_channel
from benchmarks.stage import Stage


async def run(stage: Stage, *, mails: int, processes: int) -> list[dict[str, Any]]:
    """Rows by number of connections that deliver."""
    await mail_channel(stage, receive="smtp_door")
    rows: list[dict[str, Any]] = []
    async with stage.serving("benchmarks.mail_process", processes=processes, BENCH_MODE="door") as port:
        await _load(port, 4, 100)
        await _all_processed(stage)
        for connections in (8, 32):
            await stage.fetchval("TRUNCATE inbox_journal, inbox_message, inbox_conversation CASCADE")
            began = time.perf_counter()
            load = await _load(port, connections, mails)
            await _all_processed(stage)
            seconds = time.perf_counter() - began
            rows.append(
                {
                    "processes": processes,
                    "connections": connections,
                    "mails": mails,
                    "accepted_per_s": round(mails / load["seconds"]),
                    "stored_and_matched_per_s": round(mails / seconds),
                    "refused": load["bad"],
                    **await outcome(stage, mails),
                }
            )
    return rows


async def outcome(stage: Stage, mails: int) -> dict[str, Any]:
    """What must hold for the figure to count."""
    messages = await stage.fetchval("SELECT count(*) FROM inbox_message WHERE direction = 'in'")
    talks = await stage.fetchval("SELECT count(*) FROM inbox_conversation")
    return {"missing": mails - int(str(messages)), "conversations": talks}


async def _load(port: int, connections: int, mails: int) -> dict[str, Any]:
    arguments = (str(port), str(connections), str(mails))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.mail_load", *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return orjson.loads(out)


async def _all_processed(stage: Stage) -> None:
    while await stage.fetchval("SELECT EXISTS (SELECT 1 FROM inbox_journal WHERE state = 'pending')"):
        await asyncio.sleep(0.05)
