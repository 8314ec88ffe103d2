"""An exchange with a provider as it is kept: its beginning, as text, without a secret. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from connectors.contract import Exchange
from inbox.intake.redaction import HIDDEN, SECRET_WORDS
from values.sentences import changed
from values.spellings import all_ways
from values.texts import storable

LONGEST = 4_000
"""Characters kept of each body."""
MARGIN = 4_000
"""Read beyond that, so that no secret is cut in two before it is found."""
LEAST_IN_ADDRESS = 3
"""In an address it is glued to other words: /bot123:abc/."""
LARGEST_READ = 64 * 1024
LEAST_ALONE = 8
"""A shorter secret is taken out where it stands alone only: within a word it may be anything."""
NAMES = (*SECRET_WORDS, "authorization", "passphrase", "assertion", "sessionid")
WORDS = "|".join(NAMES)
IN_JSON = re.compile(
    rf'("[^"\\]{{0,60}}(?:{WORDS})[^"\\]{{0,60}}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)', re.IGNORECASE
)
IN_ADDRESS = re.compile(rf"((?:[?&]|^)[^=&?\s]{{0,60}}(?:{WORDS})[^=&?\s]{{0,60}}=)[^&\s#]*", re.IGNORECASE)
IN_NESTED_JSON = re.compile(
    rf'(\\"[^"\\]{{0,60}}(?:{WORDS})[^"\\]{{0,60}}\\"\s*:\s*)\\"[^"\\]*', re.IGNORECASE
)
IN_XML = re.compile(rf"(<[^<>/\s]{{0,60}}(?:{WORDS})[^<>]{{0,60}}>)[^<]+", re.IGNORECASE)
USER_IN_ADDRESS = re.compile(r"(://)[^/@\s\"'<>?#,]+@")
IN_PART = re.compile(
    rf'(name="[^"]*(?:{WORDS})[^"]*"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)[^\r\n]*', re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A row of the log. `digest` is None for what belongs to a message: each try is a row of its own."""

    channel_id: int
    message_id: int | None
    protocol: str
    at: datetime
    last_at: datetime
    n: int
    request: str
    status: int | None
    is_fine: bool
    reason: str
    milliseconds: int
    sent: str
    answer: str
    digest: bytes | None

    def again(self, later: Written) -> Written:
        """This row after the same was asked and answered once more."""
        return replace(self, n=self.n + later.n, last_at=later.last_at, milliseconds=later.milliseconds)


def written(
    exchange: Exchange,
    *,
    channel_id: int,
    message_id: int | None,
    at: datetime,
    secrets: tuple[str, ...],
) -> Written:
    """What is kept of an exchange."""
    request = hidden(exchange.request[:LONGEST], secrets, least=LEAST_IN_ADDRESS)[:1_000]
    sent = hidden(_text(exchange.sent), secrets)[:LONGEST]
    answer = hidden(_text(exchange.answer), secrets)[:LONGEST]
    reason = changed(exchange.reason, lambda text: hidden(text, secrets)[:500])
    same = None
    if message_id is None:
        parts = [exchange.protocol, request, str(exchange.status), reason, sent, answer]
        same = sha256("\x1f".join(parts).encode("utf-8", "replace")).digest()[:16]
    return Written(
        channel_id=channel_id,
        message_id=message_id,
        protocol=exchange.protocol,
        at=at,
        last_at=at,
        n=1,
        request=request,
        status=exchange.status,
        is_fine=exchange.is_fine,
        reason=reason,
        milliseconds=max(0, round(exchange.seconds * 1000)),
        sent=sent,
        answer=answer,
        digest=same,
    )


def hidden(text: str, secrets: tuple[str, ...], *, least: int = LEAST_ALONE) -> str:
    """The text without the channel's secrets in any spelling, and without what its own names call a secret."""
    found = _pattern(secrets, least)
    text = found.sub(HIDDEN, text) if found else text
    text = USER_IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)
    lower = text.lower()
    if not any(
        name in lower for name in NAMES
    ):  # most have none, and looking closer costs a hundred times as much
        return storable(text)
    text = IN_JSON.sub(rf'\1"{HIDDEN}"', text)
    text = IN_NESTED_JSON.sub(rf'\1\\"{HIDDEN}', text)
    text = IN_XML.sub(rf"\1{HIDDEN}", text)
    text = IN_PART.sub(rf"\1{HIDDEN}", text)
    return storable(IN_ADDRESS.sub(rf"\1{HIDDEN}", text))


@lru_cache(maxsize=500)
def _pattern(secrets: tuple[str, ...], least: int) -> re.Pattern[str] | None:
    """Every spelling of all of them, the longest first: one may be the beginning of another."""
    long = all_ways(tuple(one for one in secrets if len(one) >= least))
    short = {one for one in secrets if one and len(one) < least}
    parts = [re.escape(way) for way in long]
    parts += [rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])" for one in sorted(short)]
    return re.compile("|".join(parts)) if parts else None


def _text(body: Any) -> str:
    """The beginning of a body as text; what is no text is told by its size."""
    if body is None or body == b"":
        return ""
    if isinstance(body, bytes | bytearray | memoryview):
        return _of_bytes(_readable(bytes(body)), size=len(body))
    if isinstance(body, str):
        return body[: LONGEST + MARGIN]
    if isinstance(body, Mapping | list | tuple):
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS).decode()[: LONGEST + MARGIN]
    return f"({type(body).__name__})"


def _readable(body: bytes) -> bytes:
    """The beginning of it; JSON that hides its letters behind \\u shows them."""
    start = body[: LONGEST + MARGIN]
    if b"\\u" not in start or len(body) > LARGEST_READ:
        return start
    try:
        return orjson.dumps(orjson.loads(body))[: LONGEST + MARGIN]
    except orjson.JSONDecodeError:
        return start


def _of_bytes(start: bytes, *, size: int) -> str:
    if start[:2] != b"--" and b"\0" in start:
        return f"({size:,} bytes)" if size < LARGEST_READ else f"({LARGEST_READ:,} bytes or more)"
    return start.decode("utf-8", "replace")
