"""`hub token`: tokens of the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from hub.cli.numbers import SMALL
from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def token() -> None:
    """Make, list and revoke tokens of the API."""


@token.command()
@click.option("--name", required=True, help="So that you know it again.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="all, read, write or RESOURCE:read / RESOURCE:write; repeat it.",
)
@click.option(
    "--user", default="", help="Mail of a user: the token sees what this user sees. Without: everything."
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def create(name: str, scopes: tuple[str, ...], user: str, as_json: bool) -> None:
    """Make a token and print it alone; it is not shown again."""

    async def run(pool: Any, settings: Any) -> str:
        from crm_core.users import service as users
        from hub.api import tokens
        from values.errors import NotFound

        async with pool.acquire() as conn, conn.transaction():
            user_id = None
            if user:
                found = await users.by_email(conn, user)
                if found is None:
                    raise NotFound(f"There is no user {user}.")
                user_id = found.id
            return await tokens.create(conn, name=name, scopes=scopes, user_id=user_id)

    made = with_pool(run)
    if as_json:
        print_json({"name": name, "scopes": scopes, "token": made})
    else:
        click.echo(made)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """Tokens that are valid."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from hub.api import tokens

        async with pool.acquire() as conn:
            return await tokens.list_tokens(conn)

    rows = with_pool(run)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table(
        ("Id", "Name", "Scopes", "Sees as", "Used"),
        [
            (row.id, row.name, " ".join(row.scopes), row.user_name or "everything", row.used_at)
            for row in rows
        ],
    )


@token.command()
@click.argument("token_id", type=SMALL)
def revoke(token_id: int) -> None:
    """End a token."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.api import tokens

        async with pool.acquire() as conn:
            await tokens.revoke(conn, token_id)

    with_pool(run)
    click.echo("Revoked.")
