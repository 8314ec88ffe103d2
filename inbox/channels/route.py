"""Which channel carries an answer: the conversation's own, or the one a form or a phone line names for its replies."""

from __future__ import annotations

from connectors.contract import Outgoing
from inbox.channels.directory import Directory
from inbox.channels.model import LiveChannel


def sending_channel(directory: Directory, channel: LiveChannel, handle_kind: str) -> LiveChannel | None:
    """The channel that can write to a handle of this kind; None when nothing here can."""
    named = directory.by_slug(str(channel.config.settings.get("reply_channel") or ""))
    if named and handle_kind in named.connector.spec.kinds:
        return named
    spec = channel.connector.spec
    if _sends(channel) and handle_kind in spec.kinds:
        return channel
    if handle_kind != "email":
        return None
    return next((other for other in directory if _is_mail(other)), None)


def _is_mail(channel: LiveChannel) -> bool:
    return channel.connector.spec.handle_kind == "email" and not channel.row.is_paused and _sends(channel)


def can_write(channel: LiveChannel) -> bool:
    """Whether one can write to people on this channel, as it is set up."""
    return _sends(channel)


def _sends(channel: LiveChannel) -> bool:
    connector = channel.connector
    if not connector.spec.abilities.replies:
        return False
    return connector.sends(channel.config) if isinstance(connector, Outgoing) else True
