"""Which web sites may use a channel: the allow list, the origin of a request, and what browsers are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from connectors.contract import ChannelConfig, RawInput

SAFE = re.compile(r"https?://(\*\.)?[a-z0-9.:\[\]-]+")


def origin_of(address: str) -> str:
    """`https://shop.example` of an address; empty for what is no web address."""
    try:
        parts = urlsplit(address.strip().lower())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def allow_list(setting: object) -> tuple[str, ...]:
    """The origins of the setting; `shop.example` means https, `https://*.shop.example` every subdomain."""
    items: Iterable[object] = setting if isinstance(setting, list | tuple) else str(setting or "").split()
    found: list[str] = []
    for item in items:
        text = str(item).strip().strip(",").lower()
        if text and "://" not in text:
            text = f"https://{text}"
        origin = origin_of(text)
        if origin and SAFE.fullmatch(origin):
            found.append(origin)
    return tuple(dict.fromkeys(found))


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """Whether an origin is in the list."""
    return any(origin == entry or _is_below(origin, entry) for entry in allowed)


def sent_from(raw: RawInput) -> str:
    """The origin a browser names; empty when none did. `null` stays: it is nobody's."""
    if given := raw.headers.get("origin", ""):
        return origin_of(given) or "null"
    return origin_of(raw.headers.get("referer", ""))


def is_own(origin: str, raw: RawInput, channel: ChannelConfig) -> bool:
    """Whether the hub's own pages sent it."""
    scheme, _, host = origin.partition("://")
    if not scheme or not host:
        return False
    return origin == origin_of(channel.public_url) or host == raw.headers.get("host", "").lower()


def frame_ancestors(allowed: Iterable[str]) -> str:
    """Who may show a page of ours in a frame, in CSP's words."""
    listed = tuple(allowed)
    return " ".join(("'self'", *listed)) if listed else "'self' http: https:"


def cors(raw: RawInput, channel: ChannelConfig, allowed: Sequence[str]) -> dict[str, str]:
    """Which scripts may read an answer. Without a list any may, but never with a browser's cookies."""
    if not allowed:
        return {"Access-Control-Allow-Origin": "*"}
    origin = origin_of(raw.headers.get("origin", ""))
    if origin and (is_allowed(origin, allowed) or is_own(origin, raw, channel)):
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return {"Vary": "Origin"}


def preflight(raw: RawInput, channel: ChannelConfig, allowed: Sequence[str]) -> dict[str, str]:
    """The answer to a browser that asks before it sends."""
    return {
        **cors(raw, channel, allowed),
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, X-Requested-With",
        "Access-Control-Max-Age": "600",
    }


def _is_below(origin: str, entry: str) -> bool:
    scheme, _, host = entry.partition("://")
    return host.startswith("*.") and origin.startswith(f"{scheme}://") and origin.endswith(host[1:])
