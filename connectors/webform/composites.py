"""Answers in parts: a name, a telephone, several choices, as one text. Pure."""

from __future__ import annotations

from typing import Any, Final, TypeAlias, cast

from connectors.webform.body import MAX_DEPTH, text_of

Table: TypeAlias = dict[str, Any]
PARTS: Final = (
    ("prefix", "title", "salutation"),
    ("first", "first_name", "firstName", "given", "given_name"),
    ("middle", "middle_name"),
    ("last", "last_name", "lastName", "family", "family_name"),
    ("suffix",),
)
PHONE_PARTS: Final = ("country", "country_code", "area", "phone", "number", "full")


def is_one(item: Any) -> bool:
    """A table or list that is one answer: a name in parts, a telephone in parts, several choices."""
    if isinstance(item, list):
        return all(not isinstance(each, dict | list) for each in cast("list[Any]", item))
    return isinstance(item, dict) and bool(_person(cast("Table", item)) or _telephone(cast("Table", item)))


def said(item: Any, depth: int = 0) -> str:
    """One answer as a text."""
    if depth > MAX_DEPTH:
        return text_of(item)
    if isinstance(item, dict):
        table = cast("Table", item)
        return (
            _person(table)
            or _telephone(table)
            or ", ".join(said(each, depth + 1) for each in table.values() if each)
        )
    if isinstance(item, list):
        return ", ".join(text for each in cast("list[Any]", item) if (text := said(each, depth + 1)))
    return text_of(item)


def _person(table: Table) -> str:
    names = {name for part in PARTS for name in part}
    if not table or not set(table) <= names or not set(table) & {*PARTS[1], *PARTS[3]}:
        return ""
    parts = (next((str(table[name]) for name in part if table.get(name)), "") for part in PARTS)
    return " ".join(part for part in parts if part) if _all_texts(table) else ""


def _telephone(table: Table) -> str:
    if (
        not table
        or not set(table) <= set(PHONE_PARTS)
        or not set(table) & {"phone", "number", "full"}
        or not _all_texts(table)
    ):
        return ""
    if table.get("full"):
        return str(table["full"])
    return " ".join(str(table[name]) for name in PHONE_PARTS if table.get(name))


def _all_texts(table: Table) -> bool:
    return all(isinstance(value, str | int | None) for value in table.values())
