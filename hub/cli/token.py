"""`hub token`: tokens of the API."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.session import with_pool
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
def create(name: str, scopes: tuple[str, ...], user: str) -> None:
    """Make a token and print it alone; it is not shown again."""

    async def run(pool: Any, settings: Any) -> str:
        from crm_core.errors import NotFound
        from hub.api import tokens

        async with pool.acquire() as conn, conn.transaction():
            user_id = None
            if user:
                user_id = await conn.fetchval(
                    "SELECT id FROM crm_user WHERE email = $1", user.strip().lower()
                )
                if user_id is None:
                    raise NotFound(f"There is no user {user}.")
            return await tokens.create(conn, name=name, scopes=scopes, user_id=user_id)

    click.echo(with_pool(run))


@token.command("list")
def list_() -> None:
    """Tokens that are valid."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from hub.api import tokens

        async with pool.acquire() as conn:
            return await tokens.list_tokens(conn)

    table(
        ("Id", "Name", "Scopes", "Sees as", "Used"),
        [
            (row.id, row.name, " ".join(row.scopes), row.user_name or "everything", row.used_at)
            for row in with_pool(run)
        ],
    )


@token.command()
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End a token."""

    async def run(pool: Any, settings: Any) -> None:
        from hub.api import tokens

        async with pool.acquire() as conn:
            await tokens.revoke(conn, token_id)

    with_pool(run)
    click.echo("Revoked.")
