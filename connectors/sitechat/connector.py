"""Site chat: a widget on any web site, live in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from connectors.contract import (
    Abilities,
    Answer,
    ChannelConfig,
    ConnectorSpec,
    Context,
    Event,
    ExternalId,
    Health,
    Malformed,
    Outbound,
    RawInput,
    Refused,
    Rejected,
    Sent,
    State,
    Unverified,
)
from connectors.rate_limit import RateLimit
from connectors.sitechat.guard import Knock, check
from connectors.sitechat.hours import HoursInvalid, is_name, parse_hours
from connectors.sitechat.parse import MAX_TEXT, message_key, parse
from connectors.sitechat.settings import SETTINGS, settings_of
from connectors.webform.body import read
from connectors.webform.door import problem
from connectors.webform.origins import cors, preflight
from connectors.webform.visitor import recognise
from values.sentences import phrase

SPEC: Final = ConnectorSpec(
    id="sitechat",
    title="Site chat",
    summary="A chat window on your web site: one script tag, live in both directions.",
    handle_kind="visitor",
    icon="chat",
    parse_at_door=True,
    settings=SETTINGS,
    abilities=Abilities(
        buttons=True,
        files_in=True,
        files_out=True,
        receipts=True,
        idempotent=True,
        max_text=MAX_TEXT,
        per_second=1000.0,
        body_limit=26 * 1024 * 1024,
        door_per_minute=1200,
    ),
)


class SiteChat:
    """The connector; ability `Door`. What is sent already stands in the thread that the widget reads."""

    def __init__(self) -> None:
        self._rate = RateLimit()

    @property
    def spec(self) -> ConnectorSpec:
        return SPEC

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return parse(raw, channel)

    async def send(self, message: Outbound, context: Context) -> Sent:
        """The widget hears of the message when its delivery is recorded, and reads it from the thread."""
        if message.to.kind != "visitor":
            raise Refused(
                phrase("The site chat can only reach visitors; this conversation needs a mail channel.")
            )
        return Sent(external_id=ExternalId(message.delivery_id))

    async def probe(self, context: Context) -> Health:
        settings = settings_of(context.channel)
        if settings.require_identity and not settings.identity_secrets:
            return Health(
                state=State.UNCONFIGURED,
                sentence=phrase("Only signed-in visitors may write, but there is no identity secret."),
                remedy=phrase("Enter an identity secret, or let everybody write."),
            )
        if settings.hours and not is_name(settings.hours):
            try:
                parse_hours(settings.hours)
            except HoursInvalid as error:
                return Health(
                    state=State.UNCONFIGURED,
                    sentence=str(error),
                    remedy=phrase(
                        "Correct the working hours in the channel's settings; until then the chat is always open."
                    ),
                )
        return Health(state=State.CONNECTED, sentence=phrase("The chat receives messages."))

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        if raw.method == "OPTIONS":
            return Answer(status=204, headers=preflight(raw, channel, settings_of(channel).allowed))
        if raw.method in ("GET", "HEAD"):
            return Answer(status=303, headers={"Location": f"/chat/{channel.slug}"})
        return (
            None
            if raw.method == "POST"
            else problem(405, "Send messages with POST.", headers={"Allow": "POST"})
        )

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        knock = _knock(raw, channel)
        if not self._rate.within(
            (channel.id, knock.visitor.id), per_minute=knock.settings.per_minute, at=raw.received_at
        ):
            raise Rejected(knock.say("That was a lot at once. Please wait a minute."), status=429)
        check(knock)

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        knock = _knock(raw, channel)
        if knock.body.get("kind") == "read":
            return None
        return message_key(raw, knock.body, knock.visitor)

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        body = orjson.dumps({"id": journal_id, "status": "accepted"})
        return Answer(body=body, mime="application/json", headers=_cors(raw, channel))

    def explain(self, raw: RawInput, channel: ChannelConfig, error: Rejected) -> Answer:
        """A problem that the widget shows beside the message or the field."""
        headers = _cors(raw, channel)
        if error.status == 429:
            headers = {**headers, "Retry-After": "30"}
        return problem(error.status, str(error), fields=error.fields, headers=headers)


def _knock(raw: RawInput, channel: ChannelConfig) -> Knock:
    """The request with its sender. Who sends no token of ours is nobody."""
    try:
        body = read(raw)
    except Malformed as error:
        raise Rejected(phrase("This cannot be read: {error}.", error=error), status=400) from error
    visitor = recognise(channel.secret, body.get("token"))
    if visitor is None:
        raise Unverified(
            phrase("It carries no visitor token of this chat; the widget gets one from /chat/…/session.")
        )
    return Knock(raw=raw, channel=channel, settings=settings_of(channel), body=body, visitor=visitor)


def _cors(raw: RawInput, channel: ChannelConfig) -> dict[str, str]:
    return cors(raw, channel, settings_of(channel).allowed)


connector = SiteChat()
