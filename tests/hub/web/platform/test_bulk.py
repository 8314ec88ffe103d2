"""Many records at once on the pages: asked, looked at, carried out, exported; no script is needed."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from crm_core.bulk.model import Change
from hub.work import runner
from hub.work.kinds import KINDS
from tests.hub.web.conftest import Send
from tests.hub.work.test_bulk import people
from tests.site import Site


async def work(site: Site) -> None:
    for id_, _ in await runner.due(site.world.runtime, KINDS):
        await runner.run(site.world.runtime, id_, KINDS)


async def carried_out(site: Site, send: Send, html: str) -> str:
    found = re.search(r'action="(/bulks/\d+/job)"', html)
    assert found, html
    status, _, place = await send(found[1])
    assert (status, place.startswith("/jobs/")) == (303, True)
    await work(site)
    return place


async def test_a_field_of_selected_ones(site: Site, send: Send) -> None:
    ids = await people(site.world, 3)
    chosen = ",".join(map(str, ids[:2]))
    _, html, _ = await send("/lists/contact/bulk/set", ids=chosen)
    assert '<option value="note">' in html
    _, html, _ = await send("/lists/contact/bulk/set", ids=chosen, field="note")
    assert 'name="value"' in html
    _, html, _ = await send("/lists/contact/bulk/set", ids=chosen, field="note", ready="1", value="by bulk")
    assert "Change 2" in html
    await carried_out(site, send, html)
    assert await site.world.value("SELECT count(*) FROM crm_contact WHERE note = 'by bulk'") == 2


async def test_tags_of_all_that_match(site: Site, send: Send) -> None:
    ids = await people(site.world, 4)
    await site.world.fetch("UPDATE crm_contact SET note = 'x' WHERE id = $1", ids[0])
    every = '{"all": [["contact.note", "empty"]]}'
    status, html, _ = await send("/lists/contact/bulk/tag", filter=every, ready="1", add="")
    assert (status, "Enter at least one tag." in html) == (422, True)
    _, html, _ = await send("/lists/contact/bulk/tag", filter=every, ready="1", add="vip, new")
    await carried_out(site, send, html)
    assert await site.world.value("SELECT count(*) FROM crm_contact WHERE tags = '{vip,new}'") == 3


@pytest.mark.parametrize("fields", [{"title": "Call", "kind": "call"}])
async def test_a_task_for_each_then_the_bin(site: Site, send: Send, fields: dict[str, Any]) -> None:
    ids = ",".join(map(str, await people(site.world, 2)))
    _, html, _ = await send("/lists/contact/bulk/task", ids=ids)
    assert "The owner of each record" in html
    _, html, _ = await send("/lists/contact/bulk/task", ids=ids, ready="1", **fields)
    await carried_out(site, send, html)
    assert await site.world.value("SELECT count(*) FROM crm_task WHERE kind = 'call'") == 2
    _, html, _ = await send("/lists/contact/bulk/delete", ids=ids)
    await carried_out(site, send, html)
    assert await site.world.value("SELECT count(*) FROM crm_contact WHERE deleted_at IS NULL") == 0


async def test_what_the_list_shows_is_exported(site: Site, send: Send, admin: aiohttp.ClientSession) -> None:
    await people(site.world, 2)
    status, _, place = await send(
        "/lists/contact/bulk/export", filter="{}", columns="contact.name,contact.phone", format="csv"
    )
    assert status == 303
    await work(site)
    async with admin.get(f"{place}/files/1") as answer:
        text = (await answer.read()).decode("utf-8-sig")
    assert text.splitlines()[0] == "Name,Phone"
    assert len(text.splitlines()) == 3


def test_a_change_is_kept_as_it_was() -> None:
    change = Change(verb="tag", add=("a",), remove=("b",))
    assert Change.read(change.kept()) == change
