"""Numbers as people, spreadsheets, exchanges and messengers write them."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from crm_core import normal
from values import phones
from values.phones import e164, several, vouched

CASES = [
    ("+4407700900123", "GB", "+447700900123"),
    ("+4907031234567", "DE", "+497031234567"),
    ("+9710501234567", "AE", "+971501234567"),
    ("+376 0712345", "AD", "+376712345"),
    ("447700900123", "", "+447700900123"),
    ("sip:+447700900123@pbx.example", "", "+447700900123"),
    ('"Ann 2" <sip:447700900123@10.0.0.1:5060>;tag=99', "", "+447700900123"),
    ("447700900123@c.us", "", "+447700900123"),
    ("tel:345678;phone-context=+85512", "", "+85512345678"),
    ("tel:+1-202-555-0123;ext=1", "", "+12025550123"),
    ("https://wa.me/85512345678", "", "+85512345678"),
    ("p:+85512345678", "", "+85512345678"),
    ("020 7183 8750 or 07700 900123", "GB", "+442071838750 +447700900123"),
    ("+44 20 7183 8750\n07700 900123", "GB", "+442071838750 +447700900123"),
    ("012 345 678 098 765 432", "KH", "+85512345678 +85598765432"),
    ("012345678,098765432", "KH", "+85512345678 +85598765432"),
    ("Viber 012345678 / Telegram 098765432", "KH", "+85512345678 +85598765432"),
    ("+855 12 345 678 +855 98 765 432", "", "+85512345678 +85598765432"),
    ("012 345 678 ឬ 098 765 432", "KH", "+85512345678 +85598765432"),
    ("030 1234567 oder 0171 1234567", "DE", "+49301234567 +491711234567"),
    ("+44 20 7183 8750 (020 7183 8750)", "GB", "+442071838750"),
    ("+\u200e44 7700 900123", "GB", "+447700900123"),
    ("\u202a+44\u00a07700\u00a0900123\u202c", "", "+447700900123"),
    ("+44 7700 900123 (home)", "GB", "+447700900123"),
    ("+5493516315733 ext.", "", "+5493516315733"),
    ("+855 12 345 605 (Dara)", "KH", "+85512345605"),
    ("my number is +855 12 345 616, call after 5pm", "KH", "+85512345616"),
    ("012 345 678 5pm", "KH", "+85512345678"),
    ("012 345 678 / 2nd floor", "KH", "+85512345678"),
    ("1st floor, 012 345 678", "KH", "+85512345678"),
    ("Flat 3, 07700 900123", "GB", "+447700900123"),
    ("07700 900123, 3 cats", "GB", "+447700900123"),
    ("07700 900123 - 2 cats", "GB", "+447700900123"),
    ("07700 900123 9am-5pm", "GB", "+447700900123"),
    ("07700 900123 8 a.m. please", "GB", "+447700900123"),
    ("0171 1234567 6-8 Uhr", "DE", "+491711234567"),
    ("012 345 678 17h30", "KH", "+85512345678"),
    ("+855 12 345 678, 24/7", "KH", "+85512345678"),
    ("06 12 34 56 78 hours", "FR", "+33612345678"),
    ("06 12 34 56 78 am Abend", "FR", "+33612345678"),
    ("06 12 34 56 78h", "FR", "+33612345678"),
    ("+7 916 123 10-20", "RU", "+79161231020"),
    ("089 1234567 - 0", "DE", "+498912345670"),
    ("030/7654321", "DE", "+49307654321"),
    ("8,9161234567", "RU", "+79161234567"),
    ("call 012 345 678 from 10:30 on 29.11.2026", "KH", "+85512345678"),
    ("+855 12 345 616 order 20261129", "KH", "+85512345616"),
    ("8 (916) 123-45-67 доб. 12", "RU", "+79161234567"),
    ("+1 202 555 0123 x4521", "", "+12025550123"),
    ("0011 44 7700 900123", "AU", "+447700900123"),
    ("001 44 7700 900123", "MN", "+447700900123"),
    ("009 44 7700 900123", "NG", "+447700900123"),
    ("000 44 7700 900123", "KE", "+447700900123"),
    ("011 44 7700 900123", "US", "+447700900123"),
    ("8~10 44 7700 900123", "RU", "+447700900123"),
    ("8 10 44 7700 900123", "KZ", "+447700900123"),
    ("00 855 12 345 678", "KH", "+85512345678"),
    ("0093 23 456 7890", "KH", "+93234567890"),
    ("011 855 12 345 678", "", "+85512345678"),
    ("+00855 12 345 678", "", "+85512345678"),
    ("+0 12 345 678", "KH", "+85512345678"),
    ("(+855) (0)12 345 678", "", "+85512345678"),
    ("7 (916) 123-45-67", "KZ", "+79161234567"),
    ("4915123456789", "DE", "+4915123456789"),
    ("0xx21 98765-4399", "BR", "+5521987654399"),
    ("+266696687", "", ""),
    ("+7378742833", "", ""),
    ("+1201555012", "", ""),
    ("447700900123.0", "GB", "+447700900123"),
    ("85512345678,00", "KH", "+85512345678"),
    ("8.5512345678E+10", "", "+85512345678"),
    ("8.55E+10", "KH", ""),
    ("8,55123E+10", "KH", ""),
    ("85,512,345,678", "", "+85512345678"),
    ('="+85512345678"', "", "+85512345678"),
    ("２０７１８３８７５０", "GB", "+442071838750"),
    ("٠١٢٣٤٥٦٧٨", "KH", "+85512345678"),
    ("០១២ ៣៤៥ ៦៧៨", "KH", "+85512345678"),
    ("+52 1 55 1234 5699", "", "+525512345699"),
    ("044 55 1234 5699", "MX", "+525512345699"),
    ("+55 21 8765-4399", "", "+5521987654399"),
    ("(21) 3365-4399", "BR", "+552133654399"),
    ("+54 11 15 2345 6799", "", "+5491123456799"),
    ("07 12 34 56", "CI", "+2250707123456"),
    ("+225 44 12 34 56", "", "+2250544123456"),
    ("+225 01 12 34 56", "", "+2250101123456"),
    ("20 21 22 23", "CI", "+2252720212223"),
    ("+2250707123456", "", "+2250707123456"),
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("anna1@mail.example", "KH", ""),
    ("2026-11-29", "KH", ""),
    ("10.00", "KH", ""),
    ("call me after 5pm", "KH", ""),
    ("8 (916) 123-45-67", "KH", "+79161234567"),
    ("8 (495) 123-45-67", "KH", ""),
    ("012 345 678 9012 34", "KH", ""),
    ("+855 12 345 605 (2)", "KH", "+85512345605"),
    ("012 345 678", "", ""),
    ("012 345 678", "??", ""),
]


@pytest.mark.parametrize(("typed", "region", "expected"), CASES)
def test_written_forms(typed: str, region: str, expected: str) -> None:
    numbers = expected.split()
    assert list(several(typed, region)) == numbers
    assert e164(typed, region) == (expected if len(numbers) == 1 else "")


@pytest.mark.parametrize(("typed", "region", "expected"), CASES)
def test_contacts_read_them_alike(typed: str, region: str, expected: str) -> None:
    read = [normal.phone(one, region=region) for one in normal.phones(typed, region=region)]
    assert [number for number, is_sound in read if is_sound] == expected.split()


def in_script(zero: int) -> Callable[[str], str]:
    return lambda text: "".join(
        chr(zero + int(char)) if char.isascii() and char.isdigit() else char for char in text
    )


ABROAD: dict[str, Callable[[str, str], str]] = {
    "digits and a plus": lambda plain, spaced: plain,
    "spaces": lambda plain, spaced: spaced,
    "points": lambda plain, spaced: spaced.replace(" ", ".").replace("-", "."),
    "a link": lambda plain, spaced: f"tel:{plain};ext=12",
    "an exchange": lambda plain, spaced: f'"Ann" <sip:{plain}@pbx.example:5060>',
    "00": lambda plain, spaced: "00" + spaced[1:],
    "no plus": lambda plain, spaced: plain[1:],
    "full width": lambda plain, spaced: in_script(0xFF10)(spaced).replace("+", "＋"),
    "Arabic digits": lambda plain, spaced: in_script(0x660)(spaced),
    "hard spaces": lambda plain, spaced: f"\u202a{spaced}\u202c".replace(" ", "\u00a0"),
    "a note": lambda plain, spaced: f"{spaced} (home), after 5pm",
    "an extension": lambda plain, spaced: f"{spaced} ext. 123",
    "twice": lambda plain, spaced: f"{spaced} / {plain}",
    "011": lambda plain, spaced: f"011 {spaced[1:]}",
}
AT_HOME: dict[str, Callable[[str], str]] = {
    "as at home": lambda national: national,
    "digits": phones.cleaned,
    "Khmer digits": in_script(0x17E0),
    "words": lambda national: f"Tel: {national} (Dara)",
}
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP)
EXAMPLES = [
    (region, found)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in KINDS
    if (found := phonenumbers.example_number_for_type(region, kind))
]


@pytest.mark.parametrize("spelling", ABROAD)
def test_numbers_of_all_countries_written_for_abroad(spelling: str) -> None:
    wrong: dict[str, tuple[str, ...]] = {}
    for _, number in EXAMPLES:
        plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        typed = ABROAD[spelling](plain, phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
        if several(typed) != (plain,):
            wrong[typed] = several(typed)
    assert wrong == {}


@pytest.mark.parametrize("spelling", AT_HOME)
def test_numbers_of_all_countries_written_at_home(spelling: str) -> None:
    wrong: dict[str, tuple[str, ...]] = {}
    for region, number in EXAMPLES:
        plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        typed = AT_HOME[spelling](phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
        if several(typed, region) != (plain,):
            wrong[f"{region} {typed}"] = several(typed, region)
    assert wrong == {}


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("5215512345699", "+5215512345699"),
        ("552187654399", "+552187654399"),
        ("+22507123456", "+22507123456"),
        ("85512345678@c.us", "+85512345678"),
        ("whatsapp:+85512345678", "+85512345678"),
        ("100200300400500600", "+100200300400500600"),
        ("32345", "+32345"),
        ("+266696687", ""),
        ("anna", ""),
        ("", ""),
    ],
)
def test_a_number_that_the_provider_vouches_for_is_taken_as_it_is(raw: str, number: str) -> None:
    assert vouched(raw) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5521987654399", "+552187654399"),
        ("+525512345699", "+5215512345699"),
        ("+2250707123456", "+22507123456"),
        ("+2290197123456", "+22997123456"),
        ("+84381234567", "+841681234567"),
    ],
)
def test_a_renumbered_line_is_one(one: str, other: str) -> None:
    assert phones.same_line(one) == (other,)
    assert phones.same_line(other) == (one,)
    assert phones.modern(one) == phones.modern(other) == one


@pytest.mark.parametrize(
    "number", ["+85512345678", "+552133654399", "+12025550123", "+2252720212223", "", "anna"]
)
def test_other_lines_have_one_form(number: str) -> None:
    assert phones.modern(number) == number
    assert set(phones.same_line(number)) <= {"+22520212223"}


@given(st.text(max_size=400), st.sampled_from(["", "KH", "RU", "US", "BR", "XX"]))
def test_any_text(typed: str, region: str) -> None:
    for number in several(typed, region):
        assert number.startswith("+")
        assert number[1:].isascii()
        assert number[1:].isdigit()
        assert several(number, region) == (number,), "a normal number stays what it is"


@given(st.lists(st.sampled_from(list("0123456789+ ()-./,;x#*eE\n~")), max_size=320).map("".join))
def test_any_figures(typed: str) -> None:
    for number in several(typed, "DE"):
        assert several(number, "KH") == (number,)


@pytest.mark.parametrize(
    "sign", ["(", "+", "1 ", "0", "1,", "[ ", "12:3", "x1", "1.0", "a@", "sip:", "0xx", "٣-"]
)
def test_hostile_fields_cost_nothing(sign: str) -> None:
    several("warm 012 345 678", "KH")
    began = process_time()
    for region in ("", "DE", "KH"):
        several(sign * 2000, region)
    assert process_time() - began < 5, "it grows with nothing: a field is cut off long before"


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+85512345678", "+855 12 345 678"),
        ("+79161234503", "+7 916 123-45-03"),
        ("ann+85512345678@x.example", "ann+85512345678@x.example"),
        ("call +85512345678, please", "call +85512345678, please"),
        ("102", "102"),
        ("", ""),
    ],
)
def test_a_number_as_people_read_it_and_nothing_else_is_changed(number: str, read: str) -> None:
    assert phones.shown(number) == read
