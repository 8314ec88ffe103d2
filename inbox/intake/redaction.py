"""No secret of a channel stands in the journal: taken out by name, and by value wherever a provider puts it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from connectors.contract import RawInput
from values.spellings import spellings

HIDDEN = "***"
SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-telegram-bot-api-secret-token"}
)
SECRET_WORDS = ("token", "secret", "password", "passwd", "pwd", "api_key", "apikey", "private_key")
SHORTEST = 4
"""A shorter secret is taken out where it is the whole of a value; within a text it is anything."""
IN_QUERY = re.compile(rf"((?:^|&)[^=&]*(?:{'|'.join(SECRET_WORDS)})[^=&]*=)[^&]*", re.IGNORECASE)


def meta_of(raw: RawInput, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """What is kept of an input beside its body."""
    text = _in_text(secrets)
    meta: dict[str, Any] = {
        "method": raw.method,
        "suffix": _path(raw.suffix, secrets, text),
        "peer": raw.peer,
    }
    if raw.headers:
        meta["headers"] = _kept(raw.headers, secrets, text)
    if raw.query:
        meta["query"] = _kept(raw.query, secrets, text)
    if raw.meta:
        meta["meta"] = {
            name: IN_QUERY.sub(rf"\1{HIDDEN}", _hide(value, secrets, text))
            if name == "query_string"
            else value
            for name, value in raw.meta.items()
        }
    return meta


def body_of(raw: RawInput, secrets: tuple[str, ...] = ()) -> bytes:
    """The body as it is kept: as it came, but for values that are a secret of the channel. Mail carries none."""
    if raw.transport != "http" or not secrets or not raw.body:
        return raw.body
    body = raw.body
    for plain, pattern in _in_body(secrets):
        if plain in body:
            body = pattern.sub(HIDDEN.encode(), body)
    return body


@lru_cache(maxsize=2_000)
def is_secret_header(name: str) -> bool:
    return name in SECRET_HEADERS or is_secret(name)


def is_secret(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    lower = name.lower()
    return any(word in lower for word in SECRET_WORDS)


def _kept(values: Mapping[str, str], secrets: Sequence[str], text: re.Pattern[str] | None) -> dict[str, str]:
    kept = {name: value for name, value in values.items() if not is_secret_header(name)}
    return {name: _hide(value, secrets, text) for name, value in kept.items()} if secrets else kept


def _hide(value: str, secrets: Sequence[str], text: re.Pattern[str] | None) -> str:
    if value in secrets:
        return HIDDEN
    return text.sub(HIDDEN, value) if text else value


def _path(path: str, secrets: Sequence[str], text: re.Pattern[str] | None) -> str:
    if not path or not secrets:
        return path
    return "/".join(_hide(part, secrets, text) for part in path.split("/"))


@lru_cache(maxsize=500)
def _in_text(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    ways = sorted(
        {way for one in secrets if len(one) >= SHORTEST for way in spellings(one)}, key=len, reverse=True
    )
    if not ways:
        return None
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, ways))})(?![A-Za-z0-9])")


@lru_cache(maxsize=500)
def _in_body(secrets: tuple[str, ...]) -> list[tuple[bytes, re.Pattern[bytes]]]:
    """Each secret with where it is a whole value: of JSON, of a form, of XML, of a part. A name is not touched."""
    found: list[tuple[bytes, re.Pattern[bytes]]] = []
    for way in sorted({way for one in secrets for way in spellings(one)}, key=len, reverse=True):
        plain = way.encode("utf-8", "replace")
        before, after = rb"(?:^|(?<=[\"'=>\n])|(?<=Bearer ))", rb"(?=[\"'&<\r\n]|$)(?![\"']\s*:)"
        found.append((plain, re.compile(before + re.escape(plain) + after)))
    return found
