"""The recipe for a step of the bot: followed to the letter in a copy of the house it gives one that works; half of it is told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A step of the bot")[2]
MODULE = re.findall(r"^```python\n(.*?)^```", RECIPE, re.MULTILINE | re.DOTALL)[0]
LINES = dict(re.findall(r"^    (chatbot/\S+): +(.+)$", RECIPE, re.MULTILINE))
"""What the recipe adds to which file."""
RULES = """
version: 1
rules:
  - id: hello
    when: {keywords: [hello]}
    do:
      - shout: how are you
"""
PLAY = f"""
from datetime import UTC, datetime
from chatbot.engine import decide
from chatbot.model import Abilities, BotState, Turn
from chatbot.parse import load
turn = Turn(text="hello", channel="chat", connector="sitechat", language="en", region="KH",
            now=datetime(2026, 11, 23, 10, tzinfo=UTC), first_contact=False, in_hours=True,
            known={{}}, abilities=Abilities(buttons=True))
print(decide(load({RULES!r}, source="rules"), BotState(), turn).effects)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The floors that the recipe touches, and what tells whether a step is whole."""
    leave = shutil.ignore_patterns("__pycache__")
    for floor in ("chatbot", "values"):
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=leave)
    (tmp_path / "tests" / "structure").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "structure" / "test_bot_steps.py", tmp_path / "tests" / "structure")
    return tmp_path


def follow(house: Path, *, without: str = "") -> None:
    """All of the recipe but one piece."""
    if without != "module":
        (house / "chatbot" / "steps" / "shout.py").write_text(MODULE, encoding="utf-8")
    table = house / "chatbot" / "steps" / "table.py"
    if without != "table":
        text = table.read_text(encoding="utf-8").replace("import ask,", "import ask, shout,")
        line = LINES["chatbot/steps/table.py"]
        table.write_text(text.replace('    "say": ', f'    {line}\n    "say": ', 1), encoding="utf-8")
    readme = house / "chatbot" / "README.md"
    if without != "README":
        row = LINES["chatbot/README.md"]
        text = readme.read_text(encoding="utf-8")
        readme.write_text(text.replace("| `say` |", f"{row}\n| `say` |", 1), encoding="utf-8")


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *words], cwd=house, env=environ, capture_output=True, text=True, check=False
    )


def is_whole(house: Path) -> subprocess.CompletedProcess[str]:
    words = ("-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", "--rootdir=.")
    return run(house, *words, "-o", "pythonpath=.", "tests/structure/test_bot_steps.py")


def test_who_follows_the_recipe_has_a_step_that_works(house: Path) -> None:
    follow(house)
    done = is_whole(house)
    assert done.returncode == 0, done.stdout
    played = run(house, "-c", PLAY)
    assert "HOW ARE YOU" in played.stdout, played.stderr


@pytest.mark.parametrize("piece", ["module", "table", "README"])
def test_what_is_forgotten_is_told(house: Path, piece: str) -> None:
    follow(house, without=piece)
    done = is_whole(house)
    assert done.returncode != 0
    assert "shout" in done.stdout
