"""Leads in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed, linked
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
            makers.number(),
            makers.column("title", phrase("Title"), FieldType.TEXT),
            makers.choice(
                "state",
                phrase("State"),
                {"new": phrase("New"), "qualified": phrase("Taken"), "declined": phrase("Declined")},
            ),
            makers.column("reason", phrase("Reason"), FieldType.TEXT),
            makers.owner(),
            makers.contact(),
            makers.created_at(),
            makers.column("closed_at", phrase("Closed"), FieldType.TIME),
        ),
        relations=linked(
            makers.to_owner(),
            makers.to_contact(),
        ),
    ),
    links={"contact": (makers.of_contact("leads", phrase("Leads"), "lead", "crm_lead"),)},
)
