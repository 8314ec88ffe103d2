"""`hub demo`: the demo world beside a running hub."""

from __future__ import annotations

import asyncio
import contextlib
import signal

import click

from hub.cli.session import read_settings
from hub.settings import Settings


@click.command("demo")
def demo() -> None:
    """Let simulated customers write and call, until stopped.

    Starts small servers for Telegram, mail and telephony on this machine, connects the hub to them, and makes two
    managers and a few canned replies. `hub up --demo` runs it for you.
    """
    from hub.engines.embedded import attached
    from hub.logs import configure

    settings = attached(read_settings(), patience=30.0)
    configure("demo", log_format=settings.log_format)
    asyncio.run(_until_stopped(settings))


async def _until_stopped(settings: Settings) -> None:
    """Run the world until SIGTERM or SIGINT."""
    from hub.demo.world import run

    world = asyncio.create_task(run(settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, world.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await world
