"""The connectors of this installation: bundled ones, those of a directory, those of installed packages."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

from connectors.contract import Connector

log = logging.getLogger(__name__)

ENTRY_POINTS = "omnihub.connectors"
BUNDLED = Path(__file__).parent
MANIFEST = "connector.yaml"


def load_registry(extra_dir: Path | None = None) -> dict[str, Connector]:
    """All connectors by id. One that is broken is told and left out; the others load."""
    registry: dict[str, Connector] = {}
    for name, load in _sources(extra_dir):
        try:
            connector = load()
        except Exception as error:  # one connector's fault must not keep the hub from starting
            log.error("a connector does not load", extra={"connector": name, "error": str(error)})
            continue
        registry[connector.spec.id] = connector
    return registry


def from_folder(folder: Path) -> Connector:
    """The declarative connector of a folder. Raises ManifestInvalid with every problem, line and column."""
    from connectors.manifest.connector import ManifestConnector
    from connectors.manifest.load import load_manifest

    return ManifestConnector(load_manifest(folder / MANIFEST))


def folders(extra_dir: Path | None = None) -> dict[str, Path]:
    """Where connectors live, by folder name."""
    roots = [BUNDLED, *([extra_dir] if extra_dir else [])]
    return {
        folder.name: folder
        for root in roots
        for folder in sorted(root.iterdir())
        if (folder / "connector.py").is_file() or (folder / MANIFEST).is_file()
    }


def _sources(extra_dir: Path | None) -> Iterator[tuple[str, Callable[[], Connector]]]:
    for name, folder in folders(extra_dir).items():
        if name == "manifest":
            continue
        if (folder / "connector.py").is_file() and folder.parent == BUNDLED:
            yield name, lambda n=name: importlib.import_module(f"connectors.{n}.connector").connector
        elif (folder / MANIFEST).is_file():
            yield name, lambda f=folder: from_folder(f)
    for entry in entry_points(group=ENTRY_POINTS):
        yield entry.name, lambda e=entry: _made(e.load())


def _made(found: object) -> Connector:
    connector = found() if isinstance(found, type) else found
    if not isinstance(connector, Connector):
        raise TypeError("the entry point is not a connector")
    return connector
