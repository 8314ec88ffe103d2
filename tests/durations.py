"""How long files of tests take: the longest are begun first, `--quick` leaves them out, `--durations-to` writes the list."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("durations.json")
UNKNOWN = 5.0
"""What a file is thought to take that nobody has measured yet."""
QUICK = 2.0
"""Files that take longer than so many seconds are no part of `--quick`."""
DAEMONS = {"servers", "chromium_path", "dovecot_path"}


@cache
def known() -> dict[str, float]:
    """Seconds by file, of a whole run on two quiet cores."""
    return json.loads(LIST.read_text(encoding="utf-8"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="only what needs no engine, no browser and no patience"
    )
    parser.addoption("--durations-to", type=Path, help="enter what each file took into this list, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--durations-to")
    if path is not None and not hasattr(config, "workerinput"):  # xdist: the controller hears of every test
        config.pluginmanager.register(Clock(path))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What `--quick` leaves out is not even read."""
    if not config.getoption("--quick") or collection_path.suffix != ".py":
        return None
    return True if known().get(collection_path.relative_to(config.rootpath).as_posix(), 0) > QUICK else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seconds = known()
    if config.getoption("--quick"):
        slow = [item for item in items if DAEMONS.intersection(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]
    if hasattr(config, "workerinput"):  # a long file that comes last would keep one core waiting
        items.sort(key=lambda item: -seconds.get(_file(item), UNKNOWN))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


class Clock:
    """Adds up the phases of all tests of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid.partition("::")[0]] += report.duration

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        before = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        taken = before | {file: round(seconds, 1) for file, seconds in self._seconds.items()}
        there = {file: taken[file] for file in sorted(taken) if Path(file).exists()}
        self._path.write_text(json.dumps(there, indent=0) + "\n", encoding="utf-8")
