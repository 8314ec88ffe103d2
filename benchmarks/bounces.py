"""Bounces understood, beside flufl.bounce, in one run: on flufl's own recorded mail and on letters of today's servers."""

from __future__ import annotations

import email
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from flufl.bounce import all_failures

from benchmarks import bounce_set, flufl_data
from benchmarks.flufl_data import Case
from connectors.contract import ChannelConfig, InboundMessage, Malformed, RawInput
from connectors.email.parse import parse

CHANNEL = ChannelConfig(
    id=1, slug="mail", name="Mail", settings={"address": "support@our.example", "receive": "smtp_door"}
)
Found = tuple[set[str], set[str]]
"""Recipients that are delayed, and those given up."""


def measure() -> list[dict[str, Any]]:
    """A row for each set and reader. `right` is exact: all recipients, no other, and the right one of late and lost."""
    sets = (("flufl.bounce's own", flufl_data.cases()), ("today's servers", bounce_set.cases()))
    readers = (("flufl.bounce", _flufl), ("this hub", _ours))
    return [_row(name, cases, title, read) for name, cases in sets for title, read in readers]


def _row(name: str, cases: Sequence[Case], title: str, read: Callable[[bytes], Found]) -> dict[str, Any]:
    began = perf_counter()
    found = [read(case.mail) for case in cases]
    seconds = perf_counter() - began
    wrong = [case.name for case, told in zip(cases, found, strict=True) if told != _expected(case)]
    return {
        "set": name,
        "reader": title,
        "mails": len(cases),
        "right": len(cases) - len(wrong),
        "percent": round(100 * (len(cases) - len(wrong)) / len(cases), 1),
        "ms_a_mail": round(1000 * seconds / len(cases), 2),
        "wrong": ", ".join(wrong[:4]) + (" …" if len(wrong) > 4 else ""),
    }


def _expected(case: Case) -> Found:
    return (set(case.recipients), set()) if case.passing else (set(), set(case.recipients))


def _flufl(mail: bytes) -> Found:
    late, lost = all_failures(email.message_from_bytes(mail))
    return {each.decode().lower() for each in late}, {each.decode().lower() for each in lost}


def _ours(mail: bytes) -> Found:
    try:
        events = parse(RawInput(transport="smtp", body=mail, received_at=datetime.now(UTC)), CHANNEL)
    except Malformed:
        return set(), set()
    failures = [
        failure for event in events if isinstance(event, InboundMessage) for failure in event.failures
    ]
    named = [failure for failure in failures if failure.recipient]
    return (
        {failure.recipient.lower() for failure in named if not failure.final},
        {failure.recipient.lower() for failure in named if failure.final},
    )
