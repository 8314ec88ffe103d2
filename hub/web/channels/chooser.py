"""The kinds of channels to choose from: in groups, and what people of the country use most first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from connectors.contract import ConnectorSpec
from hub.web.context import runtime, user
from hub.web.render import page
from hub.wording.i18n import N_

SHIPPED: Final[Mapping[str, tuple[str, ...]]] = {
    "mail": ("email",),
    "messengers": ("whatsapp", "telegram", "messenger", "instagram", "viber", "vk"),
    "site": ("sitechat", "webform"),
    "telephony": (
        "telephony", "asterisk", "twilio", "vonage", "plivo", "telnyx", "zadarma", "mango", "uiscom",
    ),
}  # fmt: skip
TITLES: Final = {
    "mail": N_("Email"),
    "messengers": N_("Messengers"),
    "site": N_("Your website"),
    "telephony": N_("Telephone"),
    "own": N_("Your own connectors"),
}
USED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "ru": {
        "messengers": ("telegram", "whatsapp", "vk", "viber"),
        "telephony": ("mango", "uiscom", "zadarma", "asterisk", "telephony"),
    },
    "km": {
        "": ("messengers", "site", "telephony", "mail"),
        "messengers": ("telegram", "messenger", "whatsapp", "instagram"),
    },
}
"""What is used most, by audience: the order of the groups under the empty name, and within each group."""
COUNTRIES: Final = {"KH": "km", "RU": "ru", "BY": "ru", "KZ": "ru", "KG": "ru"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    specs: Sequence[ConnectorSpec]


async def show(request: web.Request) -> web.StreamResponse:
    found = groups(
        (connector.spec for connector in runtime(request).registry.values()),
        language=user(request).language,
        country=runtime(request).settings.region,
    )
    return page(request, "channels/channel_choose.html", groups=found)


def groups(specs: Iterable[ConnectorSpec], *, language: str, country: str) -> Sequence[Group]:
    """Those that are installed. The country of the installation decides on the order, else the reader's language."""
    used = USED.get(COUNTRIES.get(country.upper(), language if not country else ""), {})
    by_id = {spec.id: spec for spec in specs}
    own = sorted(
        set(by_id) - {id_ for ids in SHIPPED.values() for id_ in ids}, key=lambda id_: by_id[id_].title
    )
    names = dict.fromkeys((*used.get("", ()), *SHIPPED, "own"))
    found: list[Group] = []
    for name in names:
        ids = own if name == "own" else dict.fromkeys((*used.get(name, ()), *SHIPPED[name]))
        chosen = [by_id[id_] for id_ in ids if id_ in by_id]
        if chosen:
            found.append(Group(title=TITLES[name], specs=chosen))
    return found
