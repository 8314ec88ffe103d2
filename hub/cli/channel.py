"""`hub channel`: channels from the command line."""

from __future__ import annotations

import asyncio
from typing import Any

import click
import orjson

from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def channel() -> None:
    """Add, list, test, pause and resume channels."""


@channel.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """All channels and how they are."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from inbox.channels import service

        async with pool.acquire() as conn:
            return await service.list_channels(conn)

    rows = with_pool(run)
    if as_json:
        print_json([_plain(row) for row in rows])
        return
    table(
        ("Channel", "Name", "Connector", "State", "What it says"),
        [
            (row.slug, row.name, row.connector, row.state, " ".join(filter(None, (row.sentence, row.remedy))))
            for row in rows
        ],
    )


@channel.command()
@click.argument("slug")
@click.option("--connector", required=True, help="Which connector; see `hub connector list`.")
@click.option("--name", default="", help="What people call it.")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting; repeat it. JSON values are read as such.",
)
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
                settings=parsed(given),
                region=region,
                language=language,
                bot=not no_bot,
            )

    made = with_pool(run)
    click.echo(f"Channel {made.slug} is there. Its door: /in/{made.slug}")
    health = with_pool(lambda pool, settings: _probe(pool, settings, made.slug))
    click.echo(f"{health.state.value}: {health.sentence} {health.remedy}".strip())


@channel.command()
@click.argument("slug")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    required=True,
    help="A setting to change; repeat it.",
)
def change(slug: str, given: tuple[str, ...]) -> None:
    """Change settings of a channel; the others stay."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.crypto import Cipher
        from hub.runtime import registry_of
        from inbox.channels import service

        async with pool.acquire() as conn, conn.transaction():
            before = await service.get(conn, slug)
            merged = {**before.settings, **parsed(given)}
            await service.update(
                conn, registry_of(settings), Cipher(settings.secret_key), slug, settings=merged
            )

    with_pool(run)
    click.echo("Changed.")


@channel.command()
@click.argument("connector")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", required=True, help="What is known.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def detect(connector: str, given: tuple[str, ...], as_json: bool) -> None:
    """Find settings by what is known: `hub channel detect email --set address=shop@example.org`."""
    found = with_pool(lambda _pool, settings: _detect(settings, connector, parsed(given)))
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
def test(slug: str, round_trip: bool) -> None:
    """Ask the provider whether the channel works."""
    health = with_pool(lambda pool, settings: _probe(pool, settings, slug, rehearse=round_trip))
    click.echo(f"{health.state.value}: {health.sentence} {health.remedy}".strip())
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
    """Go on."""
    with_pool(lambda pool, settings: _verb(pool, "resume", slug))
    click.echo("Resumed.")


@channel.command()
@click.argument("slug")
@click.confirmation_option(prompt="Take the channel out of use? Its conversations stay.")
def remove(slug: str) -> None:
    """Take a channel out of use."""
    with_pool(lambda pool, settings: _verb(pool, "remove", slug))
    click.echo("Removed.")


def parsed(given: tuple[str, ...]) -> dict[str, Any]:
    """`name=value` pairs; a value that is JSON is read as JSON."""
    settings: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--set takes NAME=VALUE, not “{pair}”.")
        try:
            settings[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            settings[name] = value
        if (
            isinstance(settings[name], int | float)
            and not isinstance(settings[name], bool)
            and "port" not in name
        ):
            settings[name] = value
    return settings


async def _detect(settings: Any, connector: str, known: dict[str, Any]) -> Any:
    from connectors.contract import ChannelConfig, Detecting
    from hub.http import HttpClient
    from hub.runtime import registry_of

    found = registry_of(settings).get(connector)
    if not isinstance(found, Detecting):
        raise click.ClickException("This connector finds no settings by itself.")
    http = HttpClient()
    try:
        return await found.detect(
            known, http.for_channel(ChannelConfig(id=0, slug="", name="", settings=known))
        )
    finally:
        await http.close()


async def _verb(pool: Any, name: str, slug: str) -> None:
    from inbox.channels import service

    async with pool.acquire() as conn, conn.transaction():
        await getattr(service, name)(conn, slug)


async def _probe(pool: Any, settings: Any, slug: str, *, rehearse: bool = False) -> Any:
    from connectors.contract import Context, Rehearsing
    from hub.crypto import Cipher
    from hub.http import HttpClient
    from hub.runtime import registry_of
    from inbox.channels import service
    from inbox.channels.directory import Directory

    directory = Directory(
        pool,
        registry_of(settings),
        Cipher(settings.secret_key),
        public_url=settings.public_url,
        region=settings.region,
    )
    await directory.refresh()
    async with pool.acquire() as conn:
        await service.get(conn, slug)
    live = directory.by_slug(slug)
    if live is None:
        raise click.ClickException("Its connector is not installed; see `hub connector list`.")
    http = HttpClient()
    try:
        context = Context(channel=live.config, http=http.for_channel(live.config))
        health = await asyncio.wait_for(live.connector.probe(context), 60)
        if rehearse and health.state.value == "connected" and isinstance(live.connector, Rehearsing):
            health = await asyncio.wait_for(live.connector.rehearse(context), 60) or health
        async with pool.acquire() as conn, conn.transaction():
            await service.report(conn, live.id, health)
        return health
    finally:
        await http.close()


def _plain(row: Any) -> dict[str, Any]:
    from inbox.channels.secrets import masked

    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "connector": row.connector,
        "state": row.state,
        "sentence": row.sentence,
        "remedy": row.remedy,
        "is_paused": row.is_paused,
        "settings": masked(row.settings),
    }
