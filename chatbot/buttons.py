"""Buttons and options as rules write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatbot.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonRule:
    """A button as written; `goto` is the rule that a press runs, else the rules are asked with its value as `choice`."""

    label: Text
    value: str
    kind: Literal["reply", "contact", "url"] = "reply"
    goto: str = ""
