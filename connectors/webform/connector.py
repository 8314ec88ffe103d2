"""Web forms: the hosted page, the embedded one, and forms that a site already has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.contract import (
    Abilities,
    ChannelConfig,
    ConnectorSpec,
    Context,
    Event,
    Health,
    Outbound,
    RawInput,
    Refused,
    Sent,
    State,
)
from connectors.webform.door import FormDoor
from connectors.webform.parse import parse
from connectors.webform.settings import SETTINGS, settings_of
from values.sentences import phrase

SPEC: Final = ConnectorSpec(
    id="webform",
    title="Web form",
    summary="A form of your own, hosted, embedded, or on your site already; answers go out by mail.",
    handle_kind="email",
    icon="form",
    parse_at_door=True,
    settings=SETTINGS,
    abilities=Abilities(replies=False, files_in=True, body_limit=26 * 1024 * 1024),
)


class WebForm(FormDoor):
    """The connector; ability `Door`."""

    @property
    def spec(self) -> ConnectorSpec:
        return SPEC

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return parse(raw, channel)

    async def send(self, message: Outbound, context: Context) -> Sent:
        """The platform answers a form through a mail channel; what comes here has none."""
        raise Refused(
            phrase("This form has no mail channel to reply through: choose one in the channel's settings.")
        )

    async def probe(self, context: Context) -> Health:
        if problems := settings_of(context.channel).problems:
            return Health(
                state=State.UNCONFIGURED,
                sentence=problems[0],
                remedy=phrase("Correct it in the channel's settings; until then the usual fields are shown."),
            )
        return Health(state=State.CONNECTED, sentence=phrase("The form receives entries."))


connector = WebForm()
