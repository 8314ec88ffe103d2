"""Columns and links that tables have in common, so that a declaration says only what is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, LiteralString

from crm_core.catalogue.model import Column, Link, Stored
from values.fields.model import FieldType, Option
from values.sentences import phrase

_STORED: Final = {
    FieldType.TEXT: Stored.TEXT,
    FieldType.LONG_TEXT: Stored.TEXT,
    FieldType.MAIL: Stored.TEXT,
    FieldType.PHONE: Stored.TEXT,
    FieldType.CHOICE: Stored.TEXT,
    FieldType.CHOICES: Stored.TEXTS,
    FieldType.NUMBER: Stored.INTEGER,
    FieldType.YES_NO: Stored.BOOLEAN,
    FieldType.TIME: Stored.TIME,
    FieldType.USER: Stored.INTEGER,
    FieldType.COMPANY: Stored.INTEGER,
    FieldType.PERSON: Stored.BIGINT,
    FieldType.DEAL: Stored.BIGINT,
}
"""How the columns of our own tables keep each type."""


def column(
    key: LiteralString,
    label: str,
    type: FieldType,
    name: LiteralString = "",
    *,
    stored: Stored | None = None,
    is_small: bool = False,
    is_sorted: bool = False,
) -> Column:
    """A column of the table; its `name` is the key unless told otherwise."""
    return Column(
        key=key,
        label=label,
        type=type,
        sql=f"{{t}}.{name or key}",
        stored=stored or _STORED[type],
        is_small=is_small,
        is_sorted=is_sorted,
    )


def choice(key: LiteralString, label: str, options: Mapping[str, str], name: LiteralString = "") -> Column:
    """A column with one of few texts; `options` are their labels."""
    given = tuple(Option(key=each, label=words) for each, words in options.items())
    return replace(column(key, label, FieldType.CHOICE, name), options=given)


def number() -> Column:
    """The id, by which every list may be sorted."""
    return Column(
        key="id",
        label=phrase("Number"),
        type=FieldType.NUMBER,
        sql="{t}.id",
        stored=Stored.BIGINT,
        is_sorted=True,
    )


def note() -> Column:
    return column("note", phrase("Note"), FieldType.LONG_TEXT)


def created_at() -> Column:
    return column("created_at", phrase("Created"), FieldType.TIME)


def updated_at() -> Column:
    return column("updated_at", phrase("Changed"), FieldType.TIME)


def owner() -> Column:
    return column("owner", phrase("Owner"), FieldType.USER, "owner_id")


def contact() -> Column:
    return column("contact", phrase("Contact"), FieldType.PERSON, "contact_id")


def company() -> Column:
    return column("company", phrase("Company"), FieldType.COMPANY, "company_id")


def to_one(
    key: LiteralString, label: str, target: LiteralString, table: LiteralString, name: LiteralString = ""
) -> Link:
    """The record that the column `name`, `<key>_id` unless told otherwise, points at."""
    return Link(
        key=key,
        label=label,
        target=target,
        is_many=False,
        source=f"{table} {{r}}",
        on=f"{{r}}.id = {{t}}.{name or key + '_id'}",
    )


def to_many(
    key: LiteralString, label: str, target: LiteralString, table: LiteralString, name: LiteralString
) -> Link:
    """The records whose column `name` points at this one."""
    return Link(
        key=key,
        label=label,
        target=target,
        is_many=True,
        source=f"{table} {{r}}",
        on=f"{{r}}.{name} = {{t}}.id",
    )


def to_owner() -> Link:
    return to_one("owner", phrase("Owner"), "user", "crm_user")


def to_company() -> Link:
    return to_one("company", phrase("Company"), "company", "crm_company")


def to_contact() -> Link:
    """The living contact that the one of the row belongs to."""
    return Link(
        key="contact",
        label=phrase("Contact"),
        target="contact",
        is_many=False,
        source="crm_contact {r}_i JOIN crm_contact {r} ON {r}.id = {r}_i.root_id",
        on="{r}_i.id = {t}.contact_id",
    )


def of_contact(key: LiteralString, label: str, target: LiteralString, table: LiteralString) -> Link:
    """Records of a contact with all its identities."""
    return Link(
        key=key,
        label=label,
        target=target,
        is_many=True,
        source=f"crm_contact {{r}}_i JOIN {table} {{r}} ON {{r}}.contact_id = {{r}}_i.id",
        on="{r}_i.root_id = {t}.id",
    )
