"""Filters that templates of manifests may use beside Jinja's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit


def to_base64(text: Any) -> str:
    """`user:password` as basic authentication wants it."""
    return base64.b64encode(str(text).encode("utf-8", "replace")).decode()


def segment(text: Any) -> str:
    """One segment of a path: a slash in it cannot lead elsewhere; `..`, which would, is refused."""
    if str(text) in (".", ".."):  # escaped or not, whoever reads an address takes it for a step in the path
        raise ValueError(f"“{text}” is no segment of a path")
    return quote(str(text), safe="", errors="replace")


def host_of(url: Any) -> str:
    """The host of an address."""
    try:
        return urlsplit(str(url)).hostname or ""
    except ValueError:
        return ""


def with_numbered(text: str, buttons: Sequence[dict[str, str]]) -> str:
    """The text with its buttons as a numbered list, for a channel or a message that cannot carry them."""
    replies = [button["label"] for button in buttons if button["kind"] != "url"]
    links = [f"{button['label']}: {button['value']}" for button in buttons if button["kind"] == "url"]
    lines = [text, *(f"{n}. {label}" for n, label in enumerate(replies, 1)), *links]
    return "\n".join(line for line in lines if line)


def longest(buttons: Sequence[dict[str, str]], name: str = "label") -> int:
    """The length of the longest label (or value) of the buttons; 0 without any."""
    return max((len(button.get(name, "")) for button in buttons), default=0)


def all_kind(buttons: Sequence[dict[str, str]], kind: str) -> bool:
    """Whether there are buttons, all of one kind."""
    return bool(buttons) and all(button["kind"] == kind for button in buttons)


def optional(value: Any) -> Any:
    """The value, or none where it is empty: the field is then left out."""
    return value if value or isinstance(value, int | float) else None


def md5(text: Any) -> str:
    """Hexadecimal; for providers whose signatures are made of it, not for secrecy."""
    return hashlib.md5(str(text).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def sha256(text: Any) -> str:
    """Hexadecimal."""
    return hashlib.sha256(str(text).encode("utf-8", "replace")).hexdigest()


def hmac_sha1(text: Any, secret: Any) -> str:
    """Hexadecimal."""
    return hmac.new(str(secret).encode(), str(text).encode("utf-8", "replace"), "sha1").hexdigest()


FILTERS: dict[str, Any] = {
    "base64": to_base64,
    "segment": segment,
    "host": host_of,
    "with_numbered": with_numbered,
    "longest": longest,
    "all_kind": all_kind,
    "optional": optional,
    "md5": md5,
    "sha256": sha256,
    "hmac_sha1": hmac_sha1,
}
