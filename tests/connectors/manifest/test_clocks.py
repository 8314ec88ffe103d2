"""Patterns and clocks in manifests: times as providers write them, zones, and their faults."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.contract import (
    InboundMessage,
    Malformed,
)
from connectors.manifest.clocks import pattern_of
from tests.connectors.manifest.conftest import TAKES, faults
from tests.connectors.manifest.samples import HEAD, channel, made, request


def one_message(rest: str, body: Any, **settings: Any) -> InboundMessage:
    connector = made(rest, head=HEAD.replace("verify:", "  zone: {}\nverify:"))
    [event] = connector.parse(request(body), channel(**settings))
    assert isinstance(event, InboundMessage)
    return event


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("Order 15, paid", r"Order (\d+)", "15"),
        ("Order 15, paid", r"\d+", "15"),
        ("заказ №7", r"№\s*(\d+)", "7"),
        ("ភាសា A-7", r"[A-Z]-\d", "A-7"),
        ("nothing", r"\d+", ""),
        ("ab", r"(a)(b)", "a"),
        ("a" * 50_000 + "!", r"(a+)+$", ""),
    ],
)
def test_match(text: str, pattern: str, found: str) -> None:
    rest = (
        "receive: {cases: [{message: {id: body.id, sender: body.from, text: \"match(body.text, '{}')\"}}]}\n"
    )
    rest = rest.replace("{}", pattern.replace("\\", "\\\\"))
    assert one_message(rest, {"id": "1", "from": "+12025550123", "text": text}).text == found


def test_a_bad_pattern_is_told_where_it_stands() -> None:
    [told] = faults(TAKES.replace("body.text", "\"match(body.text, '(a')\""))
    assert told.startswith("7:68 text: “(a” is no pattern: missing )")


@pytest.mark.parametrize(
    ("written", "value", "zone", "at"),
    [
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "", "2026-01-05T09:30:15"),
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "Europe/Moscow", "2026-01-05T06:30:15"),
        ("DD.MM.YYYY hh:mm:ss", "05.01.2026 09:30:15", "settings.zone", "2026-01-05T02:30:15"),
        ("D.M.YY H:mm", "5.1.26 9:30", "Europe/Kyiv", "2026-01-05T07:30:00"),
        ("MM/DD/YYYY hh:mm A", "01/05/2026 09:30 PM", "America/New_York", "2026-01-06T02:30:00"),
        ("YYYY-MM-DDTHH:mm:ss.SSSZ", "2026-01-05T09:30:15.250+0300", "", "2026-01-05T06:30:15"),
        ("YYYYMMDDhhmmss", "20260105093015", "Asia/Phnom_Penh", "2026-01-05T02:30:15"),
        ("%d.%m.%Y %H:%M", "05.07.2026 09:30", "Europe/Berlin", "2026-07-05T07:30:00"),
        ("[at] DD MMM YYYY", "at 05 Jan 2026", "", "2026-01-05T00:00:00"),
    ],
)
def test_clocks(written: str, value: str, zone: str, at: str) -> None:
    said = f'{{value: body.at, format: "{written}"' + (f", zone: {zone}}}" if zone else "}")
    rest = f"receive: {{cases: [{{message: {{id: body.id, sender: body.from, at: {said}}}}}]}}\n"
    found = one_message(rest, {"id": "1", "from": "+12025550123", "at": value}, zone="Asia/Phnom_Penh").at
    assert found.replace(microsecond=0) == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_a_setting_that_names_no_zone_is_told_and_loses_nothing() -> None:
    rest = "receive: {cases: [{message: {id: body.id, sender: body.from, at: {value: body.at, zone: settings.zone}}}]}\n"
    body = {"id": "1", "from": "+12025550123", "at": "2026-01-05 09:00:00"}
    with pytest.raises(Malformed, match="“Moscow” is not known: say it as Europe/Moscow"):
        one_message(rest, body, zone="Moscow")
    assert one_message(rest, body, zone="").at.hour == 9
    told = faults(rest)
    assert "zone: the setting “zone” is not known" in told[0]
    told = faults(TAKES.replace("text: body.text", "at: {value: body.at, format: 'QQ.YYYY'}"))
    assert "Say it as `DD.MM.YYYY hh:mm:ss`" in told[0]


def test_patterns_of_clocks() -> None:
    assert pattern_of("%d") == "%d"
    assert pattern_of("YYYY-MM-DDTHH:mm") == "%Y-%m-%dT%H:%M"
