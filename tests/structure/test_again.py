"""What failed runs once more alone: it must fail again, and what passes then is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
AGAIN = ROOT / ".ci" / "again.py"
STORY = """
from pathlib import Path
def test_always(): assert 0
def test_first_time_only():
    mark = Path(__file__).with_name("mark")
    was_there = mark.exists()
    mark.touch()
    assert was_there
"""


def run(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "PYTEST_ADDOPTS": "-p xdist.plugin -p tests.failures",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT),
    }
    env.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=directory, env=env, capture_output=True, text=True, check=False
    )


def whole_suite(directory: Path, story: str) -> Path:
    (directory / "test_story.py").write_text(story)
    run("-m", "pytest", "-n2", "--failures-to", "failed.json", directory=directory)
    return directory / "failed.json"


def test_what_fails_again_fails_the_run_and_what_passes_is_named(tmp_path: Path) -> None:
    report = whole_suite(tmp_path, STORY)
    assert json.loads(report.read_text())["status"] == 1
    done = run(str(AGAIN), str(report), directory=tmp_path)
    assert done.returncode == 1
    assert done.stdout.split("UNSTABLE")[1].split("\n")[1].strip() == "test_story.py::test_first_time_only"


def test_a_run_whose_failures_all_pass_alone_passes(tmp_path: Path) -> None:
    report = whole_suite(tmp_path, STORY.replace("assert 0", "pass"))
    done = run(str(AGAIN), str(report), directory=tmp_path)
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("test_story.py::test_first_time_only")


def test_a_suite_that_did_not_come_to_its_end_is_not_saved(tmp_path: Path) -> None:
    report = whole_suite(tmp_path, "import nothing_of_this_name")
    assert run(str(AGAIN), str(report), directory=tmp_path).returncode == 1
    assert run(str(AGAIN), str(tmp_path / "none.json"), directory=tmp_path).returncode == 1
