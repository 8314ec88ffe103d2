"""Reads the board and finds a card's place in its column."""

from __future__ import annotations

from crm_core.deals import store as deals
from crm_core.deals.board import rank, store
from crm_core.deals.model import Card, Column, Stage
from crm_core.sql import Conn
from crm_core.users.model import Viewer
from values.errors import Conflict, NotFound
from values.paging import Page, capped, decode, encode
from values.sentences import phrase

TOP = (float("-inf"), 0)
WINDOWS = (1, 64, 4096, 2**31)


async def board(conn: Conn, viewer: Viewer, pipeline_id: int, *, per_column: int = 50) -> list[Column]:
    """The columns of a pipeline with their totals and first cards, as far as the viewer may see them."""
    scope, limit = viewer.scope(), capped(per_column)
    pipeline = next((found for found in await deals.pipelines(conn) if found.id == pipeline_id), None)
    if pipeline is None:
        raise NotFound(phrase("There is no such pipeline."))
    ids = [stage.id for stage in pipeline.stages]
    totals = await store.totals(conn, scope, ids)
    by_stage: dict[int, list[Card]] = {id_: [] for id_ in ids}
    for card in await store.cards(conn, scope, ids, after=TOP, limit=limit + 1):
        by_stage[card.stage_id].append(card)
    return [
        _column(stage, by_stage[stage.id], totals.get(stage.id, (0, {})), limit) for stage in pipeline.stages
    ]


async def column(
    conn: Conn, viewer: Viewer, stage_id: int, *, after: str | None = None, limit: int = 50
) -> Page[Card]:
    """Further cards of a stage."""
    limit = capped(limit)
    position = (TOP[0], TOP[1])
    if after:
        at, id_ = decode(after, float, int)
        position = (float(at), id_)
    found = await store.cards(conn, viewer.scope(), [stage_id], after=position, limit=limit + 1)
    return Page(items=found[:limit], next=_next(found, limit))


async def fold_totals(conn: Conn) -> None:
    """Keep the totals quick to read."""
    await store.fold(conn)


async def place(
    conn: Conn, stage_id: int, deal_id: int, *, before_id: int | None = None, after_id: int | None = None
) -> float:
    """The rank that puts a deal right before or after another; at the top where neither is given.

    Where no number is left between two neighbours, the cards above are spread anew. Raises Conflict where the
    neighbour has left the column.
    """
    await store.lock(conn, stage_id)
    if before_id is None and after_id is not None:
        position = await _position(conn, stage_id, after_id)
        following = await store.below(conn, stage_id, position=position, exclude=deal_id)
        if following is None:
            return position[0] + rank.STEP
        before_id = following[0]
    if before_id is None:
        first, _ = await store.bounds(conn, stage_id, exclude=deal_id)
        return rank.between(None, first) or 0.0
    return await _before(conn, stage_id, deal_id, await _position(conn, stage_id, before_id))


async def _position(conn: Conn, stage_id: int, deal_id: int) -> tuple[float, int]:
    at = await store.rank_of(conn, deal_id, stage_id)
    if at is None:
        raise Conflict(phrase("The neighbouring deal has moved meanwhile."))
    return at, deal_id


async def _before(conn: Conn, stage_id: int, deal_id: int, position: tuple[float, int]) -> float:
    for window in WINDOWS:
        cards = await store.above(conn, stage_id, position=position, exclude=deal_id, limit=window + 1)
        moved, beyond = cards[:window], cards[window:]
        edge = beyond[0][1] if beyond else None
        if window == 1:
            free = rank.between(moved[0][1] if moved else None, position[0])
            if free is not None:
                return free
            continue
        ranks = rank.spread(len(moved) + 1, above=edge, below=position[0])
        if ranks is not None:
            await store.rerank(conn, list(zip([id_ for id_, _ in reversed(moved)], ranks, strict=False)))
            return ranks[-1]
    raise Conflict(
        phrase("The column is too crowded.")
    )  # not reached: the last window has no edge, so everything fits


def _column(stage: Stage, cards: list[Card], totals: tuple[int, dict[str, int]], limit: int) -> Column:
    return Column(
        stage=stage, deals=totals[0], sums=totals[1], cards=tuple(cards[:limit]), next=_next(cards, limit)
    )


def _next(cards: list[Card], limit: int) -> str | None:
    return encode(cards[limit - 1].rank, cards[limit - 1].id) if len(cards) > limit else None
