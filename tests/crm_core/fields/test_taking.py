"""Values of every type, as people type them and scripts give them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_core.fields.model import OwnField, OwnOption
from crm_core.fields.taking import Habits, take
from values.errors import Invalid
from values.fields.model import FieldType

RED = OwnOption(id=7, label="Red", labels={"ru": "Красный"}, color="", is_retired=False, merged_into=None)
OLD = OwnOption(id=8, label="Scarlet", labels={}, color="", is_retired=True, merged_into=7)


def own(type_: FieldType) -> OwnField:
    return OwnField(
        id=1,
        object="deal",
        key="x_a",
        alias="",
        type=type_,
        slot=1,
        label="A",
        labels={},
        group="",
        position=1,
        preset=None,
        required_at=(),
        target="",
        is_filterable=False,
        index_state="",
        index_fault="",
        moving_after=None,
        created_at=datetime.now(UTC),
        retired_at=None,
        options=(RED, OLD),
    )


TAKEN: list[tuple[FieldType, Any, Any]] = [
    (FieldType.TEXT, "  two\nlines ", "two lines"),
    (FieldType.TEXT, 5, "5"),
    (FieldType.LONG_TEXT, "two\nlines", "two\nlines"),
    (FieldType.LINK, "example.com/a", "https://example.com/a"),
    (FieldType.MAIL, "Anna@Example.COM", "anna@example.com"),
    (FieldType.PHONE, "012 345 678", "+85512345678"),
    (FieldType.NUMBER, "1 250,5", 1250.5),
    (FieldType.NUMBER, "-3", -3),
    (FieldType.NUMBER, "1,250.50", 1250.5),
    (FieldType.NUMBER, 7, 7),
    (FieldType.MONEY, "99.50", {"minor": 9950, "currency": "USD"}),
    (FieldType.MONEY, "1 000 KHR", {"minor": 100_000, "currency": "KHR"}),
    (FieldType.MONEY, {"minor": 5, "currency": "usd"}, {"minor": 5, "currency": "USD"}),
    (FieldType.DATE, "31.05.2026", "2026-05-31"),
    (FieldType.DATE, "2026-5-1", "2026-05-01"),
    (FieldType.ANNIVERSARY, "31.05.", "--05-31"),
    (FieldType.ANNIVERSARY, "1990-02-28", "1990-02-28"),
    (FieldType.TIME, "2026-05-31 14:30", "2026-05-31T07:30:00.000000Z"),
    (FieldType.TIME, "2026-05-31T14:30:00+00:00", "2026-05-31T14:30:00.000000Z"),
    (FieldType.YES_NO, "Да", True),
    (FieldType.YES_NO, False, False),
    (FieldType.CHOICE, "красный", 7),
    (FieldType.CHOICE, 8, 7),
    (FieldType.CHOICES, "red, scarlet", [7]),
    (FieldType.USER, "12", 12),
    (FieldType.DEAL, "", None),
]
REFUSED: list[tuple[FieldType, Any]] = [
    (FieldType.TEXT, {"a": 1}),
    (FieldType.LINK, "javascript:alert(1)"),
    (FieldType.LINK, "no page"),
    (FieldType.MAIL, "anna@"),
    (FieldType.PHONE, "call me"),
    (FieldType.NUMBER, "many"),
    (FieldType.NUMBER, True),
    (FieldType.NUMBER, float("nan")),
    (FieldType.NUMBER, 10**17 + 1),
    (FieldType.MONEY, "5k"),
    (FieldType.MONEY, {"minor": 1, "currency": "XXX"}),
    (FieldType.DATE, "2026-02-30"),
    (FieldType.DATE, "31.02.2026"),
    (FieldType.ANNIVERSARY, "--13-01"),
    (FieldType.TIME, "2026-05-31 25:00"),
    (FieldType.YES_NO, "perhaps"),
    (FieldType.CHOICE, "Green"),
    (FieldType.CHOICES, [7, 99]),
    (FieldType.PERSON, -1),
]


@pytest.mark.parametrize(("type_", "given", "kept"), TAKEN)
def test_what_is_typed_becomes_one_form_and_stays_it(type_: FieldType, given: Any, kept: Any) -> None:
    habits = Habits(zone=ZoneInfo("Asia/Phnom_Penh"), region="KH")
    assert take(own(type_), given, habits) == kept
    assert type(take(own(type_), given, habits)) is type(kept)
    assert take(own(type_), kept) == kept


@pytest.mark.parametrize(("type_", "given"), REFUSED)
def test_what_is_no_value_is_refused(type_: FieldType, given: Any) -> None:
    with pytest.raises(Invalid):
        take(own(type_), given)
