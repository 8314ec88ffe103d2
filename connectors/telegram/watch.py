"""Webhook mode: registers the door with Telegram and watches how its deliveries fare."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connectors.contract import CredentialsDead, Health, ReceiverContext, Refused, SendError, State
from connectors.telegram import webhook
from connectors.telegram.names import webhook_secret
from connectors.telegram.pace import Pace
from values.sentences import phrase

if TYPE_CHECKING:
    from connectors.telegram.client import Client

RECENT = timedelta(minutes=5)
PATIENCE = 3
"""Failing looks in a row after which the mode auto changes to long polling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What getWebhookInfo said."""

    url: str
    pending: int
    error: str = ""
    error_at: datetime | None = None


async def watch(context: ReceiverContext, client: Client, *, pace: Pace) -> None:
    """Runs until cancelled; returns when Telegram cannot reach the door and the mode leaves us the choice."""
    is_auto = str(context.channel.settings.get("mode") or "auto") == "auto"
    url = webhook.address(context.channel)
    failures = 0
    if not url:
        await context.report(unaddressed())
        await asyncio.Event().wait()
    while True:
        try:
            health = await _once(context, client, url)
        except CredentialsDead:
            raise
        except Refused as refusal:
            health = _refusal(refusal.reason)
        except SendError as fault:
            health = Health(
                state=State.TRANSIENT,
                sentence=phrase("Telegram cannot be asked just now. {reason}", reason=fault.reason),
            )
        is_failing = health.state != State.CONNECTED
        failures = failures + 1 if is_failing else 0
        await context.report(health)
        if is_auto and failures >= PATIENCE:
            await context.note(
                phrase(
                    "Telegram cannot reach {url}; changed to long polling. {sentence}",
                    url=url,
                    sentence=health.sentence,
                )
            )
            return
        await asyncio.sleep(pace.watch_failing if is_failing else pace.watch)


def judge(look: Look, *, now: datetime) -> Health:
    """The channel's state from one look. An error counts while updates wait and it is fresh."""
    is_fresh = look.error_at is not None and now - look.error_at < RECENT
    if look.pending and is_fresh:
        return Health(
            state=State.TRANSIENT,
            sentence=phrase(
                "Telegram cannot deliver: {error} Updates that wait: {pending}.",
                error=look.error,
                pending=look.pending,
            ),
            remedy=phrase(
                "Make sure that the hub's address answers from the internet with a valid certificate,"
                " or choose long polling."
            ),
            left=look.pending,
        )
    return Health(
        state=State.CONNECTED,
        sentence=phrase("Webhook registered; updates on their way: {pending}.", pending=look.pending)
        if look.pending
        else phrase("Webhook registered."),
    )


def unaddressed() -> Health:
    return Health(
        state=State.UNCONFIGURED,
        sentence=phrase("A webhook needs an address of the hub that Telegram can reach."),
        remedy=phrase("Set the hub's public HTTPS address, or choose long polling."),
    )


async def _once(context: ReceiverContext, client: Client, url: str) -> Health:
    info = await client.webhook_info()
    if info.url != url:
        if info.url:
            await context.note("The bot's webhook pointed elsewhere; it points here again.")
        await client.set_webhook(url, secret=webhook_secret(context.channel))
        info = await client.webhook_info()
    at = info.last_error_date
    look = Look(
        url=info.url,
        pending=info.pending_update_count,
        error=info.last_error_message or "",
        error_at=at if isinstance(at, datetime) or at is None else datetime.fromtimestamp(float(at), UTC),
    )
    return judge(look, now=datetime.now(UTC))


def _refusal(reason: str) -> Health:
    return Health(
        state=State.UNCONFIGURED,
        sentence=phrase("Telegram does not take the webhook's address. {reason}", reason=reason),
        remedy=phrase("Telegram needs HTTPS on port 443, 80, 88 or 8443; or choose long polling."),
    )
