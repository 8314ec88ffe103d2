"""The names we give to Telegram's things: external ids, threads and the secrets derived for a channel."""

from __future__ import annotations

import hashlib
import hmac

from connectors.contract import ChannelConfig, ExternalId

DEFAULT_BASE = "https://api.telegram.org"
BUSINESS = "business/"
DIRECT = "direct/"


def bot_id(channel: ChannelConfig) -> str:
    """The bot's number, the part of its token that is no secret. Message ids count per bot, so names begin with it."""
    return str(channel.settings.get("token") or "").partition(":")[0].strip()


def external_id(channel: ChannelConfig, chat: int, message: int, business: str = "") -> ExternalId:
    """A connected business account counts its own messages, so they carry its name."""
    own = f"{bot_id(channel)}:{chat}:{message}"
    return ExternalId(f"{own}:b{_plain(business)}" if business else own)


def album_id(channel: ChannelConfig, chat: int, album: str, business: str = "") -> str:
    return f"{bot_id(channel)}:{chat}:{_plain(album)}:{_plain(business)}"


def notice_id(channel: ChannelConfig, chat: int, what: str, number: int) -> str:
    """The name of something that happened once: `number` is a message's or a moment's."""
    return f"{bot_id(channel)}:{chat}:{what}:{number}"


def press_id(channel: ChannelConfig, callback: str) -> ExternalId:
    """Telegram's ids of presses have some 20 characters; what is longer could not be kept under an index."""
    return ExternalId(f"{bot_id(channel)}:press:{callback[:200]}")


def message_of(name: str) -> tuple[int, int] | None:
    """Chat and message number of an external id, or None for one that is not ours."""
    parts = name.split(":")
    try:
        return (int(parts[1]), int(parts[2])) if len(parts) in (3, 4) else None
    except ValueError:
        return None


def business_in(name: str) -> str:
    """The connection in an external id; empty for the bot's own."""
    last = name.rpartition(":")[2]
    return last[1:] if name.count(":") == 3 and last.startswith("b") else ""


def thread(chat: int, topic: int = 0, business: str = "") -> str:
    """A group, a topic of a forum group, or a business account's talk; empty for a chat with the bot itself."""
    if business:
        return BUSINESS + _plain(business)
    if chat > 0:
        return ""
    return f"{chat}/{topic}" if topic else str(chat)


def direct_thread(chat: int, topic: int) -> str:
    """One person's private messages to a channel."""
    return f"{DIRECT}{chat}/{topic}"


def is_direct(name: str) -> bool:
    """Whether a thread is private messages to a channel, whose topic is named by another parameter."""
    return name.startswith(DIRECT)


def business_of(name: str) -> str:
    """The connection through which a thread is answered; empty where it is the bot's own."""
    return name.removeprefix(BUSINESS) if name.startswith(BUSINESS) else ""


def _plain(name: str) -> str:
    """Telegram's names of connections and albums have some 20 letters and digits; nothing else gets into ours."""
    return "".join(mark for mark in name if mark.isascii() and (mark.isalnum() or mark in "_-"))[:100]


def chat_and_topic(name: str) -> tuple[int, int | None]:
    """What `thread` was made of. Raises ValueError for a name that is no chat."""
    chat, _, topic = name.removeprefix(DIRECT).partition("/")
    return int(chat), int(topic) if topic else None


def webhook_secret(channel: ChannelConfig) -> str:
    """What Telegram repeats in each webhook call: the one set, or HMAC-SHA256 of the channel's own key.

    Empty when there is neither; a door without a secret stays shut.
    """
    if given := str(channel.settings.get("secret_token") or ""):
        return given
    if not channel.secret:
        return ""
    return hmac.new(channel.secret, b"telegram webhook", hashlib.sha256).hexdigest()


def api_base(channel: ChannelConfig) -> str:
    return str(channel.settings.get("api_base") or DEFAULT_BASE).strip().rstrip("/")


def token(channel: ChannelConfig) -> str:
    return str(channel.settings.get("token") or "").strip()
