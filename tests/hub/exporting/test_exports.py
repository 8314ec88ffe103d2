"""Exports: what the list shows, to whom it shows it, as json, csv and xlsx; they go on where they stood."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.users.model import SYSTEM, Viewer
from hub.exporting import service as exporting
from hub.exporting.model import Asked
from hub.work import runner, service
from hub.work.kinds import EXPORT, KINDS
from hub.work.run import Run
from tests.world import World

NAMES = ['=HYPERLINK("http://x.test")', 'Dara; the "first"', "សុខា line", "Анна"]


async def people(world: World, viewer: Viewer = SYSTEM, n: int = 0) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        for number, name in enumerate(NAMES):
            await contacts.create(conn, viewer, name=name, handles=[("phone", f"+8551234567{number}")])
        if n:
            await conn.execute(
                """INSERT INTO crm_contact (name, name_source, root_id)
                   SELECT 'Person ' || g, 'user', 0 FROM generate_series(1, $1::int) g""",
                n,
            )
            await conn.execute("UPDATE crm_contact SET root_id = id WHERE root_id = 0")


async def begun(world: World, viewer: Viewer, **asked: Any) -> int:
    async with world.pool.acquire() as conn, conn.transaction():
        return await service.begin(conn, viewer, EXPORT, Asked(**asked).payload())


async def work(world: World) -> None:
    for id_, _ in await runner.due(world.runtime, KINDS):
        await runner.run(world.runtime, id_, KINDS)


async def content(world: World, id_: int, viewer: Viewer = SYSTEM) -> bytes:
    async with world.pool.acquire() as conn:
        job = await service.get(conn, viewer, id_)
        assert job.state == "done", job.said
        _, _, head = await service.file(conn, viewer, id_, 1)
    found = b"".join([part async for part in service.chunks(world.pool, id_, 1, head)])
    assert len(found) == job.files[0].size
    return found


async def test_json_is_typed(world: World) -> None:
    async with world.pool.acquire() as conn, conn.transaction():
        contact = await contacts.create(conn, SYSTEM, name="Dara")
        await deals.create(conn, SYSTEM, contact_id=contact, title="Flat", amount=990_050, currency="USD")
    id_ = await begun(
        world, SYSTEM, of="deals", fields=("title", "amount", "contact", "contact.name"), format="json"
    )
    await work(world)
    [line] = (await content(world, id_)).splitlines()
    found = json.loads(line)
    assert found == {
        "id": found["id"],
        "deal.title": "Flat",
        "deal.amount": {"minor": 990_050, "currency": "USD"},
        "deal.contact": {"id": contact, "name": "Dara"},
        "deal.contact.name": "Dara",
    }


async def test_a_sheet_runs_nothing_and_phones_stay(world: World) -> None:
    await people(world)
    id_ = await begun(world, SYSTEM, of="contact", fields=("name", "phone"), order="id")
    await work(world)
    raw = await content(world, id_)
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert head == ["contact.name", "contact.phone"]
    assert {row[0] for row in rows} == {"'" + NAMES[0], *NAMES[1:]}
    assert {row[1] for row in rows} == {f"+8551234567{n}" for n in range(4)}


async def test_a_workbook_holds_texts_and_words_of_the_language(world: World) -> None:
    await people(world)
    id_ = await begun(world, SYSTEM, of="contact", fields=("name", "phone"), format="xlsx", language="ru")
    await work(world)
    book = zipfile.ZipFile(io.BytesIO(await content(world, id_)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "HYPERLINK" in sheet
    assert "+85512345670" in sheet
    assert "Имя" in sheet


async def test_a_colleagues_rows_are_left_out(world: World) -> None:
    _, anna = await world.user("Anna")
    _, boris = await world.user("Boris")
    async with world.pool.acquire() as conn, conn.transaction():
        await contacts.create(conn, anna, name="Of Anna")
        await contacts.create(conn, boris, name="Of Boris")
        hidden = await contacts.create(conn, boris, name="Of Boris too")
    id_ = await begun(world, anna, of="contact", fields=("name",), format="json")
    other = await begun(world, anna, of="contact", fields=("name",), format="json", ids=(hidden,))
    await work(world)
    assert [json.loads(line)["contact.name"] for line in (await content(world, id_, anna)).splitlines()] == [
        "Of Anna"
    ]
    assert await content(world, other, anna) == b""


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
async def test_it_goes_on_where_it_was_cut_off(
    world: World, format: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure in the third batch: what was written stays, and nothing is there twice."""
    monkeypatch.setattr(exporting, "BATCH", 10)
    await people(world, n=41)
    id_ = await begun(world, SYSTEM, of="contact", fields=("id", "name"), format=format)
    keep, calls = Run.keep_part, 0

    async def failing(self: Run, *args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise ConnectionError("cut off")
        await keep(self, *args)

    monkeypatch.setattr(Run, "keep_part", failing)
    await work(world)
    assert await world.value("SELECT done FROM hub_job") == 20
    await world.fetch("UPDATE hub_job SET due_at = now()")
    await work(world)
    raw = await content(world, id_)
    assert await world.value("SELECT done FROM hub_job") == 45
    assert await world.value("SELECT count(*) FROM hub_job_part WHERE n = 0") == 0
    if format == "json":
        ids = [json.loads(line)["id"] for line in raw.splitlines()]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) == 45
    elif format == "csv":
        assert len({row[0] for row in csv.reader(io.StringIO(raw.decode("utf-8-sig")))}) == 46
    else:
        sheet = zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<row ") == 46


async def test_one_that_is_cancelled_keeps_no_file(world: World) -> None:
    await people(world)
    id_ = await begun(world, SYSTEM, of="contact")
    await world.act(service.cancel, id_)
    await work(world)
    assert await world.value("SELECT count(*) FROM hub_job_file") == 0
    assert await world.value("SELECT state FROM hub_job WHERE id = $1", id_) == "cancelled"
