"""Exports by the API and by the command line."""

from __future__ import annotations

import asyncio
import json

from click.testing import CliRunner

from crm_core.contacts import service as contacts
from crm_core.users.model import SYSTEM
from hub.cli import hub
from hub.work import runner
from hub.work.kinds import KINDS
from tests.hub.api.conftest import Api, Caller
from tests.world import World


async def test_a_program_gets_the_file_of_its_job(api: Api, call: Caller) -> None:
    async with api.world.pool.acquire() as conn, conn.transaction():
        await contacts.create(conn, SYSTEM, name="Dara")
        await contacts.create(conn, SYSTEM, name="Vuthy")
    body = {
        "object": "contacts",
        "fields": ["name"],
        "filter": {"all": [["contact.name", "=", "Dara"]]},
        "format": "json",
    }
    job = await call.ok("POST", "/exports", body, status=202)
    assert (job["kind"], job["total"]) == ("export", 1)
    for id_, _ in await runner.due(api.world.runtime, KINDS):
        await runner.run(api.world.runtime, id_, KINDS)
    job = await call.ok("GET", f"/jobs/{job['id']}")
    assert (job["state"], job["done"], job["files"][0]["n"]) == ("done", 1, 1)
    answer = await call("GET", f"/jobs/{job['id']}/files/1")
    assert answer.json["contact.name"] == "Dara"


async def test_what_there_is_not_is_refused(api: Api, call: Caller) -> None:
    await call.refused("POST", "/exports", {"object": "ghosts"}, status=422, field="object")
    await call.refused(
        "POST", "/exports", {"object": "deals", "fields": ["ghost"]}, status=422, field="fields"
    )
    narrow = await api.caller(["jobs", "deals"])
    await narrow.refused("POST", "/exports", {"object": "contacts"}, status=403)
    await narrow.ok("POST", "/exports", {"object": "deals"}, status=202)


async def test_the_command_line_writes_rows(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.create(conn, SYSTEM, name="Dara")
    settings = world.runtime.settings
    env = {
        "HUB_DATABASE_URL": settings.database_url,
        "HUB_REDIS_URL": settings.redis_url,
        "HUB_SECRET_KEY": settings.secret_key,
    }

    async def export(*words: str) -> tuple[int, bytes]:
        done = await asyncio.to_thread(CliRunner().invoke, hub, ["export", *words], env=env)
        return done.exit_code, done.stdout_bytes

    code, said = await export("contacts", "--fields", "name")
    assert code == 0, said
    assert (code, json.loads(said)["contact.name"]) == (0, "Dara")
    code, said = await export("contacts", "--fields", "name", "--format", "csv")
    assert (code, said) == (0, b"\xef\xbb\xbfcontact.name\r\nDara\r\n")
    code, said = await export("contacts", "--format", "xlsx")
    assert (code, said[:2]) == (0, b"PK")
    assert (await export("ghosts"))[0] == 1
    assert (await export("contacts", "--filter", "{"))[0] == 2
