"""`hub outbox`: what did not go out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from hub.cli.numbers import LARGE
from hub.cli.session import print_json, with_pool
from hub.cli.show import table

STATES = click.Choice(["retry", "credentials", "refused", "unreachable", "unknown"])


@click.group()
def outbox() -> None:
    """List what did not go out over all channels, and try it again."""


@outbox.command("list")
@click.option("--channel", default="", help="Only of this one.")
@click.option("--state", type=STATES, default=None, help="Only these.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(channel: str, state: str | None, limit: int, as_json: bool) -> None:
    """Newest first, with why."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox.channels import service
        from inbox.delivery import unsent

        async with pool.acquire() as conn:
            chosen = (await service.get(conn, channel)).id if channel else None
            return list((await unsent.listed(conn, channel_id=chosen, state=state, limit=limit)).items)

    rows = with_pool(run)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table(
        ("Message", "Channel", "Written", "State", "Tries", "Next try", "Why"),
        [
            (row.message_id, row.slug, f"{row.created_at:%Y-%m-%d %H:%M:%S}", row.state, row.attempts,
             f"{row.next_at:%H:%M:%S}" if row.next_at else "", row.reason)
            for row in rows
        ],
        empty="Everything went out.",
    )  # fmt: skip


@outbox.command()
@click.argument("ids", metavar="MESSAGE...", type=LARGE, nargs=-1)
@click.option("--channel", default="", help="All of this channel.")
@click.option("--all", "everything", is_flag=True, help="All channels.")
def retry(ids: tuple[int, ...], channel: str, everything: bool) -> None:
    """Try messages again. What may have arrived (unknown) or has no reader (unreachable) only by its number."""
    if not ids and not channel and not everything:
        raise click.UsageError("Name messages, or say --channel SLUG or --all.")

    async def run(pool: Any, settings: Any) -> int:
        from inbox.channels import service
        from inbox.delivery import unsent

        async with pool.acquire() as conn, conn.transaction():
            if ids:
                return sum([len(await unsent.again(conn, id_)) for id_ in ids])
            chosen = (await service.get(conn, channel)).id if channel else None
            return len(await unsent.all_again(conn, channel_id=chosen))

    n = with_pool(run)
    click.echo(f"{n} message{'' if n == 1 else 's'} will be tried again.")
    if not n:
        raise SystemExit(1)
