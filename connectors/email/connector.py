"""The email connector: glue between the contract and parse, render, client, receiver and probe."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from connectors.contract import (
    ChannelConfig,
    Connector,
    ConnectorSpec,
    Context,
    Detected,
    Event,
    ExternalId,
    Health,
    Http,
    Outbound,
    RawInput,
    ReceiverContext,
    Refused,
    Sent,
    Settings,
    State,
)
from connectors.email.parse import parse
from connectors.email.spec import SPEC, Mailbox
from values.sentences import phrase


class EmailConnector:
    """Implements `Connector` and `Receiver`. Network libraries load when first used."""

    def __init__(self) -> None:
        self._lines: object | None = None

    @property
    def spec(self) -> ConnectorSpec:
        return SPEC

    @property
    def texts(self) -> tuple[str, ...]:
        """Sentences that the form shows, for the translators."""
        from connectors.email.setup import detect, probe, providers, round_trip

        found = (detect.KNOWN, detect.ASKED, detect.NAMED, detect.NOTHING, detect.NO_ADDRESS, detect.ASK)
        tried = (round_trip.CAME_BACK, round_trip.NOT_BACK, round_trip.CHECK_FOLDER, round_trip.NOT_SENT)
        remedies = (provider.remedy for provider in providers.PROVIDERS)
        return (*found, *remedies, providers.SIGN_IN, probe.RENEW, probe.ADDRESS, *tried)

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        """One mail, one event. Raises `Malformed` for what is no mail."""
        return parse(raw, channel)

    def sends(self, channel: ChannelConfig) -> bool:
        """Whether the mailbox has an SMTP server to send through."""
        return bool(Mailbox.of(channel.settings).smtp.host)

    async def send(self, message: Outbound, context: Context) -> Sent:
        """One try over the channel's SMTP server. Raises a `SendError`."""
        from connectors.email.oauth import with_token
        from connectors.email.send.client import Lines
        from connectors.email.send.dkim_sign import signed
        from connectors.email.send.render import render

        mailbox = Mailbox.of(context.channel.settings)
        if not mailbox.smtp.host:
            raise Refused(
                phrase("This channel has no SMTP server: enter one in its settings to be able to reply")
            )
        mail = signed(render(message, mailbox, datetime.now(UTC)), mailbox.dkim)
        if not isinstance(self._lines, Lines):
            self._lines = Lines()
        lines = self._lines
        note = await with_token(
            context.http, mailbox, lambda box: lines.deliver(context.channel.id, box.smtp, mail)
        )
        return Sent(external_id=ExternalId(mail.external_id), at=datetime.now(UTC), note=note)

    async def probe(self, context: Context) -> Health:
        """Sign in for reading and for sending. Never raises."""
        from connectors.email.setup.probe import probe

        return await probe(Mailbox.of(context.channel.settings), context.http)

    async def detect(self, settings: Settings, http: Http) -> Detected:
        """The servers, from the address alone."""
        from connectors.email.setup.detect import detect

        return await detect(str(settings.get("address") or ""), http)

    def consent_url(self, settings: Settings, *, redirect: str, state: str, challenge: str) -> str:
        """Where the owner of the mailbox agrees; empty for a mailbox with passwords."""
        from connectors.email.setup.consent import consent_url

        return consent_url(settings, redirect=redirect, state=state, challenge=challenge)

    async def consented(
        self, context: Context, *, code: str, verifier: str, redirect: str
    ) -> Mapping[str, str]:
        """The refresh token that the code is worth."""
        from connectors.email.setup.consent import refresh_token

        settings, http = context.channel.settings, context.http
        token = await refresh_token(settings, http, code=code, verifier=verifier, redirect=redirect)
        return {"oauth_refresh_token": token}

    async def rehearse(self, context: Context) -> Health | None:
        """A mail to itself must come back."""
        from connectors.email.setup.round_trip import round_trip

        return await round_trip(Mailbox.of(context.channel.settings), context.http)

    async def run(self, context: ReceiverContext) -> None:
        """Read the mailbox until cancelled; a channel behind the SMTP door has nothing to read."""
        from connectors.email.receive.receiver import MailboxReceiver

        mailbox = Mailbox.of(context.channel.settings)
        if mailbox.receive != "imap":
            await context.report(
                Health(
                    state=State.CONNECTED, sentence=phrase("Mail comes in on this hub's incoming mail port.")
                )
            )
            await asyncio.Event().wait()
        if not mailbox.can_read:
            await context.report(await self.probe(Context(channel=context.channel, http=context.http)))
            await asyncio.Event().wait()
        await MailboxReceiver(context).run()


connector: Connector = EmailConnector()
