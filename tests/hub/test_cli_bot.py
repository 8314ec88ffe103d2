"""`hub bot check` and `hub bot test`: what they print, and how they exit."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli import hub

RULES = "version: 1\nrules:\n  - id: a\n    when: {keywords: [hello]}\n    do: [{say: Hi}, {hand_over: Greeted}]\n"
RIGHT = "> hello\n< Hi\n! hand over: Greeted\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(hub, ["bot", *map(str, arguments)])


def test_sound_rules(rules: Path) -> None:
    result = _run("check", rules)
    assert (result.exit_code, "no mistakes; 1 rules" in result.output) == (0, True)


def test_faulty_rules_are_told_with_line_and_column(rules: Path) -> None:
    rules.write_text(RULES.replace("say:", "sya:"), encoding="utf-8")
    result = _run("check", rules)
    assert result.exit_code == 1
    assert f"{rules}:5:11: a step has no key `sya`; did you mean `say`." in result.output
    assert '"line": 5' in _run("check", rules, "--json").output.replace('":5', '": 5')


def test_transcripts_of_a_folder(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "right.txt").write_text(RIGHT, encoding="utf-8")
    assert _run("test", tmp_path, "--rules", rules).exit_code == 0
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(RIGHT.replace("Hi", "Bye"), encoding="utf-8")
    result = _run("test", tmp_path, "--rules", rules)
    assert result.exit_code == 1
    assert "-< Bye\n+< Hi" in result.output
    assert "1 of 2 transcripts are right." in result.output
    assert _run("test", wrong, "--rules", rules, "--keep").exit_code == 0
    assert wrong.read_text(encoding="utf-8") == RIGHT


def test_what_cannot_be_played_is_a_sentence(rules: Path, tmp_path: Path) -> None:
    script = tmp_path / "a.txt"
    script.write_text("hello\n", encoding="utf-8")
    result = _run("test", script, "--rules", rules)
    assert (result.exit_code, "Line 1" in result.output) == (1, True)
    rules.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in _run("check", rules).output


def test_starter_rules_of_every_trade_are_sound(tmp_path: Path) -> None:
    from chatbot import STARTERS as KNOWN
    from hub.cli.bot import STARTERS

    assert KNOWN == STARTERS
    for name in STARTERS:
        path = tmp_path / f"{name}.yaml"
        path.write_text(_run("starter", name).output, encoding="utf-8")
        assert _run("check", path).exit_code == 0


def test_the_starter_rules_are_played_without_a_file(tmp_path: Path) -> None:
    script = tmp_path / "a.txt"
    script.write_text("> operator\n", encoding="utf-8")
    result = _run("test", script)
    assert (result.exit_code, "+! hand over: Asks for a person" in result.output) == (1, True)
