"""Tokens: what a scope opens, what a role keeps closed, and that a token sees no more than its user."""

from __future__ import annotations

import pytest

from hub.api import tokens
from tests.hub.api.conftest import Api, Caller

READS = {
    "contacts": "/contacts",
    "companies": "/companies",
    "conversations": "/conversations",
    "leads": "/leads",
    "deals": "/deals",
    "pipelines": "/pipelines",
    "tasks": "/tasks",
    "channels": "/channels",
    "journal": "/journal",
    "users": "/users",
    "webhooks": "/webhooks",
}
WRITES = {
    "contacts": ("POST", "/contacts", {"name": "Anna"}, 201),
    "companies": ("POST", "/companies", {"name": "Firm"}, 201),
    "conversations": ("POST", "/conversations/1/closure", None, 404),
    "leads": ("POST", "/leads/1/decline", {}, 404),
    "deals": ("POST", "/deals", {"contact_id": 2**40}, 404),
    "tasks": ("POST", "/tasks", {"title": "x"}, 201),
    "channels": ("POST", "/channels/none/pause", None, 404),
    "journal": ("POST", "/journal/1/replay", None, 404),
    "webhooks": ("DELETE", "/webhooks/1", None, 404),
}


async def test_a_scope_opens_its_resource_alone(api: Api) -> None:
    for resource in tokens.RESOURCES:
        reader = await api.caller([f"{resource}:read"])
        writer = await api.caller([f"{resource}:write"])
        for name, path in READS.items():
            for caller in (reader, writer):
                wanted = 200 if name == resource else 403
                assert (await caller("GET", path)).status == wanted, (resource, path)
        for name, (method, path, body, status) in WRITES.items():
            await reader.refused(method, path, body, status=403)
            wanted = status if name == resource else 403
            assert (await writer(method, path, body)).status == wanted, (resource, name)


async def test_wide_scopes(api: Api) -> None:
    reader, writer = await api.caller(["read"]), await api.caller(["write"])
    for path in READS.values():
        await reader.ok("GET", path)
        await writer.ok("GET", path)
    for method, path, body, status in WRITES.values():
        await reader.refused(method, path, body, status=403)
        assert (await writer(method, path, body)).status == status


HEADERS = ("", "Bearer", "Bearer ", "Bearer hub_nonsense", "Basic aHViOg==", "Bearer é")


async def test_without_a_valid_token_nothing_is_told(api: Api) -> None:
    caller = Caller(api.client, "")
    for header in HEADERS:
        for method, path in (("GET", "/contacts"), ("POST", "/contacts"), ("GET", "/contacts/1?x=1")):
            answer = await caller(method, path, headers={"Authorization": header})
            assert (answer.status, answer.content_type) == (401, "application/problem+json"), header
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_revoked_token_and_one_of_a_user_who_left_are_worth_nothing(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    bound, free = await api.caller(user=anna), await api.caller()
    await bound.ok("GET", "/contacts")
    await api.world.value("UPDATE crm_user SET is_active = false")
    await bound.refused("GET", "/contacts", status=401)
    async with api.world.pool.acquire() as conn:
        for row in await tokens.list_tokens(conn):
            await tokens.revoke(conn, row.id)
    await free.refused("GET", "/contacts", status=401)


async def test_a_token_sees_and_touches_no_more_than_its_user(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    boris, _ = await api.world.user("Boris")
    mine, other = await api.caller(user=anna), await api.caller(user=boris)
    contact = await mine.ok("POST", "/contacts", {"name": "Secret"}, status=201)
    company = await mine.ok("POST", "/companies", {"name": "Secret", "owner_id": anna.id}, status=201)
    deal = await mine.ok("POST", "/deals", {"contact_id": contact["id"], "title": "Secret"}, status=201)
    task = await mine.ok("POST", "/tasks", {"title": "Secret", "deal_id": deal["id"]}, status=201)
    assert contact["owner_id"] == deal["owner_id"] == task["assignee_id"] == anna.id
    rows = {"contacts": contact, "companies": company, "deals": deal, "tasks": task}
    for name, row in rows.items():
        one = f"/{name}/{row['id']}"
        await mine.ok("GET", one)
        assert [found["id"] for found in (await mine.ok("GET", f"/{name}"))["items"]] == [row["id"]]
        for method, body in (("GET", None), ("PATCH", {})):
            await other.refused(method, one, body, status=404)
        for query in ("", "?query=secret" if name != "tasks" else "?scope=all"):
            assert (await other.ok("GET", f"/{name}{query}"))["items"] == []
    own = await other.ok("POST", "/contacts", {"name": "Own"}, status=201)
    for method, path, body in (
        ("POST", f"/contacts/{contact['id']}/notes", {"text": "x"}),
        ("POST", f"/contacts/{contact['id']}/handles", {"kind": "x", "value": "y"}),
        ("POST", f"/contacts/{own['id']}/merges", {"absorbed_id": contact["id"]}),
        ("GET", f"/contacts/{contact['id']}/history", None),
        ("GET", f"/deals/{deal['id']}/history", None),
        ("PUT", f"/deals/{deal['id']}/stage", {"stage_id": deal["stage_id"]}),
        ("POST", f"/tasks/{task['id']}/completion", {}),
        ("POST", "/tasks", {"title": "x", "contact_id": contact["id"]}),
        ("POST", "/deals", {"contact_id": contact["id"]}),
    ):
        await other.refused(method, path, body, status=404)
    own_deal = await other.ok("POST", "/deals", {"contact_id": own["id"]}, status=201)
    body = {"title": "x", "deal_id": own_deal["id"], "contact_id": contact["id"]}
    await other.refused("POST", "/tasks", body, status=404)


async def test_what_is_given_away_is_gone_but_told_once(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    boris, _ = await api.world.user("Boris")
    mine = await api.caller(user=anna)
    contact = await mine.ok("POST", "/contacts", {"name": "C"}, status=201)
    deal = await mine.ok("POST", "/deals", {"contact_id": contact["id"]}, status=201)
    given = await mine.ok("PATCH", f"/deals/{deal['id']}", {"owner_id": boris.id})
    assert given["owner_id"] == boris.id
    await mine.refused("GET", f"/deals/{deal['id']}", status=404)


@pytest.mark.parametrize(
    ("role", "closed", "open_"),
    [
        (
            "ops",
            ["/contacts", "/companies", "/leads", "/deals", "/tasks", "/pipelines", "/webhooks"],
            ["/channels", "/journal", "/users"],
        ),
        ("manager", ["/journal", "/ledger", "/webhooks"], ["/contacts", "/channels", "/users", "/pipelines"]),
        ("admin", [], list(READS.values())),
    ],
)
async def test_a_role_keeps_closed_what_a_scope_opens(
    api: Api, role: str, closed: list[str], open_: list[str]
) -> None:
    user, _ = await api.world.user("Anna", role=role)
    caller = await api.caller(user=user)
    for path in closed:
        await caller.refused("GET", path, status=403)
    for path in open_:
        await caller.ok("GET", path)
    status = 403 if role == "manager" else 200
    assert (await caller("PATCH", "/channels/sink", {"name": "X"})).status == status


async def test_operations_see_customers_words_only_in_quarantine(api: Api) -> None:
    ops, _ = await api.world.user("Op", role="ops")
    caller = await api.caller(user=ops)
    await api.world.post(sender="+12025550100", text="a secret")
    await api.world.settled()
    id_ = (await caller.ok("GET", "/journal"))["items"][0]["id"]
    assert (await caller.ok("GET", f"/journal/{id_}"))["body"] == ""
    await api.world.value("UPDATE inbox_journal SET state = 'quarantined'")
    assert (await caller.ok("GET", f"/journal/{id_}"))["body"] != ""


async def test_who_tries_tokens_waits_and_a_right_one_from_there_is_taken(api: Api) -> None:
    right = await api.caller(["read"])
    guess = Caller(api.client, "hub_guess")
    statuses = [(await guess("GET", "/contacts")).status for _ in range(62)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    await right.ok("GET", "/contacts")
