"""What work costs whatever else the machine does: processor time, pages touched and write-ahead log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

TICK = os.sysconf("SC_CLK_TCK")
SERVER = """
    SELECT (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal, blks_hit + blks_read AS pages
      FROM pg_stat_database WHERE datname = current_database()"""
STATISTICS_WITHIN = 1.1
"""Seconds until a backend has told its counters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Since the engines began: seconds of processor time, bytes, pages."""

    server: float
    hub: float
    wal: float
    pages: float

    def since(self, before: Costs, *, times: int) -> dict[str, int]:
        """A piece of work, of so many: microseconds, bytes and pages."""
        n = max(times, 1)
        return {
            "server_us": round((self.server - before.server) / n * 1e6),
            "hub_us": round((self.hub - before.hub) / n * 1e6),
            "wal_bytes": round((self.wal - before.wal) / n),
            "pages": round((self.pages - before.pages) / n),
        }


async def costs(conn: asyncpg.Connection, pids: Sequence[int]) -> Costs:
    """Of the server behind the connection, and of these processes of the hub. Linux only."""
    row = await conn.fetchrow(SERVER)
    home = Path(await conn.fetchval("SHOW data_directory"))
    postmaster = int((home / "postmaster.pid").read_text().split("\n", 1)[0])
    assert row is not None
    return Costs(
        server=_family(postmaster), hub=sum(map(processor, pids)), wal=row["wal"], pages=row["pages"]
    )


def processor(pid: int) -> float:
    """Seconds of processor time of a process."""
    return sum(map(int, _stat(pid)[11:13])) / TICK


def _family(pid: int) -> float:
    """Of a process, its children that live, and those that were waited for."""
    own = sum(map(int, _stat(pid)[11:15])) / TICK
    children = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return own + sum(processor(child) for child in children if _stat(child)[1:2] == [str(pid)])


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
