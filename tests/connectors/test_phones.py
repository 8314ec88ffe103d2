"""Numbers as people and providers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Trust
from connectors.phones import e164, number_of, phone_handle, several


@pytest.mark.parametrize(
    ("raw", "region", "number"),
    [
        ("+855 12 345 678", "", "+85512345678"),
        ("012 345 678", "KH", "+85512345678"),
        ("012-345-678", "kh", "+85512345678"),
        ("0085512345678", "", "+85512345678"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+7 916 123 45 67", "KH", "+79161234567"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("(202) 555-0123 ext. 12", "US", "+12025550123"),
        ("4930609854180", "", "+4930609854180"),
        ("4930609854180", "US", "+4930609854180"),
        ("sip:+12025550123@pbx.example;user=phone", "", "+12025550123"),
        ('"Ann" <sip:+12025550123@pbx.example>', "", "+12025550123"),
        ("tel:+1-202-555-0123;ext=1", "", "+12025550123"),
        ("٠١٢٣٤٥٦٧٨", "KH", "+85512345678"),
        ("012345678", "", ""),
        ("12", "US", ""),
        ("", "US", ""),
        ("anonymous", "US", ""),
        ("+", "US", ""),
        ("+1", "US", ""),
        ("9" * 400, "US", ""),
        ("Ann 1", "US", ""),
    ],
)
def test_e164(raw: str, region: str, number: str) -> None:
    assert e164(raw, region) == number


@pytest.mark.parametrize(
    ("raw", "kind", "value", "trust"),
    [
        ("+12025550123", "phone", "+12025550123", Trust.PROVEN),
        ("anonymous", "anonymous", "anonymous", Trust.CLAIMED),
        ("<sip:anonymous@anonymous.invalid>", "anonymous", "anonymous", Trust.CLAIMED),
        ("+266696687", "anonymous", "anonymous", Trust.CLAIMED),
        ("", "anonymous", "anonymous", Trust.CLAIMED),
        ("11", "extension", "11", Trust.CLAIMED),
        ("queue-sales", "extension", "queue-sales", Trust.CLAIMED),
    ],
)
def test_handles(raw: str, kind: str, value: str, trust: Trust) -> None:
    handle = phone_handle(raw, region="US")
    assert (handle.kind, handle.value, handle.trust, handle.raw) == (kind, value, trust, raw)


@given(st.text(max_size=80), st.sampled_from(["", "KH", "RU", "US", "XX"]))
def test_any_text(raw: str, region: str) -> None:
    number = e164(raw, region)
    assert number == "" or (number.startswith("+") and number[1:].isascii() and number[1:].isdigit())
    assert phone_handle(raw, region=region).value or not raw.strip()
    assert len(number_of(raw, channel_region=region)) <= 64
    if number:
        assert e164(number, region) == number, "a normal number stays what it is"


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("012 345 678 / 098 765 432", ("+85512345678", "+85598765432")),
        ("012-345-678, +1 202 555 0123; 012345678", ("+85512345678", "+12025550123")),
        ("012 345 678 or 098 765 432", ("+85512345678", "+85598765432")),
        ("012 345 678 ឬ 098 765 432", ("+85512345678", "+85598765432")),
        ("+1 202 555 0123 ext. 45", ("+12025550123",)),
        ("012 345 678", ("+85512345678",)),
        ("call me / later", ()),
        ("", ()),
        ("1/2/3/4/5", ()),
    ],
)
def test_two_numbers_in_one_field(typed: str, numbers: tuple[str, ...]) -> None:
    assert several(typed, "KH") == numbers
