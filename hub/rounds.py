"""The workers' arq: what is done now and then, once over all of them, and the jobs of the queue. Losing Redis only delays it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from arq import cron
from arq.connections import RedisSettings
from arq.cron import CronJob
from arq.worker import Worker, func
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from hub.periodic import EVERY, Job, clean_up
from hub.runtime import Runtime
from hub.webhooks import service as webhooks
from hub.work import runner
from hub.work.kinds import KINDS

log = logging.getLogger(__name__)

LONGEST_JOB = 24 * 3600


def redis_settings(url: str) -> RedisSettings:
    """arq's connection; without these retries a restart of Redis would end the worker."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = 5
    settings.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 60)
    settings.retry_on_timeout = True
    settings.retry_on_error = [
        RedisConnectionError,
        RedisTimeoutError,
        ConnectionError,
        TimeoutError,
        OSError,
    ]
    return settings


async def run_worker(runtime: Runtime) -> None:
    """Run arq until cancelled; a worker that dies (Redis away for long) is made anew."""
    async with runtime.pool.acquire() as conn, conn.transaction():
        await webhooks.subscribe(conn)  # this version may react to more than the one before
    while True:
        worker = Worker(
            functions=[func(run_job, name="run_job", timeout=LONGEST_JOB, keep_result=0, max_tries=1000)],
            cron_jobs=_cron_jobs(),
            redis_settings=redis_settings(runtime.settings.redis_url),
            ctx={"runtime": runtime},
            handle_signals=False,
            poll_delay=0.1,
            max_jobs=20,
            job_timeout=60,
            keep_result=0,
            health_check_interval=10,
        )
        try:
            await worker.async_run()
        except asyncio.CancelledError:
            await _close(worker)
            raise
        except Exception as error:  # Redis away for longer than its retries: begin anew
            log.warning("background worker lost Redis", extra={"error": repr(error)})
            await _close(worker)
            await asyncio.sleep(2)


async def _close(worker: Worker) -> None:
    """Twice: arq's own ends at the first of its tasks that was cancelled, and leaves the others and its connections behind."""
    for _ in range(2):
        await asyncio.gather(worker.close(), *worker.tasks.values(), return_exceptions=True)
        worker.tasks.clear()


def _cron_jobs() -> list[CronJob]:
    jobs = [
        cron(
            _as_job(job),
            name=job.__name__,
            second=set(range(0, 60, every)),
            unique=True,
            keep_result=0,
            run_at_startup=False,
        )
        for job, every in EVERY
    ]
    jobs.append(cron(begin_jobs, name="begin_jobs", second=set(range(60)), unique=True, keep_result=0))
    jobs.append(cron(_as_job(clean_up), name="clean_up", minute=17, second=0, unique=True, keep_result=0))
    return jobs


async def begin_jobs(ctx: dict[str, Any]) -> None:
    """Hand what is due in the queue to the workers; the name holds the fence, so that each try is handed out once."""
    try:
        for id_, fence in await runner.due(ctx["runtime"], KINDS):
            await ctx["redis"].enqueue_job("run_job", id_, _job_id=f"job:{id_}:{fence}")
    except Exception as error:  # told in one line; the next round tries again
        log.warning("jobs could not be handed out", extra={"error": repr(error)})


async def run_job(ctx: dict[str, Any], id_: int) -> None:
    await runner.run(ctx["runtime"], id_, KINDS)


def _as_job(job: Job) -> Any:
    async def run(ctx: dict[str, Any]) -> None:
        try:
            await job(ctx["runtime"])
        except Exception as error:  # told in one line; the next round tries again
            log.warning("background job failed", extra={"job": job.__name__, "error": repr(error)})

    run.__qualname__ = job.__name__
    return run
