"""Objects with their fields and relations, as filters, forms and texts know them: no word of how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FieldType(StrEnum):
    """What a field holds; the comment gives the Python value of one that is filled."""

    TEXT = "text"  # str
    LONG_TEXT = "long_text"  # str
    LINK = "link"  # str, an http(s) address
    MAIL = "mail"  # str, normalised
    PHONE = "phone"  # str, in international form
    NUMBER = "number"  # int or Decimal
    MONEY = "money"  # Money
    DATE = "date"  # date
    ANNIVERSARY = "anniversary"  # str: 2026-05-31, or --05-31 where the year is not known
    TIME = "time"  # datetime, aware
    YES_NO = "yes_no"  # bool
    CHOICE = "choice"  # int or str, the key of an option
    CHOICES = "choices"  # tuple of them
    FILE = "file"  # int, as all that follow: whom or what it points at
    USER = "user"
    PERSON = "person"
    COMPANY = "company"
    DEAL = "deal"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Minor units of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the values of a choice. The label is as a field's; `color` is a name of the palette, empty for none."""

    key: int | str
    label: str
    color: str = ""
    is_retired: bool = False
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """By language, where a customer gave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named property of an object. The key is ASCII and never changes; the label is an English template or free text."""

    key: str
    label: str
    type: FieldType
    options: tuple[Option, ...] = ()
    """Of a choice whose values are known; where none are given they are records of the relation with the field's key."""
    is_asked: bool = True
    """Filters and orders may ask for it; otherwise it is only shown, and a relation behind it is asked."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """By language, where a customer gave them."""
    is_retired: bool = False
    """Shown nowhere; a filter that still asks for it is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Records that belong to a record: `is_many` of `target`, the key of an object."""

    key: str
    label: str
    target: str
    is_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Records of one kind."""

    key: str
    label: str
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
