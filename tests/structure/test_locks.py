"""The locks agree: what the product runs on is what it is developed and tested with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).parents[2] / "requirements"
PINNED = re.compile(r"^([\w.\[\]-]+==\S+)", re.MULTILINE)


def pins(name: str) -> set[str]:
    """The packages that a file pins, as `name==version` with the normalised name."""
    found = (pin.partition("==") for pin in PINNED.findall((LOCKS / name).read_text()))
    return {f"{normal(package)}=={version}" for package, _, version in found}


def normal(package: str) -> str:
    """The name as locks write it, without extras."""
    return re.sub(r"[-_.]+", "-", package.partition("[")[0]).lower()


def test_the_development_lock_holds_everything_that_runs() -> None:
    assert pins("run.lock") - pins("dev.lock") == set()


@pytest.mark.parametrize("name", [path.name for path in sorted(LOCKS.glob("*.in"))])
def test_every_pin_of_an_input_is_in_its_lock(name: str) -> None:
    wanted = {pin for pin in pins(name) if "*" not in pin}
    assert wanted - pins(name.replace(".in", ".lock")) == set()
