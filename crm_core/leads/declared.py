"""Leads in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

LEAD: Final = Declaration(
    table=Table(
        key="lead",
        label=phrase("Lead"),
        name="crm_lead",
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
                key="state", label=phrase("State"), type=FieldType.CHOICE, sql="{t}.state", stored=Stored.TEXT
            ),
            Column(
                key="reason",
                label=phrase("Reason"),
                type=FieldType.TEXT,
                sql="{t}.reason",
                stored=Stored.TEXT,
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
                key="created_at",
                label=phrase("Created"),
                type=FieldType.TIME,
                sql="{t}.created_at",
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
        ),
    ),
    links={
        "contact": (
            Link(
                key="leads",
                label=phrase("Leads"),
                target="lead",
                is_many=True,
                source="crm_contact {r}_i JOIN crm_lead {r} ON {r}.contact_id = {r}_i.id",
                on="{r}_i.root_id = {t}.id",
            ),
        )
    },
)
