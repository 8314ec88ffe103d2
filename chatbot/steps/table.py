"""Every step by the verb that it begins with. A new step is its module and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatbot.rules import Step
from chatbot.steps import ask, contact, ending, sales, say, task, wait, ways, webhook
from chatbot.steps.kind import Kind

KINDS: Mapping[str, Kind[Any]] = {
    "say": say.SAY,
    "ask": ask.ASK,
    "set": contact.SET,
    "tag": contact.TAG,
    "task": task.TASK,
    "hand_over": ending.HAND_OVER,
    "close": ending.CLOSE,
    "goto": ways.GOTO,
    "call": ways.CALL,
    "deal": sales.DEAL,
    "lead": sales.LEAD,
    "if": ways.IF,
    "webhook": webhook.WEBHOOK,
    "wait": wait.WAIT,
}
BY_VALUE: Mapping[type[Step], Kind[Any]] = {kind.value: kind for kind in KINDS.values()}
KEYS = tuple(dict.fromkeys([*KINDS, "id", *(key for kind in KINDS.values() for key in kind.keys)]))
