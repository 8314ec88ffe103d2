"""Values of rows as the cells of a sheet, and as lines of JSON. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from crm_core import money
from crm_core.catalogue.columns import Named, Place, Row, Value
from values.fields.model import FieldType, Money
from values.sentences import english

Cell: TypeAlias = str | int | Decimal | bool | date | datetime | None
Say: TypeAlias = Callable[[str], str]

BOM: Final = b"\xef\xbb\xbf"
"""By which spreadsheets know UTF-8."""
RISKY: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes for the beginning of a formula."""
HARMLESS: Final = re.compile(r"[+-]?\d[\d ().,-]*")
"""Numbers and phones: no formula, and of no use with a mark before them."""
GUARD: Final = "'"


def guarded(text: str) -> str:
    """The text as a spreadsheet reads it without running it; numbers and phones stay as they are."""
    bare = text.lstrip(" \u00a0")
    if not bare or bare[0] not in RISKY or HARMLESS.fullmatch(bare):
        return text
    return GUARD + text


def unguarded(text: str) -> str:
    """What stood there before it was guarded."""
    return text[1:] if text.startswith(GUARD) and guarded(text[1:]) == text else text


def head(places: Sequence[Place], heads: Sequence[str], currency: Say) -> list[str]:
    """The first line: an amount has its currency beside it."""
    cells: list[str] = []
    for place, name in zip(places, heads, strict=True):
        cells.append(name)
        if place.column.type is FieldType.MONEY:
            cells.append(currency(name))
    return cells


def flat(row: Row, places: Sequence[Place], say: Say) -> list[Cell]:
    """The cells of a row."""
    cells: list[Cell] = []
    for place, value in zip(places, row.values, strict=True):
        if place.column.type is FieldType.MONEY:
            cells += _amount(value)
        else:
            cells.append(_cell(value, place, say))
    return cells


def csv_lines(rows: Iterable[Sequence[Cell]], *, separator: str, zone: ZoneInfo) -> bytes:
    """Lines of a sheet; moments are in the company's time."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_text(cell, zone) for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def json_lines(rows: Sequence[Row], paths: Sequence[str]) -> bytes:
    """A line a row: its id and its values by their paths, each of its type."""
    lines = [
        {"id": row.id, **{path: typed(each) for path, each in zip(paths, row.values, strict=True)}}
        for row in rows
    ]
    return b"".join(msgspec.json.encode(line, enc_hook=english) + b"\n" for line in lines)


def typed(value: Value) -> Any:
    """As JSON has it."""
    match value:
        case Named():
            return {"id": value.id, "name": value.name}
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.astimezone(UTC)
        case _:
            return value


def _amount(value: Value) -> tuple[Cell, Cell]:
    if not isinstance(value, Money):
        return None, None
    return Decimal(value.minor).scaleb(-money.precision(value.currency)), value.currency


def _cell(value: Value, place: Place, say: Say) -> Cell:
    labels = _labels(place)
    match value:
        case Named():
            return say(value.name)
        case tuple():
            return ", ".join(say(labels.get(each, str(each))) for each in value)
        case str() | int() if not isinstance(value, bool) and value in labels:
            return say(labels[value])
        case Money():
            return str(value.minor)
        case _:
            return value


def _labels(place: Place) -> Mapping[int | str, str]:
    return {option.key: option.label for option in place.column.options}


def _text(cell: Cell, zone: ZoneInfo) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
        case int():
            return str(cell)
        case str():
            return guarded(cell)
