"""Which names expressions and templates may use where; a name that is not there is a fault of the manifest."""

from __future__ import annotations

from typing import Final

CHANNEL: Final = frozenset({"settings", "channel"})
REQUEST: Final = CHANNEL | {"body", "headers", "query", "suffix"}
EVENT: Final = REQUEST | {"event", "parents"}
ITEM: Final = EVENT | {"item"}
REPLY: Final = REQUEST | {"journal_id", "route"}
MESSAGE: Final = CHANNEL | {
    "to", "to_kind", "to_digits", "to_name", "sender_name", "text", "subject", "thread", "delivery_id", "reply_to", "buttons",
    "by_bot", "replies_to", "answered",
}  # fmt: skip
FILE: Final = MESSAGE | {"file"}
REF: Final = CHANNEL | {"ref", "now"}
DIAL: Final = CHANNEL | {"to", "to_digits", "extension", "number", "dial_id"}
ANSWER: Final = frozenset({"status", "headers", "body", "text"})
EXAMPLE: Final = CHANNEL | {"door"}
