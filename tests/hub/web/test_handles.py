"""What signs and names addresses and channels have on pages."""

from __future__ import annotations

import re

import pytest

from hub.web import handles
from hub.wording.catalogs import WEB
from tests.bundled import bundled

REGISTRY = bundled()
SYMBOLS = set(re.findall(r'<symbol id="([a-z-]+)"', (WEB / "static" / "icons.svg").read_text()))
SIGNS = {"chat": "message"}
"""What manifests call a sign that has another name in our file."""


@pytest.mark.parametrize("connector", sorted(REGISTRY))
def test_every_bundled_channel_has_the_sign_that_it_asks_for(connector: str) -> None:
    asked = REGISTRY[connector].spec.icon
    assert handles.channel_icon(connector) == SIGNS.get(asked, asked)
    assert handles.channel_icon(connector) in SYMBOLS


@pytest.mark.parametrize(
    ("kind", "icon", "name"),
    [
        ("email", "mail", "Mail"),
        ("phone", "phone", "Phone"),
        ("visitor", "globe", "Website visitor"),
        ("telegram", "telegram", "Telegram"),
        ("whatsapp", "whatsapp", "WhatsApp"),
        ("viber", "chat-phone", "Viber"),
        ("vk", "people", "VK"),
        ("messenger", "chat-bolt", "Messenger"),
        ("instagram", "camera", "Instagram"),
        ("house_line", "message", "House Line"),
    ],
)
def test_a_kind_of_address(kind: str, icon: str, name: str) -> None:
    assert (handles.handle_icon(kind), handles.handle_kind(kind)) == (icon, name)
    assert icon in SYMBOLS


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("caller_id", "called from this number"),
        ("viber_sender", "wrote from this account"),
        ("vk_sender", "wrote from this account"),
        ("user", "entered by a colleague"),
        ("forwarded", "told in a forwarded message"),
        ("house_register", "house register"),
    ],
)
def test_why_an_address_is_believed(code: str, told: str) -> None:
    assert handles.evidence(code) == told
