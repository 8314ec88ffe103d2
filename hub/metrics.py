"""Prometheus metrics, read when asked: nothing on the hot path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from crm_core.sql import Conn
from hub import alive_store
from hub.alarms import service as alarms
from hub.expecting import expected
from hub.reactions import service as reactions
from hub.runtime import RUNTIME
from hub.work import service as work
from inbox.operations import store as operations

TOTALS = {
    "pending": "Inputs that wait to be processed",
    "quarantined": "Inputs in quarantine",
    "outbox": "Messages that wait to be sent",
    "oldest": "Age of the oldest pending input in seconds",
}


async def metrics(request: web.Request) -> web.Response:
    """`GET /metrics`."""
    registry = CollectorRegistry()
    async with request.app[RUNTIME].pool.acquire() as conn:
        await _of_channels(registry, conn)
        await _of_hub(registry, conn)
    return web.Response(body=generate_latest(registry), content_type="text/plain")


async def _of_channels(registry: CollectorRegistry, conn: Conn) -> None:
    totals = await operations.totals(conn)
    for name, help_text in TOTALS.items():
        Gauge(f"hub_{name}", help_text, registry=registry).set(getattr(totals, name))
    _by(
        registry,
        "inputs",
        "Inputs by channel and outcome",
        ("channel", "what"),
        [((one.slug, one.what), one.n) for one in await operations.inputs(conn)],
    )
    _by(
        registry,
        "refused",
        "Requests that doors refused in 30 days, by channel (empty: no such channel) and status",
        ("channel", "status"),
        [((one.slug, one.what), one.n) for one in await operations.refused(conn)],
    )
    _by(
        registry,
        "unsent",
        "Messages that did not go out, by channel and why",
        ("channel", "state"),
        [((one.slug, one.what), one.n) for one in await operations.unsent(conn)],
    )
    _by(
        registry,
        "channel_connected",
        "1 while a channel is connected",
        ("channel",),
        [((one.slug,), one.state == "connected") for one in await operations.standings(conn)],
    )


async def _of_hub(registry: CollectorRegistry, conn: Conn) -> None:
    _by(
        registry,
        "jobs",
        "Jobs of 30 days by kind and state",
        ("kind", "state"),
        [((one.kind, one.state), one.n) for one in await work.counts(conn)],
    )
    _by(
        registry,
        "runs",
        "Reactions to what happened, by handler and state",
        ("handler", "state"),
        [((one.handler, one.state), one.n) for one in await reactions.counts(conn)],
    )
    _by(
        registry,
        "alarms",
        "What is wrong now, by kind of alarm",
        ("kind",),
        [((kind,), n) for kind, n in (await alarms.counts(conn)).items()],
    )


def _by(
    registry: CollectorRegistry,
    name: str,
    help_text: str,
    labels: Sequence[str],
    figures: Iterable[tuple[Sequence[str], float]],
) -> None:
    gauge = Gauge(f"hub_{name}", help_text, labels, registry=registry)
    for values, figure in figures:
        gauge.labels(*values).set(figure)


async def healthz(request: web.Request) -> web.Response:
    """`GET /healthz`: the process lives."""
    return web.Response(text="ok\n")


async def readyz(request: web.Request) -> web.Response:
    """`GET /readyz`: the database answers."""
    try:
        async with request.app[RUNTIME].pool.acquire(timeout=3) as conn:
            await alive_store.ask(conn)
    except Exception:  # whatever keeps the database from answering, this process is not ready
        return web.Response(status=503, text="database away\n")
    return web.Response(text="ok\n")


def add_routes(app: web.Application) -> None:
    app.router.add_get("/healthz", healthz, expect_handler=expected)
    app.router.add_get("/readyz", readyz, expect_handler=expected)
    app.router.add_get("/metrics", metrics, expect_handler=expected)
