"""What was done is told with a way back, also where no script runs."""

from __future__ import annotations

import re

import pytest

from tests.site import CSRF, Site, texts


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("closure", {}, "Conversation closed"),
        ("snooze", {"until": "tomorrow"}, "Snoozed until"),
        ("assignment", {"user_id": "me"}, "Assigned to Dara"),
        ("assignment", {"user_id": "{other}"}, "Assigned to Bopha"),
    ],
)
async def test_the_next_page_tells_what_was_done_and_takes_it_back(
    site: Site, path: str, fields: dict[str, str], said: str
) -> None:
    dara, _ = await site.world.user("Dara")
    bopha, _ = await site.world.user("Bopha", is_available=False)
    id_ = await site.conversation("Do you deliver?", name="Sok <b>")
    await site.assign(id_, None if path == "assignment" else dara)
    state = "SELECT state, assignee_id FROM inbox_conversation WHERE id = $1"
    before = await site.world.fetch(state, id_)
    client = await site.client(dara)
    form = {name: value.format(other=bopha.id) for name, value in fields.items()} | {"csrf": CSRF}
    async with client.post(f"/conversations/{id_}/{path}", data=form) as answer:
        html = await answer.text()
    notices = html.partition('id="notices"')[2].partition('id="calls"')[0]
    assert said in texts(notices)
    assert "Sok &lt;b&gt;" in notices
    act = re.search(r'action="(/acts/[\w-]+/removal)"', notices)
    assert act
    assert await site.world.fetch(state, id_) != before
    async with client.get("/inbox") as answer:
        assert said not in texts((await answer.text()).partition('id="notices"')[2]), "it is told once"
    async with client.post(act[1], data={"csrf": CSRF}) as answer:
        assert answer.status == 200
    assert await site.world.fetch(state, id_) == before
