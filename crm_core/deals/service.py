"""The verbs of deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_core import editing, events, money, normal
from crm_core.activity.changes import described
from crm_core.acts.service import verb
from crm_core.contacts import card as contacts
from crm_core.contacts import enrichment
from crm_core.deals import store
from crm_core.deals.board.service import board, column, fold_totals, place
from crm_core.deals.from_routing import create_for_routed, facts
from crm_core.deals.listing.service import list_deals, of_contact
from crm_core.deals.model import Deal, DealChanges, DealValues, NewDeal, Pipeline, Stage
from crm_core.deals.titles import LONGEST, title_of
from crm_core.editing import UNSET, cleaned
from crm_core.events import Fact
from crm_core.facts import DealLost, DealStageChanged, DealUpdated, DealWon
from crm_core.fields import service as own_fields
from crm_core.leads import store as leads
from crm_core.sql import Conn
from crm_core.users import presence
from crm_core.users.model import SYSTEM, Viewer
from values.errors import Invalid, NotFound
from values.sentences import phrase, tidied
from values.texts import storable

NO_DEAL = phrase("There is no such deal, or it is a colleague's.")
TOLD_AS = {"title": "title_", "company_id": "company_id_"}
"""Columns that the fact of a change names otherwise, and those it does not bring beside `changes`."""
UNTOLD = ("note", "fields", "currency")
NOTE_LENGTH = 20_000
REASON_LENGTH = 500


async def pipelines(conn: Conn) -> list[Pipeline]:
    """All pipelines with their stages."""
    return await store.pipelines(conn)


async def get(conn: Conn, viewer: Viewer, id_: int) -> Deal:
    found = await store.get(conn, viewer.scope(), id_)
    if found is None:
        raise NotFound(NO_DEAL)
    return (await own_fields.told(conn, "deal", [found]))[0]


async def require(conn: Conn, viewer: Viewer, id_: int) -> None:
    """Raise NotFound unless the viewer may see the deal."""
    if not await store.sees(conn, viewer.scope(), id_):
        raise NotFound(NO_DEAL)


@verb("deal.create")
async def create(
    conn: Conn,
    viewer: Viewer,
    *,
    contact_id: int,
    title: str = "",
    stage_id: int | None = None,
    pipeline_id: int | None = None,
    owner_id: int | None = None,
    company_id: int | None = None,
    amount: int = 0,
    currency: str = "",
    note: str = "",
    fields: Mapping[str, Any] | None = None,
    conversation_id: int | None = None,
    channel_id: int | None = None,
) -> int:
    """A deal made by a person, theirs unless told otherwise; `amount` in minor units."""
    await contacts.require(conn, viewer, contact_id)
    kept = await own_fields.lay_new(conn, viewer, "deal", fields or {})
    pipeline, stage = await store.place(conn, stage_id=stage_id, pipeline_id=pipeline_id)
    await own_fields.require_at(conn, "deal", kept, stage.id)
    owner = viewer.user_id if owner_id is None else owner_id
    asked = DealChanges(
        owner_id=owner,
        company_id=UNSET if company_id is None else company_id,
        amount=amount,
        currency=currency or pipeline.currency,
        note=note,
    )
    checked = await _checked(conn, viewer, asked)
    records = (await leads.open_records(conn, [contact_id]))[0]
    deal = NewDeal(
        contact_id=contact_id,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        title=title_of(title, records),
        conversation_id=conversation_id,
        channel_id=channel_id,
        company_id=records.company_id,
        fields=kept,
    )
    deal = editing.lay_over(deal, checked)
    id_ = (await store.create(conn, [deal]))[0]
    await _give(conn, contact_id, owner)
    await events.announce(conn, facts(id_, deal, user_id=viewer.user_id))
    return id_


@verb("deal.update")
async def update(conn: Conn, viewer: Viewer, id_: int, changes: DealChanges) -> None:
    """Change what is named."""
    present = await _locked(conn, viewer, id_)
    if changes.company_id == present.company_id:
        changes = replace(changes, company_id=UNSET)  # who may not see a company may leave it as it is
    checked = await _checked(conn, viewer, changes)
    if checked.fields is not UNSET:
        laid = await own_fields.lay(conn, viewer, "deal", present.fields, checked.fields)
        checked = replace(checked, fields=laid)
    await _save(conn, viewer, id_, present, editing.lay_over(present, checked))


async def _save(conn: Conn, viewer: Viewer, id_: int, present: DealValues, new: DealValues) -> None:
    changed = editing.differing(present, new, DealChanges())
    if not changed:
        return
    await store.save(conn, id_, new)
    if "owner_id" in changed:
        await _give(conn, present.contact_id, new.owner_id)
    before, after = await own_fields.said(conn, "deal", [present, new], changed)
    fact = DealUpdated(
        contact_id=present.contact_id,
        deal_id=id_,
        user_id=viewer.user_id,
        changed=changed,
        changes=await described(conn, before, after, changed),
        currency=new.currency,
        **{TOLD_AS.get(name, name): getattr(new, name) for name in changed if name not in UNTOLD},
    )
    await events.announce(conn, [fact])


async def tell(conn: Conn, id_: int, fields: Mapping[str, str]) -> None:
    """What a rule or a person in a conversation said of a deal: what is no value of its field is kept as it was said."""
    present = await _locked(conn, SYSTEM, id_)
    laid = await own_fields.lay(conn, SYSTEM, "deal", present.fields, fields, is_strict=False)
    await _save(conn, SYSTEM, id_, present, replace(present, fields=laid))


@verb("deal.move")
async def move(
    conn: Conn,
    viewer: Viewer,
    id_: int,
    *,
    stage_id: int,
    before_id: int | None = None,
    after_id: int | None = None,
    loss_reason: str = "",
) -> None:
    """Put a deal into a stage, right before or after another deal, or at the top of the column."""
    present = await _locked(conn, viewer, id_)
    _, stage = await store.place(conn, stage_id=stage_id)
    for neighbour in (before_id, after_id):
        if neighbour == id_:
            return
        if neighbour is not None:
            await require(conn, viewer, neighbour)
    is_same = present.stage_id == stage_id
    if is_same and before_id is None and after_id is None:
        return
    if not is_same and viewer.user_id is not None:
        await own_fields.require_at(conn, "deal", present.fields, stage_id)
    at = await place(conn, stage_id, id_, before_id=before_id, after_id=after_id)
    kept = _text(loss_reason, REASON_LENGTH) or present.loss_reason
    await store.move(conn, id_, stage_id, at, kept if stage.kind == "lost" else "")
    if not is_same:
        await events.announce(conn, _moved(id_, present, stage, viewer, reason=kept))


def _moved(id_: int, present: DealValues, stage: Stage, viewer: Viewer, *, reason: str) -> list[Fact]:
    is_over = stage.kind != "open"
    kinds = [DealStageChanged]
    if is_over:
        kinds.append(DealWon if stage.kind == "won" else DealLost)
    return [
        kind(
            contact_id=present.contact_id,
            deal_id=id_,
            user_id=viewer.user_id,
            from_=present.stage_id,
            to=stage.id,
            stage=stage.name,
            amount=present.amount if is_over else UNSET,
            currency=present.currency if is_over else UNSET,
            reason=reason if stage.kind == "lost" else UNSET,
        )
        for kind in kinds
    ]


async def _locked(conn: Conn, viewer: Viewer, id_: int) -> DealValues:
    present = await store.locked(conn, viewer.scope(), id_)
    if present is None:
        raise NotFound(NO_DEAL)
    return present


async def _give(conn: Conn, contact_id: int, owner_id: int | None) -> None:
    """Who owns a deal sees its contact."""
    if owner_id is not None:
        await enrichment.share(conn, [(contact_id, owner_id)])


async def _checked(conn: Conn, viewer: Viewer, changes: DealChanges) -> DealChanges:
    """The values in the form they are kept in; raises Invalid."""
    checked = replace(
        changes,
        title=cleaned(changes.title, _title),
        amount=cleaned(changes.amount, _amount),
        currency=cleaned(changes.currency, money.currency),
        note=cleaned(changes.note, lambda typed: _text(typed, NOTE_LENGTH)),
        loss_reason=cleaned(changes.loss_reason, lambda typed: _text(typed, REASON_LENGTH)),
    )
    if (company_id := editing.given(changes.company_id)) is not None:
        await contacts.require_company(conn, viewer, company_id)
    if (owner_id := editing.given(changes.owner_id)) is not None:
        await presence.require_manager(conn, owner_id, field="owner_id")
    return checked


def _title(typed: str) -> str:
    title = normal.name(typed)[:LONGEST]
    if not title:
        raise Invalid(phrase("Enter a title for the deal."), field="title")
    return title


def _amount(given: int) -> int:
    if not 0 <= given <= money.LARGEST:
        raise Invalid(phrase("The amount is too large or below zero."), field="amount")
    return given


def _text(typed: str, most: int) -> str:
    return tidied(typed, lambda text: storable(text).strip()[:most])


__all__ = [
    "board",
    "column",
    "create",
    "create_for_routed",
    "fold_totals",
    "get",
    "list_deals",
    "move",
    "of_contact",
    "pipelines",
    "require",
    "update",
]
