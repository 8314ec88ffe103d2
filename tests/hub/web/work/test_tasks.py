"""Tasks over HTTP: added, done, opened again."""

from __future__ import annotations

from tests.hub.web.conftest import Desk
from tests.site import CSRF, texts


async def test_tasks_are_added_done_and_opened_again(desk: Desk) -> None:
    world, card = desk.site.world, f"/deals/{desk.deal_id}/card"
    form = {"title": "Call, 100% sure", "due_at": "2031-05-01T10:00", "remind": "60", "csrf": CSRF}
    async with desk.client.post(f"{card}/tasks", data=form) as answer:
        assert "Call, 100% sure" in texts(await answer.text())
    found = (await world.fetch("SELECT id, due_at - remind_at AS before FROM crm_task ORDER BY id DESC"))[0]
    assert found["before"].total_seconds() == 3600
    open_ = "SELECT done_at IS NULL FROM crm_task WHERE id = $1"
    for path, form, expected in (
        (f"{card}/tasks/{found['id']}", {}, False),
        (f"{card}/tasks/{found['id']}", {"undo": "1"}, True),
        (f"/tasks/{found['id']}/completion", {}, False),
        (f"/tasks/{found['id']}/completion/removal", {}, True),
    ):
        async with desk.client.post(path, data={**form, "csrf": CSRF}) as answer:
            assert answer.status == 200
        assert await world.value(open_, found["id"]) is expected, path
