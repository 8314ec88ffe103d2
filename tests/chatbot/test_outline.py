"""The outline of rules: what leads where, at which lines, right or wrong."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot import STARTERS, starter_text
from chatbot.outline import Edge, outline
from chatbot.problems import RulesInvalid

RULES = """version: 1
rules:
  - id: menu
    about: {en: Menu, ru: Меню}
    when: {first_contact: true}
    do:
      - say:
          en: "Hi{% if name %}, {{ name|title }}{% else %} there{% endif %}!"
          ru: Привет
        buttons:
          - {label: Prices, value: prices}
          - {label: Where, goto: place}
          - {label: Site, kind: url, value: https://example.com}
  - id: price
    when: {choice: prices}
    do:
      - call: place
      - goto: place
  - id: place
    do:
      - teleport: {to: moon}
      - close: Done
"""


def test_every_way_is_found() -> None:
    assert outline(RULES, language="en").edges == (
        Edge(start="menu", end="price", kind="button", label="Prices"),
        Edge(start="menu", end="place", kind="button", label="Where"),
        Edge(start="price", end="place", kind="call"),
        Edge(start="price", end="place", kind="goto"),
    )


def test_texts_are_read_in_the_readers_language_without_templates() -> None:
    for language, title, said in (("en", "Menu", "Hi, ‹name› / there!"), ("ru", "Меню", "Привет")):
        first = outline(RULES, language=language).rules[0]
        assert (first.title, first.steps[0].value) == (title, said)


def test_lines_are_those_of_the_text_and_a_wrong_step_is_shown_too() -> None:
    rules = outline(RULES, language="en").rules
    lines = RULES.splitlines()
    for rule in rules:
        assert lines[rule.line - 1][rule.column - 1 :] == f"id: {rule.id}"
    assert [(step.verb, step.value) for step in rules[2].steps] == [
        ("teleport", "to: moon"),
        ("close", "Done"),
    ]
    assert lines[rules[2].steps[0].line - 1].strip() == "- teleport: {to: moon}"
    assert [rule.is_asked for rule in rules] == [True, True, False]


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("language", ["en", "km", "ru"])
def test_starters_have_an_outline(name: str, language: str) -> None:
    found = outline(starter_text(name), language=language)
    assert any(edge.end == "phone" for edge in found.edges)
    assert not any("{" in step.value for rule in found.rules for step in rule.steps)


@given(
    st.text()
    | st.lists(st.sampled_from([*RULES.splitlines(), "rules: 3", "do: [[]]", "- {}"])).map("\n".join)
)
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(RulesInvalid):
        outline(text, language="en")
