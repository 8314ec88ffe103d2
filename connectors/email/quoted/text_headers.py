"""A mail's header where it stands as text: over several lines or all on one, in known labels or told by its shape. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.email.quoted.html_text import Line
from connectors.email.quoted.phrases import KIND_OF, SENT

RULE: Final = " \t-_=*~—–·•━─\u1427\u200b\u200c\u200d\u2060\ufeff\u034f\xad"
"""Signs that rules are drawn of, and those that nobody sees."""
TIME: Final = re.compile(r"\d{1,2}[:.hч]\d{2}")
YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
DAY: Final = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)|\d年|\d월")
MARKS: Final = re.compile(r"[\u200e\u200f]")
ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")
ASIDE: Final = re.compile(r"\([^()]{0,20}\)")
COLON: Final = re.compile("[:：៖]")
ONE_COLON: Final = str.maketrans("：៖", "::")
WIDEST: Final = 30
"""Characters of a label."""
FIELDS: Final = 16
LINES: Final = 24
COLONS: Final = 20
LONG: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A line of a header: `kind` is from, date, to, subject, cc, or nothing where the label is unknown."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A header's fields by kind, and the index of the line after it."""

    fields: dict[str, str]
    end: int


def label(text: str) -> tuple[str, str]:
    """Which field of a mail's header a line of text is, and its value; two empty strings for none."""
    text = text.strip(" *_>\xa0\t")
    name, colon, value = text[:300].translate(ONE_COLON).partition(":")
    name = ASIDE.sub("", name)
    return (
        (KIND_OF.get(name.strip(" *_\xa0").lower(), ""), value.strip(" *_"))
        if colon and len(name) < WIDEST
        else ("", "")
    )


def is_header_block(lines: Sequence[Line], start: int) -> bool:
    """Whether a mail's header stands here as text (Outlook). "From: Moscow / To: Kazan" is none: nothing in it is a mail's."""
    values: dict[str, str] = {}
    sent = False
    for line in lines[start : start + 10]:
        kind, value = label(line.text)
        if kind:
            values.setdefault(kind, value)
            sent |= line.text.strip(RULE).translate(ONE_COLON).partition(":")[0].strip(RULE).lower() in SENT
        elif (line.text.strip() and len(values) >= 3) or (line.text.strip() and len(line.text) > 200):
            break
    if "from" not in values or len(values) < 3:
        return "@" in values.get("from", values.get("to", "")) and _is_moment(values.get("date", ""))
    if "date" in values and ("subject" in values or sent):
        return any("@" in value for value in values.values()) or bool(
            TIME.search(MARKS.sub("", values["date"]))
        )
    return "@" in values["from"] and ("date" in values or "subject" in values)


def is_header_line(text: str) -> bool:
    """Whether a line holds a whole header: who, with an address, and when."""
    values = dict(fields_on_line(text)[1])
    return "@" in values.get("from", "") and _is_moment(values.get("date", ""))


def fields_on_line(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first label, and `(kind, value)` of each; programs leave out even the spaces between."""
    text = text[:LONG]
    if len(COLON.findall(text)) < 2:
        return text, []
    found: list[tuple[str, int, int]] = []
    for number, colon in enumerate(COLON.finditer(text)):
        if number >= COLONS:
            break
        start = max(colon.start() - WIDEST, found[-1][2] if found else 0)
        begin, kind = _label_before(text[start : colon.start()])
        if kind and all(kind != other for other, _, _ in found):
            found.append((kind, start + begin, colon.end()))
    if not found:
        return text, []
    ends = [begin for _, begin, _ in found[1:]] + [len(text)]
    values = [
        (kind, text[after:end].strip(" *_\t")) for (kind, _, after), end in zip(found, ends, strict=True)
    ]
    return text[: found[0][1]], values


def _label_before(text: str) -> tuple[int, str]:
    """Where the longest known label begins that ends here, and its kind. Amid letters only a capital begins one."""
    whole = text.rstrip(" \xa0*)")
    whole = whole[: whole.rfind("(")].rstrip() if text.endswith(")") and "(" in whole else whole
    lower = whole.lower()
    for begin in range(len(whole)):
        kind = KIND_OF.get(lower[begin:], "") if len(lower) == len(whole) else ""
        if kind and _may_start(whole, begin):
            return begin, kind
    return 0, ""


def _may_start(text: str, begin: int) -> bool:
    if begin == 0 or not text[begin - 1].isalpha():
        return True
    return len(text) - begin > 2 and (text[begin].isupper() or text[begin].lower() == text[begin].upper())


def header_at(lines: Sequence[Line], start: int, *, subject: str = "", sure: bool) -> Found | None:
    """The header whose first line is at `start`; None unless somebody is named. Without a known line above it (`sure`) it
    has to have three fields and an address, some known or a moment among them."""
    found, end = _read(lines, start)
    fields = _kinds(found, subject=subject)
    known = sum(bool(field.kind) for field in found)
    if "from" not in fields or len(found) < (2 if sure else 3):
        return None
    has_address = any("@" in field.value for field in found)
    if not sure and not (has_address and (known > 1 or _is_moment(fields.get("date", "")))):
        return None
    return Found(fields=fields, end=end) if sure or is_mail(fields) else None


def is_mail(fields: dict[str, str]) -> bool:
    """Whether these are a mail's fields and not those of a form or an order."""
    return bool(fields.keys() & {"subject", "to"}) or _is_moment(fields.get("date", ""))


def _read(lines: Sequence[Line], start: int) -> tuple[list[Field], int]:
    """The fields in order with their folded lines, and where the header ends."""
    found: list[Field] = []
    kinds: set[str] = set()
    i = end = start
    last = min(len(lines), start + LINES)
    while i < last and len(found) < FIELDS:
        text = lines[i].text
        kind, value = label(text)
        if kind or (not found and i == start and _shaped(text)) or (found and _belongs(lines, i)):
            if not text.strip():
                i += 1
                continue
            found.append(Field(kind=kind, value=value if kind else _value(text)))
            kinds.add(kind)
            end = i + 1
        elif not text.strip():
            if len(found) > 2 and not _goes_on(lines, i + 1, kinds):
                break
        elif found and _is_folded(lines, i, kinds):
            found[-1] = Field(kind=found[-1].kind, value=f"{found[-1].value} {text.strip()}".strip())
            end = i + 1
        else:
            break
        i += 1
    return found, end


def _shaped(text: str) -> bool:
    """`word: value` or `two words: value`, by its look."""
    name, colon, value = text.strip(" *_>\xa0\t")[:300].translate(ONE_COLON).partition(":")
    name = ASIDE.sub("", name).strip(" *_\xa0")
    return bool(
        colon and value.strip() and 0 < len(name) < WIDEST and len(name.split()) < 4 and name[0].isalpha()
        and not any(map(str.isdigit, name)) and not value.startswith("//")
    )  # fmt: skip


def _value(text: str) -> str:
    return text.translate(ONE_COLON).partition(":")[2].strip(" *_\xa0\t")


def _belongs(lines: Sequence[Line], i: int) -> bool:
    """Whether a line with an unknown label is one of the header: by what it says, or as one more above such a line."""
    if not _shaped(lines[i].text):
        return False
    below = lines[i + 1 : i + 3]
    return _tells(lines[i].text) or any(label(line.text)[0] or _tells(line.text) for line in below)


def _tells(text: str) -> bool:
    """Whether a labelled line has an address or a moment."""
    value = _value(text)
    return _shaped(text) and bool(ADDRESS.search(value) or _is_moment(value))


def _goes_on(lines: Sequence[Line], i: int, kinds: set[str]) -> bool:
    kind = label(lines[i].text)[0] if i < len(lines) else ""
    return bool(kind) and kind not in kinds


def _is_folded(lines: Sequence[Line], i: int, kinds: set[str]) -> bool:
    """Whether the line goes on with the value above: a known label that is still missing comes right below."""
    return any(_goes_on(lines, below, kinds) for below in range(i + 1, min(i + 4, len(lines))))


def _kinds(found: Sequence[Field], *, subject: str) -> dict[str, str]:
    """The fields by kind; those with unknown labels by what they say: an address first is whose mail it is."""
    fields: dict[str, str] = {}
    for field in found:
        if field.kind:
            fields.setdefault(field.kind, field.value)
    left = [field.value for field in found if not field.kind]
    tests: dict[str, Callable[[str], bool]] = {
        "from": _is_person,
        "date": _is_moment,
        "subject": lambda value: value in subject,
    }
    for kind, fits in tests.items():
        if kind not in fields and (value := next(filter(fits, left), None)):
            fields[kind] = value
            left.remove(value)
    if "subject" not in fields and left and (rest := [value for value in left if "@" not in value]):
        fields["subject"] = rest[0]
    return fields


def _is_person(value: str) -> bool:
    return bool(ADDRESS.search(value))


def _is_moment(value: str) -> bool:
    value = MARKS.sub("", value)
    return bool((YEAR.search(value) or DAY.search(value)) and TIME.search(value))
