"""Normalisation of addresses and names, as tables and against anything."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import normal


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("anna@x.test", "anna@x.test"),
        (" Anna.B@X.Test ", "anna.b@x.test"),
        ("<anna@x.test>", "anna@x.test"),
        ("mailto:anna@x.test", "anna@x.test"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("анна@почта.рф", "анна@xn--80a1acny.xn--p1ai"),
        ("STRASSE@x.test", "strasse@x.test"),
        ("straße@x.test", "straße@x.test"),
        ("admin@localhost", "admin@localhost"),
        ("a\u202eb@x.test", "ab@x.test"),
        ("a@b@x.test", "a@b@x.test"),
        ("anna", ""),
        ("@x.test", ""),
        ("anna@", ""),
        ("an na@x.test", ""),
        ("anna@x..test", ""),
        ("x" * 65 + "@x.test", ""),
        ("", ""),
    ],
)
def test_mail(typed: str, expected: str) -> None:
    assert normal.email(typed) == expected


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("+85512345678", "", ("+85512345678", True)),
        ("012 345 678", "KH", ("+85512345678", True)),
        ("០១២ ៣៤៥ ៦៧៨", "kh", ("+85512345678", True)),
        ("8 (912) 345-67-89", "RU", ("+79123456789", True)),
        ("+1 202 555 0100 ext. 12", "", ("+12025550100", True)),
        ("00 855 12 345 678", "KH", ("+85512345678", True)),
        ("+4407031234567", "DE", ("+447031234567", True)),
        ("+266696687", "", ("+266696687", False)),
        ("5pm", "KH", ("5", False)),
        ("012 345 678", "", ("012345678", False)),
        ("12", "KH", ("12", False)),
        ("anonymous", "KH", ("anonymous", False)),
        ("", "KH", ("", False)),
        ("1" * 400, "KH", ("1" * 320, False)),
    ],
)
def test_phone(typed: str, region: str, expected: tuple[str, bool]) -> None:
    assert normal.phone(typed, region=region) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  Anna \t Smith\r\n", "Anna Smith"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("A\x00n\x1bn\ufeffa", "Anna"),
        ("e\u0301", "é"),
        ("សុខ\u200bា", "សុខ\u200bា"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("x" * 500, "x" * 200),
        ("", ""),
    ],
)
def test_name(typed: str, expected: str) -> None:
    assert normal.name(typed) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("", True),
        ("a@x.test", True),
        ("+855 (12) 345-678", True),
        ("012345", True),
        ("Anna", False),
        ("Room 5", False),
    ],
)
def test_a_handle_is_no_name(shown: str, expected: bool) -> None:
    assert normal.is_handle_like(shown) is expected


@given(st.text())
def test_anything_becomes_a_clean_name_once_and_for_all(typed: str) -> None:
    shown = normal.name(typed)
    assert normal.name(shown) == shown
    assert len(shown) <= normal.NAME_LENGTH
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in shown)
    shown.encode()


@given(
    st.sampled_from(["email", "phone", "telegram"]), st.text(max_size=400), st.sampled_from(["", "KH", "RU"])
)
def test_matching_a_matched_value_changes_nothing(kind: str, typed: str, region: str) -> None:
    value, is_sound = normal.handle(kind, typed, region=region)
    assert len(value) <= normal.VALUE_LENGTH + 64
    if is_sound:
        assert normal.handle(kind, value) == (value, True)
    value.encode()
