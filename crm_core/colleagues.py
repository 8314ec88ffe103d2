"""Users in the catalogue; apart from their room, since the catalogue itself asks who is looking."""

from __future__ import annotations

from typing import Final

from crm_core.catalogue.model import Column, Declaration, Stored, Table, keyed
from values.fields.model import FieldType
from values.sentences import phrase

USER: Final = Declaration(
    table=Table(
        key="user",
        label=phrase("User"),
        name="crm_user",
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
                key="email",
                label=phrase("Email"),
                type=FieldType.MAIL,
                sql="{t}.email",
                stored=Stored.TEXT,
            ),
            Column(
                key="role", label=phrase("Role"), type=FieldType.CHOICE, sql="{t}.role", stored=Stored.TEXT
            ),
            Column(
                key="is_active",
                label=phrase("Works here"),
                type=FieldType.YES_NO,
                sql="{t}.is_active",
                stored=Stored.BOOLEAN,
            ),
        ),
        relations={},
    ),
)
