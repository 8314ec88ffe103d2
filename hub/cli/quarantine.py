"""`hub quarantine`: what could not be understood."""

from __future__ import annotations

import base64
import sys
from dataclasses import asdict
from typing import Any

import click

from hub.cli.numbers import LARGE
from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def quarantine() -> None:
    """List, show and replay what could not be understood."""


@quarantine.command("list")
@click.option("--channel", default="", help="Only of this one.")
@click.option("--grouped", is_flag=True, help="How many by channel and reason.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(channel: str, grouped: bool, as_json: bool) -> None:
    """Newest first."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox import quarantine as store
        from inbox.channels import service

        async with pool.acquire() as conn:
            chosen = (await service.get(conn, channel)).id if channel else None
            if grouped:
                return await store.groups(conn, channel_id=chosen)
            return list((await store.list_quarantine(conn, channel_id=chosen, limit=200)).items)

    rows = with_pool(run)
    if grouped:
        _show_groups(rows, as_json=as_json)
        return
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "channel": row.slug,
                    "received_at": row.received_at,
                    "size": row.size,
                    "state": row.state,
                    "reason": row.reason,
                }
                for row in rows
            ]
        )
        return
    table(
        ("Id", "Channel", "Received", "Bytes", "Reason"),
        [(row.id, row.slug, f"{row.received_at:%Y-%m-%d %H:%M:%S}", row.size, row.reason) for row in rows],
        empty="Quarantine is empty.",
    )


def _show_groups(rows: list[Any], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [{"channel": row.slug, "reason": row.reason, "n": row.n, "last_at": row.last_at} for row in rows]
        )
        return
    table(
        ("Channel", "Inputs", "Last", "Reason"),
        [(row.slug, row.n, f"{row.last_at:%Y-%m-%d %H:%M:%S}", row.reason) for row in rows],
        empty="Quarantine is empty.",
    )


@quarantine.command()
@click.argument("id_", metavar="ID", type=LARGE)
@click.option("--raw", is_flag=True, help="Only the bytes as they came.")
@click.option("--json", "as_json", is_flag=True, help="For scripts; the body as base64.")
def show(id_: int, raw: bool, as_json: bool) -> None:
    """One input with its raw bytes."""

    async def run(pool: Any, settings: Any) -> Any:
        from inbox import quarantine as store

        async with pool.acquire() as conn:
            return await store.show(conn, id_)

    entry = with_pool(run)
    if as_json:
        body = base64.b64encode(entry.body).decode()
        print_json({**asdict(entry.row), "key": entry.key, "meta": entry.meta, "body": body})
        return
    if not raw:
        click.echo(f"{entry.row.slug}  {entry.row.received_at:%Y-%m-%d %H:%M:%S}  {entry.row.reason}")
        print_json(entry.meta)
    sys.stdout.flush()
    sys.stdout.buffer.write(entry.body)
    sys.stdout.flush()


@quarantine.command()
@click.argument("ids", metavar="ID...", type=LARGE, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of it.")
def replay(ids: tuple[int, ...], everything: bool) -> None:
    """Process inputs again, after a fix."""
    if not ids and not everything:
        raise click.UsageError("Name the inputs, or say --all.")

    if everything:
        _replay_all()
        return

    async def run(pool: Any, settings: Any) -> int:
        from inbox import quarantine as store

        async with pool.acquire() as conn, conn.transaction():
            return await store.replay(conn, ids)

    n = with_pool(run)
    _tell(n)
    if n < len(set(ids)):
        click.echo(
            "The others are not in quarantine: see `hub quarantine list`."
            if n
            else "Nothing is in quarantine by that.",
            err=True,
        )
        raise SystemExit(1)


def _replay_all() -> None:
    """A job of the running hub does it."""

    async def run(pool: Any, settings: Any) -> tuple[int, int]:
        from crm_core.users.model import SYSTEM
        from hub.work import service as work
        from hub.work.kinds import REPLAY
        from inbox import quarantine as store

        async with pool.acquire() as conn, conn.transaction():
            n, _ = await store.extent(conn, store.Chosen())
            return n, await work.begin(conn, SYSTEM, REPLAY, {}, total=n) if n else 0

    n, job_id = with_pool(run)
    _tell(n)
    if n:
        click.echo(f"Job {job_id} of the running hub does it: `hub job show {job_id}` tells how far it is.")
    else:
        click.echo("Nothing is in quarantine by that.", err=True)


def _tell(n: int) -> None:
    click.echo(f"{n} input{'' if n == 1 else 's'} will be processed again.")
