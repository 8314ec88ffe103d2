"""Bad rules never go live: each fault is found at its line and column, with what to write instead."""

from __future__ import annotations

import textwrap

import pytest

import chatbot
from chatbot.parse import load
from chatbot.problems import RulesInvalid

HEAD = "version: 1\nrules:\n"


def problems(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(RulesInvalid) as caught:
        load(text, source="rules.yaml")
    assert all(problem.remedy and problem.what for problem in caught.value.problems)
    return [(problem.line, problem.column, str(problem)) for problem in caught.value.problems]


def rule(body: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(body).strip("\n"), "  ") + "\n"


def step(body: str) -> str:
    return rule(
        "- id: a\n  when: anything\n  do:\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "the file is empty; begin with"),
        ("# nothing\n", 1, 1, "the file is empty"),
        ("hello", 1, 1, "not `key: value` lines"),
        ("version: 1\nrules: [\n", 3, 1, "check quotes"),
        ("version: 1\nrules:\n  - id: 'a\n", 4, 1, "quoted"),
        ("version: 1\nrules: []\nver: 2\n", 3, 1, "no key `ver`; did you mean `version`"),
        ("version: 2\nrules: []\n", 1, 10, "version is `2`; write a whole number from 1 to 1"),
        ("rules: []\n", 1, 1, "begin with `version: 1`"),
        ("version: 1\n", 1, 1, "the file has no rules"),
        ("version: 1\nlanguage: english\nrules: []\n", 2, 11, "not a language code"),
        ("version: 1\nversion: 1\nrules: []\n", 2, 1, "`version` stands here twice"),
        ("version: &v 1\nrules: *v\n", 2, 8, "aliases"),
        ("version: 1\nrules: " + "[" * 30 + "]" * 30, 2, 27, "nested too deeply"),
        ("version: 1\nrules: []\n---\nversion: 1\n", 3, 1, "another document"),
        ("version: 1\nrules: []\n\x00", 3, 1, "cannot stand in a file"),
        ("version: 1\n# \ud800\n", 2, 3, "broken"),
        (rule("- id: a\n  when: anything"), 3, 5, "the rule has no `do`"),
        (rule("- id: A b\n  when: anything\n  do: [{say: x}]"), 3, 9, "small Latin letters"),
        (rule("- id: a\n  when: anything\n  do: []"), 5, 9, "`do` has no steps"),
        (rule("- id: a\n  when: {}\n  do: [{say: x}]"), 4, 11, "asks nothing"),
        (rule("- id: a\n  when: always\n  do: [{say: x}]"), 4, 11, "cannot be `always`"),
        (rule("- id: a\n  do: [{say: x}]"), 3, 9, "nothing leads to rule `a`"),
        (rule("- {id: a, when: anything, do: [{say: x}]}\n- {id: b, when: {kind: form}, do: [{say: x}]}"), 4, 10, "never asked"),
        (rule("- id: a\n  when: {keyword: x}\n  do: [{say: x}]"), 4, 12, "did you mean `keywords`"),
        (rule("- id: a\n  when: {pattern: '('}\n  do: [{say: x}]"), 4, 21, "cannot be read"),
        (rule("- id: a\n  when: {keywords: ['!?']}\n  do: [{say: x}]"), 4, 23, "not a keyword"),
        (rule("- id: a\n  when: {keywords: 'a*'}\n  do: [{say: x}]"), 4, 22, "match too much"),
        (rule("- id: a\n  when: {kind: mesage}\n  do: [{say: x}]"), 4, 18, "did you mean `message`"),
        (rule("- id: a\n  when: {in_hours: shop}\n  do: [{say: x}]"), 4, 22, "no hours `shop`"),
        (rule("- id: a\n  when: {language: xx}\n  do: [{say: x}]"), 4, 22, "not a language code"),
        (rule("- id: a\n  interrupts: true\n  when: {first_contact: true}\n  do: [{say: x}]"), 4, 17, "may interrupt"),
        (step("- say:"), 6, 13, "say is empty"),
        (step("- say: {en: Hi, english: Hi}"), 6, 23, "not a language code"),
        (step("- say: Hello {{ nmae }}"), 6, 14, "nothing is called `nmae`; did you mean `name`"),
        (step("- say: Hello {{ name"), 6, 14, "close every"),
        (step("- say: |\n    Hello\n    {{ 9 ** 9 }}"), 8, 1, "pow is not allowed"),
        (step("- say: '{{ name.__class__ }}'"), 6, 14, "only `fields` has parts"),
        (step("- say: '{% for x in name %}{% endfor %}'"), 6, 14, "for is not allowed"),
        (step("- sya: x"), 6, 9, "did you mean `say`"),
        (step("- hello"), 6, 9, "a step begins with what to do"),
        (step("- say: x\n  tag: y"), 6, 9, "does both `say` and `tag`"),
        (step("- say: x\n  retries: 3"), 7, 18, "`say` has no `retries`"),
        (step("- hand_over: x\n- say: y"), 7, 9, "never reached"),
        (step("- goto: b"), 6, 15, "there is no rule `b`"),
        (step("- goto: a"), 3, 9, "round in a circle"),
        (step("- ask: phone"), 6, 9, "add `text:`"),
        (step("- ask: fone\n  text: x"), 6, 14, "ask cannot be `fone`"),
        (step("- ask: text\n  text: x"), 6, 9, "add `save:`"),
        (step("- ask: text\n  text: x\n  save: phone"), 8, 15, "saved by `ask: phone` alone"),
        (step("- ask: text\n  text: x\n  save: language"), 8, 15, "take another name"),
        (step("- ask: choice\n  text: x\n  save: size"), 6, 9, "has no `options`"),
        (step("- ask: phone\n  text: x\n  retries: many"), 8, 18, "whole number from 0 to 10"),
        (step("- say: x\n  buttons: [{label: Go}]"), 7, 19, "leads nowhere"),
        (step("- say: x\n  buttons: [{label: Go, value: z}]"), 7, 19, "no rule hears the button `z`"),
        (step("- say: x\n  buttons: [{label: Go, kind: url, value: 'javascript:x'}]"), 7, 49, "not an address"),
        (step("- task: Call\n  due_in: soon"), 7, 17, "write 30 min"),
        (step("- set: {phone: '1'}"), 6, 15, "saved by `ask: phone` alone"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(text: str, line: int, column: int, words: str) -> None:
    found = problems(text)
    assert any(
        found_line == line and found_column == column and words in what
        for found_line, found_column, what in found
    ), found


@pytest.mark.parametrize(
    ("hours", "line", "words"),
    [
        ("timezone: Asia/Pnom_Penh\nopen: {mon: '08:00-09:00'}", 4, "did you mean `Asia/Phnom_Penh`"),
        ("timezone: UTC", 4, "has no `open`"),
        ("timezone: UTC\nopen: {monday: '08:00-09:00'}", 5, "no day of the week"),
        ("timezone: UTC\nopen: {mon: '8-17'}", 5, "not a time from-to"),
        ("timezone: UTC\nopen: {mon: '08:00-25:00'}", 5, "not a time from-to"),
        ("timezone: UTC\nopen: {mon: '08:00-09:00'}\nholidays: [2026-02-30]", 6, "not a holiday"),
        ("timezone: UTC\nopen: {mon: '08:00-09:00'}\nholidays: [2026-01-01..2027-01-01]", 6, "not a holiday"),
        ("timezone: UTC\nopen: {mon: '08:00-09:00'}\nholidays: [31-01]", 6, "not a holiday"),
    ],
)  # fmt: skip
def test_faults_of_hours(hours: str, line: int, words: str) -> None:
    text = "version: 1\nhours:\n  shop:\n" + textwrap.indent(hours, "    ") + "\nrules: []\n"
    assert any(found == line and words in what for found, _, what in problems(text)), problems(text)


def test_all_faults_are_told_at_once_in_order() -> None:
    found = problems(rule("- id: a\n  wen: x\n  do:\n    - sya: x\n    - goto: nowhere\n- id: a\n  do: {}"))
    assert len(found) >= 5
    assert found == sorted(found, key=lambda each: each[:2])


def test_ids_and_buttons_are_unambiguous() -> None:
    twice = rule("- id: a\n  when: anything\n  do: [{say: x}]\n- id: a\n  when: anything\n  do: [{say: x}]")
    assert any("two rules have the id `a`" in what for _, _, what in problems(twice))
    steps = step("- say: x\n  id: s\n- say: y\n  id: s")
    assert any("two steps have the id `s`" in what for _, _, what in problems(steps))
    button = "{label: Go, value: go, goto: %s}"
    leads = rule(
        f"- id: a\n  when: {{first_contact: true}}\n  do: [{{say: x, buttons: [{button % 'a'}]}}]\n"
        f"- id: b\n  when: anything\n  do: [{{say: x, buttons: [{button % 'b'}]}}]"
    )
    assert any("leads elsewhere" in what for _, _, what in problems(leads))


def test_bombs_are_refused_quickly() -> None:
    laughs = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    for bomb in (
        laughs,
        "[" * 200_000,
        "{a: " * 100_000,
        "x" * 600_000,
        "- a\n" * 100_000,
        "version: 1\nrules: " + "9" * 99_999,
    ):
        problems(bomb)


def test_the_starter_rules_are_valid_and_kept_as_written() -> None:
    assert load(chatbot.starter_text(), source="x").rules
    assert chatbot.starter_text().startswith("#")
    assert chatbot.starter_rules() is chatbot.starter_rules()


def test_the_example_of_the_readme_is_valid() -> None:
    from importlib.resources import files

    readme = files("chatbot").joinpath("README.md").read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in readme.split("```yaml\n")[1:]]
    whole = [example for example in examples if example.startswith("version:")]
    assert whole
    for example in whole:
        assert load(example, source="README.md").rules
