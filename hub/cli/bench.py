"""`hub bench`: how fast it is on this machine."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import click

import hub as package
from hub.problem import Problem


@click.command()
@click.argument("names", nargs=-1)
@click.option("--quick", is_flag=True, help="Shorter samples.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def bench(names: tuple[str, ...], quick: bool, as_json: bool) -> None:
    """Measure this machine: all of it, or some by name (door, end_to_end, seen, growth, pages, footprint)."""
    checkout = Path(package.__file__ or "").resolve().parent.parent
    if not (checkout / "benchmarks" / "__main__.py").is_file() or not importlib.util.find_spec("rich"):
        raise Problem("Benchmarks are not part of the installed package: run `make bench` in a checkout.")
    options = [*names, *(["--quick"] if quick else []), *(["--json"] if as_json else [])]
    done = subprocess.run(  # noqa: S603 - our own program, words of its own command line
        [sys.executable, "-m", "benchmarks", *options], cwd=checkout, check=False
    )
    raise SystemExit(done.returncode)
