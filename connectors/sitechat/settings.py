"""A chat channel's settings, read: what is missing has its default."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from connectors.contract import ChannelConfig, Setting
from connectors.webform.origins import allow_list
from connectors.webform.settings import ACCENT, MEGABYTE, color_of, flag, number

THEMES: Final = ("auto", "light", "dark")
SIDES: Final = ("right", "left")
TITLE: Final = "Chat with us"
GREETING: Final = "Hello! How can we help you?"
SETTINGS: Final = (
    Setting(name="title", label="Title", help="At the top of the chat. Empty: “Chat with us”."),
    Setting(
        name="greeting",
        label="Greeting",
        type="long",
        help="Shown before the first message. Empty: “Hello! How can we help you?”.",
    ),
    Setting(name="color", label="Colour", default=ACCENT, help="For example #0f6e66."),
    Setting(name="theme", label="Light or dark", type="choice", default="auto", choices=THEMES),
    Setting(name="side", label="Side of the page", type="choice", default="right", choices=SIDES),
    Setting(
        name="allowed_origins",
        label="Web sites that may show the chat",
        type="list",
        help="For example https://shop.example or https://*.shop.example. Empty: every site.",
    ),
    Setting(
        name="hours",
        label="Working hours",
        help="A name from the bot's rules, or “Mon-Fri 09:00-18:00, Sat 09:00-12:00 Asia/Phnom_Penh”. Outside "
        "them the chat asks for an address. Empty: always open.",
    ),
    Setting(name="offline_text", label="Text outside working hours", type="long"),
    Setting(
        name="consent",
        label="Consent text",
        type="long",
        help="Shown before the first message; to be ticked in the form outside working hours.",
    ),
    Setting(
        name="identity_secrets",
        label="Identity secrets",
        type="secret",
        goes_to=(),
        help="With one, your site may tell who is signed in: hash = HMAC-SHA256(secret, id). Several, separated by "
        "spaces, while you change from one to the next.",
    ),
    Setting(
        name="require_identity",
        label="Signed-in visitors only",
        type="flag",
        default=False,
        help="Refuses visitors whom your site did not sign.",
    ),
    Setting(name="max_files", label="Files allowed in a message", type="number", default=5),
    Setting(name="max_file_mb", label="Largest file (MB)", type="number", default=10),
    Setting(name="per_minute", label="Messages a minute from one visitor", type="number", default=40),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """The settings in force."""

    title: str
    greeting: str
    color: str
    theme: str
    side: str
    allowed: tuple[str, ...]
    hours: str
    offline_text: str
    consent: str
    identity_secrets: tuple[str, ...]
    require_identity: bool
    max_files: int
    max_file: int
    per_minute: int


def settings_of(channel: ChannelConfig) -> ChatSettings:
    """A channel's settings; equal settings are read once."""
    given = channel.settings
    key = tuple(sorted((name, str(value)) for name, value in given.items() if name in _NAMES))
    return _read(key, allow_list(given.get("allowed_origins")))


_NAMES: Final = frozenset(setting.name for setting in SETTINGS)


@lru_cache(maxsize=256)
def _read(items: tuple[tuple[str, str], ...], allowed: tuple[str, ...]) -> ChatSettings:
    given: dict[str, Any] = dict(items)
    theme, side = given.get("theme", ""), given.get("side", "")
    return ChatSettings(
        title=given.get("title", "").strip() or TITLE,
        greeting=given.get("greeting", "").strip() or GREETING,
        color=color_of(given),
        theme=theme if theme in THEMES else "auto",
        side=side if side in SIDES else "right",
        allowed=allowed,
        hours=given.get("hours", "").strip(),
        offline_text=given.get("offline_text", "").strip(),
        consent=given.get("consent", "").strip(),
        identity_secrets=tuple(given.get("identity_secrets", "").split()),
        require_identity=flag(given, "require_identity"),
        max_files=int(number(given, "max_files", 5)),
        max_file=int(number(given, "max_file_mb", 10) * MEGABYTE),
        per_minute=int(number(given, "per_minute", 40)),
    )
