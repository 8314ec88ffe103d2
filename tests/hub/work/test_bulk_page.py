"""The page of jobs: what a bulk change did is taken back there, once."""

from __future__ import annotations

from tests.hub.work.test_bulk import begun, looked, people, work
from tests.site import CSRF, Site
from tests.world import World


async def test_a_bulk_change_is_undone_on_its_page(world: World, site: Site) -> None:
    user, viewer = await world.user("Anna", role="admin")
    ids = await people(world, 3)
    id_ = await begun(world, await looked(world, ids, viewer, verb="tag", add=("vip",)), viewer)
    await work(world)
    client = await site.client(user)
    async with client.get(f"/jobs/{id_}") as answer:
        page = await answer.text()
    assert f'action="/jobs/{id_}/undo"' in page
    async with client.post(f"/jobs/{id_}/undo", data={"csrf": CSRF}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    await work(world)
    assert await world.value("SELECT count(*) FROM crm_contact WHERE tags <> '{}'") == 0
    async with client.get(f"/jobs/{id_}") as answer:
        assert f'action="/jobs/{id_}/undo"' not in await answer.text()
    async with client.post(f"/jobs/{id_}/undo", data={"csrf": CSRF}, allow_redirects=False) as answer:
        assert answer.status in (404, 409)
