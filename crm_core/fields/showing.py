"""Values of own fields as plain texts: for the bot, canned replies and files; pages show them in the reader's way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from crm_core import money
from crm_core.fields.model import POINTING, OwnField
from values.fields.model import FieldType

_NO_NAMES: Final[Mapping[tuple[str, int], str]] = {}


def plain(
    field: OwnField, value: Any, *, language: str = "", names: Mapping[tuple[str, int], str] = _NO_NAMES
) -> str:
    """One value as a text; empty for a record whose name is not given."""
    match field.type:
        case FieldType.YES_NO:
            return "yes" if value else "no"
        case FieldType.CHOICE:
            return label(field, value, language)
        case FieldType.CHOICES:
            given = cast("list[Any]", value) if isinstance(value, list) else [value]
            return ", ".join(filter(None, (label(field, each, language) for each in given)))
        case FieldType.MONEY if isinstance(value, dict):
            return amount(cast("dict[str, Any]", value))
        case FieldType.TIME:
            return f"{datetime.fromisoformat(str(value)):%Y-%m-%d %H:%M} UTC"
        case _ if field.type in POINTING:
            return names.get((POINTING[field.type], value), "")
        case _:
            return str(value)


def label(field: OwnField, id_: object, language: str = "") -> str:
    """What an option is called; one that is gone is nothing."""
    found = field.option(id_)
    return found.named(language) if found else ""


def amount(value: Mapping[str, Any]) -> str:
    """As `1250.50 USD`."""
    currency = str(value["currency"])
    return f"{Decimal(int(value['minor'])).scaleb(-money.precision(currency)):f} {currency}"
