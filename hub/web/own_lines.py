"""Values of customers' own fields as their reader writes them: on cards, in the history, where contacts are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from crm_core.fields import showing
from crm_core.fields.model import CHOSEN, POINTING, OwnField
from hub.web import formats, moments
from hub.wording.i18n import current, gettext
from values.fields.model import FieldType

PAGES: Final = {"contact": "/contacts/", "company": "/companies/", "deal": "/deals/"}
Names = Mapping[tuple[str, int], str]
Places = Mapping[str, OwnField]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An option as it is shown."""

    label: str
    color: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value on a card: a text, where it leads, or the options that are chosen."""

    key: str
    label: str
    text: str
    href: str = ""
    chips: tuple[Chip, ...] = ()
    is_extra: bool = False

    @property
    def words(self) -> str:
        """All of it as a text."""
        return ", ".join(chip.label for chip in self.chips) or self.text


def line(field: OwnField, value: Any, names: Names) -> Line:
    label = field.named(current().language)
    if field.type in CHOSEN:
        return Line(key=field.key, label=label, text="", chips=_chips(field, value))
    return Line(key=field.key, label=label, text=shown(field, value, names), href=_href(field, value, names))


def further(name: str, value: Any, own: Iterable[OwnField]) -> Line:
    field = next((each for each in own if each.text_key == name), None)
    if field is None:
        return Line(key=name, label=name, text=str(value), is_extra=True)
    label = gettext("%(field)s, as it was given") % {"field": field.named(current().language)}
    return Line(key=name, label=label, text=str(value), is_extra=True)


def _chips(field: OwnField, value: Any) -> tuple[Chip, ...]:
    ids = cast("list[Any]", value) if isinstance(value, list) else [value]
    found = [field.option(id_) for id_ in ids]
    return tuple(
        Chip(label=each.named(current().language), color=each.color) for each in found if each is not None
    )


def shown(field: OwnField, value: Any, names: Names) -> str:
    """A value as the reader writes it."""
    match field.type:
        case FieldType.YES_NO:
            return gettext("Yes") if value else gettext("No")
        case FieldType.NUMBER:
            return formats.number(value)
        case FieldType.MONEY:
            return formats.money(value["minor"], value["currency"])
        case FieldType.DATE:
            return moments.day_input(date.fromisoformat(value))
        case FieldType.ANNIVERSARY:
            return moments.yearly(str(value))
        case FieldType.TIME:
            return formats.moment(datetime.fromisoformat(value))
        case FieldType.PHONE:
            return formats.phone(value)
        case _ if field.type in POINTING:
            name = names.get((POINTING[field.type], value))
            return gettext("A colleague's record") if name is None else name or f"#{value}"
        case _:
            return showing.plain(field, value, language=current().language)


def _href(field: OwnField, value: Any, names: Names) -> str:
    target = POINTING.get(field.type, "")
    if target in PAGES and (target, value) in names:
        return f"{PAGES[target]}{value}"
    schemes = {FieldType.LINK: "", FieldType.MAIL: "mailto:", FieldType.PHONE: "tel:"}
    return f"{schemes[field.type]}{value}" if field.type in schemes else ""


def told(field: OwnField, value: Any, names: Names) -> str:
    """A value of the history, which may be of another type than the field has now."""
    if value is None:
        return ""
    if field.type in CHOSEN:
        return ", ".join(chip.label for chip in _chips(field, value))
    try:
        return shown(field, value, names)
    except (ValueError, TypeError, LookupError):
        return str(value)
