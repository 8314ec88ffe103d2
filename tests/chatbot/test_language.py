"""The language of each message, and that little says nothing."""

from __future__ import annotations

import pytest

from chatbot.understanding.language import language_of


@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("តម្លៃប៉ុន្មាន", "en", "km"),
        ("iPhone 15 តម្លៃប៉ុន្មានបង", "", "km"),
        ("Сколько стоит iPhone?", "en", "ru"),
        ("Скільки це коштує? Дякую", "ru", "uk"),
        ("Колко струва?", "bg", "bg"),
        ("how much is this", "km", "en"),
        ("iPhone 15 Pro", "km", "km"),
        ("ok", "ru", "ru"),
        ("merci beaucoup", "fr", "fr"),
        ("bonjour", "", "en"),
        ("Xin chào, cái này giá bao nhiêu? Được không", "km", "vi"),
        ("ราคาเท่าไหร่", "en", "th"),
        ("いくらですか", "", "ja"),
        ("多少钱", "", "zh"),
        ("012 345", "km-KH", "km"),
        ("", "", "en"),
        ("\ud800", "", "en"),
    ],
)
def test_language(text: str, known: str, language: str) -> None:
    assert language_of(text, known=known, default="en") == language
