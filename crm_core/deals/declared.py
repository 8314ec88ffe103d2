"""Deals with their stages and pipelines in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue import makers
from crm_core.catalogue.model import Column, Declaration, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

DEAL: Final = Declaration(
    table=Table(
        key="deal",
        label=phrase("Deal"),
        name="crm_deal",
        title="title",
        visible=visibility.OWNED_ROW,
        fields=keyed(
            makers.number(),
            makers.column("title", phrase("Title"), FieldType.TEXT),
            Column(
                key="amount",
                label=phrase("Amount"),
                type=FieldType.MONEY,
                sql="{t}.amount",
                stored=Stored.BIGINT,
                currency="{t}.currency",
            ),
            makers.column(
                "pipeline", phrase("Pipeline"), FieldType.CHOICE, "pipeline_id", stored=Stored.INTEGER
            ),
            makers.column("stage", phrase("Stage"), FieldType.CHOICE, "stage_id", stored=Stored.INTEGER),
            makers.owner(),
            makers.contact(),
            makers.company(),
            makers.note(),
            makers.column("loss_reason", phrase("Loss reason"), FieldType.TEXT),
            makers.column("next_task_at", phrase("Next task"), FieldType.TIME),
            makers.column("stage_since", phrase("In the stage since"), FieldType.TIME),
            makers.created_at(),
            makers.updated_at(),
            makers.column("closed_at", phrase("Closed"), FieldType.TIME),
        ),
        relations=linked(
            makers.to_owner(),
            makers.to_contact(),
            makers.to_company(),
            makers.to_one("pipeline", phrase("Pipeline"), "pipeline", "crm_pipeline"),
            makers.to_one("stage", phrase("Stage"), "stage", "crm_stage"),
        ),
    ),
    links={
        "contact": (makers.of_contact("deals", phrase("Deals"), "deal", "crm_deal"),),
        "company": (makers.to_many("deals", phrase("Deals"), "deal", "crm_deal", "company_id"),),
    },
)
STAGE: Final = Declaration(
    table=Table(
        key="stage",
        label=phrase("Stage"),
        name="crm_stage",
        title="name",
        fields=keyed(
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT),
            makers.choice(
                "kind",
                phrase("Kind"),
                {"open": phrase("Open"), "won": phrase("Won"), "lost": phrase("Lost")},
            ),
            makers.column("position", phrase("Position"), FieldType.NUMBER),
        ),
        relations={},
    )
)
PIPELINE: Final = Declaration(
    table=Table(
        key="pipeline",
        label=phrase("Pipeline"),
        name="crm_pipeline",
        title="name",
        fields=keyed(
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT),
        ),
        relations={},
    )
)
