"""A deal has a task where there is something to do for it, dated or not, or for its contact who has no other open deal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.sql import Conn
from crm_core.tasks import service as tasks
from crm_core.tasks.model import CallBack
from crm_core.users.model import SYSTEM

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def shown(conn: Conn, contact: int) -> dict[str, tuple[bool, datetime | None]]:
    return {
        card.title: (card.has_task, card.next_task_at)
        for card in await deals.of_contact(conn, SYSTEM, contact)
    }


async def test_an_undated_task_of_the_deal_counts(conn: Conn) -> None:
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    deal = await deals.create(conn, SYSTEM, contact_id=contact, title="Bikes")
    assert await shown(conn, contact) == {"Bikes": (False, None)}
    task = await tasks.create(conn, SYSTEM, title="Send the offer", deal_id=deal)
    assert await shown(conn, contact) == {"Bikes": (True, None)}
    await tasks.done(conn, SYSTEM, task, "")
    assert await shown(conn, contact) == {"Bikes": (False, None)}


async def test_what_is_to_be_done_for_the_contact_is_its_only_open_deal_s(conn: Conn) -> None:
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    await deals.create(conn, SYSTEM, contact_id=contact, title="Bikes")
    await tasks.create(conn, SYSTEM, title="Ask for the size", contact_id=contact, due_at=NOW)
    await tasks.call_back(conn, [CallBack(contact_id=contact, due_at=NOW + timedelta(hours=1))])
    assert await shown(conn, contact) == {"Bikes": (True, NOW)}
    await deals.create(conn, SYSTEM, contact_id=contact, title="Locks")
    assert await shown(conn, contact) == {"Bikes": (False, None), "Locks": (False, None)}, (
        "of which of the two?"
    )


async def test_it_counts_for_a_merged_contact_too_and_warns_from_the_second_stage_on(conn: Conn) -> None:
    one = await contacts.create(conn, SYSTEM, name="Anna")
    two = await contacts.create(conn, SYSTEM, name="Anna B.")
    deal = await deals.create(conn, SYSTEM, contact_id=one, title="Bikes")
    await tasks.create(conn, SYSTEM, title="Ask", contact_id=two)
    await contacts.merge(conn, SYSTEM, survivor_id=one, absorbed_id=two, reason="by hand")
    [card] = await deals.of_contact(conn, SYSTEM, one)
    assert (card.has_task, card.is_begun) == (True, False)
    [pipeline, *_] = await deals.pipelines(conn)
    second = [stage for stage in pipeline.stages if stage.kind == "open"][1]
    await deals.move(conn, SYSTEM, deal, stage_id=second.id)
    [card] = await deals.of_contact(conn, SYSTEM, one)
    assert card.is_begun
