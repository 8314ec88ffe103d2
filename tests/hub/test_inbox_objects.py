"""Filters walk from people and deals to what was said: conversations, messages, calls, as far as the viewer sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.contacts import service as contacts
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM, Viewer
from hub.catalogue import CATALOGUE, terms
from hub.settings import Settings
from tests.crm_core.made import viewer
from values.filters.binding import bind
from values.filters.reading import read

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SILENT = {
    "all": [
        {
            "has_none": "contact.conversations",
            "where": {"all": [["conversation.last_at", "during", {"last": [60, "days"]}]]},
        }
    ]
}
"""Not contacted for 60 days."""


async def found(conn: Conn, who: Viewer, of: str, form: Any) -> list[int]:
    where = bind(read(form), of, terms(Settings(), now=NOW))
    return (await listing.ids(conn, who, Listed(catalogue=CATALOGUE, of=of, where=where))).items


async def talked(conn: Conn, contact_id: int, *, days_ago: int, assignee_id: int | None = None) -> int:
    """A conversation whose last word is so old."""
    channel = await conn.fetchval(
        """INSERT INTO inbox_channel (slug, name, connector) VALUES ('site', 'Site', 'webform')
           ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id"""
    )
    id_ = await conn.fetchval(
        """INSERT INTO inbox_conversation (channel_id, contact_id, handle_kind, handle_value, assignee_id, last_at)
           VALUES ($1, $2, 'phone', gen_random_uuid()::text, $4, $3) RETURNING id""",
        channel,
        contact_id,
        NOW - timedelta(days=days_ago),
        assignee_id,
    )
    await conn.execute(
        """INSERT INTO inbox_message (conversation_id, channel_id, direction, author, at, text)
           VALUES ($1, $2, 'in', 'person', $3, 'Hello')""",
        id_,
        channel,
        NOW - timedelta(days=days_ago),
    )
    return id_


async def test_who_was_not_contacted_for_long(conn: Conn) -> None:
    old, new, never = [await contacts.create(conn, SYSTEM, name=name, handles=[]) for name in "abc"]
    await talked(conn, old, days_ago=61)
    await talked(conn, new, days_ago=61)
    await talked(conn, new, days_ago=3)
    assert await found(conn, SYSTEM, "contact", SILENT) == [never, old]
    spoke = {"has": "contact.conversations", "where": {"all": [{"has": "conversation.messages"}]}}
    assert await found(conn, SYSTEM, "contact", {"all": [spoke]}) == [new, old]


async def test_a_colleagues_conversation_is_as_if_it_were_not_there(conn: Conn) -> None:
    anna, boris = await viewer(conn, "Anna"), await viewer(conn, "Boris")
    contact = await contacts.create(conn, anna, name="Dara", handles=[])
    theirs = await talked(conn, contact, days_ago=1, assignee_id=boris.user_id)
    assert await found(conn, anna, "contact", SILENT) == [contact]
    assert await found(conn, anna, "conversation", {}) == []
    assert await found(conn, anna, "message", {}) == []
    assert await found(conn, boris, "conversation", {}) == [theirs]
    assert len(await found(conn, boris, "message", {})) == 1
    asked = {"all": [{"has": "contact.conversations"}]}
    assert await found(conn, anna, "contact", asked) == []


@pytest.mark.parametrize("of", ["channel", "conversation", "message", "call"])
async def test_nothing_is_there_in_an_empty_hub(conn: Conn, of: str) -> None:
    assert await found(conn, SYSTEM, of, {}) == []
