"""The verbs on conversations, in one place.

Each takes a connection in a transaction, the viewer and the id, and returns what changed, to be shown after the commit.
"""

from __future__ import annotations

from inbox.conversations.amending import remove, rewrite
from inbox.conversations.leading import ask_back
from inbox.conversations.moving import move, split, to_original
from inbox.conversations.moving import undo as undo_move
from inbox.conversations.sending import note, reply, start
from inbox.conversations.standing import (
    assign,
    close,
    hand_to_bot,
    mark_read,
    mark_unread,
    reopen,
    snooze,
    wake_snoozed,
)
from inbox.conversations.undoing import cancel_delivery, retry_delivery, undo

__all__ = [
    "ask_back",
    "assign",
    "cancel_delivery",
    "close",
    "hand_to_bot",
    "mark_read",
    "mark_unread",
    "move",
    "note",
    "remove",
    "reopen",
    "reply",
    "retry_delivery",
    "rewrite",
    "snooze",
    "split",
    "start",
    "to_original",
    "undo",
    "undo_move",
    "wake_snoozed",
]
