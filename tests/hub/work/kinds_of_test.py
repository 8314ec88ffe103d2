"""Kinds of jobs that tests run: they leave a trace of every batch that was committed."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from hub.runtime import Runtime
from hub.work.kind import Kind, Outcome
from hub.work.run import Run
from values.errors import Invalid

TRACE = "CREATE TABLE IF NOT EXISTS trace (n integer, worker text)"


async def count(runtime: Runtime, run: Run) -> Outcome:
    """Batches 1 to `total`; fails in front of batch `fails_at` while the table `fault` has a row."""
    total, pause = run.payload["total"], run.payload.get("pause", 0)
    while (n := run.state.get("n", 0) + 1) <= total:
        async with run.batch() as conn:
            await conn.execute("INSERT INTO trace VALUES ($1, $2)", n, runtime.settings.secret_key)
            if n == run.payload.get("fails_at") and await conn.fetchval(
                "SELECT EXISTS (SELECT 1 FROM fault)"
            ):
                raise RuntimeError("as it was told")
            if n == run.payload.get("refused_at"):
                raise Invalid("That cannot be done.")
            await run.checkpoint(conn, {"n": n}, done=n, total=total)
        await asyncio.sleep(pause)
    async with run.batch() as conn:
        await run.keep_file(conn, name="counted.txt", mime="text/plain", content=str(total).encode())
        await run.checkpoint(conn, run.state, done=total)
    return Outcome(said="Counted.", result={"n": total}, href="/jobs")


COUNT = Kind(name="count", title="Count", handler=count, needs="customers")
KINDS = {"count": COUNT}


async def main(db_url: str, redis_url: str, job_id: int, lease: float) -> None:
    """Run one job in a process of its own, which a test may stop or kill."""
    from hub.work import runner
    from tests.world import settings_for

    settings: Any = settings_for(db_url, redis_url, secret_key="another process")
    runtime = await Runtime.start(settings, application="test", registry={})
    print("ready", flush=True)
    await runner.run(runtime, job_id, KINDS, lease=lease)
    await runtime.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
