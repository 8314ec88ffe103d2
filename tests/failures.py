"""`pytest --failures-to FILE`: the exit status and the tests that failed, as JSON, for `.ci/again.py`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--failures-to", type=Path, default=None, help="write what failed to this file, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--failures-to")
    if path is not None and not hasattr(config, "workerinput"):  # xdist: the controller hears of every test
        config.pluginmanager.register(Failures(path))


class Failures:
    """Collects the ids of tests of which a phase failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed: dict[str, None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed[report.nodeid] = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {"status": int(exitstatus), "failed": list(self._failed)}
        self._path.write_text(json.dumps(content), encoding="utf-8")
