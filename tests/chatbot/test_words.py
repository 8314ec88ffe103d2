"""Keywords in every script, and answers in every way people write them."""

from __future__ import annotations

import pytest

from chatbot.patterns import BadPattern, compile_pattern
from chatbot.validators import VALIDATORS
from chatbot.words import Heard, keywords


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("price", "What is the PRICE?", True),
        ("price", "priceless", False),
        ("price*", "two prices, please", True),
        ("how much", "so: How  much is it", True),
        ("how much", "how very much", False),
        ("цен*", "Назовите ЦЕНУ", True),
        ("цен*", "оценка", False),
        ("цена", "це\u200bна?", True),
        ("café", "cafe\u0301 open?", True),
        ("strasse", "STRAßE", True),
        ("តម្លៃ", "សូមប្រាប់តម្លៃផង", True),
        ("តម្លៃ", "តម្\u200bលៃ", True),
        ("តម្លៃ", "សួស្តី", False),
        ("ราคา", "ขอทราบราคาค่ะ", True),
        ("价格", "请问价格是多少", True),
        ("कीमत", "इसकी कीमत क्या है", True),
        ("कीमत", "कामत", False),
        ("price", "", False),
        ("price", "\ud800price", True),
    ],
)
def test_keywords(keyword: str, text: str, found: bool) -> None:
    assert keywords([keyword]).find(Heard.of(text)) == (keyword if found else "")


@pytest.mark.parametrize(
    ("what", "text", "region", "expected"),
    [
        ("phone", "012 345 678", "KH", "+85512345678"),
        ("phone", "០១២ ៣៤៥ ៦៧៨", "kh", "+85512345678"),
        ("phone", "٠١٢ ٣٤٥ ٦٧٨", "KH", "+85512345678"),
        ("phone", "8 (912) 345-67-89", "RU", "+79123456789"),
        ("phone", "my number: +1 202 555 0100, call at 5", "", "+12025550100"),
        ("phone", "012 345 678", "", None),
        ("phone", "012 345 678", "??", None),
        ("phone", "12", "KH", None),
        ("phone", "I need 2 chairs of 40 dollars", "KH", None),
        ("phone", "9" * 5000, "KH", None),
        ("phone", "", "KH", None),
        ("phone", "²³ ①", "KH", None),
        ("email", "it is Ann@Example.com.", "", "Ann@example.com"),
        ("email", "ann at example", "", None),
        ("email", "a@b@c", "", None),
        ("name", "  Sok   Dara ", "", "Sok Dara"),
        ("name", "សុខ តារា", "", "សុខ តារា"),
        ("name", "how much?", "", None),
        ("name", "http://spam.example", "", None),
        ("name", "012345678", "", None),
        ("name", "x" * 100, "", None),
        ("text", " two\x00 chairs ", "", "two chairs"),
        ("text", "\u200b", "", None),
        ("choice", "anything", "", None),
    ],
)
def test_answers(what: str, text: str, region: str, expected: str | None) -> None:
    assert VALIDATORS[what](text, region) == expected


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("(", "cannot be read"),
        (r"(a)\1", "cannot be read"),
        ("(?=a)", "cannot be read"),
        (r"\bцена\b", "Latin letters only"),
        ("a*", "matches every message"),
        ("a" * 501, "longer than"),
        ("\ud800", "cannot be read"),
    ],
)
def test_bad_patterns_are_refused(written: str, what: str) -> None:
    with pytest.raises(BadPattern, match=what):
        compile_pattern(written)


def test_a_pattern_that_hangs_others_does_not_hang() -> None:
    assert not compile_pattern("(a+)+$").occurs_in("a" * 2000 + "!")
    assert compile_pattern("номер [0-9]{3,}").occurs_in(Heard.of("Номер 12345").plain)
