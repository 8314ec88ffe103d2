"""Rows as a file: written in parts that are committed with their place, so that it goes on where it stood."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from hub.exporting import service
from hub.exporting.model import ENDINGS, MIMES, Asked, Plan
from hub.exporting.workbook import Workbook
from hub.runtime import Runtime
from hub.work.kind import Outcome
from hub.work.run import Run
from values.sentences import phrase

FILE, ASIDE = 1, 0
PIECE: Final = 1 << 20


async def export(runtime: Runtime, run: Run) -> Outcome:
    asked = Asked.read(run.payload)
    zone = ZoneInfo(runtime.settings.timezone)
    async with run.batch() as conn:
        plan = await service.plan(conn, await run.viewer(conn), runtime.settings, asked)
        if not run.state:
            total = await service.count(conn, await run.viewer(conn), plan, most=2_000_000)
            await run.keep_part(conn, FILE, 0, service.beginning(plan, zone))
            await run.checkpoint(conn, {"place": None, "part": 1, "is_over": False}, done=0, total=total)
    while not run.state["is_over"]:
        await _batch(run, plan, zone)
    if asked.format == "xlsx" and not run.state.get("is_bound"):
        await _bind(run, plan, zone)
    await _finish(run, plan, zone)
    return Outcome(
        said=phrase("Rows exported: {n}.", n=run.done),
        result={"n": run.done, "object": plan.listed.of},
        href=f"/jobs/{run.id}",
    )


async def _batch(run: Run, plan: Plan, zone: ZoneInfo) -> None:
    state = run.state
    async with run.batch() as conn:
        found = await service.batch(conn, await run.viewer(conn), plan, state["place"])
        part = state["part"]
        if plan.asked.format == "xlsx":
            content = await asyncio.to_thread(service.put_aside, plan, found.rows)
            await run.keep_part(conn, ASIDE, part, content)
        else:
            content = await asyncio.to_thread(service.written, plan, found.rows, zone)
            await run.keep_part(conn, FILE, part, content)
        state = {"place": found.place, "part": part + 1, "is_over": found.place is None}
        await run.checkpoint(conn, state, done=run.done + len(found.rows))


async def _bind(run: Run, plan: Plan, zone: ZoneInfo) -> None:
    """The workbook from what was put aside; it is written on disk, and no more of it than a piece is in memory."""
    with tempfile.TemporaryDirectory(prefix="export") as folder:
        path = Path(folder) / "rows.xlsx"
        book = Workbook(path, service.head(plan), zone=zone)
        async for content in run.parts(ASIDE):
            await asyncio.to_thread(_write, book, plan, content)
        await asyncio.to_thread(book.close)
        async with run.batch() as conn:
            await run.drop_parts(conn, FILE)
            with path.open("rb") as file:
                for part, piece in enumerate(iter(lambda: file.read(PIECE), b"")):
                    await run.keep_part(conn, FILE, part, piece)
            await run.drop_parts(conn, ASIDE)
            await run.checkpoint(conn, {**run.state, "is_bound": True}, done=run.done)


def _write(book: Workbook, plan: Plan, content: bytes) -> None:
    book.write(service.taken_up(plan, content))


async def _finish(run: Run, plan: Plan, zone: ZoneInfo) -> None:
    if run.state.get("is_kept"):
        return
    asked = plan.asked
    name = f"{plan.listed.of}-{datetime.now(zone):%Y-%m-%d}.{ENDINGS[asked.format]}"
    async with run.batch() as conn:
        await run.keep_file(conn, name=name, mime=MIMES[asked.format], content=b"")
        await run.checkpoint(conn, {**run.state, "is_kept": True}, done=run.done)
