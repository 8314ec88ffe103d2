"""A hub to measure: embedded engines in a scratch directory and `serve` processes with the sink channel."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.database import connect
from hub.engines.embedded import at_hand
from hub.migrate import migrate
from hub.settings import Settings

SECRET = "a key for benchmarks only"


@dataclass(slots=True, kw_only=True)
class Stage:
    """Running engines and where they are; `pids` are the processes that serve."""

    database_url: str
    redis_url: str
    root: Path
    pids: list[int] = field(default_factory=list[int])

    @asynccontextmanager
    async def serving(self, module: str, *, processes: int = 1, **environ: str) -> AsyncIterator[int]:
        """Run `python -m module PORT` so many times on one port (SO_REUSEPORT); gives the port."""
        port = free_port()
        started = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                str(port),
                env={
                    **os.environ,
                    "HUB_DATABASE_URL": self.database_url,
                    "HUB_REDIS_URL": self.redis_url,
                    "HUB_SECRET_KEY": SECRET,
                    "HUB_DATA_DIR": str(self.root),
                    **environ,
                },
                stdout=asyncio.subprocess.PIPE,
            )
            for _ in range(processes)
        ]
        try:
            for process in started:
                assert process.stdout
                line = await asyncio.wait_for(process.stdout.readline(), 60)
                assert line.strip() == b"ready", line
            self.pids[:] = [process.pid for process in started]
            yield port
        finally:
            for process in started:
                if process.returncode is None:
                    process.terminate()
            for process in started:
                await process.wait()

    async def fetchval(self, query: str, *args: object) -> object:
        conn = await connect(self.database_url, application="bench")
        try:
            return await conn.fetchval(query, *args)
        finally:
            await conn.close()


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Engines with an empty, migrated database, durable settings on; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-", dir="/tmp", ignore_cleanup_errors=True) as name:
        root = Path(name)
        root.chmod(0o711)  # as root the engines run as another account
        settings = Settings(data_dir=root / "data", secret_key=SECRET)
        with at_hand(settings, lambda line: None) as found:
            conn = await connect(found.database_url, application="bench")
            await migrate(conn)
            await conn.close()
            yield Stage(database_url=found.database_url, redis_url=found.redis_url, root=root)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dump(result: object) -> str:
    return json.dumps(result, indent=2, default=str)
