"""Reasons without secrets: some providers send back what they were sent."""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import ChannelConfig, Health, SendError
from connectors.manifest.asking import hidden, without
from connectors.manifest.model import Manifest
from connectors.signing import secrets_of


def redacted(error: SendError, channel: ChannelConfig, manifest: Manifest) -> SendError:
    """The same outcome without a secret of the channel in its reason."""
    return hidden(error, *_secrets(channel, manifest))


def redacted_health(health: Health, channel: ChannelConfig, manifest: Manifest) -> Health:
    """The same state without a secret of the channel in its sentence."""
    return replace(health, sentence=without(health.sentence, _secrets(channel, manifest)))


def _secrets(channel: ChannelConfig, manifest: Manifest) -> list[str]:
    return [one for name in manifest.secrets for one in secrets_of(channel.settings.get(name))]
