"""Numbers and ids as forms and addresses send them."""

from __future__ import annotations

import pytest

from hub.web import forms, versions
from values.errors import Conflict, Invalid


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


def test_a_refused_form_keeps_what_was_typed_and_says_it_below_its_field() -> None:
    error = Invalid("Enter an amount.", field="amount")
    form = forms.refused(error, {"amount": "much", "version": "v1", "csrf": "x"}, ("title", "amount"))
    assert form.given == {"title": "", "amount": "much"}
    assert (form.problems, form.version, form.status) == ({"amount": "Enter an amount."}, "v1", 422)


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (Invalid("No.", field="company_id"), "company"),
        (Invalid("No.", field="of the service alone"), "title"),
        (Invalid("No."), "title"),
        (Conflict("No."), "title"),
    ],
)
def test_a_problem_never_goes_unseen(error: Invalid | Conflict, place: str) -> None:
    form = forms.refused(error, {}, ("title", "company"), at="title", aliases={"company_id": "company"})
    assert form.problems == {place: "No."}


def test_a_problem_of_no_field_stands_above_the_form() -> None:
    assert forms.refused(Conflict("No."), {}, ("title",)).problems == {"": "No."}


def test_what_somebody_else_saved_stands_below_each_field() -> None:
    theirs = {"title": "Two bikes", "owner_id": "7"}
    form = forms.refused(
        versions.Stale(theirs),
        {"title": "A bike", "owner_id": ""},
        theirs,
        labels={"owner_id": [(7, "Dara")]},
    )
    assert form.problems == {"title": "Saved meanwhile: Two bikes", "owner_id": "Saved meanwhile: Dara"}
    assert (form.status, form.version) == (409, versions.version_of(theirs))
    assert form.stale


@pytest.mark.parametrize(
    ("text", "found"),
    [("2", 2), ("1,5", 1.5), (" 0.25 ", 0.25), ("x", None), ("NaN", None), ("1e400", None), ("", None)],
)
def test_a_fraction_is_read_with_a_point_or_a_comma(text: str, found: float | None) -> None:
    if found is not None:
        assert forms.fraction(text, "A number.", name="n") == found
        return
    with pytest.raises(Invalid, match="A number") as caught:
        forms.fraction(text, "A number.", name="n")
    assert caught.value.field == "n"


def test_a_choice_is_one_of_what_is_offered() -> None:
    assert forms.choice({"way": "turn"}, "way", ("turn", "least")) == "turn"
    with pytest.raises(Invalid) as caught:
        forms.choice({"way": "all"}, "way", ("turn", "least"))
    assert caught.value.field == "way"


@pytest.mark.parametrize(("text", "found"), [("30", 30), ("31", 7), ("", 7), ("x", 7), ("9" * 30, 7)])
def test_an_address_asks_for_what_is_offered_or_gets_the_usual(text: str, found: int) -> None:
    assert forms.offered(text, (7, 30), 7) == found


def test_money_names_the_field_that_is_wrong() -> None:
    assert forms.money({"amount": "1 250,50", "currency": "eur"}) == (125_050, "EUR")
    assert forms.money({"amount": ""}, "USD") == (0, "USD")
    for fields, name in (({"amount": "5k", "currency": "USD"}, "amount"), ({"currency": "XXX"}, "currency")):
        with pytest.raises(Invalid) as caught:
            forms.money(fields)
        assert caught.value.field == name


def test_words_are_told_apart_by_commas_and_lines() -> None:
    assert forms.words("a,  b c ,a\nd，e") == ["a", "b c", "d", "e"]
    assert forms.words("one,two,three", most=2, longest=2) == ["on", "tw"]
