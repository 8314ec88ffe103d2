"""`python -m benchmarks.chaos [--rounds 30] [--seed N] [--json]`: exit 1 unless nothing was lost, doubled or disordered."""

from __future__ import annotations

import sys

import click
import orjson
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.chaos.run import run


@click.command()
@click.option("--rounds", default=30, show_default=True, type=click.IntRange(1), help="How many kills.")
@click.option("--seed", type=int, help="Repeat the choice of a run.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def main(rounds: int, seed: int | None, as_json: bool) -> None:
    """Kill serving processes, workers and engines at random under load; count what was lost."""
    notes = Console(stderr=True)
    found = uvloop.run(run(rounds=rounds, seed=seed, say=notes.print))
    if as_json:
        sys.stdout.buffer.write(orjson.dumps({"rounds": rounds, **found.as_dict()}) + b"\n")
    else:
        table = Table(title=f"After {rounds} kills", title_justify="left", box=None, show_header=False)
        for name, value in found.as_dict().items():
            table.add_row(name.replace("_", " "), str(value))
        Console().print(table)
    raise SystemExit(0 if found.is_clean else 1)


if __name__ == "__main__":
    main()
