"""The command line: light, and a sentence instead of a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import COMMANDS, hub
from hub.problem import Problem


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub", *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_supervisor_is_light() -> None:
    """Its memory is paid for as long as the hub runs."""
    code = (
        "import sys, hub.cli.up, hub.__main__;"
        "print(sorted({'aiohttp', 'asyncpg', 'redis', 'asyncio', 'pydantic', 'rich', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: hub {name}")


def test_a_wrong_setting_ends_with_usage_code_and_no_traceback(tmp_path: Path) -> None:
    done = run("up", HUB_PORT="many", HUB_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == "HUB_PORT is 'many': give a port number from 1 to 65535.\n"


def test_a_part_alone_says_what_to_do_without_engines(tmp_path: Path) -> None:
    done = run("serve", HUB_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "hub up" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    done = run(
        "migrate",
        HUB_DATA_DIR=str(tmp_path),
        HUB_DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/d",
        HUB_REDIS_URL="redis://127.0.0.1:9",
    )
    assert done.returncode == 1
    assert "hub doctor" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_an_unknown_command_is_a_matter_of_usage() -> None:
    done = run("frobnicate")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("hub.cli.up.read_settings", explode)
    with pytest.raises(ZeroDivisionError):
        hub(["up"], standalone_mode=False)


def test_a_problem_inside_a_command_keeps_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Problem("Do this instead.")

    monkeypatch.setattr("hub.cli.up.read_settings", refuse)
    with pytest.raises(SystemExit) as caught:
        hub(["up"])
    assert caught.value.code == 1
    assert capsys.readouterr().err == "Do this instead.\n"
