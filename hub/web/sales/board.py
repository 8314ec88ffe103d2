"""The board of deals: columns with counts and sums, cards, moving a card, quick adding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from crm_core.deals import service as deals
from crm_core.deals.model import Card, Pipeline
from crm_core.sql import Conn
from hub.web import forms as read
from hub.web.acting import acting, told
from hub.web.context import form, ident, is_fragment, publish, runtime, transaction, viewer
from hub.web.people.reasons import LOST, chosen
from hub.web.render import page, see_other
from hub.wording.i18n import N_
from inbox.changes import Change
from inbox.views import queries
from values.errors import NotFound

PER_COLUMN = 20
MOST = 200


async def show(request: web.Request) -> web.StreamResponse:
    """The whole page, or only the board when a script refreshes it (`?board=1`)."""
    async with transaction(request) as conn:
        values = await board_values(conn, request)
    only_board = is_fragment(request) and request.query.get("board") == "1"
    return page(request, "sales/board.html" if only_board else "sales/deals.html", **values)


async def column(request: web.Request) -> web.StreamResponse:
    """Further cards of one stage."""
    stage_id, after = ident(request), request.query.get("after") or None
    async with transaction(request) as conn:
        found = await deals.column(conn, viewer(request), stage_id, after=after, limit=PER_COLUMN)
        pipeline = _of_stage(await deals.pipelines(conn), stage_id)
        marks = await card_values(conn, request, found.items)
    values: dict[str, Any] = {
        "cards": found.items,
        "next": found.next,
        "stage_id": stage_id,
        "pipeline": pipeline,
        **marks,
    }
    if is_fragment(request):
        return page(request, "sales/column_cards.html", **values)
    return see_other(request, f"/deals?pipeline={pipeline.id}&per={MOST}")


async def move(request: web.Request) -> web.StreamResponse:
    """Another stage or place; answers with the board anew for htmx, with a way back."""
    id_, fields = ident(request), await form(request)
    stage_id = read.needed(fields, "stage_id")
    async with acting(request, "deal.move") as conn:
        deal = await deals.get(conn, viewer(request), id_)
        await deals.move(
            conn,
            viewer(request),
            id_,
            stage_id=stage_id,
            before_id=read.number(fields, "before_id"),
            after_id=read.number(fields, "after_id"),
            loss_reason=chosen(fields.get("loss_reason", ""), LOST),
        )
    await publish(
        request, [Change(kind="deal", id=id_, contact_id=deal.contact_id, assignee_id=deal.owner_id)]
    )
    if is_fragment(request) and request.headers.get("HX-Target") == "board":
        async with transaction(request) as conn:
            values = await board_values(
                conn, request, pipeline_id=deal.pipeline_id, per=fields.get("per", "")
            )
        was_moved = stage_id != deal.stage_id and not fields.get("undo")
        return page(request, "sales/board.html", **values, moved=deal if was_moved else None)
    address = f"/deals?pipeline={deal.pipeline_id}" if fields.get("back") else f"/deals/{id_}"
    return told(request, see_other(request, address))


async def board_values(
    conn: Conn, request: web.Request, *, pipeline_id: int | None = None, per: str = ""
) -> Mapping[str, Any]:
    """What the board's templates need."""
    pipelines = await deals.pipelines(conn)
    wanted = pipeline_id or read.id_in(request.query.get("pipeline", ""), digits=read.SHORT)
    pipeline = next((found for found in pipelines if found.id == wanted), pipelines[0] if pipelines else None)
    if pipeline is None:
        raise NotFound(N_("There is no pipeline yet."))
    shown = min(
        max(read.id_in(per or request.query.get("per", ""), digits=read.SHORT) or PER_COLUMN, PER_COLUMN),
        MOST,
    )
    columns = await deals.board(conn, viewer(request), pipeline.id, per_column=shown)
    marks = await card_values(conn, request, [card for found in columns for card in found.cards])
    return {
        "pipelines": pipelines,
        "pipeline": pipeline,
        "columns": columns,
        "per": shown,
        "loss_reasons": LOST,
        **marks,
    }


async def card_values(conn: Conn, request: web.Request, cards: Sequence[Card]) -> Mapping[str, Any]:
    """What stands on cards beside their deal: the conversation's marks and the channel's look."""
    ids = sorted({card.conversation_id for card in cards if card.conversation_id})
    conversations = {row.id: row for row in await queries.rows(conn, viewer(request), ids)} if ids else {}
    channels = {live.id: live.row for live in runtime(request).directory}
    return {"conversations": conversations, "channels": channels}


def _of_stage(pipelines: Sequence[Pipeline], stage_id: int) -> Pipeline:
    for pipeline in pipelines:
        if any(stage.id == stage_id for stage in pipeline.stages):
            return pipeline
    raise NotFound(N_("There is no such stage."))
