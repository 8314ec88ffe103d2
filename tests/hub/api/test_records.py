"""Records over the API: into the bin and out of it, their changes, and acts that are undone."""

from __future__ import annotations

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from crm_core.history import undoing
from tests.hub.api.conftest import Api, Caller

SINGULAR = {"companies": "company"}
OBJECTS = ("contacts", "companies", "leads", "deals", "tasks")


def every(of: str) -> str:
    """A list with a filter that all pass."""
    noun = SINGULAR.get(of, of.removesuffix("s"))
    return f"/{of}?" + urlencode({"filter": json.dumps({"all": [[f"{noun}.id", ">", 0]]})})


async def made(api: Api, caller: Caller) -> dict[str, int]:
    """One of each."""
    contact = (await caller.ok("POST", "/contacts", {"name": "Bopha"}, status=201))["id"]
    company = (await caller.ok("POST", "/companies", {"name": "Acme"}, status=201))["id"]
    deal = (await caller.ok("POST", "/deals", {"contact_id": contact, "title": "Roof"}, status=201))["id"]
    task = (await caller.ok("POST", "/tasks", {"title": "Call"}, status=201))["id"]
    [lead] = await api.world.fetch("INSERT INTO crm_lead (contact_id) VALUES ($1) RETURNING id", contact)
    return {"contacts": contact, "companies": company, "leads": lead["id"], "deals": deal, "tasks": task}


@pytest.mark.parametrize("of", OBJECTS)
async def test_a_record_goes_into_the_bin_and_comes_out_again(api: Api, of: str) -> None:
    caller = await api.caller()
    one = f"/{of}/{(await made(api, caller))[of]}"
    await caller.ok("DELETE", one, status=204)
    await caller.refused("GET", one, status=404)
    await caller.refused("DELETE", one, status=404)
    assert (await caller.ok("GET", f"/{of}"))["items"] == []
    assert (await caller.ok("GET", every(of)))["items"] == []
    restored = await caller.ok("POST", f"{one}/restore")
    assert one.endswith(str(restored["id"]))
    await caller.refused("POST", f"{one}/restore", status=404)
    await caller.ok("GET", one)
    assert len((await caller.ok("GET", every(of)))["items"]) == 1
    undone = await caller.ok("POST", f"/acts/{restored['act_id']}/undo")
    assert (undone["records"], undone["left"]) == (1, [])
    await caller.refused("GET", one, status=404)


async def test_changes_name_the_act_of_the_token_which_can_be_undone(api: Api) -> None:
    caller = await api.caller()
    one = f"/contacts/{(await made(api, caller))['contacts']}"
    await caller.ok("PATCH", one, {"name": "Bopha Kim", "fields": {"size": "M"}})
    changes = (await caller.ok("GET", f"{one}/changes"))["items"]
    told = {each["field"]: (each["old"], each["new"], each["cause"]) for each in changes}
    assert told["name"] == ("Bopha", "Bopha Kim", "token")
    assert told["fields.size"] == (None, "M", "token")
    act = await caller.ok("GET", f"/acts/{changes[0]['act_id']}")
    assert (act["kind"], act["cause"], act["undone_at"]) == ("contact.update", "token", None)
    await caller.ok("POST", f"/acts/{act['id']}/undo")
    assert (await caller.ok("GET", one))["name"] == "Bopha"
    await caller.refused("POST", f"/acts/{act['id']}/undo", status=409)
    for unknown in (uuid4(), "nonsense"):
        await caller.refused("GET", f"/acts/{unknown}", status=404)
        await caller.refused("POST", f"/acts/{unknown}/undo", status=404)


async def test_scopes_and_users_bound_what_is_undone(api: Api) -> None:
    dara, _ = await api.world.user("Dara")
    bopha, _ = await api.world.user("Bopha")
    hers, his = await api.caller(user=dara), await api.caller(user=bopha)
    contact = (await hers.ok("POST", "/contacts", {"name": "Sok"}, status=201))["id"]
    await hers.ok("PATCH", f"/contacts/{contact}", {"name": "Sok Li"})
    act = (await hers.ok("GET", f"/contacts/{contact}/changes"))["items"][0]["act_id"]
    await his.refused("GET", f"/contacts/{contact}/changes", status=404)
    await his.refused("DELETE", f"/contacts/{contact}", status=404)
    await his.refused("POST", f"/acts/{act}/undo", status=404)
    reader = await api.caller(["read"])
    await reader.refused("POST", f"/acts/{act}/undo", status=403)
    await hers.ok("POST", f"/acts/{act}/undo")


async def test_an_act_of_many_records_is_taken_back_by_a_job(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 0)
    caller = await api.caller()
    contact = (await caller.ok("POST", "/contacts", {"name": "Sok"}, status=201))["id"]
    await caller.ok("PATCH", f"/contacts/{contact}", {"name": "Sok Li"})
    act = (await caller.ok("GET", f"/contacts/{contact}/changes"))["items"][0]["act_id"]
    begun = await caller.ok("POST", f"/acts/{act}/undo")
    assert begun["act_id"] is None
    job = await caller.ok("GET", f"/jobs/{begun['job_id']}")
    assert (job["kind"], job["total"]) == ("bulk.undo", 1)
