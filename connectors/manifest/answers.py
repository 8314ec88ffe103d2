"""What an answer of the provider means: sent, or the outcome to raise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.contract import (
    CredentialsDead,
    PersonUnreachable,
    Refused,
    SendError,
    SlowDown,
    TryAgain,
    Unknown,
)
from connectors.manifest.model import Outcomes
from values.sentences import phrase

LONGEST_WAIT = 86_400.0
NOTHING: Mapping[str, Any] = {}


def judge(outcomes: Outcomes | None, answer: Mapping[str, Any], *, is_message: bool) -> None:
    """Return where the answer means that it worked; raise the outcome it stands for where not.

    The manifest's word goes before the status. A 2xx that nobody understands leaves open whether a message went out.
    """
    status = int(answer["status"])
    if outcomes is not None and is_message and outcomes.ok(answer):
        return
    raised = _by_lists(outcomes, answer)
    if raised is None and not is_message and 200 <= status < 300:
        return
    raise raised or _by_status(outcomes, answer, status)


def _by_lists(outcomes: Outcomes | None, answer: Mapping[str, Any]) -> SendError | None:
    if outcomes is None:
        return None
    reason = _reason(outcomes, answer)
    if _any(outcomes.credentials, answer):
        return CredentialsDead(reason)
    if _any(outcomes.unreachable, answer):
        return PersonUnreachable(reason)
    if _any(outcomes.retry, answer):
        return TryAgain(reason, after=_after(outcomes, answer))
    if _any(outcomes.refused, answer):
        return Refused(reason)
    return None


def _by_status(outcomes: Outcomes | None, answer: Mapping[str, Any], status: int) -> SendError:
    reason = _reason(outcomes, answer)
    if status in (401, 403):
        return CredentialsDead(reason)
    if status == 429:
        return SlowDown(reason, after=_after(outcomes, answer))
    if status in (408, 425) or status >= 500:
        return TryAgain(reason, after=_after(outcomes, answer))
    if 200 <= status < 300:
        return Unknown(
            phrase("The provider took it, but its answer is not understood: {reason}", reason=reason)
        )
    return Refused(reason)


def _any(asks: Iterable[Any], answer: Mapping[str, Any]) -> bool:
    return any(ask(answer) for ask in asks)


def _reason(outcomes: Outcomes | None, answer: Mapping[str, Any]) -> str:
    said = outcomes.reason(answer) if outcomes and outcomes.reason else None
    plain = str(said or answer["text"] or "no explanation")[:300].strip()
    return f"{plain} ({answer['status']})"


def _after(outcomes: Outcomes | None, answer: Mapping[str, Any]) -> float | None:
    """Seconds to wait, as a number or as a date; at most a day."""
    named = outcomes.retry_after(answer) if outcomes and outcomes.retry_after else None
    said = str(named if named is not None else answer["headers"].get("retry-after", ""))
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return min(max(0.0, seconds), LONGEST_WAIT) if math.isfinite(seconds) else None
