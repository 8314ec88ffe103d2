"""Tables on a terminal; plain tab-separated lines where the output is not one."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    empty: str = "Nothing there.",
    always_head: bool = False,
) -> None:
    """Print rows under a head; scripts get the rows alone, unless they could not tell the columns apart (`always_head`)."""
    if not sys.stdout.isatty():
        if always_head:
            click.echo("\t".join(head))
        for row in rows:
            click.echo("\t".join("" if cell is None else str(cell) for cell in row))
        return
    if not rows:
        click.echo(empty)
        return
    from rich.console import Console
    from rich.table import Table

    shown = Table(*head, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    Console().print(shown)
