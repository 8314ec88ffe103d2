"""The names we give to Telegram's things: external ids, threads and the secrets derived for a channel."""

from __future__ import annotations

import hashlib
import hmac

from connectors.contract import ChannelConfig, ExternalId

DEFAULT_BASE = "https://api.telegram.org"


def bot_id(channel: ChannelConfig) -> str:
    """The bot's number, the part of its token that is no secret. Message ids count per bot, so names begin with it."""
    return str(channel.settings.get("token") or "").partition(":")[0].strip()


def external_id(channel: ChannelConfig, chat: int, message: int) -> ExternalId:
    return ExternalId(f"{bot_id(channel)}:{chat}:{message}")


def edit_id(channel: ChannelConfig, chat: int, message: int, date: int) -> ExternalId:
    return ExternalId(f"{external_id(channel, chat, message)}:e{date}")


def press_id(channel: ChannelConfig, callback: str) -> ExternalId:
    """Telegram's ids of presses have some 20 characters; what is longer could not be kept under an index."""
    return ExternalId(f"{bot_id(channel)}:press:{callback[:200]}")


def message_of(name: str) -> tuple[int, int] | None:
    """Chat and message number of an external id (an edit's too), or None for one that is not ours."""
    parts = name.split(":")
    try:
        return (int(parts[1]), int(parts[2])) if len(parts) in (3, 4) else None
    except ValueError:
        return None


def thread(chat: int, topic: int = 0) -> str:
    """A group, or a topic of a forum group; empty for a private chat, which is the person's one conversation."""
    if chat > 0:
        return ""
    return f"{chat}/{topic}" if topic else str(chat)


def chat_and_topic(name: str) -> tuple[int, int | None]:
    """What `thread` was made of. Raises ValueError for a name that is no chat."""
    chat, _, topic = name.partition("/")
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
