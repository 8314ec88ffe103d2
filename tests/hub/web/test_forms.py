"""Numbers and ids as forms and addresses send them."""

from __future__ import annotations

import pytest

from hub.web import forms
from values.errors import Invalid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7", 7),
        ("007", 7),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٧", None),
        ("²", None),
        ("9" * 19, None),
    ],
)
def test_an_id_is_plain_digits_that_the_database_can_hold(text: str, found: int | None) -> None:
    assert forms.id_in(text) == found


@pytest.mark.parametrize(("text", "found"), [("", None), (" 7 ", 7), ("0", 0)])
def test_a_choice_may_be_left_out(text: str, found: int | None) -> None:
    assert forms.number({"owner": text}, "owner") == found


@pytest.mark.parametrize("text", ["me", "-1", "7;", "9" * 19])
def test_what_is_no_choice_names_its_field(text: str) -> None:
    with pytest.raises(Invalid, match="Choose one from the list") as caught:
        forms.number({"owner": text}, "owner")
    assert caught.value.field == "owner"


@pytest.mark.parametrize(
    ("text", "found"), [("", 3), ("1", 1), (" 20 ", 20), ("0", None), ("21", None), ("x", None)]
)
def test_a_whole_number_keeps_its_bounds(text: str, found: int | None) -> None:
    def read() -> int:
        return forms.whole({"n": text}, "n", "From 1 to 20.", minimum=1, maximum=20, empty=3)

    if found is not None:
        assert read() == found
        return
    with pytest.raises(Invalid, match="From 1 to 20") as caught:
        read()
    assert caught.value.field == "n"


def test_an_empty_number_is_asked_for_unless_something_stands_for_it() -> None:
    with pytest.raises(Invalid):
        forms.whole({}, "n", "From 1 to 20.", maximum=20)
