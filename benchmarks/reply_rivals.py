"""Runs in an environment of its own: public libraries that look for the new words of a reply, on cases from standard input."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

Reader = Callable[[str], str]


def main() -> None:
    """Reads [[form, text], …]; writes, for each library, what it found (null: it cannot read that form) and the seconds."""
    cases: list[tuple[str, str]] = json.load(sys.stdin)
    found = {name: _timed(readers, cases) for name, readers in _libraries().items()}
    json.dump(found, sys.stdout)


def _libraries() -> dict[str, dict[str, Reader]]:
    talon = importlib.import_module("talon.quotations")
    parser: Any = importlib.import_module("mailparser_reply").EmailReplyParser(
        languages=["en", "de", "fr", "it", "ja", "nl", "pl", "sv", "cs", "es", "ko", "zh"]
    )
    older: Any = importlib.import_module("email_reply_parser").EmailReplyParser
    quail: Any = importlib.import_module("quotequail")
    text_of = _text_of(importlib.import_module("lxml.html"))
    return {
        "talon": {
            "text": talon.extract_from_plain,
            "html": lambda page: text_of(talon.extract_from_html(page)),
        },
        "mail-parser-reply": {"text": lambda text: _body(parser.read(text))},
        "email-reply-parser": {"text": older.parse_reply},
        "quotequail": {
            "text": lambda text: "\n".join(
                part for shown, part in quail.quote(text, quote_intro_line=True) if shown
            ),
            "html": lambda page: text_of(
                "".join(part for shown, part in quail.quote_html(page, quote_intro_line=True) if shown)
            ),
        },
    }


def _body(message: Any) -> str:
    """The newest reply without the signature and disclaimer that the library has found in it."""
    return (message.replies[0].body or "") if message.replies else ""


def _text_of(lxml_html: Any) -> Reader:
    def read(page: str) -> str:
        return " ".join(lxml_html.fromstring(page).itertext()) if page.strip() else ""

    return read


def _timed(readers: dict[str, Reader], cases: list[tuple[str, str]]) -> dict[str, Any]:
    began = perf_counter()
    found = [_read(readers.get(form), text) for form, text in cases]
    return {"found": found, "seconds": perf_counter() - began}


def _read(reader: Reader | None, text: str) -> str | None:
    """A library that breaks on a case has not read it."""
    if reader is None:
        return None
    try:
        return reader(text)
    except Exception as error:
        return f"{type(error).__name__} instead of words"


if __name__ == "__main__":
    main()
