"""Users in the catalogue; apart from their room, since the catalogue itself asks who is looking."""

from __future__ import annotations

from typing import Final

from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed
from values.fields.model import FieldType
from values.sentences import phrase

USER: Final = Declaration(
    table=Table(
        key="user",
        label=phrase("User"),
        name="crm_user",
        title="name",
        fields=keyed(
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT),
            makers.column("email", phrase("Email"), FieldType.MAIL),
            makers.column("role", phrase("Role"), FieldType.CHOICE),
            makers.column("is_active", phrase("Works here"), FieldType.YES_NO),
        ),
        relations={},
    ),
)
