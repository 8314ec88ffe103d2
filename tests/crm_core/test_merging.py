"""Promise 5: every merge can be undone, in any order, and what came meanwhile goes back to where it came from."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.contacts import service as contacts
from crm_core.contacts.merging.model import combine, take_back
from crm_core.contacts.model import ContactChanges
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.database import Pool
from tests.crm_core.made import claimed, one, proven, viewer
from values.errors import Conflict, NotFound

STATE = """
    SELECT id, root_id, merged_into, name, name_source, company_id, owner_id, language, note, fields, tags
      FROM crm_contact ORDER BY id"""


async def make_people(conn: Conn, count: int) -> list[int]:
    """Contacts that differ in everything a merge may take over."""
    return [
        await contacts.create(
            conn,
            SYSTEM,
            name=f"Person {n}" if n % 2 else f"+855 12 000 0{n:02}",
            language="km" if n % 3 == 0 else "",
            note=f"note {n}" if n % 3 == 1 else "",
            fields={"city": f"c{n}"} if n % 2 else {f"f{n}": n},
            tags=["all", f"t{n}"],
        )
        for n in range(count)
    ]


async def state(conn: Conn) -> list[dict[str, Any]]:
    return [{**dict(row), "tags": sorted(row["tags"])} for row in await conn.fetch(STATE)]


async def check_roots(conn: Conn) -> None:
    """The root of each is the end of its chain, which ends."""
    parents = {row["id"]: (row["merged_into"], row["root_id"]) for row in await conn.fetch(STATE)}
    for id_, (parent, root) in parents.items():
        at, steps = id_, 0
        while parent is not None:
            at, steps = parent, steps + 1
            assert steps <= len(parents), "a circle"
            parent = parents[at][0]
        assert root == at


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("undo"), st.integers(0, 20), st.just(0)),
        st.tuples(st.just("rename"), st.integers(0, 5), st.integers(0, 3)),
    ),
    max_size=14,
)


@given(steps=STEPS, order=st.randoms(use_true_random=False))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_sequence_keeps_roots_and_undoing_all_gives_back_the_start(
    conn: Conn, steps: list[tuple[str, int, int]], order: Any
) -> None:
    outer = conn.transaction()
    await outer.start()
    people = await make_people(conn, 6)
    start = await state(conn)
    merges: list[int] = []
    renamed = False
    for step, a, b in steps:
        if step == "merge":
            try:
                choice = {"name": "absorbed"} if b % 2 else {}
                merges.append(
                    await contacts.merge(
                        conn,
                        SYSTEM,
                        survivor_id=people[a],
                        absorbed_id=people[b],
                        reason="test",
                        fields=choice,
                    )
                )
            except Conflict:
                pass
        elif step == "undo" and merges:
            await contacts.unmerge(conn, SYSTEM, merges.pop(a % len(merges)))
        elif step == "rename" and b == 0:
            renamed = True
            await contacts.update(conn, SYSTEM, people[a], ContactChanges(note="typed by a person"))
        await check_roots(conn)
    order.shuffle(merges)
    for merge_id in merges:
        await contacts.unmerge(conn, SYSTEM, merge_id)
        await check_roots(conn)
    end = await state(conn)
    if renamed:
        start = [{**row, "note": ""} for row in start]
        end = [{**row, "note": ""} for row in end]
    assert end == start
    await outer.rollback()


async def test_the_middle_of_a_chain_is_undone_with_all_below_it(conn: Conn) -> None:
    a, b, c = await make_people(conn, 3)
    await contacts.merge(conn, SYSTEM, survivor_id=b, absorbed_id=c, reason="c into b")
    middle = await contacts.merge(conn, SYSTEM, survivor_id=a, absorbed_id=b, reason="b into a")
    assert await contacts.identity_ids(conn, a) == [a, b, c]
    await contacts.unmerge(conn, SYSTEM, middle)
    assert await contacts.identity_ids(conn, a) == [a]
    assert await contacts.identity_ids(conn, b) == [b, c]
    with pytest.raises(Conflict):
        await contacts.unmerge(conn, SYSTEM, middle)


async def test_what_comes_in_meanwhile_keeps_its_identity(conn: Conn) -> None:
    anna = await one(conn, proven("email", "anna@x.test"), name="Anna")
    other = await one(conn, proven("telegram", "7"), name="A.")
    merge_id = await contacts.merge(
        conn, SYSTEM, survivor_id=anna.contact_id, absorbed_id=other.contact_id, reason="looks alike"
    )
    meanwhile = await one(conn, proven("telegram", "7"), claimed("phone", "+12025550100"))
    assert (meanwhile.contact_id, meanwhile.root_id) == (other.contact_id, anna.contact_id)
    assert len((await contacts.get(conn, SYSTEM, other.contact_id)).handles) == 3
    await contacts.unmerge(conn, SYSTEM, merge_id)
    assert (await contacts.get(conn, SYSTEM, other.contact_id)).values("phone") == ["+12025550100"]
    assert (await contacts.get(conn, SYSTEM, anna.contact_id)).values("phone") == []
    assert (await one(conn, proven("telegram", "7"))).root_id == other.contact_id


async def test_a_value_changed_since_stays_when_the_merge_is_undone(conn: Conn) -> None:
    a = await contacts.create(conn, SYSTEM, name="", handles=[("email", "a@x.test")], note="")
    b = await contacts.create(conn, SYSTEM, name="Anna", note="VIP", tags=["gold"])
    merge_id = await contacts.merge(conn, SYSTEM, survivor_id=a, absorbed_id=b, reason="same")
    merged = await contacts.get(conn, SYSTEM, a)
    assert (merged.name, merged.note, merged.tags) == ("Anna", "VIP", ("gold",))
    await contacts.update(conn, SYSTEM, a, ContactChanges(note="corrected"))
    await contacts.unmerge(conn, SYSTEM, merge_id)
    undone = await contacts.get(conn, SYSTEM, a)
    assert (undone.name, undone.note, undone.tags) == ("", "corrected", ())


async def test_merges_are_undone_in_bulk_by_batch_reason_and_time(conn: Conn) -> None:
    people = await make_people(conn, 7)
    batch = uuid4()
    for absorbed in people[1:4]:
        await contacts.merge(
            conn, SYSTEM, survivor_id=people[0], absorbed_id=absorbed, reason="imported", batch=batch
        )
    for absorbed in people[4:]:
        await contacts.merge(
            conn, SYSTEM, survivor_id=people[0], absorbed_id=absorbed, reason="Same phone: +1"
        )
    assert len(await contacts.unmerge_batch(conn, SYSTEM, batch=batch)) == 3
    assert await contacts.unmerge_batch(conn, SYSTEM, batch=batch) == []
    assert await contacts.identity_ids(conn, people[0]) == [people[0], *people[4:]]
    assert len(await contacts.unmerge_batch(conn, SYSTEM, reason="same PHONE", until=datetime.now(UTC))) == 3
    assert await contacts.unmerge_batch(conn, SYSTEM, since=datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert await contacts.identity_ids(conn, people[0]) == [people[0]]


async def test_opposite_merges_at_once_make_no_circle(pool: Pool) -> None:
    async with pool.acquire() as conn:
        a, b = await make_people(conn, 2)

    async def merge(survivor: int, absorbed: int) -> int | None:
        async with pool.acquire() as conn, conn.transaction():
            try:
                return await contacts.merge(
                    conn, SYSTEM, survivor_id=survivor, absorbed_id=absorbed, reason="race"
                )
            except Conflict:
                return None

    done = await asyncio.gather(*(merge(*pair) for pair in [(a, b), (b, a)] * 4))
    assert len([one for one in done if one is not None]) == 1
    async with pool.acquire() as conn:
        await check_roots(conn)


async def test_followers_follow_the_root_and_come_back(conn: Conn) -> None:
    boss, a, b = await viewer(conn, "Boss", "admin"), await viewer(conn, "A"), await viewer(conn, "B")
    one_, two = await make_people(conn, 2)
    await contacts.update(conn, boss, one_, ContactChanges(owner_id=a.user_id))
    await contacts.update(conn, boss, two, ContactChanges(owner_id=a.user_id))
    await contacts.share(conn, [(two, b.user_id or 0)])
    merge_id = await contacts.merge(conn, SYSTEM, survivor_id=one_, absorbed_id=two, reason="same")
    assert (await contacts.get(conn, b, two)).id == one_
    await contacts.unmerge(conn, SYSTEM, merge_id)
    assert (await contacts.get(conn, b, two)).id == two
    with pytest.raises(NotFound):
        await contacts.get(conn, b, one_)


async def test_who_may_not_see_both_may_not_merge_them(conn: Conn) -> None:
    a, b = await viewer(conn, "A"), await viewer(conn, "B")
    mine = await contacts.create(conn, a, name="Mine")
    theirs = await contacts.create(conn, b, name="Theirs")
    for survivor, absorbed in ((mine, theirs), (theirs, mine)):
        with pytest.raises(NotFound):
            await contacts.merge(conn, a, survivor_id=survivor, absorbed_id=absorbed, reason="")
    merge_id = await contacts.merge(conn, SYSTEM, survivor_id=theirs, absorbed_id=mine, reason="by the admin")
    with pytest.raises(NotFound):
        await contacts.unmerge(conn, a, merge_id)


async def test_suggestions_are_accepted_or_declined_for_good(conn: Conn) -> None:
    anna = await one(conn, proven("email", "anna@x.test"), name="Anna")
    for n in range(2):
        await one(conn, claimed("visitor", f"v{n}"), claimed("email", "anna@x.test"))
    first, second = await contacts.suggestions(conn, SYSTEM, anna.contact_id)
    assert first.reason == "Same email: anna@x.test"
    await contacts.accept_suggestion(conn, SYSTEM, first.id)
    await contacts.decline_suggestion(conn, SYSTEM, second.id)
    assert await contacts.suggestions(conn, SYSTEM, anna.contact_id) == []
    await one(conn, claimed("visitor", "v1"), claimed("email", "anna@x.test", "typed"))
    assert await contacts.suggestions(conn, SYSTEM, anna.contact_id) == []
    why = await contacts.why_joined(conn, SYSTEM, anna.contact_id)
    assert [merge.reason for merge in why.merges] == ["Same email: anna@x.test"]
    assert {handle.evidence for handle in why.handles} == {"seen", "form_field"}
    with pytest.raises(NotFound):
        await contacts.accept_suggestion(conn, SYSTEM, second.id)


def test_values_are_chosen_one_by_one() -> None:
    base = {
        "name": "A",
        "name_source": "person",
        "company_id": None,
        "owner_id": 1,
        "language": "",
        "note": "a",
    }
    other = {
        "name": "B",
        "name_source": "mail",
        "company_id": 5,
        "owner_id": 2,
        "language": "km",
        "note": "b",
    }
    changes = combine(
        base | {"fields.city": "x", "tags.t": True},
        other | {"fields.city": "y", "fields.age": 3, "tags.u": True},
        {"name": "absorbed", "note": "survivor", "fields.city": "absorbed"},
    )
    assert changes == {
        "name": ["A", "B"],
        "name_source": ["person", "mail"],
        "company_id": [None, 5],
        "language": ["", "km"],
        "fields.city": ["x", "y"],
        "fields.age": [None, 3],
        "tags.u": [None, True],
    }
    restored, later = take_back({"name": "C"}, {"name": ["A", "B"]}, [{"name": ["B", "C"]}])
    assert (restored, later) == ({"name": "C"}, [{"name": ["A", "C"]}])
