"""A hub process whose SMTP door is measured: takes, stores, parses and matches. `python -m benchmarks.mail_process PORT`.

The port belongs to the first process of a group: every further one is a processing share only, as `hub work` beside another.
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop

from connectors.email.connector import EmailConnector
from connectors.email.receive.smtp_door import SmtpDoor
from hub.receivers.service import Receivers
from hub.runtime import Runtime
from hub.settings import Settings
from hub.worker import accept_mail, mail_channel


async def _run(port: int) -> None:
    settings = Settings.from_env(os.environ)
    runtime = await Runtime.start(settings, application="bench", registry={"email": EmailConnector()})
    if os.environ.get("BENCH_MODE") == "imap":
        Receivers(runtime).start()
    else:
        door = SmtpDoor(per_peer=1_000, connections=1_000)
        await door.start(
            "127.0.0.1",
            port,
            route=lambda address: mail_channel(runtime, address),
            accept=lambda channel, raw: accept_mail(runtime, channel, raw),
            reuse_port=True,
        )
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_run(int(sys.argv[1])))
