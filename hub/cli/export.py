"""`hub export`: rows of any object to standard output, read in batches."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import click

from hub.cli.session import with_pool


@click.command()
@click.argument("object_", metavar="OBJECT")
@click.option("--filter", "filter_", default="", help='JSON as {"all": [["deal.amount", ">=", 500]]}.')
@click.option("--fields", default="", help="Paths, separated by commas, as name,company.name.")
@click.option("--order", default="", help="The key of a field, - before it for the largest first.")
@click.option(
    "--format", "format_", type=click.Choice(["json", "csv", "xlsx"]), default="json", show_default=True
)
@click.option("--separator", type=click.Choice([",", ";", "tab"]), default=",", help="Of csv.")
@click.option("--language", default="", help="Heads and options in this language; without it paths and keys.")
def export(
    object_: str, filter_: str, fields: str, order: str, format_: Any, separator: str, language: str
) -> None:
    """Write rows of OBJECT (contacts, companies, leads, deals, tasks, ...) to standard output.

    json is a line a row, each value of its type; csv is for spreadsheets, which run nothing of it.
    """
    from hub.exporting.model import Asked

    asked = Asked(
        of=object_,
        fields=tuple(each.strip() for each in fields.split(",") if each.strip()),
        where=_filter(filter_),
        order=order,
        format=format_,
        separator="\t" if separator == "tab" else separator,
        language=language,
    )
    if format_ == "xlsx" and sys.stdout.isatty():
        raise click.UsageError(
            "xlsx is no text: send it into a file, as `hub export contacts --format xlsx > x.xlsx`."
        )
    with_pool(lambda pool, settings: _write(pool, settings, asked))


async def _write(pool: Any, settings: Any, asked: Any) -> None:
    from zoneinfo import ZoneInfo

    from crm_core.users.model import SYSTEM
    from hub.exporting import service

    zone = ZoneInfo(settings.timezone)
    out = sys.stdout.buffer
    async with pool.acquire() as conn:
        plan = await service.plan(conn, SYSTEM, settings, asked)
        if asked.format == "xlsx":
            await _workbook(conn, plan, zone, out)
            return
        out.write(service.beginning(plan, zone))
        async for rows in _rows(conn, plan):
            out.write(service.written(plan, rows, zone))
    out.flush()


async def _workbook(conn: Any, plan: Any, zone: Any, out: Any) -> None:
    from hub.exporting import service
    from hub.exporting.workbook import Workbook

    with tempfile.TemporaryDirectory(prefix="export") as folder:
        path = Path(folder) / "rows.xlsx"
        book = Workbook(path, service.head(plan), zone=zone)
        async for rows in _rows(conn, plan):
            book.write(service.flat(plan, rows))
        book.close()
        with path.open("rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                out.write(piece)
    out.flush()


async def _rows(conn: Any, plan: Any) -> AsyncGenerator[Any]:
    from crm_core.users.model import SYSTEM
    from hub.exporting import service

    place: Any = None
    while True:
        found = await service.batch(conn, SYSTEM, plan, place)
        yield found.rows
        if (place := found.place) is None:
            return


def _filter(text: str) -> Any:
    import json

    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise click.BadParameter("The filter is not JSON.", param_hint="--filter") from None
