"""Canned replies filled in: what is known is put in, what is not is told."""

from __future__ import annotations

import pytest

from inbox.canned.filling import fill

KNOWN = {"name": "Claire", "me": "Dara", "deal": "Bikes", "amount": "$5", "company": "Riverside"}


@pytest.mark.parametrize(
    ("text", "values", "filled", "missing"),
    [
        ("Hello {name}, I am {me}.", KNOWN, "Hello Claire, I am Dara.", ()),
        ("{deal} for {company}: {amount}", KNOWN, "Bikes for Riverside: $5", ()),
        ("Hello {name}, yes", {}, "Hello, yes", ()),
        ("សួស្តី {name}! បាទ", {}, "សួស្តី! បាទ", ()),
        ("Здравствуйте, {name}!", {"name": "Анна"}, "Здравствуйте, Анна!", ()),
        ("About {deal}, {amount} and {deal}", {}, "About {deal}, {amount} and {deal}", ("deal", "amount")),
        ("{ name } {other} {{name}} {}", KNOWN, "{ name } {other} {Claire} {}", ()),
        ("{name}", {"name": "{me}\\g<0>"}, "{me}\\g<0>", ()),
        ("", KNOWN, "", ()),
    ],
)
def test_variables(text: str, values: dict[str, str], filled: str, missing: tuple[str, ...]) -> None:
    done = fill(text, values)
    assert (done.text, done.missing) == (filled, missing)
