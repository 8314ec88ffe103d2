"""What processing is given by the roof."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from inbox.bot.rulebook import Rulebook
from inbox.changes import Change
from inbox.channels.directory import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """`publish` tells browsers, `wake_delivery` the senders and the bot's waker; both are called after the commit only."""

    directory: Directory
    rulebook: Rulebook
    publish: Callable[[Sequence[Change]], Awaitable[None]]
    wake_delivery: Callable[[], None]
