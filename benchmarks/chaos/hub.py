"""A hub under its real supervisor, and the processes of it that can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.people import TOKEN
from benchmarks.stage import SECRET, free_port
from hub.crypto import Cipher
from hub.database import connect
from hub.engines.embedded import at_hand, attached
from hub.migrate import migrate
from hub.runtime import registry_of
from hub.settings import Settings
from inbox.channels import service as channels

CONNECTORS = Path(__file__).parent / "connectors"
VICTIMS = {
    "serve": ("-m", "hub", "serve"),
    "work": ("-m", "hub", "work"),
    "postgres": ("postgres", "-D"),
    "valkey": ("valkey-server", "redis-server"),
}
BACK_WITHIN = 90.0


@dataclass(slots=True, kw_only=True)
class Hub:
    """A running `hub up`."""

    settings: Settings
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def door(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}/in/chaos"

    def pids(self, victim: str) -> set[int]:
        """The processes of a kind that the supervisor runs now."""
        return {pid for pid in _children(self.process.pid) if _is(victim, _command(pid))}

    async def kill(self, victim: str) -> None:
        """Kill one process of a kind with SIGKILL and wait until the supervisor has another one."""
        before = await self._some(victim, lambda pids: pids)
        os.kill(min(before), signal.SIGKILL)
        await self._some(victim, lambda pids: pids - before)

    async def _some(self, victim: str, wanted: object) -> set[int]:
        assert callable(wanted)
        deadline = asyncio.get_running_loop().time() + BACK_WITHIN
        while not (found := wanted(self.pids(victim))):
            if self.process.poll() is not None or asyncio.get_running_loop().time() > deadline:
                raise RuntimeError(f"{victim} does not run; the end of the log:\n{self.tail()}")
            await asyncio.sleep(0.05)
        return found

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)


async def open_hub(root: Path, recorder: str, *, serves: int = 2) -> Hub:
    """A fresh installation with a channel `chaos`, durable as delivered, under `hub up`."""
    root.chmod(0o711)  # as root the engines run as another account
    settings = Settings(
        data_dir=root / "data",
        port=free_port(),
        smtp_port=0,
        secret_key=SECRET,
        connectors_dir=CONNECTORS,
    )
    with at_hand(settings, lambda line: None) as found:
        await _prepare(found, recorder)
    log = root / "log"
    environ = {
        **os.environ,
        "HUB_DATA_DIR": str(settings.data_dir),
        "HUB_PORT": str(settings.port),
        "HUB_SMTP_PORT": "0",
        "HUB_LMTP_PORT": "0",
        "HUB_SECRET_KEY": SECRET,
        "HUB_CONNECTORS_DIR": str(CONNECTORS),
    }
    for name in ("HUB_DATABASE_URL", "HUB_REDIS_URL", "HUB_PUBLIC_URL"):
        environ.pop(name, None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "up", "--serves", str(serves)],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Hub(settings=settings, process=process, log=log)


def database_url(hub: Hub) -> str:
    """Where the hub's PostgreSQL is."""
    return attached(hub.settings, patience=60.0).database_url


async def _prepare(settings: Settings, recorder: str) -> None:
    conn = await connect(settings.database_url, application="chaos")
    try:
        await migrate(conn)
        async with conn.transaction():
            await channels.create(
                conn,
                registry_of(settings),
                Cipher(settings.secret_key),
                slug="chaos",
                name="Chaos",
                connector="chaos",
                settings={"recorder": recorder, "token": TOKEN},
            )
    finally:
        await conn.close()


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _is(victim: str, command: list[str]) -> bool:
    if victim in ("serve", "work"):
        return command[1:4] == list(VICTIMS[victim])
    return bool(command) and Path(command[0].split(" ")[0]).name in VICTIMS[victim]
