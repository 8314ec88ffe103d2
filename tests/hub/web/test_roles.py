"""Which role gets which page of operations, and that the content of customers stays from operations."""

from __future__ import annotations

from crm_core.access.abilities import ROLES, may
from hub.web.routes import PAGES
from tests.site import CSRF, Site, texts

ADMINS_ONLY = ("/guide", "/rules", "/users", "/users/new", "/tokens", "/webhooks", "/audit", "/settings")
OPERATIONS = ("/channels", "/channels/new", "/channels/sink", "/journal", "/quarantine", "/ledger")
SAMPLE = {
    "{id:\\d+}": "1",
    "{slug:[a-z0-9][a-z0-9_-]*}": "sink",
    "{connector:[\\w-]+}": "sink",
    "{delivery}": "x",
    r"{option_id:\d+}": "1",
    "{kind}": "silence",
    "{subject}": "sink",
}


async def test_each_page_opens_for_its_roles_only(site: Site) -> None:
    people = {role: (await site.world.user(role.title(), role=role))[0] for role in ROLES}
    wanted = {"admin": (200, 200), "ops": (403, 200), "manager": (403, 403)}
    for role, (for_admins, for_operations) in wanted.items():
        client = await site.client(people[role])
        for paths, status in ((ADMINS_ONLY, for_admins), (OPERATIONS, for_operations)):
            for path in paths:
                async with client.get(path) as answer:
                    assert answer.status == status, (role, path)
    stranger = await site.client()
    async with stranger.get("/channels", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=/channels")


async def test_no_verb_is_open_to_a_manager_or_without_the_token_of_the_page(site: Site) -> None:
    manager, _ = await site.world.user("Dara")
    admin, _ = await site.world.user("Boss", role="admin")
    as_manager, as_admin = await site.client(manager), await site.client(admin)
    verbs = [
        entry for entry in PAGES if entry.method == "POST" and entry.needs and not may("manager", entry.needs)
    ]
    assert len(verbs) > 15
    for entry in verbs:
        path = entry.path
        for pattern, value in SAMPLE.items():
            path = path.replace(pattern, value)
        async with as_manager.post(path, data={"csrf": CSRF}) as answer:
            assert answer.status == 403, path
        async with as_admin.post(path, data={"csrf": "wrong"}) as answer:
            assert answer.status == 403, path


async def test_operations_read_contents_only_in_quarantine(site: Site) -> None:
    await site.conversation("My secret wish", name="Bopha")
    assert await site.world.post(sender="+85512000002", text="Broken secret", type="nonsense") == 200
    await site.world.settled()
    newest = "SELECT max(id) FROM inbox_journal WHERE state = $1"
    fine, broken = await site.world.value(newest, "processed"), await site.world.value(newest, "quarantined")
    ops, _ = await site.world.user("Olga", role="ops")
    admin, _ = await site.world.user("Boss", role="admin")
    for person, sees in ((ops, False), (admin, True)):
        async with (await site.client(person)).get(f"/journal/{fine}") as answer:
            html = await answer.text()
            assert answer.status == 200
            assert ("My secret wish" in texts(html), "Bopha" in html) == (sees, sees), person.role
    async with (await site.client(ops)).get(f"/journal/{broken}") as answer:
        assert "Broken secret" in texts(await answer.text())
