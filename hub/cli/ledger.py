"""`hub ledger`: what came in is accounted for."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.session import print_json, with_pool
from hub.cli.show import table

COLUMNS = {
    "day": "Day",
    "slug": "Channel",
    "received": "Received",
    "processed": "Processed",
    "duplicate": "Duplicate",
    "ignored": "Ignored",
    "quarantined": "Quarantined",
    "pending": "Pending",
    "difference": "Difference",
    "refused": "Refused",
}


@click.command()
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 366))
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def ledger(days: int, as_json: bool) -> None:
    """Per channel and day: received = processed + duplicate + ignored + quarantined + pending. Exit code 1 when not."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox.ledger import balance

        async with pool.acquire() as conn:
            return await balance(conn, days=days)

    rows = with_pool(run)
    if as_json:
        print_json([{name: getattr(row, name) for name in COLUMNS} for row in rows])
    else:
        table(
            tuple(COLUMNS.values()),
            [tuple(getattr(row, name) for name in COLUMNS) for row in rows],
            empty="Nothing came in yet.",
            always_head=True,
        )
    if any(row.difference for row in rows):
        click.echo(
            "The ledger does not balance: inputs are unaccounted for. Keep the database and report this.",
            err=True,
        )
        raise SystemExit(1)
