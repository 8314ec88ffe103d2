"""How addresses and channels look on pages: a sign, a name, and why an address is believed to be somebody's."""

from __future__ import annotations

from typing import Final

from hub.web.naming import messenger
from hub.wording.i18n import N_, gettext

MESSENGERS: Final = {
    "instagram": "camera",
    "messenger": "chat-bolt",
    "telegram": "telegram",
    "viber": "chat-phone",
    "vk": "people",
    "whatsapp": "whatsapp",
}
ICONS: Final = {
    **MESSENGERS,
    "email": "mail",
    "extension": "phone",
    "phone": "phone",
    "visitor": "globe",
}
"""By kind of handle; another kind is that of a messenger."""
NAMES: Final = {"email": N_("Mail"), "phone": N_("Phone"), "visitor": N_("Website visitor")}
CHANNELS: Final = {
    **MESSENGERS,
    **dict.fromkeys(
        ("asterisk", "mango", "plivo", "telephony", "telnyx", "twilio", "uiscom", "vonage", "zadarma"),
        "phone",
    ),
    "email": "mail",
    "webform": "form",
}
"""By connector; another one is that of a messenger."""
ICONS_OF_CHANNELS: Final = frozenset({*CHANNELS.values(), "bell", "globe", "link", "plug", "send"})
"""What a connector of one's own may ask for; with anything else it looks like a messenger."""
MESSAGE: Final = "message"
WROTE: Final = N_("wrote from this account")
EVIDENCE: Final = {
    "caller_id": N_("called from this number"),
    "form_field": N_("typed into a form"),
    "forwarded": N_("told in a forwarded message"),
    "import": N_("imported"),
    "mail_failed": N_("a mail that may be forged"),
    "mail_from": N_("wrote from this address"),
    "mail_relay": N_("a group or relay wrote for them"),
    "mail_reply_to": N_("asked for replies there"),
    "person": N_("entered by a colleague"),
    "shared": N_("shares this address"),
    "signed_visitor": N_("signed in on your site"),
    "telegram_contact": N_("shared it in Telegram"),
    "typed": N_("typed in a chat"),
    "user": N_("entered by a colleague"),
    "visitor_cookie": N_("the browser was recognised"),
}
"""By the short code that a connector gives; `…_sender` is the code of whoever wrote from an account."""


def handle_icon(kind: str) -> str:
    return ICONS.get(kind, MESSAGE)


def handle_kind(kind: str) -> str:
    """What addresses of a kind are called: Phone, Telegram, Viber."""
    return gettext(NAMES[kind]) if kind in NAMES else messenger(kind)


def channel_icon(connector: str) -> str:
    return CHANNELS.get(connector, MESSAGE)


def evidence(code: str) -> str:
    """Why an address is believed to be somebody's; a code of a connector of one's own is shown as words."""
    if code in EVIDENCE:
        return gettext(EVIDENCE[code])
    return gettext(WROTE) if code.endswith("_sender") else code.replace("_", " ")


FILTERS: Final = {
    "handle_icon": handle_icon,
    "handle_kind": handle_kind,
    "channel_icon": channel_icon,
    "evidence": evidence,
}
