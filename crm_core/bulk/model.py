"""What can be done to many records at once, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from crm_core.acts.model import Record
from crm_core.catalogue.model import Catalogue

Verb = Literal["set", "tag", "task", "delete", "restore"]
MOST: Final = 1_000_000
"""Records of a selection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task for each record; without an assignee it is for the record's owner, else for who asks."""

    title: str
    kind: str = "task"
    note: str = ""
    assignee_id: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The same for every record: new values by the keys of fields, tags, a task, or the bin."""

    verb: Verb
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    task: Task | None = None

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Change:
        given: Mapping[str, Any] | None = kept.get("task")
        task = None if given is None else _task(given)
        return cls(
            verb=kept["verb"],
            values=kept.get("values", {}),
            add=tuple(kept.get("add", ())),
            remove=tuple(kept.get("remove", ())),
            task=task,
        )

    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "verb": self.verb,
            "values": dict(self.values),
            "add": list(self.add),
            "remove": list(self.remove),
        }
        if self.task is not None:
            due = self.task.due_at
            found["task"] = {
                "title": str(self.task.title),
                "kind": self.task.kind,
                "note": self.task.note,
                "assignee_id": self.task.assignee_id,
                "due_at": due.isoformat() if due else None,
            }
        return found


def _task(kept: Mapping[str, Any]) -> Task:
    values = dict(kept)
    due = values.get("due_at")
    values["due_at"] = datetime.fromisoformat(due) if due else None
    return Task(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A field with the value it gets, in the form it is kept in."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A change that was checked: by whom it can be carried out depends on each record yet."""

    of: Record
    verb: Verb
    catalogue: Catalogue
    settings: tuple[Setting, ...] = ()
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many records: `can` change, are as they shall be already (`same`), `cannot` and why, or are not there."""

    can: int = 0
    same: int = 0
    cannot: int = 0
    gone: int = 0

    def and_(self, other: Tally) -> Tally:
        return Tally(
            can=self.can + other.can,
            same=self.same + other.same,
            cannot=self.cannot + other.cannot,
            gone=self.gone + other.gone,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A frozen selection, and what would come of the change now; `why` says why some cannot."""

    id: int
    of: Record
    count: int
    tally: Tally
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A selection as it was kept."""

    id: int
    of: Record
    change: Change
    ids: tuple[int, ...]
    user_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some records of a bulk, and the act that all of them belong to."""

    ids: tuple[int, ...]
    since: datetime
    act_id: UUID
    cause_id: int
