"""`hub serve`, `hub work`, `hub migrate`, `hub bootstrap`: the parts `hub up` runs, each alone."""

from __future__ import annotations

import asyncio

import click

from hub.cli.session import print_json, read_settings, whisper, with_pool
from hub.settings import Settings


@click.command()
def serve() -> None:
    """Run the pages, the API and the doors until stopped."""
    settings = _running("serve")
    from hub.serve import main

    main(settings)


@click.command()
def work() -> None:
    """Run receivers, the SMTP door and background jobs until stopped."""
    settings = _running("work")
    from hub.worker import main

    main(settings)


@click.command()
@click.option("--contract", is_flag=True, help="Take away what older versions use, though one may still run.")
def migrate(contract: bool) -> None:
    """Bring the database schema up to this version; harmless to repeat.

    What only older versions use goes when none of their processes runs any more; until then it is named and left.
    """
    from hub.engines.embedded import at_hand

    with at_hand(read_settings(), whisper) as settings:
        asyncio.run(_migrate(settings, contract=contract))


@click.command()
def bootstrap() -> None:
    """Make the first user and channels of a fresh installation; print the address and a one-time sign-in link."""
    from hub.bootstrap import bootstrap as make

    print_json(with_pool(make))


async def _migrate(settings: Settings, *, contract: bool) -> None:
    from hub.database import connect
    from hub.migrate import check_letters, latest_version, missing, schema_version
    from hub.migrate import migrate as apply

    conn = await connect(settings.database_url, application="migrate")
    try:
        await apply(conn, contract=contract, say=click.echo)
        for left in await missing(conn):
            whisper(
                f"Left for later, because processes of an older version still run: {left.title}. Run `hub migrate` again "
                "when they have ended; `hub migrate --contract` does not wait for them."
            )
        await check_letters(conn)
        found = await schema_version(conn)
        if found > latest_version():
            whisper(
                f"The database is at version {found}, newer than this program ({latest_version()}): update it soon."
            )
    finally:
        await conn.close()


def _running(process: str) -> Settings:
    from hub.engines.embedded import attached
    from hub.logs import configure

    settings = attached(read_settings())
    configure(process, log_format=settings.log_format)
    asyncio.run(_check_version(settings))
    return settings


async def _check_version(settings: Settings) -> None:
    from hub.database import connect
    from hub.migrate import check_version

    conn = await connect(settings.database_url, application="start")
    try:
        await check_version(conn)
    finally:
        await conn.close()
