"""What an export is asked for, and the columns of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from crm_core.catalogue.columns import Place
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue

Format = Literal["json", "csv", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = ("json", "csv", "xlsx")
MIMES: Final[Mapping[Format, str]] = {
    "json": "application/x-ndjson",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS: Final[Mapping[Format, str]] = {"json": "jsonl", "csv": "csv", "xlsx": "xlsx"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rows of `of` that pass the filter, or these `ids`; `fields` are paths of columns, empty for those of the object.

    `language` is the one that heads and options are written in; empty: paths and keys, as programs read them.
    """

    of: str
    fields: tuple[str, ...] = ()
    where: Mapping[str, Any] | None = None
    ids: tuple[int, ...] | None = None
    order: str = ""
    format: Format = "csv"
    separator: str = ","
    language: str = ""

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Asked:
        values = dict(payload)
        values["fields"] = tuple(values.get("fields", ()))
        values["ids"] = None if values.get("ids") is None else tuple(values["ids"])
        return cls(**values)

    def payload(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {
            "of": self.of,
            "fields": list(self.fields),
            "where": self.where,
            "ids": None if self.ids is None else list(self.ids),
            "order": self.order,
            "format": self.format,
            "separator": self.separator,
            "language": self.language,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An export that was checked: which rows, and where its columns stand."""

    asked: Asked
    catalogue: Catalogue
    listed: Listed
    places: tuple[Place, ...]
    heads: tuple[str, ...]
