"""flufl.bounce's own recorded bounces and what its tests expect of them, out of its source package as pip downloads it."""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded bounce: the recipients it names (lower case), and whether it tells of a delay only."""

    name: str
    mail: bytes
    recipients: frozenset[str]
    passing: bool


def cases() -> list[Case]:
    """Every recorded bounce that its tests name. Several of its detectors may expect something: all of it counts."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
        subprocess.run([*command, "--dest", folder, "flufl.bounce==6.0.0"], check=True, capture_output=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as package:
            files = {
                member.name.partition("/")[2]: package.extractfile(member)
                for member in package
                if member.isfile()
            }
            contents = {
                name: file.read() for name, file in files.items() if file and name.startswith("tests/")
            }
    expected: dict[str, tuple[frozenset[str], bool]] = {}
    for _detector, name, recipients, passing in _table(contents["tests/test_detectors.py"].decode()):
        known = expected.get(name, (frozenset[str](), passing))[0]
        expected[name] = (known | {address.decode().lower() for address in recipients}, passing)
    return [
        Case(name, contents[f"tests/data/{name}"], recipients, passing)
        for name, (recipients, passing) in sorted(expected.items())
    ]


def _table(source: str) -> list[tuple[str, str, list[bytes], bool]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DETECTORS":
            return ast.literal_eval(node.value)
    raise SystemExit("flufl.bounce's tests have changed: no table of detectors")
