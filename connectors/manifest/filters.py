"""Filters that templates of manifests may use beside Jinja's own."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any


def to_base64(text: Any) -> str:
    """`user:password` as basic authentication wants it."""
    return base64.b64encode(str(text).encode()).decode()


def with_numbered(text: str, buttons: Sequence[dict[str, str]]) -> str:
    """The text with its buttons as a numbered list, for a channel or a message that cannot carry them."""
    replies = [button["label"] for button in buttons if button["kind"] != "url"]
    links = [f"{button['label']}: {button['value']}" for button in buttons if button["kind"] == "url"]
    lines = [text, *(f"{n}. {label}" for n, label in enumerate(replies, 1)), *links]
    return "\n".join(line for line in lines if line)


def reply_buttons(buttons: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Buttons as WhatsApp's interactive messages want them: titles of at most 20 characters, ids of at most 256."""
    return [
        {"type": "reply", "reply": {"id": button["value"][:256], "title": button["label"][:20]}}
        for button in buttons
    ]


FILTERS = {"base64": to_base64, "with_numbered": with_numbered, "reply_buttons": reply_buttons}
