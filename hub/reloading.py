"""Connectors of HUB_CONNECTORS_DIR as they change: a new folder or a changed manifest is taken in by running processes.

A manifest that is broken keeps the one before in use and is told in the log of its channels. Code is loaded when its folder is
new, and not again before the next start: modules that run cannot be put away safely.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.contract import Connector
from connectors.registry import CODE, MANIFEST, from_folder

log = logging.getLogger(__name__)

Seen = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of one connector: read anew, or a fault for which the one before stays."""

    id: str
    fault: str = ""


@dataclass(slots=True)
class Watch:
    """Looks at a directory of connectors; cheap enough to be asked every second."""

    place: Path
    seen: dict[str, Seen] = field(default_factory=dict[str, Seen])

    def start(self) -> None:
        """Take the files as they are for known."""
        self.seen = _seen(self.place)

    async def look(self, registry: MutableMapping[str, Connector]) -> list[News]:
        """Bring the registry up to the directory; an entry is put in whole or not at all."""
        now = await asyncio.to_thread(_seen, self.place)
        changed = [name for name, stamp in sorted(now.items()) if self.seen.get(name) != stamp]
        self.seen = now
        return [news for name in changed if (news := await self._take(name, registry))]

    async def _take(self, name: str, registry: MutableMapping[str, Connector]) -> News | None:
        known = registry.get(name)
        if known is not None and known.spec.level != "declarative":
            return None
        try:
            made = await asyncio.to_thread(from_folder, self.place / name)
            if made.spec.id != name:
                raise ValueError("its id and its folder's name must be the same")
        except Exception as error:  # whatever is wrong with one folder, the others and the hub go on
            fault = (str(error).strip().splitlines() or [type(error).__name__])[0]
            log.error("a changed connector does not load", extra={"connector": name, "error": fault})
            return News(id=name, fault=fault)
        registry[name] = made
        log.info("a connector was read anew", extra={"connector": name})
        return News(id=name)


def _seen(place: Path) -> dict[str, Seen]:
    """When each connector's own file was written, by its folder's name."""
    found: dict[str, Seen] = {}
    try:
        folders = list(place.iterdir())
    except OSError:
        return found
    for folder in folders:
        for name in (CODE, MANIFEST):
            try:
                told = (folder / name).stat()
            except OSError:
                continue
            found[folder.name] = (told.st_mtime_ns, told.st_size, told.st_ino)
            break
    return found
