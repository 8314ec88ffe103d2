"""`hub alarm`: who is told when something is wrong."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from hub.cli.numbers import SMALL
from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def alarm() -> None:
    """Show what is wrong now, and say who is told of it by mail or Telegram."""


@alarm.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """What is wrong now, and who is told. Exit code 1 while something is that nobody has dismissed."""

    async def run(pool: Any, settings: Any) -> tuple[list[Any], list[Any]]:
        from hub.alarms import service as alarms

        async with pool.acquire() as conn, conn.transaction():
            await alarms.look(conn)
            return await alarms.current(conn), await alarms.recipients(conn)

    found, people = with_pool(run)
    if as_json:
        print_json({"alarms": [asdict(one) for one in found], "told": [asdict(one) for one in people]})
    else:
        table(
            ("Since", "What", "Where", "State", "Says"),
            [
                (
                    f"{one.since:%Y-%m-%d %H:%M}",
                    one.kind,
                    one.subject,
                    "open" if one.is_open else "dismissed",
                    one.sentence,
                )
                for one in found
            ],
            empty="Nothing is wrong.",
        )
        table(
            ("Number", "Who is told", "By channel", "Of"),
            [(one.id, f"{one.way} {one.address}", one.channel, ", ".join(one.kinds)) for one in people],
            empty="Nobody is told: `hub alarm tell --mail you@example.org --by CHANNEL`.",
        )
    raise SystemExit(1 if any(one.is_open for one in found) else 0)


@alarm.command()
@click.argument("kind")
@click.argument("subject", metavar="CHANNEL")
@click.option("--reopen", is_flag=True, help="Let it stand open again.")
def dismiss(kind: str, subject: str, reopen: bool) -> None:
    """Take note of an alarm, by its kind and channel (or where `list` says it is); it counts no more, and ends by itself."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.alarms import service as alarms

        async with pool.acquire() as conn, conn.transaction():
            await alarms.dismiss(conn, kind, subject, is_dismissed=not reopen)

    with_pool(run)
    click.echo("It stands open again." if reopen else "Dismissed.")


@alarm.command()
@click.option("--mail", default="", help="Address of whoever is to be told.")
@click.option("--telegram", default="", help="Number of a chat in which the bot was started.")
@click.option("--by", "channel", required=True, help="Channel that carries it: a mailbox, or a bot.")
@click.option(
    "--of",
    "kinds",
    multiple=True,
    help="credentials, quarantine, silence, refused, provider, unsent or reactions; repeat it.",
)
@click.option("--language", default="en", show_default=True, help="en, km or ru.")
def tell(mail: str, telegram: str, channel: str, kinds: tuple[str, ...], language: str) -> None:
    """Tell somebody from now on, once when it begins and once when it is over."""
    if bool(mail) == bool(telegram):
        raise click.UsageError("Say --mail ADDRESS or --telegram CHAT.")

    async def run(pool: Any, settings: Any) -> int:
        from hub.alarms import service as alarms
        from hub.alarms.model import KINDS

        async with pool.acquire() as conn, conn.transaction():
            return await alarms.notify(
                conn,
                way="mail" if mail else "telegram",
                address=mail or telegram,
                channel=channel,
                kinds=kinds or tuple(KINDS),
                language=language,
            )

    number = with_pool(run)
    click.echo(f"Told from now on. `hub alarm test {number}` sends a letter to try it.")


@alarm.command()
@click.argument("number", type=SMALL)
def test(number: int) -> None:
    """Send them a letter now; the running hub does."""
    with_pool(lambda pool, _settings: _verb(pool, "rehearse", number))
    click.echo("It is on its way.")


@alarm.command()
@click.argument("number", type=SMALL)
def remove(number: int) -> None:
    """Tell them no more."""
    with_pool(lambda pool, _settings: _verb(pool, "forget", number))
    click.echo("Removed.")


async def _verb(pool: Any, name: str, number: int) -> None:
    from hub.alarms import service as alarms

    async with pool.acquire() as conn, conn.transaction():
        await getattr(alarms, name)(conn, number)
