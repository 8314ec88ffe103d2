"""`hub connector`: connectors from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.cli.channel_tools import setting_rows
from hub.cli.session import print_json, read_settings
from hub.cli.show import table


@click.group()
def connector() -> None:
    """List, show, make, check, record and replay connectors."""


@connector.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """What there is, bundled and your own; a broken one with what is wrong."""
    from connectors.registry import scan

    found = scan(read_settings().connectors_dir)
    rows = [_row(made, found.folders.get(name)) for name, made in sorted(found.connectors.items())]
    rows += [{"id": name, "fault": fault} for name, fault in sorted(found.faults.items())]
    if as_json:
        print_json(rows)
        return
    table(
        ("Connector", "Title", "Level", "People by", "Carries"),
        [
            (row["id"], row.get("title", ""), row.get("level", "broken"), row.get("handle_kind", ""),
             row.get("fault") or ", ".join(row["abilities"]))
            for row in rows
        ],
    )  # fmt: skip


@connector.command()
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show(id_: str, as_json: bool) -> None:
    """One connector: what it carries, and the settings of its channels by the names that `--set` takes."""
    from connectors.registry import scan

    found = scan(read_settings().connectors_dir)
    if id_ not in found.connectors:
        raise click.ClickException(
            found.faults.get(id_)
            or f"There is no connector “{id_}”. Known: {', '.join(sorted(found.connectors))}."
        )
    row = _row(found.connectors[id_], found.folders.get(id_))
    if as_json:
        print_json(row)
        return
    click.echo(f"{row['id']}: {row['title']}\n{row['summary']}\nCarries: {', '.join(row['abilities'])}")
    for one in row["settings"]:
        told = "needed" if one["required"] and one["default"] is None else ""
        told = told or (f"default {one['default']}" if one["default"] not in (None, "", ()) else "")
        click.echo(f"  {one['name']} ({', '.join(filter(None, (one['type'], told)))})  {one['label']}")
        for line in filter(None, (one["help"], ", ".join(one["choices"]))):
            click.echo(f"      {line}")


@connector.command()
@click.argument("id_", metavar="ID")
@click.option(
    "--dir", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where; HUB_CONNECTORS_DIR."
)
@click.option("--title", default="", help="What people call it.")
def new(id_: str, directory: Path | None, title: str) -> None:
    """Make a folder with a complete connector, ready to be changed; it passes the check as it is."""
    from hub.cli.scaffold import write

    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
    known = read_settings().connectors_dir
    place = directory or known
    if place is None:
        raise click.UsageError("Say where: --dir FOLDER, or set HUB_CONNECTORS_DIR.")
    made = write(place, id_=id_, title=title or id_.replace("_", " ").capitalize())
    for path in made:
        click.echo(path)
    if known is None or place.resolve() != known.resolve():
        click.echo(
            f"The hub looks for it where HUB_CONNECTORS_DIR says: set it to {place.resolve()}.", err=True
        )
    click.echo(f"Next: change connector.yaml, then `hub connector check {place / id_}`.", err=True)


@connector.command()
@click.argument("which", metavar="[ID|PATH]", default="")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def check(which: str, as_json: bool) -> None:
    """Run the conformance suite over one connector, or over all; exit code 1 if one fails."""
    from hub.cli.checking import check_all

    results = check_all(which, read_settings().connectors_dir)
    if as_json:
        print_json(results)
    else:
        for one in results:
            _show(one)
    raise SystemExit(0 if all(one["ok"] for one in results) else 1)


@connector.command()
@click.argument("channel")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many inputs.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder; without it the fixtures of your own connector.",
)
@click.option("--wait", is_flag=True, help="For inputs that come from now on, not the newest that are there.")
@click.option(
    "--refused",
    is_flag=True,
    help="Requests that the door refused (kept a day), to describe a signature by; say --to.",
)
@click.option(
    "--signed", is_flag=True, help="To the byte and with the signature, for the suite to check a real one."
)
@click.option(
    "--with-secret", is_flag=True, help="The same with the secret that signed; replace that afterwards."
)
def record(
    channel: str, count: int, to: Path | None, wait: bool, refused: bool, signed: bool, with_secret: bool
) -> None:
    """Write inputs of a channel as fixtures, without secrets and without the people in them."""
    from hub.cli.recording import record as run

    for path in run(
        channel, count=count, to=to, wait=wait, refused=refused, signed=signed, with_secret=with_secret
    ):
        click.echo(path)
    click.echo(
        "Look at each before you share it: only what the connector recognises as people is replaced.",
        err=True,
    )


@connector.command()
@click.argument("which", metavar="CHANNEL|FIXTURE")
@click.option(
    "--count",
    type=click.IntRange(1, 1000),
    default=5,
    show_default=True,
    help="How many inputs of a channel.",
)
@click.option("--connector", "id_", default="", help="Whose fixture it is, where the folder does not tell.")
@click.option("--keep", is_flag=True, help="Keep what a fixture gives now as what is expected of it.")
def replay(which: str, count: int, id_: str, keep: bool) -> None:
    """Show what the connector makes of a fixture or of a channel's newest inputs; nothing is stored."""
    from hub.cli.recording import replay_channel, replay_fixture

    path = Path(which)
    if path.is_file():
        told = [replay_fixture(path, id_=id_, keep=keep, extra=read_settings().connectors_dir)]
    elif "/" in which or which.endswith(".json"):
        raise click.ClickException(f"There is no file {which}.")
    else:
        told = replay_channel(which, count=count)
    print_json(told)
    if any(one.get("differs") for one in told):
        raise SystemExit(1)


def _row(made: Any, folder: Path | None) -> dict[str, Any]:
    spec, abilities = made.spec, made.spec.abilities
    names = ("replies", "buttons", "files_in", "files_out", "receipts", "calls")
    return {
        "id": spec.id,
        "title": spec.title,
        "summary": spec.summary,
        "level": spec.level,
        "handle_kind": spec.handle_kind,
        "abilities": [name.replace("_", " ") for name in names if getattr(abilities, name)],
        "settings": setting_rows(spec),
        "folder": str(folder) if folder else None,
    }


def _show(one: dict[str, Any]) -> None:
    click.secho(f"{one['connector']}: {'ok' if one['ok'] else 'FAILED'}", bold=True)
    for fault in one["faults"]:
        click.echo(f"  {fault}")
    for result in one["results"]:
        mark, colour = {"passed": ("ok", "green"), "skipped": ("-", None)}.get(
            result["verdict"], ("FAILED", "red")
        )
        detail = f": {result['detail']}" if result["detail"] else ""
        click.echo(f"  {click.style(mark.ljust(7), fg=colour)}{result['check']}{detail}")
