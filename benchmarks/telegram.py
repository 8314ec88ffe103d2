"""Telegram updates a second, from the webhook's door or the long poll to stored, matched and routed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from itertools import count
from typing import Any

import orjson

from benchmarks.load import closed_loop, request
from benchmarks.prepare import telegram_channel
from benchmarks.stage import Stage
from hub.demo.servers.telegram import TelegramServer

NUMBERS = count(1)
SENDERS = 5_000
SECRET = "a-secret-of-benchmarks"
TOKEN = "1234567:bench"
PENDING = "SELECT count(*) FROM inbox_journal WHERE state = 'pending'"
STORED = "SELECT count(*) FROM inbox_message WHERE direction = 'in'"


async def run(stage: Stage, *, seconds: float, updates: int) -> list[dict[str, Any]]:
    """A row for each way in."""
    return [await _by_webhook(stage, seconds), await _by_polling(stage, updates)]


async def _by_webhook(stage: Stage, seconds: float) -> dict[str, Any]:
    await telegram_channel(stage, slug="hook", mode="webhook", token=TOKEN, secret_token=SECRET)
    async with stage.serving("benchmarks.telegram_process") as port:
        await closed_loop(port, _post, connections=16, seconds=1)
        await _drained(stage)
        before = int(str(await stage.fetchval(STORED)))
        began = time.perf_counter()
        load = await closed_loop(port, _post, connections=32, seconds=seconds)
        await _drained(stage)
        took = time.perf_counter() - began
    stored = int(str(await stage.fetchval(STORED))) - before
    return {
        "way": "webhook",
        "updates": len(load.latencies),
        "stored_per_s": round(stored / took),
        "door_p95_ms": round(load.percentile(0.95), 1),
        "missing": len(load.latencies) - stored,
        "refused": load.bad,
    }


async def _by_polling(stage: Stage, updates: int) -> dict[str, Any]:
    async with TelegramServer() as server:
        bot = server.add_bot(TOKEN)
        bot.updates = deque(maxlen=updates)
        for _ in range(updates):
            n = next(NUMBERS)
            bot.say(_user(n), f"Hello, what is the price of number {n}?")
        await telegram_channel(stage, slug="poll", mode="polling", token=TOKEN, api_base=server.base_url)
        before = int(str(await stage.fetchval(STORED)))
        began = time.perf_counter()
        async with stage.serving("benchmarks.telegram_process", BENCH_MODE="poll"):
            while int(str(await stage.fetchval(STORED))) < before + updates:
                await asyncio.sleep(0.05)
            took = time.perf_counter() - began
    return {
        "way": "long polling, the start of the process included",
        "updates": updates,
        "stored_per_s": round(updates / took),
        "door_p95_ms": "-",
        "missing": 0,
        "refused": 0,
    }


async def _drained(stage: Stage) -> None:
    while int(str(await stage.fetchval(PENDING))):
        await asyncio.sleep(0.05)


def _post() -> bytes:
    n = next(NUMBERS)
    user = _user(n)
    message = {
        "message_id": n,
        "from": user,
        "chat": {"type": "private", **user},
        "date": 1_763_886_000,
        "text": f"Hello, what is the price of number {n}?",
    }
    body = orjson.dumps({"update_id": n, "message": message})
    return request("/in/hook", body, headers=f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n")


def _user(n: int) -> dict[str, Any]:
    number = n % SENDERS
    return {"id": 5_000_000 + number, "first_name": f"Ann {number}", "language_code": "en"}
