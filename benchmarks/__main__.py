"""Runs benchmarks: `python -m benchmarks [door end_to_end ...] [--quick] [--json]`."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import orjson
import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.stage import stage

PLAN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "door",
        "Durable accepts beside an empty handler, one process",
        {"processes": 1, "seconds": 2.0, "rounds": 7},
    ),
    ("door", "The same with two processes", {"processes": 2, "seconds": 2.0, "rounds": 7}),
    ("end_to_end", "POST to answered and sent, one process", {"processes": 1, "seconds": 10.0}),
    ("end_to_end", "The same with two processes", {"processes": 2, "seconds": 10.0}),
    ("seen", "POST to the push at a manager's page, 200 a second", {"seconds": 10.0}),
    ("growth", "Known contacts matched a second, by how many there are", {"seconds": 4.0, "rounds": 7}),
    (
        "pages",
        "Pages with 10,000 and 500,000 conversations",
        {"small": 10_000, "large": 500_000, "samples": 60},
    ),
    (
        "lists",
        "Lists by filters, with 10,000 and 1,000,000 contacts",
        {"small": 10_000, "large": 1_000_000, "samples": 20},
    ),
    (
        "bulk",
        "A bulk edit of 100,000 contacts as a job, beside one bare UPDATE",
        {"contacts": 100_000, "samples": 3},
    ),
    (
        "mail_door",
        "Mails through the SMTP door to stored and matched, one process",
        {"mails": 6_000, "processes": 1},
    ),
    ("mail_door", "The same with two processes", {"mails": 6_000, "processes": 2}),
    ("mail_catch_up", "10,000 mails from a Dovecot to stored and matched", {"mails": 10_000}),
    (
        "telegram",
        "Telegram updates a second, by webhook and by long polling",
        {"seconds": 8.0, "updates": 10_000},
    ),
    ("bot", "Decisions a second of the bot on one core", {"seconds": 6.0}),
    ("bot_answer", "POST to the bot's answer sent, 200 a second", {"seconds": 10.0}),
    ("routing", "Routing decisions a second with 200 managers and 20 rules", {"waiting": 5_000}),
    ("call_fold", "Steps of calls folded a second on one core", {"seconds": 4.0}),
    ("popup", "A ringing call's POST to the pop-up at a manager's page", {"calls": 500}),
    (
        "keystrokes",
        "A key in the composer beside 40 and 520 rows, in Chromium",
        {"few": 40, "many": 520, "rounds": 8},
    ),
    ("understanding", "What the bot understands of questions it has not seen", {}),
    ("footprint", "Memory at rest and the second start", {}),
    ("mails", "Bytes to message, 2,000 different mails; then mails of 1 MB", {"heavy": 10_000}),
    ("bounces", "Bounces understood, beside flufl.bounce", {}),
    ("replies", "New words of replies found, beside four libraries", {}),
)
QUICK = {
    "seconds": 2.0,
    "rounds": 3,
    "large": 50_000,
    "samples": 20,
    "contacts": 20_000,
    "mails": 2_000,
    "heavy": 300,
    "updates": 2_000,
    "waiting": 1_000,
}


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Shorter samples.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def main(names: tuple[str, ...], quick: bool, as_json: bool) -> None:
    """Measure this machine; every row is one run on fresh engines with fsync on."""
    console = Console(stderr=True)
    results: dict[str, list[dict[str, Any]]] = {}
    chosen = [entry for entry in PLAN if not names or entry[0] in names]
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=as_json) as progress:
        for name, title, options in chosen:
            task = progress.add_task(title, total=None)
            given = {**options, **{key: QUICK[key] for key in options if quick and key in QUICK}}
            results[title] = uvloop.run(_one(name, given))
            progress.update(task, total=1, completed=1)
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(results, option=orjson.OPT_INDENT_2) + b"\n")
        return
    for title, rows in results.items():
        _show(title, rows)


async def _one(name: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "measure"):  # it needs no engines
        return module.measure(**options)
    async with stage() as prepared:
        return await module.run(prepared, **options)


def _show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title, title_justify="left", box=None)
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table, "")


if __name__ == "__main__":
    main()
