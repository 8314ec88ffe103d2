"""Filling a channel's form in from the little that was typed, where its connector can find the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from connectors.contract import ChannelConfig, ConnectorSpec, Detected, Detecting
from hub.runtime import Runtime
from hub.web.channels.fields import PREFIX, settings_of
from hub.wording.i18n import N_

log = logging.getLogger(__name__)

WITHIN = 40.0


def can_detect(runtime: Runtime, spec: ConnectorSpec) -> bool:
    return isinstance(runtime.registry.get(spec.id), Detecting)


async def filled(
    runtime: Runtime, spec: ConnectorSpec, fields: Mapping[str, str]
) -> tuple[dict[str, str], Detected]:
    """The form with what was found in place of what was typed. Never raises."""
    connector = runtime.registry.get(spec.id)
    assert isinstance(connector, Detecting)
    settings = settings_of(spec, fields)[0]
    channel = ChannelConfig(id=0, slug="", name="", settings=settings)
    try:
        async with asyncio.timeout(WITHIN):
            found = await connector.detect(settings, runtime.http.for_channel(channel))
    except Exception as error:  # the search must not break the form; the servers can be typed
        log.warning("detecting settings failed", extra={"connector": spec.id, "error": repr(error)})
        found = Detected(settings={}, sentence=N_("The search took too long or failed; enter the settings."))
    return {**fields, **{PREFIX + name: value for name, value in found.settings.items()}}, found
