"""Promise 4 at its source: who a sighting is, alone, in a batch and against other transactions."""

from __future__ import annotations

import asyncio

import pytest

from crm_core import events
from crm_core.contacts import service as contacts
from crm_core.contacts.model import Resolved, SeenHandle, Sighting
from crm_core.sql import Conn


def proven(kind: str, value: str, evidence: str = "seen") -> SeenHandle:
    return SeenHandle(kind=kind, value=value, trust="proven", evidence=evidence)


def claimed(kind: str, value: str, evidence: str = "form_field") -> SeenHandle:
    return SeenHandle(kind=kind, value=value, trust="claimed", evidence=evidence)


def seen(*handles: SeenHandle, name: str = "", contact_id: int | None = None) -> Sighting:
    return Sighting(handles=handles, name=name, name_source="test" if name else "", contact_id=contact_id)


async def resolve(conn: Conn, *sightings: Sighting) -> list[Resolved]:
    async with conn.transaction():
        return await contacts.resolve(conn, sightings)


async def one(conn: Conn, *handles: SeenHandle, name: str = "", contact_id: int | None = None) -> Resolved:
    return (await resolve(conn, seen(*handles, name=name, contact_id=contact_id)))[0]


async def test_smoke(conn: Conn) -> None:
    first = await one(conn, proven("email", "Anna@Example.test"), name="Anna")
    again = await one(conn, proven("email", "anna@example.test"))
    assert first.is_new
    assert not again.is_new
    assert again.contact_id == first.contact_id
    assert again.name == "Anna"
