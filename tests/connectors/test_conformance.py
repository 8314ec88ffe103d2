"""What every connector owes, declarative or code: the suite over the whole registry."""

from __future__ import annotations

import pytest

from connectors.conformance import Subject
from connectors.conformance.run import CHECKS, run_one
from hub.http import HttpClient
from tests.bundled import scanned
from tests.connectors.subjects import subject_for

FOUND = scanned()
NAMES = sorted(FOUND.connectors)
MAY_BE_SKIPPED = {
    "stale requests are refused",
    "recorded messages go out as expected",
    "every answer has its outcome",
    "every message has its own id",
    "recorded signatures are accepted",
    "it refuses where it cannot reply",
    "access tokens are fetched, kept and renewed",
    "pulling keeps its place",
    "registering says what came of it",
    "looking up a person fails softly",
}


def subject(name: str) -> Subject:
    return subject_for(FOUND.connectors[name], FOUND.folders.get(name))


def test_all_bundled_connectors_load() -> None:
    assert FOUND.faults == {}
    assert {"email", "sitechat", "telegram", "telephony", "twilio", "webform", "whatsapp"} <= set(NAMES)


@pytest.mark.parametrize("check", [name for name, _, _ in CHECKS])
@pytest.mark.parametrize("name", NAMES)
async def test_keeps_its_promise(name: str, check: str) -> None:
    http = HttpClient()
    try:
        tried = subject(name)
        result = await run_one(check, tried, http.for_channel(tried.channel))
    finally:
        await http.close()
    assert result.verdict != "failed", result.detail
    if FOUND.connectors[name].spec.level == "declarative" and result.verdict == "skipped":
        assert check in MAY_BE_SKIPPED, result.detail
