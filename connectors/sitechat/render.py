"""What the visitor's widget is shown: messages as JSON, without anything that is not the visitor's to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

SHOWN_LINKS: Final = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file as a link; `is_picture` where the widget may show it in place."""

    name: str
    size: int
    url: str
    is_picture: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of the visitor's thread. `ref` is our delivery's id (for receipts) or the widget's own id of theirs."""

    id: int
    is_mine: bool
    author: str
    name: str
    text: str
    at: datetime
    ref: str
    delivery: str
    buttons: Sequence[Mapping[str, str]] = ()
    files: tuple[ShownFile, ...] = ()


def payload(message: Shown) -> dict[str, Any]:
    """One message for the widget. Users are named by their first name alone."""
    data: dict[str, Any] = {
        "id": message.id,
        "from": "me" if message.is_mine else "bot" if message.author == "bot" else "team",
        "name": "" if message.is_mine else message.name.split(" ")[0],
        "text": message.text,
        "at": message.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "ref": message.ref.partition(":")[2].partition("~")[0] if message.is_mine else message.ref,
        "read": message.delivery == "read",
    }
    if buttons := [button for item in message.buttons if (button := _button(item))]:
        data["buttons"] = buttons
    if message.files:
        data["files"] = [
            {"name": f.name, "size": f.size, "url": f.url, "picture": f.is_picture, "note": f.note}
            for f in message.files
        ]
    return data


def _button(item: Mapping[str, str]) -> dict[str, str] | None:
    """Quick replies, and links to the web; nothing else a rule might hold."""
    label, value, kind = item.get("label", ""), item.get("value", ""), item.get("kind", "reply")
    if kind == "url":
        return {"label": label, "url": value} if value.lower().startswith(SHOWN_LINKS) else None
    return {"label": label, "value": value or label}
