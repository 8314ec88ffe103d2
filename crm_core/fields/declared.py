"""Own fields in the catalogue, beside those that the product declares."""

from __future__ import annotations

from dataclasses import replace

from crm_core.catalogue import own
from crm_core.catalogue.model import Catalogue, Column, Table
from crm_core.fields.model import OwnField, OwnFields
from values.fields.model import Option


def with_own(catalogue: Catalogue, fields: OwnFields) -> Catalogue:
    """The catalogue with the own fields of each object; retired ones too, so that filters can say what became of them."""
    return {key: _with(table, fields.of(key)) for key, table in catalogue.items()}


def _with(table: Table, fields: list[OwnField]) -> Table:
    columns = {each.key: _column(each) for each in fields}
    links = [
        own.pointed(key=each.key, label=each.label, type=each.type, id=each.slot)
        for each in fields
        if not each.is_retired
    ]
    relations = {link.key: link for link in links if link is not None}
    return replace(table, fields={**table.fields, **columns}, relations={**table.relations, **relations})


def _column(given: OwnField) -> Column:
    return own.own(
        key=given.key,
        label=given.label,
        labels=given.labels,
        type=given.type,
        id=given.slot,
        options=tuple(
            Option(
                key=each.id,
                label=each.label,
                labels=each.labels,
                color=each.color,
                is_retired=each.is_retired,
            )
            for each in given.options
        ),
        is_retired=given.is_retired,
    )
