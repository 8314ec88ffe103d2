"""Filters from outside: what is wrong is told with its place."""

from __future__ import annotations

from typing import Any

import pytest

from values.filters.errors import FilterInvalid
from values.filters.model import All, AnyOf, Condition, Not, Related
from values.filters.reading import DEEPEST, MOST_CONDITIONS, read

ONE = ["deal.title", "filled"]
ASKED = Condition("deal.title", "filled")


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ({}, All()),
        ({"v": 1, "all": []}, All()),
        ({"v": 1, "any": []}, All()),
        ({"all": [ONE]}, All((ASKED,))),
        ({"any": [["deal.owner", "in", [1, 2]]]}, AnyOf((Condition("deal.owner", "in", [1, 2]),))),
        ({"not": ONE}, Not(ASKED)),
        ({"has": "deal.tasks"}, Related("deal.tasks")),
        ({"has_none": "deal.tasks", "where": {"all": []}}, Not(Related("deal.tasks"))),
        (
            {"count": "deal.tasks", "op": "<", "value": 3, "where": ONE},
            Related("deal.tasks", "<", 3, ASKED),
        ),
    ],
)
def test_forms(form: Any, wanted: Any) -> None:
    assert read(form) == wanted


def nested(depth: int) -> Any:
    form: Any = ONE
    for _ in range(depth):
        form = {"not": form}
    return form


@pytest.mark.parametrize(
    ("form", "place"),
    [
        *(
            (each, "")
            for each in (None, [], "all", 5, {"v": 2, "all": [ONE]}, {"v": True, "all": [ONE]}, {"v": "1"})
        ),
        ({"all": [ONE], "any": [ONE]}, ""),
        ({"all": [ONE, {"all": []}]}, "all[1]"),
        ({"all": [ONE, {"any": [ONE, ["deal.title"]]}]}, "all[1].any[1]"),
        ({"all": [["deal.title", "=", 1, 2]]}, "all[0]"),
        ({"all": [[5, "="]]}, "all[0]"),
        ({"all": ["deal.title"]}, "all[0]"),
        ({"not": {"some": []}}, "not"),
        ({"has": 5}, ""),
        ({"has": "deal.tasks", "op": ">", "value": 1}, ""),
        ({"count": "deal.tasks", "op": "~", "value": 1}, ""),
        ({"count": "deal.tasks", "op": "=", "value": -1}, ""),
        ({"count": "deal.tasks", "op": "=", "value": True}, ""),
        ({"has": "deal.tasks", "where": {"all": [ONE, 5]}}, "where.all[1]"),
        ({"all": [ONE] * (MOST_CONDITIONS + 1)}, ""),
        (nested(DEEPEST), ".".join(["not"] * DEEPEST)),
        (nested(2000), ".".join(["not"] * DEEPEST)),
    ],
)
def test_what_is_no_filter_is_told_with_its_place(form: Any, place: str) -> None:
    with pytest.raises(FilterInvalid) as told:
        read(form)
    assert told.value.place == place
    assert str(told.value)
