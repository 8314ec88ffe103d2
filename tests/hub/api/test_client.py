"""A client that knows nothing but our document does a night's work: whatever it needs is described there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from hub.work import runner
from hub.work.kinds import KINDS
from tests.hub.api.conftest import Api, Caller


@dataclass(slots=True)
class Client:
    """Calls operations by their names; refuses what the document does not allow, and answers that it does not describe."""

    caller: Caller
    document: dict[str, Any]
    used: set[str] = field(default_factory=set)
    headers: Any = None

    def operation(self, name: str) -> tuple[str, str, dict[str, Any]]:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] == name:
                    return method.upper(), path, operation
        raise KeyError(name)

    async def __call__(
        self, operation_: str, body: Any = None, *, status: int = 0, data: bytes | None = None, **given: Any
    ) -> Any:
        method, path, operation = self.operation(operation_)
        self.used.add(operation_)
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        known = {parameter["name"].replace("-", "_"): parameter for parameter in operation["parameters"]}
        for key, value in given.items():
            place = known[key]["in"]
            if place == "path":
                path = path.replace("{" + key + "}", str(value))
            else:
                (query if place == "query" else headers)[known[key]["name"]] = str(value)
        if body is not None:
            self.check(body, operation["requestBody"]["content"]["application/json"]["schema"])
        address = path + (f"?{urlencode(query)}" if query else "")
        options: dict[str, Any] = {"data": data} if data is not None else {}
        if data is not None:
            headers["Content-Type"] = "application/octet-stream"
        answer = await self.caller(method, address, body, headers=headers, **options)
        described = operation["responses"]
        assert str(answer.status) in described, (operation_, answer)
        assert answer.status < 300 or answer.status == status, (operation_, answer)
        content = described[str(answer.status)].get("content", {})
        if "application/json" in content:
            self.check(answer.json, content["application/json"]["schema"])
        self.headers = answer.headers
        return answer.json

    def check(self, value: Any, schema: dict[str, Any]) -> None:
        """As far as a client has to know: needed properties, none unknown where the schema closes, kinds of values."""
        if "$ref" in schema:
            self.check(value, self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
        elif "anyOf" in schema:
            assert any(self.fits(value, each) for each in schema["anyOf"]), (value, schema)
        elif schema.get("type") == "object":
            assert isinstance(value, dict), value
            assert set(schema.get("required", [])) <= set(value), (value, schema)
            properties = schema.get("properties", {})
            if schema.get("additionalProperties") is False:
                assert set(value) <= set(properties)
            for key, part in value.items():
                if key in properties:
                    self.check(part, properties[key])
        elif schema.get("type") == "array":
            assert isinstance(value, list), value
            for each in value:
                self.check(each, schema.get("items") or {})
        elif "type" in schema:
            kinds: dict[str, Any] = {
                "string": str,
                "integer": int,
                "number": (int, float),
                "boolean": bool,
                "null": type(None),
            }
            assert isinstance(value, kinds[schema["type"]]), (value, schema)

    def fits(self, value: Any, schema: dict[str, Any]) -> bool:
        try:
            self.check(value, schema)
        except AssertionError:
            return False
        return True


@pytest.fixture
async def client(api: Api, call: Caller) -> Client:
    answer = await call("GET", "/openapi.json")
    return Client(call, answer.json)


async def worked(api: Api, client: Client, job: dict[str, Any]) -> dict[str, Any]:
    for id_, _ in await runner.due(api.world.runtime, KINDS):
        await runner.run(api.world.runtime, id_, KINDS)
    done: dict[str, Any] = await client("get_job", id=job["id"])
    assert done["state"] == "done", done
    return done


async def test_a_nights_work(api: Api, client: Client) -> None:
    begin = (await client("list_events", after="latest"))["next"]
    rows = [
        {"op": "upsert", "external": {"system": "shop", "value": f"C-{n}"}, "values": {"name": f"Person {n}"}}
        for n in range(20)
    ]
    done = await client("bulk_contacts", {"items": rows}, Idempotency_Key="night 1")
    again = await client("bulk_contacts", {"items": rows}, Idempotency_Key="night 1")
    assert (again, client.headers["Idempotency-Replayed"]) == (done, "true")
    ids = [row["id"] for row in done["items"]]

    contact = await client("get_contact", id=ids[0])
    tag = client.headers["ETag"]
    await client("change_contact", {"note": "first"}, id=ids[0], If_Match=tag)
    refused = await client("change_contact", {"note": "second"}, id=ids[0], If_Match=tag, status=412)
    assert refused["current"]["note"] == "first" != contact["note"]

    page = await client("list_contacts", fields="name,note", updated_since="all", limit=200)
    assert len(page["items"]) == 20
    assert (await client("list_contacts", updated_since=page["next"]))["items"] == []
    events = await client("list_events", after=begin, limit=200)
    assert {event["contact_id"] for event in events["items"]} == set(ids)

    selection = {
        "object": "contacts",
        "filter": {"all": [["contact.note", "empty"]]},
        "verb": "set",
        "values": {"note": "all"},
    }
    looked = await client("look", selection)
    assert (looked["count"], looked["can"]) == (19, 19)
    job = await worked(api, client, await client("carry_out_selection", id=looked["id"]))
    assert job["result"]["changed"] == 19
    back = await worked(api, client, await client("undo_job", id=job["id"]))
    assert back["result"]["records"] == 19
    await client("undo_job", id=job["id"], status=404)
    assert {row["note"] for row in (await client("list_contacts", fields="note", limit=200))["items"]} == {
        None,
        "first",
    }

    export = await client("begin_export", {"object": "contacts", "fields": ["name"], "format": "csv"})
    await worked(api, client, export)
    assert len((await client("get_job_file", id=export["id"], n=1)).split("\r\n")) == 22

    await client("delete_contact", id=ids[0])
    await client("restore_contact", id=ids[0])
    uploaded = await client("upload_attachment", name="plan.txt", data=b"a plan")
    assert await client("get_attachment", uuid=uploaded["id"]) == "a plan"
    assert int(client.headers["RateLimit-Remaining"]) > 0


async def test_a_token_changes_only_what_it_may(api: Api) -> None:
    narrow = await api.caller(["jobs", "contacts:read"])
    body = {"object": "contacts", "filter": {}, "verb": "delete"}
    await narrow.refused("POST", "/selections", body, status=403)
    await narrow.refused("POST", "/selections", {"object": "contacts", "verb": "delete"}, status=403)
    wide = await api.caller(["jobs", "contacts"])
    await wide.refused(
        "POST", "/selections", {"object": "contacts", "verb": "delete"}, status=422, field="ids"
    )
