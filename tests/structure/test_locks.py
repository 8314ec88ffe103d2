"""The locks agree: what the product runs on is what it is developed and tested with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).parents[2] / "requirements"
PINNED = re.compile(r"^([\w.\[\]-]+==\S+)", re.MULTILINE)


def pins(name: str) -> set[str]:
    """The packages that a lock pins, as `name==version`."""
    return set(PINNED.findall((LOCKS / name).read_text()))


def test_the_development_lock_holds_everything_that_runs() -> None:
    assert pins("run.lock") - pins("dev.lock") == set()


@pytest.mark.parametrize("name", [path.name for path in sorted(LOCKS.glob("*.in"))])
def test_every_pin_of_an_input_is_in_its_lock(name: str) -> None:
    wanted = {line for line in PINNED.findall((LOCKS / name).read_text()) if "*" not in line}
    assert wanted - pins(name.replace(".in", ".lock")) == set()
