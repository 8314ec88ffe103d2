"""How much memory the embedded PostgreSQL keeps pages in: a share of what this machine, or its container, has."""

from __future__ import annotations

import os
from pathlib import Path

MEGABYTE = 1024 * 1024
SHARE = 8
LEAST, MOST = 128, 1024
"""Megabytes: what small machines had before, and what a million contacts with their indexes are mostly found in."""
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def shared_buffers() -> str:
    """The setting of this name."""
    return f"{megabytes(_memory())}MB"


def megabytes(memory: int) -> int:
    """How many of so many bytes of memory."""
    return min(MOST, max(LEAST, memory // MEGABYTE // SHARE))


def _memory() -> int:
    """Bytes of the machine, or of the container where that has less; 0 where nobody says."""
    try:
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    except (ValueError, OSError):
        return 0
    for limit in LIMITS:
        try:
            found.append(int(limit.read_text()))
        except (OSError, ValueError):  # no such kind of container, or "max"
            continue
    return min(found)
