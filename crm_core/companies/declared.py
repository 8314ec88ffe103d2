"""Companies in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

COMPANY: Final = Declaration(
    table=Table(
        key="company",
        label=phrase("Company"),
        name="crm_company",
        title="name",
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
            Column(key="name", label=phrase("Name"), type=FieldType.TEXT, sql="{t}.name", stored=Stored.TEXT),
            Column(
                key="domain",
                label=phrase("Mail domain"),
                type=FieldType.TEXT,
                sql="{t}.domain",
                stored=Stored.TEXT,
            ),
            Column(
                key="phone", label=phrase("Phone"), type=FieldType.PHONE, sql="{t}.phone", stored=Stored.TEXT
            ),
            Column(
                key="note", label=phrase("Note"), type=FieldType.LONG_TEXT, sql="{t}.note", stored=Stored.TEXT
            ),
            Column(
                key="owner",
                label=phrase("Owner"),
                type=FieldType.USER,
                sql="{t}.owner_id",
                stored=Stored.INTEGER,
            ),
            Column(
                key="created_at",
                label=phrase("Created"),
                type=FieldType.TIME,
                sql="{t}.created_at",
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
        ),
    ),
)
