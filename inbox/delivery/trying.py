"""One try of one message: composed, handed to its connector, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg

from connectors.contract import (
    Context,
    CredentialsDead,
    Health,
    PersonUnreachable,
    Refused,
    SendError,
    SlowDown,
    State,
    TryAgain,
    Unknown,
)
from crm_core.contacts import service as contacts
from crm_core.opt_outs import service as opt_outs
from inbox.changes import Change
from inbox.channels import service as channels
from inbox.channels.model import LiveChannel
from inbox.delivery import store
from inbox.delivery.compose import Links, compose
from inbox.delivery.model import ClaimedDelivery, DeliveryOutcome
from inbox.exchanges import service as exchanges
from values.backoff import delay
from values.sentences import phrase

log = logging.getLogger(__name__)

SEND_WITHIN = 90.0
MAX_TRIES = 12
OTHERS_HEAR_WITHIN = 2.0
"""Seconds until every process knows a channel's new settings."""


class Tries:
    """Tries for the deliverer. Never raises but when it is cancelled."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        context_of: Callable[[LiveChannel], Context],
        publish: Callable[[Sequence[Change]], Awaitable[None]],
        links: Links,
    ) -> None:
        self._pool, self._context_of, self._publish = pool, context_of, publish
        self._links = links
        self.sent = 0

    async def once(self, delivery: ClaimedDelivery, channel: LiveChannel) -> DeliveryOutcome:
        try:
            if delivery.is_unasked and await self._is_refused(delivery):
                reason = phrase("They asked not to be written to by the bot without having written first.")
                return DeliveryOutcome(id=delivery.id, outcome="refused", reason=reason)
            message = await compose(self._pool, delivery, channel=channel, links=self._links)
        except Exception as error:  # nothing was sent: it is safe to try again
            return self.retry(delivery, TryAgain(phrase("It could not be prepared: {error}", error=error)))
        try:
            async with asyncio.timeout(SEND_WITHIN):
                with exchanges.about(delivery.message_id):
                    sent = await channel.connector.send(message, self._context_of(channel))
        except TryAgain as error:
            if isinstance(error, SlowDown) and error.after:
                await self._slow(delivery, channel, error.after)
            return self.retry(delivery, error)
        except Refused as error:
            return DeliveryOutcome(id=delivery.id, outcome="refused", reason=error.reason)
        except PersonUnreachable as error:
            await self._mark_unreachable(message.to.kind, message.to.value, error)
            return DeliveryOutcome(id=delivery.id, outcome="unreachable", reason=error.reason)
        except CredentialsDead as error:
            if await self._is_changed(channel):  # it was tried with the old ones
                return self.retry(delivery, TryAgain(error.reason, after=OTHERS_HEAR_WITHIN))
            await self._credentials_dead(channel, error)
            return DeliveryOutcome(id=delivery.id, outcome="credentials", reason=error.reason)
        except Unknown as error:
            return replace(self._unknown(delivery, channel, reason=error.reason), parts=error.arrived)
        except TimeoutError:
            return self._unknown(
                delivery,
                channel,
                reason=phrase("No answer within {send_within} seconds.", send_within=f"{SEND_WITHIN:.0f}"),
            )
        except Exception as error:  # a connector's bug: whether it sent before it failed, nobody can tell
            log.exception("connector failed while sending", extra={"channel": channel.row.slug})
            return self._unknown(
                delivery, channel, reason=phrase("The connector failed: {name}.", name=type(error).__name__)
            )
        self.sent += 1
        abilities = channel.connector.spec.abilities
        return DeliveryOutcome(
            id=delivery.id,
            outcome="sent",
            reason=sent.note,
            external_id=sent.external_id,
            sent_at=sent.at or datetime.now(UTC),
            parts=sent.parts,
            rest=abilities.thread_pause if delivery.thread else abilities.chat_pause,
        )

    def retry(self, delivery: ClaimedDelivery, error: TryAgain) -> DeliveryOutcome:
        if delivery.attempts >= MAX_TRIES and not isinstance(error, SlowDown):
            return DeliveryOutcome(
                id=delivery.id,
                outcome="unknown"
                if error.arrived
                else "refused",  # a part is there, and a person has to know
                reason=phrase(
                    "Given up after {attempts} tries: {reason}",
                    attempts=delivery.attempts,
                    reason=error.reason,
                ),
                parts=error.arrived,
            )
        again_in = error.after if error.after is not None else delay(delivery.attempts, first=2, limit=3600)
        return DeliveryOutcome(
            id=delivery.id, outcome="retry", reason=error.reason, again_in=again_in, parts=error.arrived
        )

    def _unknown(self, delivery: ClaimedDelivery, channel: LiveChannel, *, reason: str) -> DeliveryOutcome:
        if channel.connector.spec.abilities.idempotent and delivery.attempts < MAX_TRIES:
            return self.retry(delivery, TryAgain(reason))
        return DeliveryOutcome(id=delivery.id, outcome="unknown", reason=reason)

    async def _slow(self, delivery: ClaimedDelivery, channel: LiveChannel, seconds: float) -> None:
        """No other process needs to hear "slow down" by itself. Without the database each hears it, which is slower."""
        try:
            async with self._pool.acquire() as conn:
                await store.slow(conn, channel.id, delivery.conversation_id, seconds)
        except (
            Exception
        ) as error:  # only a hint for the other processes: the message's own outcome is told anyway
            log.warning("noting a flood wait failed", extra={"error": repr(error)})

    async def _is_refused(self, delivery: ClaimedDelivery) -> bool:
        async with self._pool.acquire() as conn:
            return await opt_outs.has_opted_out(conn, delivery.handle_kind, delivery.handle_value)

    async def _is_changed(self, channel: LiveChannel) -> bool:
        """Whether the channel has other settings by now than the ones that were used."""
        async with self._pool.acquire() as conn:
            return await channels.version(conn, channel.id) not in (None, channel.row.version)

    async def _mark_unreachable(self, kind: str, value: str, error: SendError) -> None:
        async with self._pool.acquire() as conn, conn.transaction():
            await contacts.mark_unreachable(conn, kind, value, error.reason)

    async def _credentials_dead(self, channel: LiveChannel, error: CredentialsDead) -> None:
        health = Health(
            state=State.NEEDS_CREDENTIALS,
            sentence=error.reason,
            remedy=phrase("Enter new credentials in the channel's settings; what waits is then sent."),
        )
        async with self._pool.acquire() as conn, conn.transaction():
            changes = await channels.report(conn, channel.id, health)
        await self._publish(changes)
