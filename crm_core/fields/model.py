"""Customers' own fields, and all of them as they are at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crm_core.editing import UNSET, Edited
from values.fields.model import FieldType

OBJECTS: Final = ("contact", "company", "deal", "lead", "task")
"""Which objects have own fields."""
COLORS: Final = ("", "gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
CHOSEN: Final = (FieldType.CHOICE, FieldType.CHOICES)
POINTING: Final = {
    FieldType.USER: "user",
    FieldType.PERSON: "contact",
    FieldType.COMPANY: "company",
    FieldType.DEAL: "deal",
}
"""Types whose value is the id of a record, and of which object."""
TYPES: Final = tuple(each for each in FieldType if each not in (FieldType.FILE, FieldType.RECORD))
"""What a person may make: files and records of modules come with what keeps these."""
MOST: Final = 200
"""Fields of an object."""
MOST_OPTIONS: Final = 500
MOST_INDEXES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOption:
    """One of the values of a choice; kept by its id, so that another label changes no record."""

    id: int
    label: str
    labels: Mapping[str, str]
    color: str
    is_retired: bool
    merged_into: int | None

    def named(self, language: str) -> str:
        return self.labels.get(language) or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnField:
    """A field of a customer's own. Its values stand in `fields` under the text of `slot`."""

    id: int
    object: str
    key: str
    alias: str
    type: FieldType
    slot: int
    label: str
    labels: Mapping[str, str]
    group: str
    position: int
    preset: Any
    required_at: tuple[int, ...]
    target: str
    is_filterable: bool
    index_state: str
    index_fault: str
    moving_after: int | None
    created_at: datetime
    retired_at: datetime | None
    options: tuple[OwnOption, ...] = ()

    @property
    def place(self) -> str:
        return str(self.slot)

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def text_key(self) -> str:
        """Under which a text is kept that is no value of the field."""
        return f"{self.key}.text"

    def named(self, language: str) -> str:
        return self.labels.get(language) or self.label

    def option(self, id_: object) -> OwnOption | None:
        """The option of an id; of one that was merged the one that it became."""
        found = next((each for each in self.options if each.id == id_), None)
        return self.option(found.merged_into) if found is not None and found.merged_into else found


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFields:
    """All own fields; another `version` whenever one of them changes."""

    version: str
    all: tuple[OwnField, ...]

    def of(self, object: str) -> list[OwnField]:
        """Those of an object in their order, retired ones too."""
        return [each for each in self.all if each.object == object]

    def living(self, object: str) -> list[OwnField]:
        return [each for each in self.all if each.object == object and not each.is_retired]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValues:
    """What people edit of a field, as it is kept."""

    label: str
    labels: Mapping[str, str]
    group: str
    preset: Any
    required_at: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChanges:
    """An edit of a field."""

    label: Edited[str] = UNSET
    labels: Edited[Mapping[str, str]] = UNSET
    group: Edited[str] = UNSET
    preset: Edited[Any] = UNSET
    required_at: Edited[Sequence[int]] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class NewField:
    """A field to make; without a key one is made of the label."""

    object: str
    type: FieldType
    label: str
    key: str = ""
    labels: Mapping[str, str]
    group: str = ""
    alias: str = ""
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOption:
    """An option to make."""

    label: str
    labels: Mapping[str, str]
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A key that forms sent and that is no field, with some of its values."""

    object: str
    name: str
    found_at: datetime
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a field is used: a kind of place, how often (no further than counted), and where that is seen."""

    what: str
    number: int
    is_more: bool = False
