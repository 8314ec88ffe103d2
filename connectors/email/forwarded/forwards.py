"""Mail that somebody sends on: whose it was, when, about what; from the text, or from a mail attached. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.email.forwarded.attributions import attribution_in, person
from connectors.email.quoted.above import is_banner
from connectors.email.quoted.attribution_lines import attribution_at
from connectors.email.quoted.forward_phrases import FORWARDED, TAGS
from connectors.email.quoted.html_text import Line
from connectors.email.quoted.phrases import ORIGINAL
from connectors.email.quoted.replies import EXAMINED, joined, split, until_history
from connectors.email.quoted.text_headers import COLON, RULE, WIDEST, fields_on_line, header_at
from connectors.email.read.content import content_of
from connectors.email.read.mime import Part, leaves, split_head
from connectors.email.read.names import UNTYPED

PREFIX: Final = re.compile(
    rf"\A\s{{0,9}}(?:\[[^\[\]]{{1,40}}\]\s{{0,3}}){{0,3}}(?:{'|'.join(TAGS)})(?:\[\d{{1,3}}\])?\.?\s{{0,3}}[:：៖]",
    re.IGNORECASE,
)
MAILS: Final = frozenset({"message/rfc822", "message/global"})
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
RULED: Final = re.compile(r"[-=_*~—–━─]{2,}.{2,60}[-=_*~—–━─]{2,}\Z")
TRIES: Final = 5
"""Lines of programs that are looked below."""
HEADERS: Final = 200
"""Lines that may begin a header and are looked at closely."""
MARK: Final = 60
"""Longest line by which a program introduces what is sent on."""
ABOVE: Final = 4
"""Lines above a header that may be a program's."""
SIZE: Final = 2 * 1024 * 1024
LABEL: Final = {"from": "From", "date": "Date", "to": "To", "subject": "Subject", "cc": "Cc"}
NESTED: Final = 5
"""Forwards of forwards that are taken apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """`text` is what the one who forwards wrote, and then what was forwarded; `history` is the rest. `original` has
    name, address, date and subject of the latter, as far as they are told, and `through` whom it came if sent on before."""

    text: str
    history: str
    original: Mapping[str, str] = field(default_factory=dict[str, str])


def is_forward(subject: str) -> bool:
    """Whether the subject says so, in the manner of the common programs."""
    return bool(PREFIX.match(subject[:200]) or PREFIX.match(subject[:200].lower()))


def read(lines: Sequence[Line], parts: Sequence[Part], *, subject: str) -> Forward:
    """The words of a mail. Without a forward in it `original` is empty."""
    found = _inline(lines, subject=subject) or _attached(lines, parts, subject=subject)
    if found is not None:
        return found
    text, history = split(lines)
    return Forward(text=text, history=history)


def _inline(lines: Sequence[Line], *, subject: str) -> Forward | None:
    """A forward within the text: below the line that programs put there, or by the subject and a mail's header."""
    texts: list[str] = []
    below: list[str] = []
    original: dict[str, str] = {}
    told = is_forward(subject) and not _is_answer(subject, lines)
    lines = _unfolded(lines)
    for _ in range(NESTED):
        found = _found(lines, told=told, subject=subject)
        if found is None or not any(line.text for line in lines[found.end :]):
            break
        note, history = _note(lines[: found.start])
        texts.append(note)
        below += [history, joined(lines[found.start : found.end])]
        through = _listed(original)
        original = {**found.told, **({"through": through} if through else {})}
        lines, told = _own(lines[found.end :]), False
    if not original:
        return None
    if bare := _untagged(subject):
        original.setdefault("subject", bare)
    lines, closing = _closed(lines)
    below.append(joined(closing))
    return Forward(text=_joined(*texts, joined(lines)), history=_joined(*below), original=original)


def _is_answer(subject: str, lines: Sequence[Line]) -> bool:
    """Whether the tag means an answer: VS is one in Finnish and Estonian, and a forward in Norwegian and Danish."""
    if not subject.strip().lower().startswith("vs"):
        return False
    return any(
        line.text.strip(" *_>").lower().startswith(("lähettäjä", "saatja")) for line in lines[:EXAMINED]
    )


def _closed(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The lines, and the program's own one below them that tells where what was sent on ends."""
    last = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].text.strip()), 0)
    if last and _is_mark(lines[last].text) and RULED.match(lines[last].text.strip()):
        return lines[:last], lines[last:]
    return lines, ()


def _untagged(subject: str) -> str:
    """What the mail that is sent on is about, where only the subject tells."""
    for _ in range(NESTED):
        found = PREFIX.match(subject[:200]) or PREFIX.match(subject[:200].lower())
        subject = subject[found.end() :] if found else subject
    return subject.strip()[:300]


def _note(lines: Sequence[Line]) -> tuple[str, str]:
    """What was written above, which may be nothing but a rule or a server's warning."""
    said = any(line.text.strip(RULE) and not is_banner(line.text) for line in lines)
    return split(lines) if said else ("", joined(lines))


def _own(lines: Sequence[Line]) -> list[Line]:
    """What was sent on, which is neither a quotation nor indented for having been sent on."""
    filled = [line for line in lines if line.text.strip()]
    whole = bool(filled) and filled[0].quoted
    indent = min((len(line.text) - len(line.text.lstrip(" ")) for line in filled), default=0)
    return [Line(text=line.text[indent:], quoted=line.quoted and not whole) for line in lines]


def _listed(forwarder: Mapping[str, str]) -> str:
    """Everybody who sent it on, the first one last."""
    name, address = forwarder.get("name", ""), forwarder.get("address", "")
    shown = f"{name} <{address}>" if name and address else name or address
    return ", ".join(part for part in (forwarder.get("through", ""), shown) if part)


def _attached(lines: Sequence[Line], parts: Sequence[Part], *, subject: str) -> Forward | None:
    """The one mail that is attached where the subject says that it is sent on, or where nothing else is said."""
    mails = [
        part
        for part in parts
        if part.mime in MAILS or (part.mime in UNTYPED and part.name.lower().endswith(".eml"))
    ]
    if len(mails) != 1 or not (is_forward(subject) or not any(line.text.strip(RULE) for line in lines)):
        return None
    data = mails[0].content()[:SIZE].lstrip()
    headers, _ = split_head(data)
    original = person(headers.text("from")) | {
        "date": headers.text("date")[:100],
        "subject": headers.text("subject")[:300],
    }
    if not original.get("address"):
        return None
    note, history = split(lines)
    text = joined(content_of(list(leaves(data))).lines)
    return Forward(
        text=_joined(note, text),
        history=history,
        original=_clean(original),
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What is told of the mail that is sent on, and between which lines that stands."""

    told: dict[str, str]
    start: int
    end: int


def _found(lines: Sequence[Line], *, told: bool, subject: str) -> _Place | None:
    """Where a forward begins. Without a word of it in the subject only a program's own line is believed."""
    tries, headers = TRIES, HEADERS
    for i, line in enumerate(lines[:EXAMINED]):
        if tries and _is_mark(line.text):
            tries -= 1
            if not told and until_history(lines[:i]) < i:
                return None
            below = _past(lines, i + 1)
            place = _headed(lines, i, below, subject=subject, sure=True) or _attributed(lines, below, start=i)
            if place:
                return place
        elif told and headers and COLON.search(line.text[: WIDEST + 1]):
            headers -= 1
            if place := _headed(lines, _above(lines, i), i, subject=subject, sure=False):
                return place
        elif line.quoted and not told:
            break
    return _first_attributed(lines) if told else None


def _is_mark(text: str) -> bool:
    bare = text.strip(RULE + ":>：៖").lower()
    return bool(bare) and len(bare) < MARK and (bare.startswith(FORWARDED) or bare.endswith(FORWARDED))


def _past(lines: Sequence[Line], i: int) -> int:
    """The next line with words."""
    return next((at for at in range(i, min(i + ABOVE, len(lines))) if lines[at].text.strip(RULE)), i)


def _headed(lines: Sequence[Line], start: int, i: int, *, subject: str, sure: bool) -> _Place | None:
    found = header_at(lines, i, subject=subject, sure=sure)
    if found is None:
        return None
    fields = found.fields
    told = person(fields["from"]) | {
        "date": fields.get("date", "")[:100],
        "subject": fields.get("subject", "")[:300],
    }
    return _Place(told=_clean(told), start=start, end=found.end)


def _above(lines: Sequence[Line], i: int) -> int:
    """Where the header at line `i` begins with the rules, and a program's line in an unknown language, above it."""
    start = at = i
    for _ in range(ABOVE):
        at -= 1
        if at < 0:
            break
        text = lines[at].text.strip()
        bare = text.strip(RULE + ":：៖").lower()
        is_introduction = (
            lines[at].quoted and lines[i].quoted and text[-1:] in {":", "：", "៖"} and len(text) < MARK
        )
        if not bare or RULED.match(text) or bare in ORIGINAL or is_introduction:
            start = at
        else:
            break
    return start


def _first_attributed(lines: Sequence[Line]) -> _Place | None:
    """Below a line such as "On …, Nina wrote:", which some programs put in place of the header."""
    for i, line in enumerate(lines[:EXAMINED]):
        if not line.quoted and line.text.strip() and attribution_at(lines, i):
            return _attributed(lines, i, start=_above(lines, i))
    return None


def _attributed(lines: Sequence[Line], i: int, *, start: int) -> _Place | None:
    count = attribution_at(lines, i) if i < len(lines) else 0
    found = attribution_in(" ".join(line.text.strip() for line in lines[i : i + count]))
    told = {"name": found.name, "address": found.address, "date": found.date}
    return _Place(told=_clean(told), start=start, end=i + count) if found.name or found.address else None


def _unfolded(lines: Sequence[Line]) -> list[Line]:
    """The lines, those that hold a whole header taken apart (Yahoo)."""
    out: list[Line] = []
    for i, line in enumerate(lines):
        before, fields = fields_on_line(line.text) if i < EXAMINED and "@" in line.text else ("", [])
        kinds = dict(fields)
        if len(kinds) < 3 or "from" not in kinds or (before.strip() and not _is_mark(before)):
            out.append(line)
            continue
        if before.strip():
            out.append(Line(text=before.strip(), quoted=line.quoted))
        out += [Line(text=f"{LABEL[kind]}: {value}", quoted=line.quoted) for kind, value in fields]
    return out


def _clean(told: Mapping[str, str]) -> dict[str, str]:
    return {name: clean for name, value in told.items() if (clean := CONTROL.sub(" ", value).strip())}
