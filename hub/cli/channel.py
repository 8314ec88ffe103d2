"""`hub channel`: channels from the command line."""

from __future__ import annotations

from typing import Any

import click
import orjson

from hub.cli import channel_tools as tools
from hub.cli import watching
from hub.cli.numbers import LARGE
from hub.cli.session import print_json, read_settings, with_pool
from hub.cli.show import table

SETTING = click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting; repeat it. JSON values are read as such. `hub connector show` tells the names.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")


@click.group()
def channel() -> None:
    """Add, list, show, change, test, pause and resume channels; what they ask their providers, and their silence."""


@channel.command("list")
@JSON
def list_(as_json: bool) -> None:
    """All channels and how they are."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox.channels import service

        async with pool.acquire() as conn:
            return await service.list_channels(conn)

    rows = with_pool(run)
    if as_json:
        print_json([tools.plain(row, _spec(row.connector)) for row in rows])
        return
    table(
        ("Channel", "Name", "Connector", "State", "What it says"),
        [
            (row.slug, row.name, row.connector, row.state, " ".join(filter(None, (row.sentence, row.remedy, row.alarm))))
            for row in rows
        ],
    )  # fmt: skip


@channel.command()
@click.argument("slug")
@JSON
def show(slug: str, as_json: bool) -> None:
    """One channel: how it is, and its settings. Secrets are masked."""

    async def run(pool: Any, settings: Any) -> Any:
        from inbox.channels import service
        from inbox.intake import refused

        async with pool.acquire() as conn:
            row = await service.get(conn, slug)
            return row, (await refused.lately(conn)).get(row.id, [])

    row, no = with_pool(run)
    shown = tools.plain(row, _spec(row.connector))
    shown["refused"] = [tools.refusal(one) for one in no]
    if as_json:
        print_json(shown)
        return
    settings, refusals = shown.pop("settings"), shown.pop("refused")
    for name, value in shown.items():
        click.echo(f"{name}: {'' if value is None else value}")
    click.echo(f"door: /in/{row.slug}")
    for one in refusals:
        click.echo(f"refused since {one['since']:%H:%M}: {one['n']} with {one['status']}. {one['reason']}")
    click.echo("settings:")
    for name, value in settings.items():
        click.echo(f"  {name}={value}")


@channel.command()
@click.argument("slug")
@click.option("--connector", required=True, help="Which connector; see `hub connector list`.")
@click.option("--name", default="", help="What people call it.")
@SETTING
@click.option("--region", default="", help="Country of local phone numbers, say KH.")
@click.option("--language", default="en", help="Language of its customers: en, km, ru.")
@click.option("--no-bot", is_flag=True, help="The first-line bot does not answer here.")
def add(
    slug: str, connector: str, name: str, given: tuple[str, ...], region: str, language: str, no_bot: bool
) -> None:
    """Connect a channel and test it."""

    async def run(pool: Any, settings: Any) -> Any:
        from hub.crypto import Cipher
        from hub.runtime import registry_of
        from inbox.channels import service

        async with pool.acquire() as conn, conn.transaction():
            return await service.create(
                conn,
                registry_of(settings),
                Cipher(settings.secret_key),
                slug=slug,
                name=name or slug,
                connector=connector,
                settings=tools.parsed(given),
                region=region,
                language=language,
                bot=not no_bot,
            )

    made = with_pool(run)
    click.echo(f"Channel {made.slug} is there. Its door: /in/{made.slug}")
    _tell_state(made.slug)


@channel.command()
@click.argument("slug")
@SETTING
@click.option("--unset", "gone", multiple=True, metavar="NAME", help="A setting to take out; repeat it.")
@click.option("--name", default="", help="What people call it.")
def change(slug: str, given: tuple[str, ...], gone: tuple[str, ...], name: str) -> None:
    """Change settings of a channel; the others stay, secrets too.

    Where a secret goes (a server, an address, a user) is changed together with the secret: it is asked for anew.
    """
    changes = {**dict.fromkeys(gone), **tools.parsed(given)}
    if not changes and not name:
        raise click.UsageError("Say what to change: --set NAME=VALUE, --unset NAME or --name NAME.")
    tools.change(slug, given=changes, name=name)
    click.echo("Changed.")
    _tell_state(slug)


@channel.command()
@click.argument("connector")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", required=True, help="What is known.")
@JSON
def detect(connector: str, given: tuple[str, ...], as_json: bool) -> None:
    """Find settings by what is known: `hub channel detect email --set address=shop@example.org`."""
    found = with_pool(lambda _pool, settings: tools.detect(settings, connector, tools.parsed(given)))
    if as_json:
        click.echo(orjson.dumps(dict(found.settings)))
    else:
        click.echo(f"{found.sentence} {found.remedy}".strip(), err=True)
        for name, value in found.settings.items():
            click.echo(f"--set {name}={value}")
    if not found.settings:
        raise SystemExit(1)


@channel.command()
@click.argument("slug")
@click.option("--round-trip", is_flag=True, help="Also send something to itself that must come back.")
@JSON
def test(slug: str, round_trip: bool, as_json: bool) -> None:
    """Ask the provider whether the channel works."""
    health = with_pool(lambda pool, settings: tools.probe(pool, settings, slug, rehearse=round_trip))
    if as_json:
        print_json({"state": health.state.value, "sentence": health.sentence, "remedy": health.remedy})
    else:
        click.echo(tools.shown(health))
    if health.state.value not in ("connected", "catching_up"):
        raise SystemExit(1)


@channel.command()
@click.argument("slug")
def pause(slug: str) -> None:
    """Stop receiving and sending; what comes to its door is asked to come again."""
    with_pool(lambda pool, settings: _verb(pool, "pause", slug))
    click.echo("Paused.")


@channel.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Go on; what waits for new credentials is tried again."""
    with_pool(lambda pool, settings: _verb(pool, "resume", slug))
    click.echo("Resumed.")
    _tell_state(slug)


@channel.command()
@click.argument("slug")
@click.option("--failed", is_flag=True, help="Only what did not go well.")
@click.option("--message", type=LARGE, default=None, help="Only what was asked for this message.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@JSON
def log(slug: str, failed: bool, message: int | None, limit: int, as_json: bool) -> None:
    """What it asked its provider lately and what was answered, newest first, without secrets."""
    rows = with_pool(
        lambda pool, _settings: watching.requests(pool, slug, failed=failed, message=message, limit=limit)
    )
    watching.show_requests(rows, as_json=as_json)


@channel.command()
@click.argument("slug")
@click.option(
    "--after",
    type=float,
    default=None,
    metavar="HOURS",
    help="Raise an alarm after so long without a message.",
)
@click.option("--hours", default="", help="The hours of the day that count: 09:00-18:00.")
@click.option(
    "--days", default="1-7", show_default=True, help="The days that count, 1 is Monday: 1-5, or 1,3,5."
)
@click.option("--zone", default="UTC", show_default=True, help="By whose clock, say Asia/Phnom_Penh.")
@click.option("--learn", is_flag=True, help="Leave it to the channel's own history again.")
@JSON
def silence(
    slug: str, after: float | None, hours: str, days: str, zone: str, learn: bool, as_json: bool
) -> None:
    """Show or set when its silence is an alarm: `--after 2 --hours 09:00-18:00 --days 1-5`."""
    if learn and after is not None:
        raise click.UsageError("Say --after HOURS or --learn, not both.")
    if after is None and watching.is_half_a_rule():
        raise click.UsageError("--hours, --days and --zone belong to an alarm: say --after HOURS, too.")
    rule = watching.rule_of(after, hours=hours, days=days, zone=zone)
    found = with_pool(lambda pool, _settings: watching.silence(pool, slug, rule=rule, learn=learn))
    watching.show_silence(found, as_json=as_json)


@channel.command()
@click.argument("slug")
@click.confirmation_option(prompt="Take the channel out of use? Its conversations stay.")
def remove(slug: str) -> None:
    """Take a channel out of use."""
    with_pool(lambda pool, settings: _verb(pool, "remove", slug))
    click.echo("Removed.")


def _tell_state(slug: str) -> None:
    """How it is with what was just changed; a channel that does not work yet is there all the same."""
    click.echo(tools.shown(with_pool(lambda pool, settings: tools.probe(pool, settings, slug))))


def _spec(connector: str) -> Any:
    from connectors.registry import load_registry

    found = load_registry(read_settings().connectors_dir).get(connector)
    return found.spec if found else None


async def _verb(pool: Any, name: str, slug: str) -> None:
    from inbox.channels import service

    async with pool.acquire() as conn, conn.transaction():
        await getattr(service, name)(conn, slug)
