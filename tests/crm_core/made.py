"""What tests of the CRM make again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crm_core.contacts import service as contacts
from crm_core.contacts.model import Resolved, SeenHandle, SenderIdentity
from crm_core.sql import Conn
from crm_core.users import service as users
from crm_core.users.model import Viewer


def proven(kind: str, value: str, evidence: str = "seen") -> SeenHandle:
    return SeenHandle(kind=kind, value=value, trust="proven", evidence=evidence)


def claimed(kind: str, value: str, evidence: str = "form_field") -> SeenHandle:
    return SeenHandle(kind=kind, value=value, trust="claimed", evidence=evidence)


def seen(*handles: SeenHandle, name: str = "", contact_id: int | None = None) -> SenderIdentity:
    return SenderIdentity(
        handles=handles, name=name, name_source="test" if name else "", contact_id=contact_id
    )


async def resolve(conn: Conn, *identities: SenderIdentity) -> list[Resolved]:
    async with conn.transaction():
        return await contacts.resolve(conn, identities)


async def one(conn: Conn, *handles: SeenHandle, name: str = "", contact_id: int | None = None) -> Resolved:
    return (await resolve(conn, seen(*handles, name=name, contact_id=contact_id)))[0]


async def viewer(conn: Conn, name: str, role: str = "manager", *, sees_all: bool = False) -> Viewer:
    made = await users.create(
        conn, email=f"{name.lower()}@example.test", name=name, role=role, sees_all=sees_all
    )
    return Viewer.of(made)


@asynccontextmanager
async def counted(conn: Conn) -> AsyncIterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(query: object) -> None:
        statements.append(str(getattr(query, "query", query)))

    conn.add_query_logger(note)
    yield statements
    await asyncio.sleep(0)  # the driver tells its loggers at the loop's next turn
    conn.remove_query_logger(note)
