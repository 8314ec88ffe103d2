"""The suite: one literal table of checks, each with the sentence that people read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.conformance import beside, card, doors, parsing, sending
from connectors.conformance.model import Failed, Result, Skipped, Subject
from connectors.contract import Http

CHECKS: tuple[tuple[str, Callable[..., Awaitable[None]], bool], ...] = (
    ("its card is complete", card.card, False),
    ("something comes in or goes out", card.ways, False),
    ("it has a README", card.readme, False),
    ("it has fixtures", card.fixtures, False),
    ("recorded requests give what is expected", parsing.recorded, False),
    ("parsing is pure", parsing.pure, False),
    ("parsing survives anything", parsing.total, False),
    ("ids stay the same over repeats", parsing.stable_ids, False),
    ("times and handles are normalised", parsing.normalised, False),
    ("the sender is somebody else", parsing.somebody_else, False),
    ("recorded signatures are accepted", doors.recorded_signatures, False),
    ("the provider gets in", doors.lets_the_provider_in, False),
    ("forged requests are refused", doors.refuses_others, False),
    ("stale requests are refused", doors.refuses_the_stale, False),
    ("the door survives anything", doors.never_fails, False),
    ("recorded messages go out as expected", sending.recorded_sendings, True),
    ("every message has its own id", sending.own_ids, True),
    ("every answer has its outcome", sending.outcomes, True),
    ("it refuses where it cannot reply", sending.refuses_where_it_cannot_reply, True),
    ("the probe never fails", sending.probes, True),
    ("it keeps its secrets", sending.keeps_secrets, True),
    ("access tokens are fetched, kept and renewed", beside.tokens, True),
    ("pulling keeps its place", beside.pulls, True),
    ("registering says what came of it", beside.registers, True),
    ("looking up a person fails softly", beside.looks_up, True),
)
"""What is promised, the check, and whether it needs the HTTP client."""


async def run(subject: Subject, http: Http) -> list[Result]:
    """Every check, whatever became of the one before."""
    return [await run_one(name, subject, http) for name, _, _ in CHECKS]


async def run_one(name: str, subject: Subject, http: Http) -> Result:
    """One check by its name."""
    check, needs_http = next((check, needs) for known, check, needs in CHECKS if known == name)
    arguments: tuple[Any, ...] = (subject, http) if needs_http else (subject,)
    try:
        await check(*arguments)
    except Skipped as reason:
        return Result(check=name, verdict="skipped", detail=str(reason))
    except Failed as error:
        return Result(check=name, verdict="failed", detail=str(error))
    return Result(check=name, verdict="passed")
