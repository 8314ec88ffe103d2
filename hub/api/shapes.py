"""Shapes of requests that several resources share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta

from crm_core.activity.model import Entry

Changes = TypeVar("Changes")

Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most.")]
After = Annotated[str, Meta(description="`next` of the page before.", max_length=400)]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Text = Annotated[str, Meta(min_length=1, max_length=100_000)]
Short = Annotated[str, Meta(max_length=500)]
Note = Annotated[str, Meta(max_length=20_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Amount = Annotated[
    int, Meta(ge=0, le=10**15, description="In minor units of the currency: 1250 is USD 12.50.")
]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217.")]
At = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]
FieldName = Annotated[str, Meta(min_length=1, max_length=60)]
FieldText = Annotated[str, Meta(max_length=20_000)]
FieldOption: TypeAlias = Number | Annotated[str, Meta(max_length=100)]
FieldAmount: TypeAlias = dict[
    Annotated[str, Meta(max_length=20)], Number | float | Annotated[str, Meta(max_length=60)]
]
Fields: TypeAlias = dict[
    FieldName,
    FieldText
    | Number
    | float
    | bool
    | Annotated[list[FieldOption], Meta(max_length=200)]
    | Annotated[FieldAmount, Meta(max_length=2, description='`{"minor": 9950, "currency": "USD"}`')]
    | None,
]
"""Own fields by their keys, laid over the present ones; null removes one."""


class PageQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Keyset paging: give `next` of one page as `after` of the following one."""

    after: After | None = None
    limit: Limit = 50


class SearchQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A page of what matches `query`."""

    query: Short = ""
    after: After | None = None
    limit: Limit = 50


class NoteText(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A note for colleagues."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class HistoryPage(msgspec.Struct, kw_only=True):
    """What happened, newest first."""

    items: list[Entry]
    next: str | None = None


def changes_of(kind: type[Changes], body: msgspec.Struct) -> Changes:
    """The change of an entity that a body asks for; both name the same fields."""
    return kind(**given(body))


def given(body: msgspec.Struct) -> dict[str, Any]:
    """What a change names; what it leaves out stays as it is."""
    values = ((name, getattr(body, name)) for name in body.__struct_fields__)
    return {name: value for name, value in values if value is not UNSET}
