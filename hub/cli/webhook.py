"""`hub webhook`: who is told of what happens, and how that went."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from hub.cli.numbers import SMALL
from hub.cli.session import print_json, with_pool
from hub.cli.show import table
from values.texts import one_line

if TYPE_CHECKING:
    from hub.webhooks.model import Delivery, Webhook

JSON = click.option("--json", "as_json", is_flag=True, help="For scripts.")
FACT = click.option(
    "--fact", "facts", multiple=True, help="A kind such as deal.won, or * for all; repeat it."
)
ID = click.argument("id_", metavar="WEBHOOK", type=SMALL)


@click.group()
def webhook() -> None:
    """List, add, show, change, pause, resume, test and remove outgoing webhooks; their deliveries."""


@webhook.command("list")
@click.option("--removed", is_flag=True, help="Those that were removed too.")
@JSON
def list_(removed: bool, as_json: bool) -> None:
    """All webhooks."""
    rows = [row for row in with_pool(_listed) if removed or row.is_active]
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table(
        ("Webhook", "Address", "State", "Facts"),
        [(row.id, row.url, _state(row), ", ".join(row.facts)) for row in rows],
        empty="Nobody is told of anything: `hub webhook add https://… --fact deal.won`.",
    )


@webhook.command()
@click.argument("url")
@FACT
@click.option(
    "--secret", default="", help="At least 16 characters; without it one is made and printed this once."
)
@JSON
def add(url: str, facts: tuple[str, ...], secret: str, as_json: bool) -> None:
    """Tell an address of what happens, from now on. Deliveries are signed with the secret."""
    if not facts:
        raise click.UsageError("Say of what: --fact deal.won, or --fact '*' for everything.")
    given = secret or secrets.token_urlsafe(32)

    async def run(pool: Any, settings: Any) -> int:
        from hub.crypto import Cipher
        from hub.webhooks import service as webhooks

        async with pool.acquire() as conn, conn.transaction():
            return await webhooks.create(
                conn, Cipher(settings.secret_key), url=url, secret=given, facts=list(facts),
                trusted=settings.webhook_trusted_hosts,
            )  # fmt: skip

    id_ = with_pool(run)
    if as_json:
        print_json({"id": id_, **({} if secret else {"secret": given})})
        return
    click.echo(
        f"Webhook {id_} is told from now on. `hub webhook test {id_}` sends it a delivery called ping."
    )
    if not secret:
        click.echo(f"secret: {given}")


@webhook.command()
@ID
@JSON
def show(id_: int, as_json: bool) -> None:
    """One webhook and how its last deliveries went."""
    row, log = _one(id_, limit=10)
    if as_json:
        print_json({**asdict(row), "deliveries": [asdict(one) for one in log]})
        return
    click.echo(
        f"{row.url}\nstate: {_state(row)}\nfacts: {', '.join(row.facts)}\nsince: {row.created_at:%Y-%m-%d %H:%M}"
    )
    if row.old_until:
        click.echo(f"the secret before signs too until {row.old_until:%Y-%m-%d %H:%M}")
    _show_deliveries(log)


@webhook.command()
@ID
@click.option("--url", default=None, help="Another address.")
@FACT
@click.option("--secret", default=None, help="A new secret; the one before signs beside it for a day.")
@click.option("--new-secret", is_flag=True, help="Make a new secret and print it this once.")
def change(id_: int, url: str | None, facts: tuple[str, ...], secret: str | None, new_secret: bool) -> None:
    """Change what is given; the rest stays."""
    if secret and new_secret:
        raise click.UsageError("Say --secret or --new-secret, not both.")
    made = secrets.token_urlsafe(32) if new_secret else secret
    if url is None and not facts and made is None:
        raise click.UsageError("Say what to change: --url, --fact, --secret or --new-secret.")
    _change(id_, url=url, facts=list(facts) or None, secret=made)
    click.echo("Changed.")
    if new_secret:
        click.echo(f"secret: {made}")


@webhook.command()
@ID
def pause(id_: int) -> None:
    """Deliver nothing for a while; what happens waits."""
    _change(id_, is_paused=True)
    click.echo("Paused. What happens meanwhile is delivered afterwards.")


@webhook.command()
@ID
def resume(id_: int) -> None:
    """Deliver again, what waited first."""
    _change(id_, is_paused=False)
    click.echo("Resumed.")


@webhook.command()
@ID
def test(id_: int) -> None:
    """Send a delivery called ping; the running hub does."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.webhooks import service as webhooks

        async with pool.acquire() as conn, conn.transaction():
            await webhooks.ping(conn, id_, sender="command line")

    with_pool(run)
    click.echo(f"It is on its way. `hub webhook deliveries {id_}` tells what became of it.")


@webhook.command()
@ID
@click.confirmation_option(prompt="Tell this address no more? What waits for it is not delivered.")
def remove(id_: int) -> None:
    """Tell an address no more."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.webhooks import service as webhooks

        async with pool.acquire() as conn, conn.transaction():
            await webhooks.remove(conn, id_)

    with_pool(run)
    click.echo("Removed.")


@webhook.command()
@ID
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@JSON
def deliveries(id_: int, limit: int, as_json: bool) -> None:
    """What was delivered, newest first, and what was answered."""
    _, log = _one(id_, limit=limit)
    if as_json:
        print_json([asdict(one) for one in log])
        return
    _show_deliveries(log)


@webhook.command()
@click.argument("delivery", type=click.UUID)
def replay(delivery: UUID) -> None:
    """Send a delivery again, by its id in `hub webhook deliveries`."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.webhooks import service as webhooks

        async with pool.acquire() as conn, conn.transaction():
            await webhooks.resend(conn, delivery)

    with_pool(run)
    click.echo("It is sent again.")


async def _listed(pool: Any, settings: Any) -> list[Webhook]:
    from hub.webhooks import service as webhooks

    async with pool.acquire() as conn:
        return await webhooks.list_webhooks(conn)


def _one(id_: int, *, limit: int) -> tuple[Webhook, list[Delivery]]:
    """A webhook and its log. Raises NotFound."""

    async def run(pool: Any, settings: Any) -> tuple[Webhook, list[Delivery]]:
        from hub.webhooks import service as webhooks
        from values.errors import NotFound

        async with pool.acquire() as conn:
            row = next((row for row in await webhooks.list_webhooks(conn) if row.id == id_), None)
            if row is None:
                raise NotFound("There is no such webhook.")
            return row, (await webhooks.deliveries(conn, id_, limit=limit)).items

    return with_pool(run)


def _change(
    id_: int,
    *,
    url: str | None = None,
    secret: str | None = None,
    facts: list[str] | None = None,
    is_paused: bool | None = None,
) -> None:
    async def run(pool: Any, settings: Any) -> None:
        from hub.crypto import Cipher
        from hub.webhooks import service as webhooks

        async with pool.acquire() as conn, conn.transaction():
            await webhooks.change(
                conn,
                Cipher(settings.secret_key),
                id_,
                url=url,
                secret=secret,
                facts=facts,
                is_paused=is_paused,
                trusted=settings.webhook_trusted_hosts,
            )

    with_pool(run)


def _state(row: Webhook) -> str:
    if not row.is_active:
        return "removed"
    return "paused" if row.is_paused else "active"


def _show_deliveries(log: Sequence[Delivery]) -> None:
    table(
        ("Delivery", "Fact", "State", "Tries", "Status", "Made", "Answer"),
        [
            (one.id, one.fact, one.state, one.attempts, one.status,
             f"{one.created_at:%Y-%m-%d %H:%M:%S}", one_line(one.response or "", 80))
            for one in log
        ],
        empty="Nothing was delivered yet.",
    )  # fmt: skip
