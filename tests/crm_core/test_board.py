"""Deals move over the board: order, totals and history stay right, races lose no card."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.contacts import service as contacts
from crm_core.deals import service as deals
from crm_core.deals.board import rank
from crm_core.deals.model import DealChanges
from crm_core.history import service as activity
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from hub.database import Pool
from tests.crm_core.made import counted, viewer
from values.errors import Conflict


async def column_ids(conn: Conn, stage_id: int) -> list[int]:
    ids: list[int] = []
    after: str | None = None
    while True:
        page = await deals.column(conn, SYSTEM, stage_id, after=after, limit=3)
        ids += [card.id for card in page.items]
        after = page.next
        if after is None:
            return ids


async def check_totals(conn: Conn) -> None:
    """The totals are what counting would give, before and after folding."""
    truth = await conn.fetch(
        "SELECT stage_id, coalesce(owner_id, 0), currency, count(*), sum(amount)::bigint FROM crm_deal GROUP BY 1, 2, 3"
    )
    for _ in range(2):
        kept = await conn.fetch(
            """SELECT stage_id, owner_id, currency, sum(deals)::bigint, sum(amount)::bigint FROM crm_stage_total
                GROUP BY 1, 2, 3 HAVING sum(deals) <> 0 OR sum(amount) <> 0"""
        )
        assert {tuple(row) for row in kept} == {tuple(row) for row in truth}
        await deals.fold_totals(conn)


async def test_moving_over_the_board_keeps_order_totals_and_history(conn: Conn) -> None:
    a = await viewer(conn, "A")
    stages = (await deals.pipelines(conn))[0].stages
    contact = await contacts.create(conn, SYSTEM, name="Anna", owner_id=a.user_id)
    ids = [
        await deals.create(
            conn, a, contact_id=contact, title=f"D{n}", amount=100 * n, currency=("USD", "KHR")[n % 2]
        )
        for n in range(8)
    ]
    assert await column_ids(conn, stages[0].id) == ids[::-1], "the newest is on top"
    await deals.move(conn, a, ids[0], stage_id=stages[1].id)
    await deals.move(conn, a, ids[1], stage_id=stages[1].id, before_id=ids[0])
    await deals.move(conn, a, ids[2], stage_id=stages[1].id, after_id=ids[0])
    await deals.move(conn, a, ids[3], stage_id=stages[1].id, before_id=ids[0])
    await deals.move(conn, a, ids[4], stage_id=stages[1].id)
    await deals.move(conn, a, ids[5], stage_id=stages[1].id, after_id=ids[1])
    expected = [ids[n] for n in (4, 1, 5, 3, 0, 2)]
    assert await column_ids(conn, stages[1].id) == expected
    await deals.move(conn, a, ids[4], stage_id=stages[1].id, after_id=ids[2])
    assert await column_ids(conn, stages[1].id) == [*expected[1:], ids[4]]
    with pytest.raises(Conflict):
        await deals.move(conn, a, ids[6], stage_id=stages[1].id, before_id=ids[7])
    await deals.move(conn, a, ids[4], stage_id=stages[4].id)
    await deals.move(conn, a, ids[5], stage_id=stages[5].id, loss_reason="price")
    won, lost = await deals.get(conn, a, ids[4]), await deals.get(conn, a, ids[5])
    assert (won.is_open, won.loss_reason, lost.is_open, lost.loss_reason) == (False, "", False, "price")
    await deals.move(conn, a, ids[5], stage_id=stages[0].id)
    again = await deals.get(conn, a, ids[5])
    assert (again.is_open, again.loss_reason) == (True, "")
    kinds = [entry.kind for entry in (await activity.history(conn, a, deal_id=ids[5])).items]
    assert kinds == [
        "deal.stage_changed",
        "deal.lost",
        "deal.stage_changed",
        "deal.stage_changed",
        "deal.created",
    ]
    await deals.update(
        conn, a, ids[6], DealChanges(amount=999, currency="eur", owner_id=None, fields={"a": 1})
    )
    await deals.update(conn, a, ids[6], DealChanges(fields={"b": "x", "a": None}))
    assert (await deals.get(conn, a, ids[6])).fields == {"b": "x"}
    await check_totals(conn)


async def test_a_column_is_spread_anew_when_no_number_is_left(conn: Conn) -> None:
    stage = (await deals.pipelines(conn))[0].stages[0].id
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    ids = [await deals.create(conn, SYSTEM, contact_id=contact, title=f"D{n}") for n in range(6)][::-1]
    rng = random.Random(7)
    order = list(ids)
    for n in range(150):  # always into the same gap: halves run out after some fifty
        moved = order.pop(rng.choice([0, len(order) - 1]))
        await deals.move(conn, SYSTEM, moved, stage_id=stage, before_id=order[2])
        order.insert(2, moved)
        assert await column_ids(conn, stage) == order, n
    await conn.execute("UPDATE crm_deal SET rank = 0")
    order = sorted(ids)
    moved = order.pop()
    await deals.move(conn, SYSTEM, moved, stage_id=stage, before_id=order[1])
    order.insert(1, moved)
    assert await column_ids(conn, stage) == order


async def test_the_head_of_a_board_is_bounded(conn: Conn) -> None:
    stages = (await deals.pipelines(conn))[0].stages
    contact = await contacts.create(conn, SYSTEM, name="Anna")
    for n in range(12):
        await deals.create(
            conn, SYSTEM, contact_id=contact, title=f"D{n}", stage_id=stages[n % 2].id, amount=10
        )
    async with counted(conn) as statements:
        board = await deals.board(conn, SYSTEM, stages[0].pipeline_id, per_column=4)
    assert len(statements) <= 4
    assert [(column.deals, len(column.cards), column.next is not None) for column in board] == [
        (6, 4, True),
        (6, 4, True),
        *[(0, 0, False)] * 4,
    ]
    rest = await deals.column(conn, SYSTEM, stages[0].id, after=board[0].next)
    assert len(rest.items) == 2
    assert not {card.id for card in rest.items} & {card.id for card in board[0].cards}


async def test_racing_moves_lose_no_card(pool: Pool) -> None:
    async with pool.acquire() as conn:
        stages = (await deals.pipelines(conn))[0].stages
        contact = await contacts.create(conn, SYSTEM, name="Anna")
        ids = [await deals.create(conn, SYSTEM, contact_id=contact, title=f"D{n}") for n in range(10)]

    async def move(n: int) -> None:
        async with pool.acquire() as conn, conn.transaction():
            await deals.move(conn, SYSTEM, ids[n % 10], stage_id=stages[1 + n % 2].id)

    await asyncio.gather(*(move(n) for n in range(10)))
    async with pool.acquire() as conn:
        listed = [id_ for stage in stages for id_ in await column_ids(conn, stage.id)]
        assert sorted(listed) == ids
        await check_totals(conn)


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_a_rank_between_is_between(a: float, b: float) -> None:
    above, below = sorted((a, b))
    middle = rank.between(above, below)
    assert middle is None or above < middle < below
    assert rank.between(None, below) is not None
    assert (rank.between(above, None) or 0) > above or above == -rank.STEP


@given(st.integers(1, 300), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_spread_ranks_rise_between_their_bounds(count: int, a: float, b: float) -> None:
    above, below = sorted((a, b))
    for ranks in (rank.spread(count, above=above, below=below), rank.spread(count, above=None, below=below)):
        if ranks is not None:
            assert ranks == sorted(set(ranks))
            assert len(ranks) == count
            assert ranks[-1] < below
