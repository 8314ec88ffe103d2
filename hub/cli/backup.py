"""`hub backup` and `hub restore`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import filesize

from hub.cli.session import print_json, read_settings, whisper
from hub.problem import Problem
from hub.secret_key import write_secret
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.archive import Manifest

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
JSON = click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")

Advance = Callable[[str, int], None]


@click.command()
@FILE
@click.option("--overwrite", is_flag=True, help="Replace FILE when it exists.")
@JSON
def backup(file: Path, overwrite: bool, as_json: bool) -> None:
    """Write everything into FILE: messages, attachments, people, settings, the connectors of HUB_CONNECTORS_DIR, and
    the secret key. The hub may run.

    Keep FILE as safe as the hub itself: with the secret key in it, the channels' credentials can be read.
    """
    from hub.backup import write_backup
    from hub.engines.embedded import at_hand

    async def run(settings: Settings) -> Manifest:
        from hub.database import connect

        conn = await connect(settings.database_url, application="backup")
        try:
            with _progress("Copying") as advance:
                return await write_backup(
                    conn,
                    file,
                    secret_key=settings.secret_key,
                    overwrite=overwrite,
                    connectors=settings.connectors_dir,
                    advance=advance,
                )
        finally:
            await conn.close()

    with at_hand(read_settings(), whisper) as settings:
        manifest = asyncio.run(run(settings))
    _say_made(file, manifest, as_json=as_json)


def _say_made(file: Path, manifest: Manifest, *, as_json: bool) -> None:
    size = file.stat().st_size
    if not as_json:
        click.echo(
            f"{file}: {manifest.rows} rows, {filesize.decimal(size)}, the secret key included. Keep it safe."
        )
        return
    print_json(
        {
            "file": str(file),
            "bytes": size,
            "rows": manifest.rows,
            "version": manifest.schema_version,
            "connectors": sorted(manifest.connectors),
        }
    )


@click.command()
@FILE
@click.option("--replace", is_flag=True, help="Throw away what the database holds now.")
@click.option(
    "--paused", is_flag=True, help="All channels and webhooks stand still: for a copy beside the original."
)
@JSON
def restore(file: Path, replace: bool, paused: bool, as_json: bool) -> None:
    """Bring FILE back into an empty database. Stop the hub before.

    Connectors of the installation's own go to HUB_CONNECTORS_DIR, or to `connectors` in HUB_DATA_DIR.
    """
    from hub.engines.embedded import at_hand
    from hub.restore import read_backup

    async def run() -> Manifest:
        from hub.database import connect

        conn = await connect(settings.database_url, application="restore")
        try:
            with _progress("Restoring") as advance:
                return await read_backup(
                    conn,
                    file,
                    replace=replace,
                    keep_secret=lambda secret: _keep_secret(settings.data_dir, secret),
                    is_paused=paused,
                    connectors=place,
                    advance=advance,
                )
        finally:
            await conn.close()

    with at_hand(read_settings(), whisper) as settings:
        place = settings.connectors_dir or settings.data_dir / "connectors"
        manifest = asyncio.run(run())
    if as_json:
        print_json({"file": str(file), "rows": manifest.rows, "made_at": manifest.made_at})
    else:
        click.echo(f"{manifest.rows} rows of {manifest.made_at} are back. Start the hub with `hub up`.")
        if manifest.connectors and not settings.connectors_dir:
            click.echo(f"Your own connectors are in {place}: set HUB_CONNECTORS_DIR to it.")
        if paused:
            click.echo("All channels and webhooks are paused; `hub channel resume` lets one go on.")


def _keep_secret(data_dir: Path, secret: str) -> None:
    given = os.environ.get("HUB_SECRET_KEY", "").strip()
    if given and given != secret:
        raise Problem(
            "The backup was sealed with another HUB_SECRET_KEY: set the one it was made with, or unset the "
            "variable and the backup's is kept in HUB_DATA_DIR."
        )
    if not given:
        write_secret(data_dir, secret, replace=True)


@contextmanager
def _progress(title: str) -> Generator[Advance]:
    """A bar on standard error, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(name: str, total: int) -> None:
            bar.update(task, total=total, advance=1, description=f"{title} {name}")

        yield advance
