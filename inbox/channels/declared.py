"""Channels in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed
from values.fields.model import FieldType
from values.sentences import phrase

CHANNEL: Final = Declaration(
    table=Table(
        key="channel",
        label=phrase("Channel"),
        name="inbox_channel",
        title="name",
        where="{t}.deleted_at IS NULL",
        fields=keyed(
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT),
            makers.column("connector", phrase("Connector"), FieldType.CHOICE),
            makers.created_at(),
        ),
        relations={},
    )
)
