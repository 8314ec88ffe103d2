"""A receiver that runs, the mail it is to find, and what it took in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from connectors.contract import CredentialsDead, Malformed
from connectors.email.connector import connector
from connectors.email.receive.positions import Tuning
from connectors.email.receive.receiver import MailboxReceiver
from tests.connectors.email.conftest import Crash, Memory

QUICK = Tuning(idle=30, poll=0.2, step=5, backoff=0.05, backoff_limit=0.3)


def mail(number: int, extra: str = "") -> bytes:
    head = f"From: ann{number}@x.example\r\nMessage-ID: <{number}@x.example>\r\nSubject: n{number}\r\n{extra}"
    return f"{head}\r\nHello {number}\r\n".encode()


@contextlib.asynccontextmanager
async def running(memory: Memory, tuning: Tuning = QUICK) -> AsyncGenerator[asyncio.Task[None]]:
    task = asyncio.create_task(MailboxReceiver(memory, tuning).run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Crash, CredentialsDead):
            await task


def subjects(memory: Memory) -> list[str]:
    found: list[str] = []
    for raw in memory.inputs.values():
        with contextlib.suppress(Malformed):
            found += [event.subject for event in connector.parse(raw, memory.channel)]
    return found
