"""The verbs on conversations, in one place.

Each takes a connection in a transaction, the viewer and the id, and returns what changed, to be shown after the commit.
"""

from __future__ import annotations

from inbox.actions.amending import remove, rewrite
from inbox.actions.leading import ask_back
from inbox.actions.moving import move, split, to_original
from inbox.actions.moving import undo as undo_move
from inbox.actions.replying import Reply, reply
from inbox.actions.sending import note, start
from inbox.actions.status import (
    assign,
    close,
    hand_to_bot,
    mark_read,
    mark_unread,
    reopen,
    snooze,
    wake_snoozed,
)
from inbox.actions.tagging import tag
from inbox.actions.triage import Deed, Triaged
from inbox.actions.triage import carry_out as triage
from inbox.actions.undoing import cancel_delivery, retry_delivery, undo

__all__ = [
    "Deed",
    "Reply",
    "Triaged",
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
    "tag",
    "to_original",
    "triage",
    "undo",
    "undo_move",
    "wake_snoozed",
]
