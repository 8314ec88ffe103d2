"""`hub user`: users from the command line."""

from __future__ import annotations

from typing import Any

import click

from crm_core.access.abilities import ROLES
from hub.cli.session import print_json, with_pool
from hub.cli.show import table


@click.group()
def user() -> None:
    """Add and list users, reset how they sign in."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="What colleagues call them.")
@click.option("--role", type=click.Choice(ROLES), default="manager", show_default=True)
@click.option("--sees-all", is_flag=True, help="A manager who sees colleagues' work too.")
@click.option("--language", default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def add(email: str, name: str, role: str, sees_all: bool, language: str, as_json: bool) -> None:
    """Add a user and print a one-time sign-in link."""

    async def run(pool: Any, settings: Any) -> tuple[int, str]:
        from crm_core.users import service
        from hub.bootstrap import sign_in_link

        async with pool.acquire() as conn, conn.transaction():
            made = await service.create(
                conn,
                email=email,
                name=name or email.split("@")[0],
                role=role,
                sees_all=sees_all,
                language=language,
            )
            token = await sign_in_link(conn, made.id)
        return made.id, f"{settings.public_url.rstrip('/')}/sign-in/link/{token}"

    id_, link = with_pool(run)
    if as_json:
        print_json({"id": id_, "email": email, "link": link})
    else:
        click.echo(link)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """All users."""

    async def run(pool: Any, settings: Any) -> list[Any]:
        from crm_core.users import service

        async with pool.acquire() as conn:
            return await service.list_users(conn)

    rows = with_pool(run)
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "email": row.email,
                    "name": row.name,
                    "role": row.role,
                    "is_active": row.is_active,
                    "is_available": row.is_available,
                    "is_in": row.is_available,
                }
                for row in rows
            ]
        )
        return
    table(
        ("Id", "Mail", "Name", "Role", "Active", "Available"),
        [
            (
                row.id,
                row.email,
                row.name,
                row.role,
                "yes" if row.is_active else "no",
                "yes" if row.is_available else "no",
            )
            for row in rows
        ],
    )


@user.command()
@click.argument("email")
def reset(email: str) -> None:
    """Print a new one-time sign-in link and switch the second factor off; other sessions end."""

    async def run(pool: Any, settings: Any) -> str:
        from crm_core.users import service
        from hub.audit import service as audit
        from hub.bootstrap import sign_in_link
        from hub.web import store
        from values.errors import NotFound

        async with pool.acquire() as conn, conn.transaction():
            found = await service.by_email(conn, email)
            if found is None:
                raise NotFound(f"There is no user {email}.")
            await service.totp_remove(conn, found.id)
            await store.end_all_sessions(conn, found.id)
            await audit.record(conn, "user.sign_in_reset", target=found.email, data={"by": "command line"})
            token = await sign_in_link(conn, found.id)
        return f"{settings.public_url.rstrip('/')}/sign-in/link/{token}"

    click.echo(with_pool(run))
