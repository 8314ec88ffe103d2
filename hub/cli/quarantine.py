"""`hub quarantine`: what could not be understood."""

from __future__ import annotations

import sys
from typing import Any

import click

from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def quarantine() -> None:
    """List, show and replay what could not be understood."""


@quarantine.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """Newest first."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox import quarantine as store

        async with pool.acquire() as conn:
            return list((await store.list_quarantine(conn, limit=200)).items)

    rows = with_pool(run)
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


@quarantine.command()
@click.argument("id_", metavar="ID", type=int)
@click.option("--raw", is_flag=True, help="Only the bytes as they came.")
def show(id_: int, raw: bool) -> None:
    """One input with its raw bytes."""

    async def run(pool: Any, settings: Any) -> Any:
        from inbox import quarantine as store

        async with pool.acquire() as conn:
            return await store.show(conn, id_)

    entry = with_pool(run)
    if not raw:
        click.echo(f"{entry.row.slug}  {entry.row.received_at:%Y-%m-%d %H:%M:%S}  {entry.row.reason}")
        print_json(entry.meta)
    sys.stdout.flush()
    sys.stdout.buffer.write(entry.body)
    sys.stdout.flush()


@quarantine.command()
@click.argument("ids", metavar="ID...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of it.")
def replay(ids: tuple[int, ...], everything: bool) -> None:
    """Process inputs again, after a fix."""
    if not ids and not everything:
        raise click.UsageError("Name the inputs, or say --all.")

    async def run(pool: Any, settings: Any) -> int:
        from inbox import quarantine as store

        total = 0
        async with pool.acquire() as conn, conn.transaction():
            wanted = list(ids)
            if everything:
                wanted = await store.ids_of_all(conn)
            for start in range(0, len(wanted), 1000):
                total += await store.replay(conn, wanted[start : start + 1000])
        return total

    n = with_pool(run)
    click.echo(f"{n} input{'' if n == 1 else 's'} will be processed again.")
