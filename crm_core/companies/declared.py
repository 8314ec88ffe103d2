"""Companies in the catalogue."""

from __future__ import annotations

from typing import Final

from crm_core import visibility
from crm_core.catalogue import makers
from crm_core.catalogue.model import Declaration, Table, keyed, linked
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
            makers.number(),
            makers.column("name", phrase("Name"), FieldType.TEXT, is_sorted=True),
            makers.column("domain", phrase("Mail domain"), FieldType.TEXT),
            makers.column("phone", phrase("Phone"), FieldType.PHONE),
            makers.note(),
            makers.owner(),
            makers.created_at(),
        ),
        relations=linked(
            makers.to_owner(),
        ),
    ),
)
