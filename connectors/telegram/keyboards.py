"""Buttons as Telegram's keyboards: under the message, or in place of the letters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.contract import Button

MAX_DATA = 64


def keyboard(buttons: Sequence[Button]) -> dict[str, Any] | None:
    """Buttons under the message; as a keyboard in place of the letters where only that can do it.

    Asking for the phone needs the latter, and so do values longer than Telegram's 64 bytes: there the label is the answer.
    """
    shown = [button for button in buttons if button.kind != "url" or _is_link(button)]
    typed = any(
        button.kind == "contact" or len(button.value.encode()) > MAX_DATA
        for button in shown
        if button.kind != "url"
    )
    if not shown:
        return None
    if not typed:
        return {"inline_keyboard": _rows(shown, [_inline_key(button) for button in shown])}
    plain = [button for button in shown if button.kind != "url"]
    keys: list[dict[str, Any]] = [
        {"text": button.label, **({"request_contact": True} if button.kind == "contact" else {})}
        for button in plain
    ]
    return {"keyboard": _rows(plain, keys), "resize_keyboard": True, "one_time_keyboard": True}


def with_links(text: str, buttons: Sequence[Button]) -> str:
    """Links that cannot be buttons stand in the text: no web address, or a keyboard in place of the letters."""
    made = keyboard(buttons) or {}
    lost = [b for b in buttons if b.kind == "url" and not (_is_link(b) and "inline_keyboard" in made)]
    return "\n".join([text, *(f"{button.label}: {button.value}" for button in lost)])


def _is_link(button: Button) -> bool:
    return button.value.startswith(("https://", "http://", "tg://"))


def _inline_key(button: Button) -> dict[str, Any]:
    return {
        "text": button.label,
        ("url" if button.kind == "url" else "callback_data"): button.value or button.label[:16],
    }


def _rows(buttons: Sequence[Button], keys: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Up to three short keys in a row, long ones alone."""
    rows: list[list[dict[str, Any]]] = []
    width = 0
    for button, key in zip(buttons, keys, strict=True):
        width += len(button.label) + 4
        if not rows or width > 36 or len(rows[-1]) == 3:
            rows.append([])
            width = len(button.label) + 4
        rows[-1].append(key)
    return rows
