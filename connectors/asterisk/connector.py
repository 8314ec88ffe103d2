"""Asterisk: the calls of one's own exchange by its manager interface (AMI), and calls at a click."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from connectors.asterisk import recordings
from connectors.asterisk.client import LOST, originate, signed_in
from connectors.asterisk.endpoints import telephones_like_trunks
from connectors.asterisk.parse import parse
from connectors.asterisk.receiver import Listener, Pace
from connectors.asterisk.settings import SPEC, Access, Lines, text
from connectors.contract import (
    Attachment,
    ChannelConfig,
    ConnectorSpec,
    Context,
    CredentialsDead,
    Dial,
    Event,
    Health,
    Outbound,
    RawInput,
    ReceiverContext,
    Refused,
    SendError,
    Sent,
    State,
    TryAgain,
)
from values.sentences import phrase

RING_FOR = 30.0
"""Seconds that our own telephone rings before the call at a click is given up."""


class Asterisk:
    """The connector; abilities `Receiver`, `Dialling` and `Files`."""

    def __init__(self, *, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()

    @property
    def spec(self) -> ConnectorSpec:
        return SPEC

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return parse(raw, channel)

    async def send(self, message: Outbound, context: Context) -> Sent:
        raise Refused(phrase("One cannot write on a telephone line."))

    async def probe(self, context: Context) -> Health:
        access = Access.of(context.channel.settings)
        if access is None:
            return _unconfigured()
        try:
            async with signed_in(access, events=False, step=self._pace.step) as line:
                channels = await line.listed("CoreShowChannels")
                names = await telephones_like_trunks(line, Lines.of(context.channel.settings), channels)
        except CredentialsDead as error:
            return Health(
                state=State.NEEDS_CREDENTIALS,
                sentence=error.reason,
                remedy=phrase(
                    "Check user, secret, permit and deny in manager.conf, then reload the manager."
                ),
            )
        except SendError as error:
            return Health(state=State.TRANSIENT, sentence=error.reason, remedy=_remedy(error))
        except LOST:
            return Health(state=State.TRANSIENT, sentence=phrase("Asterisk broke off the line."))
        if names:
            sentence = phrase(
                "Asterisk lets us in, but these may be telephones of yours: {names}.", names=", ".join(names)
            )
            remedy = phrase(
                "Name your trunks under “Lines to the outside”: else calls of such telephones look like customers' calls."
            )
            return Health(state=State.CONNECTED, sentence=sentence, remedy=remedy)
        return Health(state=State.CONNECTED, sentence=phrase("Asterisk lets us in and shows its channels."))

    async def run(self, context: ReceiverContext) -> None:
        access = Access.of(context.channel.settings)
        if access is None:
            await context.report(_unconfigured())
            await asyncio.Event().wait()
            return
        await Listener(context, access, pace=self._pace).run()

    def dials(self, channel: ChannelConfig) -> bool:
        settings = channel.settings
        is_ready = Access.of(settings) is not None and "{extension}" in text(settings, "telephone")
        return is_ready and bool(text(settings, "context"))

    async def dial(self, call: Dial, context: Context) -> str:
        settings = context.channel.settings
        access = Access.of(settings)
        if access is None or not self.dials(context.channel):
            raise Refused(phrase("Calls at a click are not set up on this channel."))
        if not (call.extension.isascii() and call.extension.isalnum()):
            raise Refused(phrase("Your extension is not the name of a telephone."))
        number = "".join(char for char in call.to if char.isascii() and char.isdecimal())
        wish = {
            "Channel": text(settings, "telephone").replace("{extension}", call.extension),
            "Context": text(settings, "context"),
            "Exten": text(settings, "prefix") + number,
            "Priority": "1",
            "CallerID": f"{number} <{number}>",
            "Timeout": str(int(RING_FOR * 1000)),
            "Async": "true",
            "ChannelId": call.dial_id,
        }
        try:
            async with signed_in(access, events=False, step=self._pace.step) as line:
                await originate(line, wish)
        except LOST as error:  # before anything was asked
            raise TryAgain(phrase("Asterisk broke off the line.")) from error
        return call.dial_id

    async def fetch(self, attachment: Attachment, context: Context) -> bytes:
        return await recordings.fetch(attachment, context)


def _unconfigured() -> Health:
    return Health(
        state=State.UNCONFIGURED,
        sentence=phrase("Asterisk's address, the manager user or its secret is missing."),
        remedy=phrase("Make a manager user as README shows and enter it here."),
    )


def _remedy(error: SendError) -> str:
    remedy = phrase(
        "Check address and port, that manager.conf has enabled = yes, and that no firewall is between."
    )
    if isinstance(error, Refused):
        remedy = phrase("Give the manager user the rights to read and write that README names.")
    return remedy


connector = Asterisk()
"""The asterisk connector."""
