"""Which list an address asks for: view, filter, columns, order and words; and the address of another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast
from urllib.parse import urlencode

import msgspec
from multidict import MultiMapping

from crm_core.views.model import View
from hub.web.lists.shapes import SHAPES, Shape
from values.filters.errors import FilterInvalid
from values.filters.model import All, Filter
from values.filters.reading import read
from values.sentences import phrase

LONGEST: Final = 7_000
MOST_WORDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the chosen view is by itself, from which an address departs. `id` is a saved view's."""

    key: str
    label: str
    form: Mapping[str, Any]
    columns: tuple[str, ...]
    order: str
    saved: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A list as it is asked for. `form` is the filter as JSON; `problem` says why it is none."""

    shape: Shape
    base: Base
    form: Mapping[str, Any]
    columns: tuple[str, ...]
    order: str
    query: str = ""
    problem: FilterInvalid | None = None
    filter: Filter = field(default_factory=All)

    @property
    def is_changed(self) -> bool:
        """Whether the view was departed from."""
        own = (dict(self.form), self.columns, self.order)
        return own != (dict(self.base.form), self.base.columns, self.base.order)

    @property
    def items(self) -> Sequence[Any]:
        """The conditions that stand side by side: one chip each."""
        given = {key: value for key, value in self.form.items() if key != "v"}
        inner = given.get("all")
        if isinstance(inner, list):
            return cast("list[Any]", inner)
        return [given] if given else []

    def address(self, **changes: Any) -> str:
        """The address of this list with something changed: `form`, `columns`, `order`, `query`."""
        new = replace(self, **changes)
        given: dict[str, str] = {}
        if new.base.key != new.shape.views[0].key:
            given["view"] = new.base.key
        if dict(new.form) != dict(new.base.form):
            given["filter"] = msgspec.json.encode(new.form).decode()
        if new.columns != new.base.columns:
            given["columns"] = ",".join(new.columns)
        if new.order != new.base.order:
            given["order"] = new.order
        if new.query:
            given["q"] = new.query
        return f"{new.shape.path}?{urlencode(given)}" if given else new.shape.path

    def without(self, number: int) -> str:
        """The address without one of the conditions."""
        rest = [item for at, item in enumerate(self.items) if at != number]
        return self.address(form={"all": rest})

    def sorted_by(self, key: str) -> str:
        """The address of the list in the order of a field; the other way round where it is so already."""
        return self.address(order=f"-{key}" if self.order == key else key)


def bases(shape: Shape, saved: Sequence[View], me: int) -> list[Base]:
    """The tabs: what everybody has, then what was saved."""
    found = [
        Base(
            key=each.key,
            label=each.label,
            form=each.form(me),
            columns=shape.columns,
            order=each.order or shape.order,
        )
        for each in shape.views
    ]
    return found + [
        Base(
            key=str(view.id),
            label=view.name,
            form=view.filter,
            columns=view.columns or shape.columns,
            order=view.order or shape.order,
            saved=view,
        )
        for view in saved
    ]


def asked(of: str, query: MultiMapping[str], among: Sequence[Base]) -> State:
    """The list that an address asks for; a filter that cannot be read is told with the list."""
    shape = SHAPES[of]
    base = next((each for each in among if each.key == query.get("view", "")), among[0])
    columns = [path for each in query.getall("columns", []) for path in each.split(",") if path]
    state = State(
        shape=shape,
        base=base,
        form=base.form,
        columns=tuple(dict.fromkeys(columns)) or base.columns,
        order=query.get("order", "")[:60] or base.order,
        query=query.get("q", "").strip()[:MOST_WORDS],
    )
    try:
        form = _form(of, query, base)
        return replace(state, form=form, filter=read(form))
    except FilterInvalid as error:
        return replace(state, problem=error)


def decoded(text: str) -> Mapping[str, Any]:
    """The JSON of a filter. Raises FilterInvalid."""
    try:
        found = msgspec.json.decode(text[:LONGEST])
    except (msgspec.DecodeError, RecursionError):
        raise FilterInvalid(phrase("The filter is not JSON.")) from None
    if not isinstance(found, dict):
        raise FilterInvalid(phrase("A filter is a JSON object with “all” or “any”."))
    return cast("dict[str, Any]", found)


def _form(of: str, query: MultiMapping[str], base: Base) -> Mapping[str, Any]:
    if text := query.get("filter", ""):
        return decoded(text)
    if of == "contact" and (tag := query.get("tag", "")):
        return {"all": [["contact.tags", "has", [tag[:60]]]]}
    return base.form
