"""Long polling: updates are confirmed to Telegram only after they and the offset are committed together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from connectors.contract import CredentialsDead, Health, RawInput, ReceiverContext, SendError, State, TryAgain
from connectors.telegram.names import bot_id
from connectors.telegram.outcomes import ReadElsewhere
from connectors.telegram.pace import Pace
from values.sentences import phrase

if TYPE_CHECKING:
    from connectors.telegram.client import Client

FULL = 100
ELSEWHERE = phrase(
    "Another program reads this bot's messages; Telegram serves only one at a time, so some may go there."
)
ELSEWHERE_REMEDY = phrase(
    "Stop the other program, or make a new token at @BotFather (/revoke) and enter it only here."
)


async def poll(context: ReceiverContext, client: Client, *, pace: Pace) -> None:
    """Runs until cancelled. Faults are waited out for ever; only `CredentialsDead` ends it."""
    poller = _Poller(context, client, pace)
    failures = 0
    while True:
        try:
            await poller.turn()
            failures = 0
        except CredentialsDead:
            raise
        except SendError as fault:
            failures += 1
            poller.is_ready = False
            await _wait(context, fault, failures=failures, pace=pace)


class _Poller:
    def __init__(self, context: ReceiverContext, client: Client, pace: Pace) -> None:
        self.is_ready = False
        self._context, self._client, self._pace = context, client, pace
        self._bot = bot_id(context.channel)
        self._offset: int | None = None
        self._left = 0

    async def turn(self) -> None:
        """One long poll: fetch, commit with the offset, answer pressed buttons."""
        if not self.is_ready:
            await self._begin()
        updates = await self._client.updates(offset=self._offset, wait=self._pace.poll)
        if updates:
            await self._keep(updates)
        await self._context.report(self._health(len(updates)))

    async def _begin(self) -> None:
        info = await self._client.webhook_info()
        if info.url:
            await self._client.delete_webhook()
            await self._context.note(
                "The bot had a webhook; it was removed, messages are fetched from now on."
            )
        mark = await self._context.checkpoint()
        # Another bot's offset would silently discard this bot's waiting updates.
        self._offset = int(mark["offset"]) if mark.get("bot") == self._bot else None
        self._left = info.pending_update_count
        self.is_ready = True

    async def _keep(self, updates: Sequence[Any]) -> None:
        numbers = [number for update in updates if (number := _number(update)) is not None]
        if not numbers:
            raise TryAgain(phrase("Telegram sent updates without a number."))
        offset = max(numbers) + 1
        inputs = [_raw(update, bot=self._bot) for update in updates]
        await self._context.accept(inputs, checkpoint={"bot": self._bot, "offset": offset})
        self._offset = offset
        await _answer_presses(self._client, updates)

    def _health(self, got: int) -> Health:
        self._left = max(0, self._left - got) if got >= FULL else 0
        if self._left:
            sentence = phrase("Catching up: {left} updates left.", left=self._left)
            return Health(state=State.CATCHING_UP, sentence=sentence, left=self._left)
        return Health(state=State.CONNECTED, sentence=phrase("Connected by long polling."))


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _raw(update: Any, *, bot: str) -> RawInput:
    number = _number(update)
    return RawInput(
        transport="poll",
        body=msgspec.json.encode(update),
        received_at=datetime.now(UTC),
        key=f"{bot}:{number}" if number is not None else None,
    )


async def _answer_presses(client: Client, updates: Sequence[Any]) -> None:
    """Stops the buttons' spinning; whether it succeeds changes nothing."""
    waiting = [u["callback_query"]["id"] for u in updates if isinstance(u, dict) and _is_press(u)]
    with contextlib.suppress(SendError):
        await asyncio.gather(*(client.answer_callback(press) for press in waiting))


def _is_press(update: dict[str, Any]) -> bool:
    press = update.get("callback_query")
    return isinstance(press, dict) and isinstance(press.get("id"), str)


async def _wait(context: ReceiverContext, fault: SendError, *, failures: int, pace: Pace) -> None:
    wait = pace.wait(failures)
    if isinstance(fault, TryAgain) and fault.after is not None:
        wait = max(wait, fault.after)
    retry_at = datetime.now(UTC) + timedelta(seconds=wait)
    if not isinstance(fault, ReadElsewhere):
        sentence = phrase("Telegram cannot be read just now. {reason}", reason=fault.reason)
        await context.report(Health(state=State.TRANSIENT, sentence=sentence, retry_at=retry_at))
    elif failures > 1:  # the first is often our own poll of a moment ago, still open at Telegram
        await context.report(
            Health(state=State.TRANSIENT, sentence=ELSEWHERE, remedy=ELSEWHERE_REMEDY, retry_at=retry_at)
        )
    await asyncio.sleep(wait)
