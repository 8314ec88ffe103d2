"""Every verb of the API, from the request to what stands in the database afterwards."""

from __future__ import annotations

from dataclasses import replace

from tests.hub.api.conftest import Api, Caller
from tests.world import until


async def test_a_contact_is_made_changed_and_found(call: Caller, api: Api) -> None:
    made = await call.ok(
        "POST",
        "/contacts",
        {
            "name": "Anna Petrova",
            "handles": [
                {"kind": "phone", "value": "(202) 555-0100"},
                {"kind": "email", "value": "Anna@Firm.Test"},
            ],
            "region": "US",
            "fields": {"size": 7, "vip": True},
            "tags": ["new"],
        },
        status=201,
    )
    one = f"/contacts/{made['id']}"
    assert {handle["value"] for handle in made["handles"]} == {"+12025550100", "anna@firm.test"}
    changed = await call.ok("PATCH", one, {"language": "ru", "fields": {"size": None, "colour": "blue"}})
    assert changed["fields"] == {"vip": True, "colour": "blue"}
    assert (changed["language"], changed["name"], changed["tags"]) == ("ru", "Anna Petrova", ["new"])
    for query in ("петр", "petro", "2025550100", "firm.test"):
        found = await call.ok("GET", f"/contacts?query={query}")
        assert [row["id"] for row in found["items"]] == ([] if query == "петр" else [made["id"]]), query
    await call.ok("POST", f"{one}/handles", {"kind": "phone", "value": "+12025550101"}, status=201)
    await call.refused("POST", f"{one}/handles", {"kind": "phone", "value": "+12025550101"}, status=409)
    await call.refused("POST", f"{one}/handles", {"kind": "email", "value": "no"}, status=422, field="value")
    left = await call.ok("DELETE", f"{one}/handles/{made['handles'][0]['id']}")
    assert len(left["handles"]) == 2
    await call.ok("POST", f"{one}/notes", {"text": "prefers calls"}, status=204)
    history = await call.ok("GET", f"{one}/history?limit=1")
    assert history["items"][0]["data"]["text"] == "prefers calls"
    older = await call.ok("GET", f"{one}/history?after={history['next']}")
    assert "contact.created" in {entry["kind"] for entry in older["items"]}


async def test_pages_of_contacts_follow_each_other_without_gaps(call: Caller) -> None:
    made = [(await call.ok("POST", "/contacts", {"name": f"C {n}"}, status=201))["id"] for n in range(7)]
    seen: list[int] = []
    after = ""
    while True:
        page = await call.ok("GET", f"/contacts?limit=3{after}")
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == made[::-1]
    await call.refused("GET", "/contacts?after=nonsense", status=422, field="after")


async def test_a_merge_is_made_and_undone(call: Caller) -> None:
    one = await call.ok("POST", "/contacts", {"name": "Anna"}, status=201)
    two = await call.ok(
        "POST",
        "/contacts",
        {"name": "A. Petrova", "handles": [{"kind": "email", "value": "a@b.test"}]},
        status=201,
    )
    body = {"absorbed_id": two["id"], "fields": {"name": "absorbed"}}
    merged = await call.ok("POST", f"/contacts/{one['id']}/merges", body, status=201)
    contact = await call.ok("GET", f"/contacts/{two['id']}")
    assert (contact["id"], contact["name"]) == (one["id"], "A. Petrova")
    assert [handle["value"] for handle in contact["handles"]] == ["a@b.test"]
    await call.refused("POST", f"/contacts/{one['id']}/merges", body, status=409)
    assert len((await call.ok("GET", f"/contacts/{one['id']}/merges"))["items"]) == 1
    undone = await call.ok("DELETE", f"/merges/{merged['merge_id']}")
    assert undone == {"contact_id": two["id"]}
    assert (await call.ok("GET", f"/contacts/{one['id']}"))["name"] == "Anna"
    assert (await call.ok("GET", f"/contacts/{two['id']}"))["id"] == two["id"]
    await call.refused("DELETE", f"/merges/{merged['merge_id']}", status=409)


async def test_suggestions_are_accepted_or_declined(call: Caller) -> None:
    handle = {"kind": "email", "value": "same@person.test"}
    ids = [
        (await call.ok("POST", "/contacts", {"name": name, "handles": [handle]}, status=201))["id"]
        for name in ("Anna", "Boris", "Chan")
    ]
    suggested = (await call.ok("GET", f"/contacts/{ids[0]}/suggestions"))["items"]
    assert {row["other_id"] for row in suggested} <= set(ids[1:])
    assert suggested
    await call.ok("POST", f"/suggestions/{suggested[0]['id']}/acceptance", {}, status=201)
    assert (await call.ok("GET", f"/contacts/{suggested[0]['other_id']}"))["id"] == ids[0]
    left = (await call.ok("GET", f"/contacts/{ids[0]}/suggestions"))["items"]
    for row in left:
        await call.ok("DELETE", f"/suggestions/{row['id']}", status=204)
        await call.refused("DELETE", f"/suggestions/{row['id']}", status=404)
    assert not (await call.ok("GET", f"/contacts/{ids[0]}/suggestions"))["items"]


async def test_companies(call: Caller) -> None:
    made = await call.ok(
        "POST", "/companies", {"name": "Firm", "domain": "https://www.firm.test/x"}, status=201
    )
    assert made["domain"] == "firm.test"
    await call.refused("POST", "/companies", {"name": "Twin", "domain": "firm.test"}, status=409)
    await call.refused(
        "POST", "/companies", {"name": "Free", "domain": "gmail.com"}, status=422, field="domain"
    )
    anna = await call.ok(
        "POST",
        "/contacts",
        {"name": "Anna", "handles": [{"kind": "email", "value": "a@firm.test"}]},
        status=201,
    )
    assert anna["company_id"] == made["id"]
    changed = await call.ok("PATCH", f"/companies/{made['id']}", {"phone": "+1 202 555 0100"})
    assert (changed["name"], changed["phone"], changed["contacts"]) == ("Firm", "+1 202 555 0100", 1)
    assert (await call.ok("GET", "/companies?query=fir"))["items"][0]["id"] == made["id"]
    listed = await call.ok("GET", f"/contacts?company_id={made['id']}")
    assert [row["id"] for row in listed["items"]] == [anna["id"]]


async def test_a_lead_is_qualified_or_declined(call: Caller, api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    await api.world.post(sender="+12025550100", text="hello")
    await api.world.post(sender="+12025550101", text="hello")
    await api.world.settled()
    await api.world.value("UPDATE crm_lead SET state = 'new', closed_at = NULL")
    leads = (await call.ok("GET", "/leads"))["items"]
    assert len(leads) == 2
    first, second = (f"/leads/{lead['id']}" for lead in leads)
    assert (await call.ok("PATCH", first, {"owner_id": anna.id}))["owner_id"] == anna.id
    deal = await call.ok("POST", f"{first}/qualification", {"owner_id": anna.id, "title": "Big"}, status=201)
    assert (deal["title"], deal["owner_id"], deal["lead_id"]) == ("Big", anna.id, leads[0]["id"])
    await call.refused("POST", f"{first}/qualification", {}, status=409)
    declined = await call.ok("POST", f"{second}/decline", {"reason": "spam"})
    assert (declined["state"], declined["reason"]) == ("declined", "spam")
    assert [row["id"] for row in (await call.ok("GET", "/leads?state=declined"))["items"]] == [leads[1]["id"]]


async def test_a_deal_moves_to_won(call: Caller) -> None:
    anna = await call.ok("POST", "/contacts", {"name": "Anna"}, status=201)
    stages = (await call.ok("GET", "/pipelines"))["items"][0]["stages"]
    won = next(stage for stage in stages if stage["kind"] == "won")
    body = {"contact_id": anna["id"], "title": "Desk", "amount": 125050, "currency": "EUR"}
    deal = await call.ok("POST", "/deals", body, status=201)
    one = f"/deals/{deal['id']}"
    assert (deal["amount"], deal["currency"], deal["stage_id"]) == (125050, "EUR", stages[0]["id"])
    changed = await call.ok("PATCH", one, {"amount": 99, "fields": {"colour": "oak"}, "note": "x"})
    assert (changed["amount"], changed["currency"], changed["fields"]) == (99, "EUR", {"colour": "oak"})
    moved = await call.ok("PUT", f"{one}/stage", {"stage_id": won["id"]})
    assert (moved["stage_kind"], moved["closed_at"] is None) == ("won", False)
    await call.ok("POST", f"{one}/notes", {"text": "paid"}, status=204)
    kinds = [entry["kind"] for entry in (await call.ok("GET", f"{one}/history"))["items"]]
    assert {"note.written", "deal.won", "deal.stage_changed", "deal.created"} <= set(kinds)
    assert [row["id"] for row in (await call.ok("GET", "/deals?kind=won"))["items"]] == [deal["id"]]
    assert (await call.ok("GET", "/deals?kind=lost"))["items"] == []
    assert [row["id"] for row in (await call.ok("GET", "/deals?query=des"))["items"]] == [deal["id"]]
    await call.refused("PATCH", one, {"currency": "XXX"}, status=422, field="currency")
    await call.refused("PUT", f"{one}/stage", {"stage_id": 2**62}, status=422, field="stage_id")


async def test_a_task_is_done_and_open_again(call: Caller, api: Api) -> None:
    boris, _ = await api.world.user("Boris")
    anna = await call.ok("POST", "/contacts", {"name": "Anna"}, status=201)
    body = {
        "title": "Ring",
        "kind": "call_back",
        "contact_id": anna["id"],
        "due_at": "2030-01-01T10:00:00+02:00",
    }
    task = await call.ok("POST", "/tasks", body, status=201)
    one = f"/tasks/{task['id']}"
    assert task["due_at"] == "2030-01-01T08:00:00Z"
    await call.refused("POST", "/tasks", body, status=409)
    assert (await call.ok("PATCH", one, {"assignee_id": boris.id}))["assignee_id"] == boris.id
    done = await call.ok("POST", f"{one}/completion", {"reason": "reached"})
    assert done["done_reason"] == "reached"
    assert [row["id"] for row in (await call.ok("GET", "/tasks?scope=done"))["items"]] == [task["id"]]
    assert (await call.ok("DELETE", f"{one}/completion"))["done_at"] is None
    assert [row["id"] for row in (await call.ok("GET", "/tasks?scope=upcoming"))["items"]] == [task["id"]]
    await call.refused(
        "POST", "/tasks", {"title": "x", "due_at": "2030-01-01T10:00:00"}, status=422, field="due_at"
    )
    await call.refused("GET", "/tasks?scope=today&timezone=Nowhere/Land", status=422, field="timezone")
    await call.refused("POST", "/tasks", {"title": "x", "contact_id": 10**9}, status=404)


async def test_users_are_read_without_their_secrets(call: Caller, api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    listed = (await call.ok("GET", "/users"))["items"]
    assert [row["email"] for row in listed] == ["anna@example.test"]
    assert not any("password" in name or "totp" in name for name in listed[0])
    assert (await call.ok("GET", f"/users/{anna.id}"))["name"] == "Anna"
    await call.refused("GET", "/users/2147483648", status=404)
    await call.refused("DELETE", f"/users/{anna.id}", status=405)


async def test_what_was_sent_is_changed_and_deleted(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    api.world.sink.spec = replace(
        api.world.sink.spec, abilities=replace(api.world.sink.spec.abilities, edits=True, reply_to=True)
    )
    await api.world.post(sender="+12025550100", text="hello", id="first")
    await api.world.delivered()
    call = await api.caller(user=anna)
    id_ = (await call.ok("GET", "/conversations"))["items"][0]["id"]
    first = (await call.ok("GET", f"/conversations/{id_}/messages"))["items"][0]["id"]
    body = {"text": "*Five* dolars", "formatted": True, "answers_id": first}
    said = await call.ok("POST", f"/conversations/{id_}/messages", body, status=201)
    assert (said["text"], said["data"]["answers"]["text"]) == ("Five dolars", "hello")
    await call.refused("PUT", f"/messages/{first}/text", {"text": "not ours"}, status=409)
    await api.world.delivered()
    assert (api.world.sink.sent[-1].marked, api.world.sink.sent[-1].replies_to) == ("*Five* dolars", "first")
    await call.ok("PUT", f"/messages/{said['id']}/text", {"text": "Five dollars"})
    text = "SELECT text = 'Five dollars' FROM inbox_message WHERE id = $1"
    await until(lambda: api.world.value(text, said["id"]))
    await call.refused("POST", f"/messages/{said['id']}/removal", status=422)
    api.world.sink.spec = replace(
        api.world.sink.spec, abilities=replace(api.world.sink.spec.abilities, deletes=True)
    )
    await call.ok("POST", f"/messages/{said['id']}/removal", status=204)
    await until(lambda: api.world.value("SELECT count(*) = 2 FROM inbox_amendment WHERE state = 'done'"))
    assert api.world.sink.amended[-1].removes


async def test_a_conversation_is_answered_and_handed_to_a_colleague(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    boris, _ = await api.world.user("Boris", is_available=False)
    await api.world.post(sender="+12025550100", text="hello")
    await api.world.delivered()
    call = await api.caller(user=anna)
    id_ = (await call.ok("GET", "/conversations"))["items"][0]["id"]
    one = f"/conversations/{id_}"
    await call.ok("POST", f"{one}/messages", {"text": "How may I help?"}, status=201)
    await api.world.delivered()
    assert api.world.sink.sent[-1].text == "How may I help?"
    task = await call.ok("POST", "/tasks", {"title": "Ask", "conversation_id": id_}, status=201)
    assert task["contact_id"] is not None
    handed = await call.ok("PUT", f"{one}/assignment", {"user_id": boris.id})
    assert handed["row"]["assignee_id"] == boris.id
    await call.refused("GET", one, status=404)


async def test_answering_takes_a_conversation_over_only_where_it_is_asked(api: Api) -> None:
    anna, _ = await api.world.user("Anna")
    boss, _ = await api.world.user("Boss", role="admin")
    call = await api.caller(user=boss)
    await api.world.post(text="Is it there?", name="Claire")
    await api.world.settled()
    one = f"/conversations/{(await call.ok('GET', '/conversations'))['items'][0]['id']}"
    await call.ok("PUT", f"{one}/assignment", {"user_id": anna.id})
    await call.ok("POST", f"{one}/messages", {"text": "Yes"}, status=201)
    assert (await call.ok("GET", one))["row"]["assignee_id"] == anna.id
    await call.ok("POST", f"{one}/messages", {"text": "I go on", "take_over": True}, status=201)
    assert (await call.ok("GET", one))["row"]["assignee_id"] == boss.id


async def test_nobody_takes_a_conversation_over_by_a_note_or_a_token_of_nobody(
    api: Api, call: Caller
) -> None:
    anna, _ = await api.world.user("Anna")
    await api.world.post(text="Is it there?", name="Claire")
    await api.world.settled()
    one = f"/conversations/{(await call.ok('GET', '/conversations'))['items'][0]['id']}"
    await call.refused(
        "POST", f"{one}/messages", {"text": "Mine", "take_over": True}, status=422, field="take_over"
    )
    of_anna = await api.caller(user=anna)
    wrong = {"text": "Mine", "take_over": True, "note": True}
    await of_anna.refused("POST", f"{one}/messages", wrong, status=422, field="take_over")
    said = (await call.ok("GET", f"{one}/messages"))["items"]
    assert [one["text"] for one in said if one["author"] == "user"] == []


async def test_a_lead_given_away_meanwhile_is_not_given_once_more(api: Api, call: Caller) -> None:
    anna, _ = await api.world.user("Anna", is_available=False)
    boris, _ = await api.world.user("Boris", is_available=False)
    await api.world.post(text="A table?", name="Claire")
    await api.world.settled()
    lead = (await call.ok("GET", "/leads"))["items"][0]
    one = f"/leads/{lead['id']}"
    assert (await call.ok("PATCH", one, {"owner_id": anna.id, "seen_owner_id": None}))["owner_id"] == anna.id
    await call.refused("PATCH", one, {"owner_id": boris.id, "seen_owner_id": None}, status=409)
    assert (await call.ok("GET", one))["owner_id"] == anna.id
    changed = await call.ok("PATCH", one, {"owner_id": boris.id, "seen_owner_id": anna.id})
    assert changed["owner_id"] == boris.id
    assert (await call.ok("PATCH", one, {"owner_id": None}))["owner_id"] is None
