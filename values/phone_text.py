"""What stands in a field for telephone numbers: its runs of digits, freed of links, notes, extensions and spreadsheets. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 320
MOST_RUNS: Final = 12
FEWEST: Final = 7
"""Fewer digits beside a date are no number, so that the date may be one that is written like a date."""
RUN: Final = re.compile(r"[+(\[\s]*\d(?:[\s()\[\].\-/~*_,']*\d)*")
SIP: Final = re.compile(r"\bsips?:([^@>;\s]{0,80})(?:@[^\s>;]{0,200})?", re.IGNORECASE)
ADDRESS: Final = re.compile(r"(?P<digits>\+?\d{5,18})@[^\s<>]*|[^\s<>@]{1,80}@[^\s<>]*")
CONTEXT: Final = re.compile(r";phone-context=(\+\d{1,10})", re.IGNORECASE)
PARAMETER: Final = re.compile(r";[a-z][a-z-]{1,20}(?:=[^;>\s]{0,80})?", re.IGNORECASE)
EXTENSION: Final = re.compile(
    r"(?:\b(?:ext(?:ension|n)?|extn|x|poste|durchwahl|dw|anexo|ramal|int(?:erno)?|wew)\b|\b(?:доб|вн)\w{0,8}|#"
    r"|(?<=\d)x(?=\s?\d)|បន្ត)[\s.:№]{0,4}\d{1,8}(?!\d)",
    re.IGNORECASE,
)
FEATURE_CODE: Final = re.compile(r"[*#]\d{1,3}[*#]")
CARRIER: Final = re.compile(r"\b0xx(?=[\d\s)])", re.IGNORECASE)
"""Brazil's way to say "0 and the digits of your carrier"."""
DECIMALS: Final = re.compile(r"(?<![\d.,])(\d{6,18})[.,]0{1,2}(?!\d)")
SCIENTIFIC: Final = re.compile(r"(?<![\d.,])(\d)[.,]?(\d{0,17})E\+?0?(\d{1,2})(?!\d)", re.IGNORECASE)
THOUSANDS: Final = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3}){2,5}(?![\d,])")
YEAR_FIRST: Final = re.compile(
    r"(?<![\d./-])(?:19|20)\d\d([-./])(?:0[1-9]|1[0-2])\1(?:[0-2]\d|3[01])(?![\d./-])"
)
YEAR_LAST: Final = re.compile(
    r"(?<![\d./-])(?:[0-2]?\d|3[01])([-./])(?:[0-2]?\d|3[01])\1(?:19|20)\d\d(?![\d./-])"
)
CLOCK: Final = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)")
NOTED: Final = re.compile(
    r"(?<![\d+])(?:24\s?/\s?7(?![\d/])|(?:[01]?\d|2[0-4])(?:\.\d\d)?(?:"
    r"(?:\s?-\s?\d{1,2})?\s?(?:[ap]\.m|pm\b|o'?clock|uhr|hours|hrs|heures|horas|часов|этаж|floor)"
    r"|(?:am|st|nd|rd|th|h\d\d)\b|\s?am\b(?=\s*(?:$|[,;)-]))))",
    re.IGNORECASE,
)
"""A small number that says when to call or where somebody lives: 5pm, 6-8 Uhr, 2nd floor, 24/7."""
BETWEEN: Final = re.compile(
    r"[\n;|&]|(?<!\w)(?:or|and|или|и|ឬ|និង|oder|und|ou|et|o|y|e|ou)(?!\w)", re.IGNORECASE
)
"""What people write between two numbers."""
EXACT_DIGITS: Final = 7
"""So many digits behind the point of 8.5512345E+10 were not rounded away by a narrow column."""


def cleaned(raw: str) -> str:
    """Digits of any script as 0 to 9, one kind of dash and space, without invisible marks; line ends stay."""
    text = raw[:LONGEST]
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, unicodedata.normalize("NFKC", text)))


def runs(raw: str) -> list[str]:
    """The texts that may be numbers, in order, each with a plus in front where one was written."""
    text = _without_links(cleaned(raw))
    text = SCIENTIFIC.sub(_from_scientific, DECIMALS.sub(r"\1", text))
    text = THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    text = CARRIER.sub("0", FEATURE_CODE.sub(" ", EXTENSION.sub(" ; ", text)))
    text = NOTED.sub(" ; ", CLOCK.sub(" ; ", YEAR_FIRST.sub(" ; ", text)))
    if len(digits(without := YEAR_LAST.sub(" ; ", text))) >= FEWEST:
        text = without
    found = (run.strip() for part in BETWEEN.split(text) for run in RUN.findall(part))
    return list(found)[:MOST_RUNS]


def digits(text: str) -> str:
    return "".join(char for char in text if "0" <= char <= "9")


def bare(raw: str) -> str:
    """Without what SIP and telephone links put around a number or a name."""
    text = raw.strip()[:LONGEST]
    if "<" in text and ">" in text:
        text = text[text.index("<") + 1 :].partition(">")[0]
    for scheme in ("sips:", "sip:", "tel:", "whatsapp:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :].partition("@")[0].partition(";")[0]
    return text.strip()


def _sign(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in ("Cf", "Me", "Cs") or char in "\ufe0e\ufe0f":
        return ""
    if category == "Pd" or char == "\u2212":
        return "-"
    if char in "\n\r\u2028\u2029":
        return "\n"
    return " " if category in ("Zs", "Cc") else char


def _without_links(text: str) -> str:
    context = CONTEXT.search(text)
    text = PARAMETER.sub(" ", SIP.sub(r" \1 ", text))
    text = ADDRESS.sub(lambda found: f" {found['digits'] or ''} ", text)
    if context and "+" not in text:
        text = re.sub(r"\d", lambda found: context[1] + found[0], text, count=1)
    return text


def _from_scientific(found: re.Match[str]) -> str:
    """The number of 8.5512345678E+10; nothing where a spreadsheet has rounded its digits away."""
    head, behind, exponent = found[1], found[2], int(found[3])
    if not len(behind) <= exponent <= 17 or (len(behind) < exponent and len(behind) < EXACT_DIGITS):
        return " "
    return head + behind.ljust(exponent, "0")
