"""Prometheus metrics, read when asked: nothing on the hot path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from hub.expecting import expected
from hub.runtime import RUNTIME

COUNTS: LiteralString = """
    SELECT (SELECT count(*) FROM inbox_journal WHERE state = 'pending') AS pending,
           (SELECT count(*) FROM inbox_journal WHERE state IN ('quarantined', 'partly')) AS quarantined,
           (SELECT count(*) FROM inbox_outbox WHERE state IN ('waiting', 'retry', 'sending', 'credentials')) AS outbox,
           (SELECT coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 FROM inbox_journal
             WHERE state = 'pending') AS oldest"""
LEDGER: LiteralString = """
    SELECT c.slug, l.what, sum(l.n)::float8 AS n FROM inbox_ledger l JOIN inbox_channel c ON c.id = l.channel_id
     GROUP BY 1, 2"""
REFUSED: LiteralString = """
    SELECT coalesce(c.slug, '') AS slug, r.status, sum(r.n)::float8 AS n
      FROM inbox_refused r LEFT JOIN inbox_channel c ON c.id = r.channel_id GROUP BY 1, 2"""
UNSENT: LiteralString = """
    SELECT c.slug, o.state, count(*)::float8 AS n FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id
     WHERE o.state IN ('retry', 'credentials', 'refused', 'unreachable', 'unknown') GROUP BY 1, 2"""
JOBS: LiteralString = "SELECT kind, state, count(*)::float8 AS n FROM hub_job GROUP BY 1, 2"
RUNS: LiteralString = "SELECT handler, state, count(*)::float8 AS n FROM hub_run GROUP BY 1, 2"
CHANNELS: LiteralString = "SELECT slug, state FROM inbox_channel WHERE deleted_at IS NULL"


TOTALS = {
    "pending": "Inputs that wait to be processed",
    "quarantined": "Inputs in quarantine",
    "outbox": "Messages that wait to be sent",
    "oldest": "Age of the oldest pending input in seconds",
}


async def metrics(request: web.Request) -> web.Response:
    """`GET /metrics`."""
    runtime = request.app[RUNTIME]
    async with runtime.pool.acquire() as conn:
        counts = await conn.fetchrow(COUNTS)
        ledger = await conn.fetch(LEDGER)
        states = await conn.fetch(CHANNELS)
        refused = await conn.fetch(REFUSED)
        unsent = await conn.fetch(UNSENT)
        jobs = await conn.fetch(JOBS)
        runs = await conn.fetch(RUNS)
    assert counts is not None
    registry = CollectorRegistry()
    for name, help_text in TOTALS.items():
        Gauge(f"hub_{name}", help_text, registry=registry).set(counts[name])
    by_channel = ("channel", "slug")
    _gauges(registry, "inputs", "Inputs by channel and outcome", ledger, (by_channel, ("what", "what")))
    _gauges(
        registry,
        "refused",
        "Requests that doors refused in 30 days, by channel (empty: no such channel) and status",
        refused,
        (by_channel, ("status", "status")),
    )
    _gauges(
        registry,
        "unsent",
        "Messages that did not go out, by channel and why",
        unsent,
        (by_channel, ("state", "state")),
    )
    _gauges(
        registry, "jobs", "Jobs of 30 days by kind and state", jobs, (("kind", "kind"), ("state", "state"))
    )
    _gauges(
        registry,
        "runs",
        "Reactions to what happened, by handler and state",
        runs,
        (("handler", "handler"), ("state", "state")),
    )
    up = Gauge("hub_channel_connected", "1 while a channel is connected", ["channel"], registry=registry)
    for row in states:
        up.labels(row["slug"]).set(row["state"] == "connected")
    return web.Response(body=generate_latest(registry), content_type="text/plain")


def _gauges(
    registry: CollectorRegistry,
    name: str,
    help_text: str,
    rows: Sequence[Any],
    labels: Sequence[tuple[str, str]],
) -> None:
    """`labels` are pairs of a label and the column that fills it; the column `n` is the figure."""
    gauge = Gauge(f"hub_{name}", help_text, [label for label, _ in labels], registry=registry)
    for row in rows:
        gauge.labels(*(row[column] for _, column in labels)).set(row["n"])


async def healthz(request: web.Request) -> web.Response:
    """`GET /healthz`: the process lives."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """`GET /readyz`: the database answers."""
    try:
        async with request.app[RUNTIME].pool.acquire(timeout=3) as conn:
            await conn.execute("SELECT 1")
    except Exception:  # whatever keeps the database from answering, this process is not ready
        return web.Response(status=503, text="database away\n")
    return web.Response(text="ok\n")


def add_routes(app: web.Application) -> None:
    app.router.add_get("/healthz", healthz, expect_handler=expected)
    app.router.add_get("/readyz", readyz, expect_handler=expected)
    app.router.add_get("/metrics", metrics, expect_handler=expected)
