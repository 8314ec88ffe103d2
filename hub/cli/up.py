"""`hub up`: everything with one command."""

from __future__ import annotations

import click

from hub.cli.session import read_settings
from hub.supervisor import Supervisor


@click.command()
@click.option("--demo", is_flag=True, help="Add small servers and customers who write and call.")
@click.option(
    "--serves",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many `hub serve` processes.",
)
def up(demo: bool, serves: int) -> None:
    """Start the engines, migrate, serve and work; print the address and a one-time sign-in link."""
    Supervisor(read_settings(), say=_say, demo=demo, serves=serves).run()


def _say(line: str) -> None:
    click.echo(line)
