"""The connector of a manifest, with the abilities that the manifest speaks of and no others."""

from __future__ import annotations

from typing import Any

from connectors.contract import Context, Handle, Health, Profile, ReceiverContext, SendError
from connectors.manifest import profiles, pulling, registering
from connectors.manifest.connector import ManifestConnector
from connectors.manifest.hiding import redacted
from connectors.manifest.model import Manifest


class Pulling(ManifestConnector):
    """Ability `Receiver`."""

    async def run(self, context: ReceiverContext) -> None:
        await pulling.run(self.manifest, context)


class Registering(ManifestConnector):
    """Ability `Setup`."""

    async def connect(self, context: Context) -> Health:
        return await registering.connect(self.manifest, context)

    async def disconnect(self, context: Context) -> None:
        await registering.disconnect(self.manifest, context)


class Profiled(ManifestConnector):
    """Ability `Profiling`."""

    async def profile(self, handle: Handle, context: Context) -> Profile:
        try:
            return await profiles.profile(self.manifest, handle, context)
        except SendError as error:
            raise redacted(error, context.channel, self.manifest) from None


def connector_of(manifest: Manifest) -> ManifestConnector:
    """What the platform asks for by type is there only where the manifest says it."""
    parts = tuple(
        part
        for part, section in (
            (Pulling, manifest.pull),
            (Registering, manifest.register),
            (Profiled, manifest.profile),
        )
        if section is not None
    )
    if not parts:
        return ManifestConnector(manifest)
    made: Any = type("Declared", parts, {})
    return made(manifest)
