"""Who is named by a line such as "On …, Nina wrote:" or by a header's field in a text, however programs wrote it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from connectors.email.quoted.phrases import OPENERS, WROTE
from connectors.email.quoted.text_headers import ADDRESS
from connectors.email.read.decode import words
from values.texts import one_line

LONG: Final = 1_000
BRACKETS: Final = re.compile(r"\[(?:mailto:)?([^\s\[\]<>]{3,300})\]")
ASIDE: Final = re.compile(r"\A[\s>\]\"']*\(([^()]{1,100})\)")
SIGNS: Final = " \t\xa0<([{\"'“”„«»,;:"
QUOTED: Final = re.compile(r"[\"“„«]([^\"“”„«»]{1,100})[\"”“»]\s*[<(]?\s*\Z")
PIECE: Final = re.compile(
    r"[,，]|\d[\d.:/h-]*|\b(?:AM|PM|GMT|UTC|CET|CEST|MEZ|MESZ|Uhr|MSK|EST|EDT|PST|PDT)\b[+\d:]*|\d\s*(?:г|р)\."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """As far as it is told; empty texts for what is not."""

    name: str = ""
    address: str = ""
    date: str = ""


def person(value: str) -> dict[str, str]:
    """Name and address of a field's value: "Ann [mailto:ann@example.com]", "Ann <ann@example.com<mailto:…>> on behalf of …"."""
    value = BRACKETS.sub(r" <\1>", words(value[:LONG])).replace("mailto:", "")
    found = ADDRESS.search(value)
    if found is None:
        return {"name": one_line(value.strip(SIGNS), 200)}
    aside = ASIDE.match(value[found.end() :])
    name = value[: found.start()].strip(SIGNS) or (aside[1] if aside else "")
    address = found[0].strip(".'").lower()
    return {"name": "" if name.lower() == address else one_line(name, 200), "address": address[:320]}


def attribution_in(text: str) -> Attribution:
    """The name is what stands just before the address, or before the verb."""
    text = text[:LONG].replace("mailto:", "")
    found = ADDRESS.search(text)
    before = text[: found.start()] if found else _before_verb(text)
    quoted = QUOTED.search(before)
    name = quoted[1] if quoted else PIECE.split(before.rstrip(SIGNS))[-1]
    date = (
        before[: quoted.start()] if quoted else before.rstrip(SIGNS)[: len(before.rstrip(SIGNS)) - len(name)]
    )
    return Attribution(
        name=_bare(name)[:200],
        address=found[0].strip(".'").lower()[:320] if found else "",
        date=_bare(date)[:100],
    )


def _before_verb(text: str) -> str:
    lower = text.rstrip(" :：៖").lower()
    verb = max((verb for verb in WROTE if lower.endswith(verb)), key=len, default="")
    return text[: len(lower) - len(verb)]


def _bare(text: str) -> str:
    """Without the words between which names and dates stand."""
    pieces = text.strip(SIGNS + ".-–—").split()
    around = OPENERS | set(WROTE)
    while pieces and pieces[0].lower().strip(".,") in around:
        del pieces[0]
    while pieces and pieces[-1].lower().strip(".,") in around:
        del pieces[-1]
    return " ".join(pieces).strip(SIGNS)
