"""Mails made to cost much cost under a second of work and 100 MB each; measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.connectors.email.bombs import BOMBS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def costs() -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "tests.connectors.email.bombs"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_bomb_costs_little(costs: dict[str, dict[str, float]], name: str) -> None:
    assert costs[name]["seconds"] < 1
    assert costs[name]["megabytes"] < 100
