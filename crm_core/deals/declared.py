"""Deals with their stages and pipelines in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked
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
            Column(
                key="id",
                label=phrase("Number"),
                type=FieldType.NUMBER,
                sql="{t}.id",
                stored=Stored.BIGINT,
                is_sorted=True,
            ),
            Column(
                key="title", label=phrase("Title"), type=FieldType.TEXT, sql="{t}.title", stored=Stored.TEXT
            ),
            Column(
                key="amount",
                label=phrase("Amount"),
                type=FieldType.MONEY,
                sql="{t}.amount",
                stored=Stored.BIGINT,
                currency="{t}.currency",
            ),
            Column(
                key="pipeline",
                label=phrase("Pipeline"),
                type=FieldType.CHOICE,
                sql="{t}.pipeline_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="stage",
                label=phrase("Stage"),
                type=FieldType.CHOICE,
                sql="{t}.stage_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="owner",
                label=phrase("Owner"),
                type=FieldType.USER,
                sql="{t}.owner_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="contact",
                label=phrase("Contact"),
                type=FieldType.PERSON,
                sql="{t}.contact_id",
                stored=Stored.BIGINT,
            ),
            Column(
                key="company",
                label=phrase("Company"),
                type=FieldType.COMPANY,
                sql="{t}.company_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="note", label=phrase("Note"), type=FieldType.LONG_TEXT, sql="{t}.note", stored=Stored.TEXT
            ),
            Column(
                key="loss_reason",
                label=phrase("Loss reason"),
                type=FieldType.TEXT,
                sql="{t}.loss_reason",
                stored=Stored.TEXT,
            ),
            Column(
                key="next_task_at",
                label=phrase("Next task"),
                type=FieldType.TIME,
                sql="{t}.next_task_at",
                stored=Stored.TIME,
            ),
            Column(
                key="stage_since",
                label=phrase("In the stage since"),
                type=FieldType.TIME,
                sql="{t}.stage_since",
                stored=Stored.TIME,
            ),
            Column(
                key="created_at",
                label=phrase("Created"),
                type=FieldType.TIME,
                sql="{t}.created_at",
                stored=Stored.TIME,
            ),
            Column(
                key="updated_at",
                label=phrase("Changed"),
                type=FieldType.TIME,
                sql="{t}.updated_at",
                stored=Stored.TIME,
            ),
            Column(
                key="closed_at",
                label=phrase("Closed"),
                type=FieldType.TIME,
                sql="{t}.closed_at",
                stored=Stored.TIME,
            ),
        ),
        relations=linked(
            Link(
                key="owner",
                label=phrase("Owner"),
                target="user",
                is_many=False,
                source="crm_user {r}",
                on="{r}.id = {t}.owner_id",
            ),
            Link(
                key="contact",
                label=phrase("Contact"),
                target="contact",
                is_many=False,
                source="crm_contact {r}_i JOIN crm_contact {r} ON {r}.id = {r}_i.root_id",
                on="{r}_i.id = {t}.contact_id",
            ),
            Link(
                key="company",
                label=phrase("Company"),
                target="company",
                is_many=False,
                source="crm_company {r}",
                on="{r}.id = {t}.company_id",
            ),
            Link(
                key="pipeline",
                label=phrase("Pipeline"),
                target="pipeline",
                is_many=False,
                source="crm_pipeline {r}",
                on="{r}.id = {t}.pipeline_id",
            ),
            Link(
                key="stage",
                label=phrase("Stage"),
                target="stage",
                is_many=False,
                source="crm_stage {r}",
                on="{r}.id = {t}.stage_id",
            ),
        ),
    ),
    links={
        "contact": (
            Link(
                key="deals",
                label=phrase("Deals"),
                target="deal",
                is_many=True,
                source="crm_contact {r}_i JOIN crm_deal {r} ON {r}.contact_id = {r}_i.id",
                on="{r}_i.root_id = {t}.id",
            ),
        ),
        "company": (
            Link(
                key="deals",
                label=phrase("Deals"),
                target="deal",
                is_many=True,
                source="crm_deal {r}",
                on="{r}.company_id = {t}.id",
            ),
        ),
    },
)
STAGE: Final = Declaration(
    table=Table(
        key="stage",
        label=phrase("Stage"),
        name="crm_stage",
        title="name",
        fields=keyed(
            Column(
                key="id",
                label=phrase("Number"),
                type=FieldType.NUMBER,
                sql="{t}.id",
                stored=Stored.BIGINT,
                is_sorted=True,
            ),
            Column(key="name", label=phrase("Name"), type=FieldType.TEXT, sql="{t}.name", stored=Stored.TEXT),
            Column(
                key="kind", label=phrase("Kind"), type=FieldType.CHOICE, sql="{t}.kind", stored=Stored.TEXT
            ),
            Column(
                key="position",
                label=phrase("Position"),
                type=FieldType.NUMBER,
                sql="{t}.position",
                stored=Stored.INTEGER,
            ),
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
            Column(
                key="id",
                label=phrase("Number"),
                type=FieldType.NUMBER,
                sql="{t}.id",
                stored=Stored.BIGINT,
                is_sorted=True,
            ),
            Column(key="name", label=phrase("Name"), type=FieldType.TEXT, sql="{t}.name", stored=Stored.TEXT),
        ),
        relations={},
    )
)
