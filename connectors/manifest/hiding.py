"""Reasons without secrets: some providers send back what they were sent."""

from __future__ import annotations

from connectors.contract import ChannelConfig, SendError
from connectors.manifest.asking import hidden
from connectors.manifest.model import Manifest
from connectors.signing import secrets_of


def redacted(error: SendError, channel: ChannelConfig, manifest: Manifest) -> SendError:
    """The same outcome without a secret of the channel in its reason."""
    for name in manifest.secrets:
        for secret in secrets_of(channel.settings.get(name)):
            error = hidden(error, secret)
    return error
