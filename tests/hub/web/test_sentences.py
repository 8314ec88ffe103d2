"""What the packages below say is translated with the values in it, wherever they say it and wherever it was kept."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from hub.wording import catalogs
from hub.wording.i18n import gettext, locale_context, said, use_locale
from hub.wording.sentences import phrases
from values.sentences import SLOT, Sentence, joined, phrase

ROOT = Path(__file__).parents[3]
SPEAKERS = frozenset(
    (
        *("NotFound", "Forbidden", "Invalid", "Conflict", "Led", "Taken"),
        *("Refused", "Unknown", "PersonUnreachable", "CredentialsDead", "TryAgain", "SlowDown"),
        *("Ignored", "Malformed", "Unsupported", "Rejected", "Unverified", "Unread"),
        *("FieldsInvalid", "MappingInvalid", "HoursInvalid", "Told", "Choice", "Health", "Notice"),
    )
)
"""What is raised or told with a sentence for people."""
WORDS = frozenset(("sentence", "remedy", "reason", "why"))


@pytest.mark.parametrize(
    ("sentence", "russian"),
    [
        (phrase("There is no channel “{key}”.", key="shop"), "Канала «shop» нет."),
        (phrase("Connecting to {host}.", host="imap.example.test"), "Подключение к imap.example.test."),
        (
            phrase(
                "Given up after {attempts} tries: {reason}",
                attempts=8,
                reason=phrase("Telegram answered {status}.", status=502),
            ),
            "Попыток: 8, больше не пробуем: Telegram ответил 502.",
        ),
        (
            joined([phrase("Replied."), "own words", phrase("Telegram answered {status}.", status=502)]),
            "Ответил(а). own words Telegram ответил 502.",
        ),
        (phrase("At most {most} characters.", most="{most}"), "Не более {most} знаков."),
        (phrase("At most {most} characters.", most="Replied."), "Не более Replied. знаков."),
        (phrase("Something nobody in this house says"), "Something nobody in this house says"),
    ],
)
def test_a_sentence_is_said_with_its_values(sentence: str, russian: str) -> None:
    with use_locale(locale_context("ru")):
        assert gettext(sentence) == russian
    assert gettext(sentence) == sentence


@pytest.mark.parametrize(
    "words",
    [
        "There is no channel “shop”.",
        "Telegram answered 502.",
        "Incoming call, missed",
        "At most 3 characters.",
    ],
)
def test_what_only_reads_like_a_sentence_stays(words: str) -> None:
    with use_locale(locale_context("ru")):
        assert gettext(words) == words


def test_what_people_type_is_no_sentence() -> None:
    with use_locale(locale_context("ru")):
        assert said("Replied.") == "Replied."
        assert said(phrase("Replied.")) == "Ответил(а)."


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_translations_keep_every_value(language: str) -> None:
    for area in catalogs.AREAS:
        for message in catalogs.read(language, area):
            if isinstance(message.id, str) and message.id and isinstance(message.string, str):
                assert sorted(SLOT.findall(message.id)) == sorted(SLOT.findall(message.string)), message.id


@pytest.mark.parametrize("package", catalogs.SPEAKING)
def test_every_template_is_a_literal_with_a_value_for_each_slot(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="phrase"), args=[ast.Constant(value=str(template))], keywords=given
                ):
                    if all(each.arg for each in given):
                        assert {each.arg for each in given} == set(SLOT.findall(template)), (path, template)
                case ast.Call(func=ast.Name(id="phrase")):
                    raise AssertionError(f"{path}:{node.lineno} is no literal")
                case _:
                    pass


@pytest.mark.parametrize("package", ["crm_core", "inbox", "connectors", "chatbot", "hub"])
def test_nobody_says_finished_english(package: str) -> None:
    silent = [
        f"{path}:{node.lineno}"
        for path in sorted((ROOT / package).rglob("*.py"))
        if not {"conformance", "demo", "cli", "web"} & set(path.relative_to(ROOT).parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _called(node) in SPEAKERS
        for given in (*node.args[:1], *(each.value for each in node.keywords if each.arg in WORDS))
        for text in ([given.body, given.orelse] if isinstance(given, ast.IfExp) else [given])
        if _is_finished(text)
    ]
    assert not silent


def test_templates_are_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "raise Refused(phrase('{kind} is too large', kind=phrase('mail')))\nlog.info(f'{kind} is nobody\\'s business')\n"
    )
    assert sorted(text for _, text in phrases(tmp_path)) == ["mail", "{kind} is too large"]


def test_an_error_is_its_sentence() -> None:
    error = ValueError(phrase("At most {most} characters.", most=3))
    assert isinstance(str(error), Sentence)
    assert f"{error}" == "At most 3 characters."


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_finished(text: ast.expr) -> bool:
    """A literal with a word in it, or one with values filled in."""
    match text:
        case ast.Constant(value=str(words)):
            return " " in words.strip()
        case ast.JoinedStr(values=parts):
            return any(isinstance(each, ast.Constant) and str(each.value).strip(" .:;") for each in parts)
        case ast.BinOp(left=ast.Constant(value=str())) | ast.Call(func=ast.Attribute(attr="format")):
            return True
        case _:
            return False
