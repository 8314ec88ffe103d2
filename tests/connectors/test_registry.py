"""Where connectors come from: bundled, of a directory, of installed packages; a broken one stops no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import Connector
from connectors.registry import load_registry, scan
from tests.connectors.manifest.samples import SCAFFOLD

CODE = """
from connectors.contract import ConnectorSpec
from .words import TITLE


class Own:
    spec = ConnectorSpec(id="own", title=TITLE, handle_kind="own")

    def parse(self, raw, channel): return []
    async def send(self, message, context): raise NotImplementedError
    async def probe(self, context): raise NotImplementedError


connector = Own()
"""


def put(directory: Path, name: str, files: dict[str, str]) -> None:
    for file, text in files.items():
        path = directory / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def manifest(id_: str) -> str:
    return SCAFFOLD.replace("MY_ID", id_).replace("MY_TITLE", id_.title())


def test_a_directory_brings_manifests_and_code(tmp_path: Path) -> None:
    put(tmp_path, "kite", {"connector.yaml": manifest("kite")})
    put(tmp_path, "own", {"connector.py": CODE, "words.py": "TITLE = 'Own'"})
    found = scan(tmp_path)
    assert found.faults == {}
    assert (found.connectors["kite"].spec.level, found.connectors["own"].spec.title) == ("declarative", "Own")
    assert found.folders["kite"] == tmp_path / "kite"
    assert isinstance(found.connectors["own"], Connector)


def test_broken_ones_are_told_and_the_others_load(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path, "a_broken", {"connector.yaml": "id: a_broken\ntitel: x"})
    put(tmp_path, "b_raises", {"connector.py": "raise RuntimeError('secret plans')"})
    put(tmp_path, "c_nothing", {"connector.py": "connector = 7"})
    put(tmp_path, "d_other", {"connector.yaml": manifest("another")})
    put(tmp_path, "telegram", {"connector.yaml": manifest("telegram")})
    put(tmp_path, "good", {"connector.yaml": manifest("good")})
    found = scan(tmp_path)
    assert set(found.faults) == {"a_broken", "b_raises", "c_nothing", "d_other", "telegram"}
    assert "a_broken/connector.yaml:2:1" in found.faults["a_broken"]
    assert "must be the same" in found.faults["d_other"]
    assert "already a connector “telegram”" in found.faults["telegram"]
    assert {"good", "telegram", "email"} <= set(found.connectors)
    assert found.connectors["telegram"].spec.level == "code"
    assert "good" in load_registry(tmp_path)
    assert [r.getMessage() for r in caplog.records].count("a connector does not load") == 5


def test_a_manifest_may_stand_in_for_a_bundled_one(tmp_path: Path) -> None:
    put(tmp_path, "whatsapp", {"connector.yaml": manifest("whatsapp")})
    found = scan(tmp_path)
    assert found.faults == {}
    assert found.connectors["whatsapp"].spec.title == "Whatsapp"


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    found = scan(tmp_path / "no")
    assert "HUB_CONNECTORS_DIR" in found.faults[str(tmp_path / "no")]
    assert "email" in found.connectors


def test_installed_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points as importlib reads them from a package's metadata."""
    from importlib.metadata import EntryPoint

    entries = [
        EntryPoint(name="kept", value="tests.connectors.test_registry:Packaged", group="omnihub.connectors"),
        EntryPoint(name="lost", value="no.such.module:thing", group="omnihub.connectors"),
    ]
    monkeypatch.setattr(
        registry, "entry_points", lambda *, group: entries if group == "omnihub.connectors" else []
    )
    found = scan()
    assert found.connectors["packaged"].spec.title == "Packaged"
    assert list(found.faults) == ["lost"]


class Packaged:
    from connectors.contract import ConnectorSpec

    spec = ConnectorSpec(id="packaged", title="Packaged", handle_kind="x")

    def parse(self, raw: object, channel: object) -> list[object]:
        return []

    async def send(self, message: object, context: object) -> None: ...

    async def probe(self, context: object) -> None: ...


def test_loading_all_connectors_loads_no_providers_library() -> None:
    code = (
        "import sys; from connectors.registry import scan; scan();"
        "print(sorted({'aiogram', 'aioimaplib', 'aiosmtplib', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
