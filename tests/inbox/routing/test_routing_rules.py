"""Which rule of routing fits a request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.routing.rules import Facts, Rule, first, is_for, misfit

RULE = Rule(
    name="x",
    to="y",
    channels=("site", "shop"),
    sources=("utm_source=Google",),
    languages=("km",),
    words=("Price list", "តម្លៃ"),
    tags=("vip",),
    hours="open",
)
FITS = Facts(
    channel="site",
    source=("utm_source=google", "https://example.test/"),
    language="km-KH",
    words="the PRICE\nlist please",
    tags=("new", "VIP"),
    is_open=True,
)


def test_all_conditions_hold() -> None:
    assert misfit(RULE, FITS) == ""
    assert misfit(RULE, replace(FITS, words="សួរ​តម្លៃ")) == ""
    assert misfit(Rule(name="x", to="y"), Facts()) == ""


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(FITS, channel="mail"), "channel"),
        (replace(FITS, source=("utm_source=bing",)), "source"),
        (replace(FITS, source=()), "source"),
        (replace(FITS, language="en"), "language"),
        (replace(FITS, language=""), "language"),
        (replace(FITS, words="prices"), "words"),
        (replace(FITS, tags=("vips",)), "tags"),
        (replace(FITS, is_open=False), "hours"),
    ],
)
def test_one_that_does_not_is_named(facts: Facts, why: str) -> None:
    assert misfit(RULE, facts) == why


def test_the_first_that_is_on_and_fits_decides() -> None:
    rules = [
        Rule(id=1, name="a", to="x", is_on=False),
        Rule(id=2, name="b", to="x", words=("bill",)),
        Rule(id=3, name="c", to="x", hours="closed"),
        Rule(id=4, name="d", to="x"),
        Rule(id=5, name="e", to="x"),
    ]
    found = first(rules, Facts(words="hello"))
    assert found
    assert found.id == 4
    assert first(rules[:3], Facts(words="hello")) is None


def test_teams_are_named_in_any_case() -> None:
    assert is_for(name="Anna", email="a@x.test", teams=("Key Accounts",), target=" key accounts")
    assert is_for(name="Anna", email="a@x.test", teams=(), target="A@X.test")
    assert not is_for(name="Anna", email="a@x.test", teams=("",), target="")


@given(words=st.text(), marks=st.lists(st.text()), tags=st.lists(st.text()), language=st.text())
def test_no_request_makes_a_rule_raise(words: str, marks: list[str], tags: list[str], language: str) -> None:
    facts = Facts(words=words, source=tuple(marks), tags=tuple(tags), language=language)
    assert misfit(RULE, facts)
    blank = Rule(
        name="x", to="y", words=tuple(tags), tags=tuple(marks), sources=(words,), languages=(language,)
    )
    misfit(blank, facts)
