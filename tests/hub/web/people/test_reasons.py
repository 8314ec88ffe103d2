"""What the hub says is kept as a sentence and shown in each reader's language; what people type stays as it was typed."""

from __future__ import annotations

import pytest

from crm_core.leads import service as leads
from crm_core.tasks import service as tasks
from crm_core.users.model import SYSTEM
from tests.hub.web.conftest import Desk
from tests.site import CSRF
from values.kept import MARK
from values.sentences import Sentence, phrase


@pytest.mark.parametrize(
    ("typed", "english", "russian"),
    [("Спам", "Spam", "Спам"), ("Own words, Spam", "Own words, Spam", "Own words, Spam")],
)
async def test_a_reason_that_was_chosen_is_shown_in_every_language(
    desk: Desk, typed: str, english: str, russian: str
) -> None:
    world = desk.site.world
    await world.fetch("INSERT INTO crm_lead (contact_id, title) VALUES ($1, 'A desk')", await _stranger(desk))
    lead = await world.value("SELECT max(id) FROM crm_lead")
    await world.fetch("UPDATE crm_user SET language = 'ru'")
    async with desk.client.post(f"/leads/{lead}/refusal", data={"reason": typed, "csrf": CSRF}) as answer:
        assert answer.status == 200
    for language, shown in (("ru", russian), ("en", english)):
        await world.fetch("UPDATE crm_user SET language = $1", language)
        async with desk.client.get("/leads", params={"state": "declined"}) as answer:
            page = await answer.text()
        assert f">{shown}</div>" in page
        assert MARK not in page
    async with world.pool.acquire() as conn:
        kept = (await leads.get(conn, SYSTEM, lead)).reason
        fact = await conn.fetchval("SELECT data FROM crm_activity WHERE kind = 'lead.declined'")
    assert kept == fact["reason"] == english
    assert isinstance(kept, Sentence) == isinstance(fact["reason"], Sentence) == (typed != english)


async def test_only_titles_that_the_hub_made_are_translated(desk: Desk) -> None:
    world = desk.site.world
    stranger = await _stranger(desk)
    async with world.pool.acquire() as conn, conn.transaction():
        made = await tasks.create_by_bot(
            conn, title=phrase("Call back {name}, as asked in the chat", name="Replied."), contact_id=stranger
        )
        typed = await tasks.create(conn, SYSTEM, title="Replied.", contact_id=stranger)
    await world.fetch("UPDATE crm_user SET language = 'ru'")
    for id_, shown in ((made, "Перезвонить: Replied., как просили в чате"), (typed, "Replied.")):
        async with desk.client.get(f"/tasks/{id_}") as answer:
            page = await answer.text()
        assert f"<h1>{shown}</h1>" in page
        form = {"title": shown, "note": "Later", "csrf": CSRF}
        async with desk.client.post(f"/tasks/{id_}", data=form) as answer:
            assert answer.status == 200
        async with world.pool.acquire() as conn:
            task = await tasks.get(conn, SYSTEM, id_ or 0)
        assert (task.note, isinstance(task.title, Sentence)) == ("Later", id_ == made)


async def _stranger(desk: Desk) -> int:
    row = "INSERT INTO crm_contact (root_id) SELECT currval(pg_get_serial_sequence('crm_contact', 'id')) RETURNING id"
    async with desk.site.world.pool.acquire() as conn, conn.transaction():
        await conn.fetchval("SELECT nextval(pg_get_serial_sequence('crm_contact', 'id'))")
        found = await conn.fetchval(row)
        await conn.execute("UPDATE crm_contact SET root_id = id WHERE id = $1", found)
    return found
