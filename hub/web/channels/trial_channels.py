"""Where a trial talk with the bot may take place: the channels of this hub, and every kind that could be connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.model import Abilities
from connectors import contract
from hub.runtime import Runtime
from hub.wording.i18n import gettext as _

FIRST = "sitechat"
TEXT_ONLY = Abilities(buttons=False, max_text=1600)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChannel:
    """A channel, or a kind of channels, and what it can show. `key` is how a form names it."""

    key: str
    title: str
    channel: str
    connector: str
    abilities: Abilities
    region: str = ""


def trial_channels(runtime: Runtime) -> Sequence[TrialChannel]:
    """The hub's own channels first; each kind stands once, the site chat before the others."""
    own = [
        TrialChannel(
            key=f"channel:{live.row.slug}",
            title=live.row.name,
            channel=live.row.slug,
            connector=live.row.connector,
            abilities=_abilities(live.connector.spec.abilities),
            region=live.config.region,
        )
        for live in runtime.directory
        if live.connector.spec.abilities.replies
    ]
    kinds = [
        TrialChannel(
            key=f"kind:{name}",
            title=_(connector.spec.title),
            channel=name,
            connector=name,
            abilities=_abilities(connector.spec.abilities),
        )
        for name, connector in runtime.registry.items()
        if connector.spec.abilities.replies
    ]
    if "sms" not in runtime.registry:
        kinds.append(
            TrialChannel(key="kind:sms", title=_("SMS"), channel="sms", connector="sms", abilities=TEXT_ONLY)
        )
    kinds.sort(key=lambda place: (place.connector != FIRST, place.title.casefold()))
    return (*sorted(own, key=lambda place: place.title.casefold()), *kinds)


def chosen(among: Sequence[TrialChannel], key: str) -> TrialChannel:
    """The place a form names, else the site chat, else the first there is."""
    first = next((place for place in among if place.key == f"kind:{FIRST}"), among[0])
    return next((place for place in among if place.key == key), first)


def _abilities(can: contract.Abilities) -> Abilities:
    return Abilities(buttons=can.buttons, contact_button=can.contact_button, max_text=can.max_text)
