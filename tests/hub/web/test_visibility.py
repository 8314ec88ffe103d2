"""A colleague's customers are not there: no page shows them, no verb touches them."""

from __future__ import annotations

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts


async def test_a_colleagues_rows_are_not_found(desk: Desk) -> None:
    deal, contact, task = f"/deals/{desk.deal_id}", f"/contacts/{desk.contact_id}", f"/tasks/{desk.task_id}"
    company = f"/companies/{desk.company_id}"
    gets = (deal, contact, task, company, f"{deal}/card", f"{contact}/card", f"{contact}/merges")
    posts: tuple[tuple[str, dict[str, str]], ...] = (
        (deal, {"title": "Mine", "currency": "USD"}),
        (f"{deal}/stage", {"stage_id": str(desk.stages[1])}),
        (f"{deal}/card/tasks", {"title": "x"}),
        (f"{deal}/card/notes", {"text": "x"}),
        (f"{deal}/card/tasks/{desk.task_id}", {}),
        (contact, {"name": "Mine"}),
        (f"{contact}/handles", {"kind": "email", "value": "a@example.com"}),
        (f"{contact}/handles/1/removal", {}),
        (f"{contact}/conversations", {"channel_id": "1", "text": "x"}),
        (f"{task}/completion", {}),
        (task, {"title": "Mine"}),
        (company, {"name": "Mine"}),
    )
    for path in gets:
        async with desk.client.get(path) as answer:
            assert answer.status == 200, path
        async with desk.colleague.get(path) as answer:
            assert answer.status == 404, path
    for path, form in posts:
        async with desk.colleague.post(path, data={**form, "csrf": CSRF}) as answer:
            assert answer.status == 404, path
    assert (
        await desk.site.world.value("SELECT title FROM crm_deal WHERE id = $1", desk.deal_id) == "Oak table"
    )
    assert await desk.site.world.value("SELECT count(*) FROM crm_task WHERE done_at IS NULL") == 1


async def test_lists_leave_a_colleagues_rows_out(desk: Desk) -> None:
    for path, word in (
        ("/deals", "Oak table"),
        ("/contacts", "Sok Li"),
        ("/contacts?q=Sok", "Sok Li"),
        ("/companies", "Angkor"),
        ("/tasks?whose=all", "Measure"),
        ("/deals/new?q=Sok", "Sok Li"),
    ):
        async with desk.client.get(path) as answer:
            assert word in texts(await answer.text()), path
        async with desk.colleague.get(path) as answer:
            assert answer.status == 200, path
            assert word not in texts(await answer.text()), path


async def test_a_merge_takes_no_contact_that_one_cannot_see(desk: Desk) -> None:
    async with desk.colleague.post("/contacts", data={"name": "Own", "csrf": CSRF}) as answer:
        own = int(answer.url.path.rpartition("/")[2])
    form = {"survivor_id": str(own), "absorbed_id": str(desk.contact_id), "csrf": CSRF}
    async with desk.colleague.post(f"/contacts/{own}/merges", data=form) as answer:
        assert answer.status == 404
    assert await desk.site.world.value("SELECT count(*) FROM crm_merge") == 0


async def test_a_merge_is_undone_only_on_its_own_card(desk: Desk) -> None:
    world = desk.site.world
    async with desk.client.post("/contacts", data={"name": "Other", "csrf": CSRF}) as answer:
        other = int(answer.url.path.rpartition("/")[2])
    form = {"survivor_id": str(desk.contact_id), "absorbed_id": str(other), "csrf": CSRF}
    async with desk.client.post(f"/contacts/{desk.contact_id}/merges", data=form) as answer:
        assert answer.status == 200
    merge_id = await world.value("SELECT max(id) FROM crm_merge")
    async with desk.colleague.post("/contacts", data={"name": "Own", "csrf": CSRF}) as answer:
        own = int(answer.url.path.rpartition("/")[2])
    path = f"/contacts/{own}/card/merges/{merge_id}/removal"
    async with desk.colleague.post(path, data={"csrf": CSRF}) as answer:
        assert answer.status == 404
    path = f"/contacts/{desk.contact_id}/card/merges/{merge_id}/removal"
    async with desk.client.post(path, data={"csrf": CSRF}) as answer:
        assert answer.status == 200
    assert await world.value("SELECT root_id FROM crm_contact WHERE id = $1", other) == other
