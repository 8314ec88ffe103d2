"""What the packages below say in English is translated with the values in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.web import catalogs
from hub.web.i18n import gettext, speaking, speech
from hub.web.sentences import SLOT, sentences


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("There is no channel “shop”.", "Канала «shop» нет."),
        ("Connecting to imap.example.test.", "Подключение к imap.example.test."),
        (
            "Given up after 8 tries: Telegram answered 502.",
            "Попыток: 8, больше не пробуем: Telegram ответил 502.",
        ),
        ("IMAP: The server refused the password: NO [AUTH] wrong.", "IMAP: Сервер отказал"),
        ("At most {braces} characters.", "Не более {braces} знаков."),
        ("Line 3: “{name}” has no label.", "Строка 3: у «{name}» нет подписи."),
        ("Something nobody in this house says", "Something nobody in this house says"),
    ],
)
def test_values_stay_and_their_sentence_is_translated(english: str, russian: str) -> None:
    with speaking(speech("ru")):
        assert gettext(english).startswith(russian)
    assert gettext(english) == english


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_translations_keep_every_value(language: str) -> None:
    for template, translation in catalogs.templates(language):
        assert sorted(SLOT.findall(template)) == sorted(SLOT.findall(translation)), template


def test_sentences_are_found_wherever_they_are_said(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        """
raise Refused(f"{kind} of {row['size']:,} bytes: {', '.join(names)}") from error
Health(state=1, sentence="Good." if fine else f"Bad: {error.reason}", remedy="")
contract.Invalid("Enter a name.", field="name")
log.info(f"{kind} is nobody's business")
Told(f"{error}")
sentence = (f"Nothing for {hours:.0f} hours."
  " Look.")
other = "of no interest"
"""
    )
    assert sorted(text for _, text in sentences(tmp_path)) == [
        "Bad: {reason}",
        "Enter a name.",
        "Good.",
        "Nothing for {hours} hours. Look.",
        "{kind} of {size} bytes: {names}",
    ]
