"""Contacts with their handles in the catalogue. A related contact is the living one that its identities belong to."""

from __future__ import annotations

from typing import Final, LiteralString

from crm_core import visibility
from crm_core.catalogue.model import Column, Declaration, Link, Stored, Table, keyed, linked
from values.fields.model import FieldType
from values.sentences import phrase

FIRST: LiteralString = """(SELECT h.value FROM crm_contact i JOIN crm_handle h ON h.contact_id = i.id
      WHERE i.root_id = {t}.id AND h.kind = '{kind}' ORDER BY h.unreachable <> '', h.id LIMIT 1)"""
"""Where to call or write to somebody: what works stands before what did not."""

CONTACT: Final = Declaration(
    table=Table(
        key="contact",
        label=phrase("Contact"),
        name="crm_contact",
        title="name",
        where="{t}.merged_into IS NULL",
        visible=visibility.CONTACT_ROW,
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
                key="phone",
                label=phrase("Phone"),
                type=FieldType.PHONE,
                sql=FIRST.replace("{kind}", "phone"),
                stored=Stored.TEXT,
                is_asked=False,
            ),
            Column(
                key="mail",
                label=phrase("Email"),
                type=FieldType.MAIL,
                sql=FIRST.replace("{kind}", "email"),
                stored=Stored.TEXT,
                is_asked=False,
            ),
            Column(
                key="company",
                label=phrase("Company"),
                type=FieldType.COMPANY,
                sql="{t}.company_id",
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
                key="language",
                label=phrase("Language"),
                type=FieldType.CHOICE,
                sql="{t}.language",
                stored=Stored.TEXT,
            ),
            Column(
                key="note", label=phrase("Note"), type=FieldType.LONG_TEXT, sql="{t}.note", stored=Stored.TEXT
            ),
            Column(
                key="tags", label=phrase("Tags"), type=FieldType.CHOICES, sql="{t}.tags", stored=Stored.TEXTS
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
                key="company",
                label=phrase("Company"),
                target="company",
                is_many=False,
                source="crm_company {r}",
                on="{r}.id = {t}.company_id",
            ),
            Link(
                key="handles",
                label=phrase("Handles"),
                target="handle",
                is_many=True,
                source="crm_contact {r}_i JOIN crm_handle {r} ON {r}.contact_id = {r}_i.id",
                on="{r}_i.root_id = {t}.id",
            ),
        ),
    ),
    links={
        "company": (
            Link(
                key="contacts",
                label=phrase("Contacts"),
                target="contact",
                is_many=True,
                source="crm_contact {r}",
                on="{r}.company_id = {t}.id",
            ),
        )
    },
)
HANDLE: Final = Declaration(
    table=Table(
        key="handle",
        label=phrase("Handle"),
        name="crm_handle",
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
                key="kind", label=phrase("Kind"), type=FieldType.CHOICE, sql="{t}.kind", stored=Stored.TEXT
            ),
            Column(
                key="value",
                label=phrase("Address or number"),
                type=FieldType.TEXT,
                sql="{t}.value",
                stored=Stored.TEXT,
                is_small=True,
            ),
            Column(
                key="trust", label=phrase("Trust"), type=FieldType.CHOICE, sql="{t}.trust", stored=Stored.TEXT
            ),
            Column(
                key="created_at",
                label=phrase("Created"),
                type=FieldType.TIME,
                sql="{t}.created_at",
                stored=Stored.TIME,
            ),
        ),
        relations={},
    )
)
"""Who sees a contact sees its handles: they are reached through it alone."""
