"""Deals as rules see and move them: by the names of stages, without a person who does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crm_core.deals import from_routing, service, snapshot_store, store
from crm_core.deals.model import ContactSnapshot, NewDeal, Pipeline, Stage
from crm_core.deals.titles import short, title_of
from crm_core.fields import service as own_fields
from crm_core.leads import store as leads
from crm_core.leads.model import OpenRecords
from crm_core.sql import Conn
from crm_core.users.model import SYSTEM
from values.errors import Invalid
from values.sentences import phrase
from values.texts import folded


async def snapshots(conn: Conn, contact_ids: Sequence[int]) -> dict[int, ContactSnapshot]:
    """By contact."""
    found = await snapshot_store.present(conn, contact_ids)
    texts = await own_fields.texts(conn, "deal", [each.fields for each in found])
    return {each.contact_id: replace(each, fields=said) for each, said in zip(found, texts, strict=True)}


async def move_or_create(
    conn: Conn,
    *,
    contact_id: int,
    conversation_id: int | None,
    channel_id: int | None,
    stage: str,
    pipeline: str = "",
    title: str = "",
    fields: Mapping[str, str],
) -> int:
    """Put the contact's open deal into a stage, or make one there; `fields` are laid over its own. Returns the deal.

    `title` is for a new deal. Raises Invalid where there is no such stage.
    """
    records = (await leads.open_records(conn, [contact_id]))[0]
    present_deal = await service.get(conn, SYSTEM, records.deal_id) if records.deal_id else None
    where, goal = stage_named(
        await store.pipelines(conn),
        stage,
        pipeline=pipeline,
        near=present_deal.pipeline_id if present_deal else None,
    )
    if present_deal:
        id_ = present_deal.id
        await service.move(conn, SYSTEM, id_, stage_id=goal.id)
    else:
        deal = replace(
            _deal_of(contact_id, records, where, goal.id),
            title=title_of(short(title), records),
            conversation_id=conversation_id,
            channel_id=channel_id,
        )
        id_ = await from_routing.create_one(conn, deal)
    if fields:
        await service.tell(conn, id_, fields)
    return id_


def _deal_of(contact_id: int, records: OpenRecords, pipeline: Pipeline, stage_id: int) -> NewDeal:
    return NewDeal(
        contact_id=contact_id,
        pipeline_id=pipeline.id,
        stage_id=stage_id,
        title="",
        company_id=records.company_id,
        lead_id=records.lead_id,
        source_id=records.source_id,
        currency=pipeline.currency,
    )


def stage_named(
    pipelines: Sequence[Pipeline], stage: str, *, pipeline: str = "", near: int | None = None
) -> tuple[Pipeline, Stage]:
    """The stage of this name, in any case of letters: in the pipeline that is named, else in pipeline `near`, else in the
    first that has one. Raises Invalid."""
    among = [each for each in pipelines if not pipeline or _same(each.name, pipeline)]
    for each in sorted(among, key=lambda one: one.id != near):
        for one in each.stages:
            if _same(one.name, stage):
                return each, one
    if pipeline:
        raise Invalid(
            phrase(
                "There is no stage “{stage}” in the pipeline “{pipeline}”.", stage=stage, pipeline=pipeline
            ),
            field="stage",
        )
    raise Invalid(phrase("There is no stage “{stage}”.", stage=stage), field="stage")


def _same(one: str, other: str) -> bool:
    return folded(one) == folded(other)
