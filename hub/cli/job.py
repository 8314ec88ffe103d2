"""`hub job`: what is done in the background, how far it is, and stopping it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from hub.cli.numbers import LARGE
from hub.cli.session import print_json, with_pool
from hub.cli.show import table

JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
ID = click.argument("id_", metavar="JOB", type=LARGE)
STATES = click.Choice(["queued", "running", "done", "failed", "cancelled"])


@click.group()
def job() -> None:
    """List, show and cancel jobs; let one that failed go on."""


@job.command("list")
@click.option("--state", type=STATES, default=None, help="Only these.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@JSON
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """Newest first."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from crm_core.users.model import SYSTEM
        from hub.work import service

        async with pool.acquire() as conn:
            return (await service.listed(conn, SYSTEM, state=state, limit=limit)).items

    jobs = with_pool(run)
    if as_json:
        print_json([_plain(one) for one in jobs])
        return
    table(
        ("Job", "Kind", "State", "Done", "Of", "Began", "By", "Says"),
        [
            (one.id, one.kind, one.state, one.done, one.total, f"{one.created_at:%Y-%m-%d %H:%M:%S}",
             one.user_name, one.said)
            for one in jobs
        ],
        empty="Nothing is done in the background.",
    )  # fmt: skip


@job.command()
@ID
@JSON
def show(id_: int, as_json: bool) -> None:
    """One job: how far it is, what came of it, its files."""

    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.users.model import SYSTEM
        from hub.work import service

        async with pool.acquire() as conn:
            return await service.get(conn, SYSTEM, id_)

    plain = _plain(with_pool(run))
    if as_json:
        print_json(plain)
        return
    for name, value in plain.items():
        if value not in (None, "", [], {}):
            click.echo(f"{name}\t{value}")


@job.command()
@ID
@JSON
def cancel(id_: int, as_json: bool) -> None:
    """Stop a job; what it has committed stays."""
    _change(id_, "cancel", as_json=as_json)


@job.command()
@ID
@JSON
def repeat(id_: int, as_json: bool) -> None:
    """Let a job that failed or was cancelled go on from where it stood."""
    _change(id_, "repeat", as_json=as_json)


@job.command()
@ID
@JSON
def retry(id_: int, as_json: bool) -> None:
    """The same as `repeat`."""
    _change(id_, "repeat", as_json=as_json)


@job.command()
@ID
@JSON
def undo(id_: int, as_json: bool) -> None:
    """Take back what a job changed, by another job."""

    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.users.model import SYSTEM
        from hub.work import bulks, service

        async with pool.acquire() as conn, conn.transaction():
            return await service.get(conn, SYSTEM, await bulks.undo(conn, SYSTEM, id_))

    plain = _plain(with_pool(run))
    if as_json:
        print_json(plain)
    else:
        click.echo(f"Job {plain['id']} takes it back; `hub job show {plain['id']}` tells how far it is.")


def _change(id_: int, verb: str, *, as_json: bool) -> None:
    async def run(pool: Any, settings: Any) -> Any:
        from crm_core.users.model import SYSTEM
        from hub.work import service

        async with pool.acquire() as conn, conn.transaction():
            await getattr(service, verb)(conn, SYSTEM, id_)
            return await service.get(conn, SYSTEM, id_)

    plain = _plain(with_pool(run))
    if as_json:
        print_json(plain)
    else:
        click.echo(
            f"Job {id_}: {'stopping' if plain['is_cancelled'] and not plain['ended_at'] else plain['state']}."
        )


def _plain(one: Any) -> dict[str, Any]:
    return {**asdict(one), "percent": one.percent, "seconds_left": one.seconds_left}
