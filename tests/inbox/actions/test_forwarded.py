"""A mail that a colleague forwarded: one click, and the one who wrote it first is the contact; undone like any move."""

from __future__ import annotations

import pytest

from crm_core.users.model import SYSTEM
from inbox.actions import service
from tests.inbox.messages.test_bounces import CUSTOMER, accept, mailbox
from tests.world import World
from values.errors import Invalid, NotFound

FORWARD = (
    b"From: Col <col@partner.example>\r\nSubject: Fwd: Chairs\r\nMessage-ID: <f1@partner.example>\r\n\r\nPlease answer.\r\n\r\n"
    b"---------- Forwarded message ---------\r\nFrom: %s\r\nDate: Mon, Nov 2, 2026 at 10:15 AM\r\n"
    b"Subject: Chairs\r\nTo: Col <col@partner.example>\r\n\r\nTwelve chairs?\r\n"
)
NEWEST = "SELECT id FROM inbox_message WHERE direction = 'in' ORDER BY id DESC LIMIT 1"
PEOPLE = """
    SELECT c.handle_value, h.trust, h.evidence, k.name
      FROM inbox_conversation c JOIN crm_contact k ON k.id = c.contact_id
      JOIN crm_handle h ON h.contact_id = k.id AND h.value = c.handle_value
     WHERE c.id = $1"""


async def test_the_first_writer_becomes_the_contact(world: World) -> None:
    await mailbox(world)
    await accept(world, FORWARD % b"Bo Buyer <bo@buyer.example>")
    message = await world.value(NEWEST)
    source = await world.value("SELECT conversation_id FROM inbox_message WHERE id = $1", message)
    async with world.pool.acquire() as conn, conn.transaction():
        to_id, changes = await service.to_original(conn, SYSTEM, message)
    assert {change.conversation_id for change in changes} == {source, to_id}
    [person] = await world.fetch(PEOPLE, to_id)
    assert dict(person) == {
        "handle_value": "bo@buyer.example", "trust": "claimed", "evidence": "forwarded", "name": "Bo Buyer",
    }  # fmt: skip
    data = await world.value("SELECT data FROM inbox_message WHERE id = $1", message)
    async with world.pool.acquire() as conn, conn.transaction():
        back, _ = await service.undo_move(conn, SYSTEM, data["moved"]["id"])
    assert back == source
    await world.balanced()


async def test_a_known_writer_stays_one_contact(world: World) -> None:
    await mailbox(world)
    await accept(world, FORWARD % b"Ann <ann@customer.example>")
    before = await world.value("SELECT count(*) FROM crm_contact")
    async with world.pool.acquire() as conn, conn.transaction():
        to_id, _ = await service.to_original(conn, SYSTEM, await world.value(NEWEST))
    assert await world.value("SELECT count(*) FROM crm_contact") == before
    [person] = await world.fetch(PEOPLE, to_id)
    assert (person["handle_value"], person["trust"]) == ("ann@customer.example", "claimed")


async def test_what_names_nobody_is_refused(world: World) -> None:
    await mailbox(world)
    await accept(world, CUSTOMER % b"two")
    async with world.pool.acquire() as conn:
        with pytest.raises(Invalid):
            await service.to_original(conn, SYSTEM, await world.value(NEWEST))
        with pytest.raises(NotFound):
            await service.to_original(conn, SYSTEM, 987654)
