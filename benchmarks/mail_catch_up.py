"""Catching up with a mailbox on a real Dovecot: from connecting to every mail stored, parsed and matched."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import Any

from benchmarks.letters import mail_of
from benchmarks.mail_door import outcome
from benchmarks.prepare import mail_channel
from benchmarks.stage import Stage
from tests.servers.dovecot import Dovecot


async def run(stage: Stage, *, mails: int) -> list[dict[str, Any]]:
    """One row; a note instead where there is no Dovecot."""
    if not shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin"):
        return [{"note": "Dovecot is not installed (Debian: dovecot-imapd)"}]
    box = Dovecot()
    try:
        for number in range(mails):
            box.deliver(mail_of(number)[1])
        box.start()
        at = {"imap_host": "127.0.0.1", "imap_port": box.port, "imap_security": "none"}
        await mail_channel(stage, receive="imap", imap_user=box.user, imap_password=box.password, **at)
        began = time.perf_counter()
        async with stage.serving("benchmarks.mail_process", BENCH_MODE="imap"):
            await _arrived(stage, mails)
            seconds = time.perf_counter() - began
        return [
            {
                "mails": mails,
                "seconds": round(seconds, 1),
                "mails_per_s": round(mails / seconds),
                **await outcome(stage, mails),
            }
        ]
    finally:
        box.remove()


async def _arrived(stage: Stage, mails: int) -> None:
    done = "SELECT count(*) >= $1 FROM inbox_journal WHERE state <> 'pending'"
    while not await stage.fetchval(done, mails):
        await asyncio.sleep(0.1)
