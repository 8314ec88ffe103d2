"""The connectors of this installation: bundled ones, those of a directory, those of installed packages."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from connectors.contract import Connector

log = logging.getLogger(__name__)

ENTRY_POINTS = "omnihub.connectors"
BUNDLED = Path(__file__).parent
MANIFEST, CODE = "connector.yaml", "connector.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorSource:
    """Where a connector comes from. `folder` is None for one of an installed package."""

    name: str
    folder: Path | None
    load: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What was found: connectors by id, their folders, and what is wrong with those that do not load."""

    connectors: dict[str, Connector] = field(default_factory=dict[str, Connector])
    folders: dict[str, Path] = field(default_factory=dict[str, Path])
    faults: dict[str, str] = field(default_factory=dict[str, str])


def load_registry(extra_dir: Path | None = None) -> dict[str, Connector]:
    """All connectors by id. One that is broken is logged and left out; the others load."""
    found = scan(extra_dir)
    for name, fault in found.faults.items():
        log.error("a connector does not load", extra={"connector": name, "error": fault})
    return found.connectors


def scan(extra_dir: Path | None = None) -> Scan:
    """Load everything. A manifest of the directory may stand in for a bundled manifest of the same id, for nothing else."""
    found = Scan()
    for place in _places(extra_dir, found.faults):
        try:
            connector = place.load()
            if not isinstance(connector, Connector):
                raise TypeError("it is no connector: spec, parse, send and probe are needed")
            id_ = connector.spec.id
            if place.folder is not None and id_ != place.name:
                raise ValueError(
                    f"its id is “{id_}”, its folder is called “{place.name}”: they must be the same"
                )
            if id_ in found.connectors and not _may_replace(found.connectors[id_], connector, place):
                raise ValueError(f"there is already a connector “{id_}”: give it another id")
        except Exception as error:  # one connector's fault must not keep the hub from starting
            found.faults[place.name] = str(error) or type(error).__name__
            continue
        found.connectors[id_] = connector
        if place.folder is not None:
            found.folders[id_] = place.folder
    return found


def from_folder(folder: Path) -> Connector:
    """The connector of a folder, bundled or not. Raises ManifestInvalid with every problem, line and column."""
    if (folder / CODE).is_file():
        return _from_code(folder)
    from connectors.manifest.build import connector_of
    from connectors.manifest.load import load_manifest

    return connector_of(load_manifest(folder / MANIFEST))


def _may_replace(known: Connector, connector: Connector, place: ConnectorSource) -> bool:
    is_declarative = known.spec.level == connector.spec.level == "declarative"
    return is_declarative and place.folder is not None and place.folder.parent != BUNDLED


def _places(extra_dir: Path | None, faults: dict[str, str]) -> Iterator[ConnectorSource]:
    for root in (BUNDLED, extra_dir):
        if root is None:
            continue
        try:
            folders = sorted(path for path in root.iterdir() if path.is_dir())
        except OSError as error:
            faults[str(root)] = f"{root}: {error.strerror}: check HUB_CONNECTORS_DIR"
            continue
        for folder in folders:
            if folder.name != "manifest" and ((folder / CODE).is_file() or (folder / MANIFEST).is_file()):
                yield ConnectorSource(name=folder.name, folder=folder, load=lambda f=folder: from_folder(f))
    for entry in entry_points(group=ENTRY_POINTS):
        yield ConnectorSource(name=entry.name, folder=None, load=lambda e=entry: _made(e.load()))


def _from_code(folder: Path) -> Connector:
    if folder.parent == BUNDLED:
        return importlib.import_module(f"connectors.{folder.name}.connector").connector
    package = f"omnihub_connector_{folder.name}"
    _import_file(package, folder / "__init__.py", search=[str(folder)])
    return _import_file(f"{package}.connector", folder / CODE).connector


def _import_file(name: str, path: Path, *, search: list[str] | None = None) -> ModuleType:
    """Import a file under a name of its own; a package without `__init__.py` is one nevertheless."""
    if not path.is_file():
        module = ModuleType(name)
        module.__path__ = search or []
        sys.modules[name] = module
        return module
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _made(found: object) -> object:
    return found() if isinstance(found, type) else found
