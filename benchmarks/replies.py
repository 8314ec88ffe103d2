"""New words of replies found, beside public libraries, in one run: our own set, and a corpus of theirs if it is given."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks import reply_set
from connectors.email.quoted.html_text import Line, lines_of
from connectors.email.quoted.replies import plain_lines, signed, split
from connectors.email.read.containers import opened
from connectors.email.read.content import content_of
from connectors.email.read.decode import text_of
from connectors.email.read.mime import leaves

PYTHON: Final = Path(".build/rivals/bin/python")
SCRIPT: Final = Path(__file__).with_name("reply_rivals.py")
CORPUS: Final = "REPLIES_CORPUS"
"""A file of cases, one JSON object a line: source, input (mime, text, html), text, expected."""
TIMES: Final = 20
SIGNED: Final = frozenset({"talon_standard", "talon_plain", "talon_html"})
OURS: Final = "this hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail and what its source asserts of it. `plain` is what the libraries are given of a whole mail."""

    source: str
    form: str
    text: str
    plain: str
    expected: dict[str, Any]


def measure() -> list[dict[str, Any]]:
    """A row for each source and reader: `right` but for white space, `exact` with it, time as a multiple of ours."""
    cases = [*_own(), *_corpus()]
    found = {OURS: _ours(cases), **_rivals(cases)}
    sources = list(dict.fromkeys(case.source for case in cases))
    rows = [_row(source, name, cases, told["found"]) for source in sources for name, told in found.items()]
    return rows + [
        _speed(name, told["seconds"], found[OURS]["seconds"], len(cases)) for name, told in found.items()
    ]


def _own() -> list[Case]:
    return [
        Case(source=f"own {each.source}", form=each.form, text=each.text, plain=each.text,
             expected={"reply_text": each.new, "_ws": "remove"})
        for each in reply_set.cases()
    ]  # fmt: skip


def _corpus() -> list[Case]:
    path = os.environ.get(CORPUS, "")
    rows = [json.loads(line) for line in Path(path).read_text().splitlines()] if path else []
    return [
        Case(
            source=row["source"],
            form=row["input"],
            text=row["text"],
            plain=_plain(row),
            expected=row["expected"],
        )
        for row in rows
        if "signature" not in row["expected"]
    ]


def _plain(row: dict[str, Any]) -> str:
    if row["input"] != "mime":
        return row["text"]
    parts = leaves(row["text"].encode())
    return "\n".join(text_of(part.content(), part.charset) for part in parts if part.mime == "text/plain")


def _ours(cases: Sequence[Case]) -> dict[str, Any]:
    began = perf_counter()
    for _ in range(TIMES - 1):
        for case in cases:
            _new(case)
    found = [_new(case) for case in cases]
    return {"found": found, "seconds": (perf_counter() - began) / TIMES}


def _new(case: Case) -> str:
    """talon's cases ask for earlier mail to be taken off and the signature to stay."""
    if case.form == "html":
        lines: Sequence[Line] = lines_of(case.text)
    elif case.form == "mime":
        lines = content_of(opened(leaves(case.text.encode()))).lines
    else:
        lines = plain_lines(case.text.replace("\r\n", "\n").replace("\xa0", " "))
    return signed(lines) if case.source in SIGNED else split(lines)[0]


def _rivals(cases: Sequence[Case]) -> dict[str, Any]:
    """What the libraries find; without their environment nothing."""
    if not PYTHON.exists():
        return {}
    given = json.dumps([("html" if case.form == "html" else "text", case.plain) for case in cases])
    done = subprocess.run([str(PYTHON), str(SCRIPT)], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _row(source: str, name: str, cases: Sequence[Case], found: Sequence[str | None]) -> dict[str, Any]:
    told = [(case, text) for case, text in zip(cases, found, strict=True) if case.source == source]
    read = [(case, text) for case, text in told if text is not None]
    right = sum(_holds(case, text, _without_space) for case, text in read)
    exact = sum(_holds(case, text, str.strip) for case, text in read)
    return {
        "source": source,
        "reader": name,
        "cases": len(told),
        "right": right if read else "-",
        "percent": round(100 * right / len(told), 1) if read else "-",
        "exact": exact if read else "-",
    }


def _holds(case: Case, text: str, form: Callable[[str], str]) -> bool:
    asked, got = case.expected, form(text)
    if asked.get("_ws"):
        form, got = _without_space, _without_space(text)
    return (
        ("reply_text" not in asked or got == form(asked["reply_text"]))
        and all(form(words) in got for words in asked.get("reply_contains", ()))
        and not any(form(words) in got for words in asked.get("reply_excludes", ()))
    )


def _without_space(text: str) -> str:
    return "".join(text.split())


def _speed(name: str, seconds: float, ours: float, count: int) -> dict[str, Any]:
    """The libraries skip what they cannot read, and are given the plain text of a whole mail; we read all of it."""
    return {
        "source": "time",
        "reader": name,
        "cases": count,
        "right": f"{1000 * seconds / count:.2f} ms",
        "percent": f"{seconds / ours:.1f} x",
        "exact": "",
    }
