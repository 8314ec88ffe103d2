"""What an installation takes at rest: memory (PSS) of all its processes, engines included, and the second start."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.stage import Stage, free_port

PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


async def run(stage: Stage, *, rest: float = 8.0) -> list[dict[str, Any]]:
    """One row: megabytes at rest and seconds until the first page answers, first and second start."""
    home = stage.root / "whole"
    first, _ = await _start(home, rest=0)
    second, megabytes = await _start(home, rest=rest)
    return [
        {
            "first_start_s": round(first, 1),
            "second_start_s": round(second, 1),
            "pss_mb": round(sum(megabytes.values())),
            **{f"pss_{name}": round(value) for name, value in sorted(megabytes.items())},
        }
    ]


async def _start(home: Path, *, rest: float) -> tuple[float, dict[str, float]]:
    port = free_port()
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub",
        "up",
        env={
            **os.environ,
            "HUB_DATA_DIR": str(home),
            "HUB_PORT": str(port),
            "HUB_SMTP_PORT": str(free_port()),
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not await _answers(port):
            await asyncio.sleep(0.05)
        took = time.perf_counter() - began
        await asyncio.sleep(rest)
        return took, _memory(process.pid) if rest else {}
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer.startswith(b"HTTP/1.1 200")


def _memory(root: int) -> dict[str, float]:
    """Megabytes by kind of process."""
    found: dict[str, float] = {}
    for pid in tree_of(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            command = (
                Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            )
        except OSError:
            continue
        size = PSS.search(rollup)
        name = next((n for n in ("postgres", "valkey", "serve", "work") if n in command), "parent")
        found[name] = found.get(name, 0) + (int(size.group(1)) / 1024 if size else 0)
    return found


def tree_of(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found
