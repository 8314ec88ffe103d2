"""The front end is cut by room: what a page loads lies in its rooms or in what all of them share, and nothing goes in circles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from hub.web import assets, rooms
from hub.web.routes import ROOMS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "hub" / "web"
SCRIPTS = {path.relative_to(assets.STATIC).as_posix(): path for path in assets.STATIC.glob("js/**/*.js")}
SHEETS = {path.relative_to(assets.STATIC).as_posix(): path for path in assets.STATIC.glob("css/**/*.css")}
TEMPLATES = {path.relative_to(rooms.TEMPLATES).as_posix(): path for path in rooms.TEMPLATES.rglob("*.html")}
PUBLIC = ROOT / "hub" / "public" / "templates"
OF_STRANGERS = {f"public: {path.relative_to(PUBLIC)}": path for path in PUBLIC.rglob("*.html")}
"""What visitors of other sites see: the chat, the forms."""
WIDTH = 160
ANY_IMPORT = re.compile(r"""(?:\bimport\s*\(\s*|\bfrom\s*|^import\s*)["']([^"']+)["']""", re.MULTILINE)
EVERYWHERE = ("calls/panel.html", "calls/dialled.html", "work/pushed_reminder.html", "error_notice.html")
"""What is put into any page: pop-ups of calls, reminders, errors."""


def _imports(name: str) -> list[str]:
    folder = SCRIPTS[name].parent
    return [
        (folder / found).resolve().relative_to(assets.STATIC.resolve()).as_posix()
        for found in ANY_IMPORT.findall(SCRIPTS[name].read_text(encoding="utf-8"))
    ]


def _room(name: str) -> str:
    return name.split("/")[1]


def test_every_folder_is_a_room() -> None:
    packages = {path.parent.name for path in WEB.glob("*/routes.py")}
    assert set(ROOMS) == packages
    assert {rooms.room_of(name) for name in TEMPLATES} - {""} <= packages
    for kind, files in (("js", SCRIPTS), ("css", SHEETS)):
        assert all(name.count("/") == 2 for name in files), kind
        assert {_room(name) for name in files} <= packages | {assets.CORE}, kind


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_its_own_room_and_the_core(name: str) -> None:
    assert {_room(found) for found in _imports(name)} <= {_room(name), assets.CORE}


def test_scripts_form_no_circle() -> None:
    left = {name: set(_imports(name)) for name in SCRIPTS}
    while ready := {name for name, wanted in left.items() if not wanted & left.keys()}:
        left = {name: wanted for name, wanted in left.items() if name not in ready}
    assert not left, f"in a circle, or leading into one: {sorted(left)}"


def test_every_script_is_loaded_by_a_page() -> None:
    loaded = set(assets.modules(assets.entries((assets.CORE, *ROOMS, "sales/board"))))
    assert set(SCRIPTS) - loaded == {"js/core/theme.js", "js/core/worker.js"}


def test_a_calendar_comes_with_its_script() -> None:
    """Fields of a day, and lists one searches, work on each page that has one."""
    for name, path in TEMPLATES.items():
        text = path.read_text(encoding="utf-8")
        for mark, script in (("ui.when(", "js/core/when.js"), ("data-search", "js/core/combobox.js")):
            if re.search(re.escape(mark) + r"(?![\w-])", text):
                for page in _pages_with(name):
                    assert script in assets.modules(assets.entries((assets.CORE, rooms.room_of(page)))), page


def _pages() -> list[str]:
    """The templates that are whole pages."""
    return [name for name in TEMPLATES if {"base.html", "layout.html"} & set(rooms.closure(name)) - {name}]


def _pages_with(name: str) -> list[str]:
    return [page for page in _pages() if name in rooms.closure(page) and rooms.room_of(page)]


@pytest.mark.parametrize("name", [*TEMPLATES, *OF_STRANGERS])
def test_template_lines_end_in_time(name: str) -> None:
    lines = (TEMPLATES | OF_STRANGERS)[name].read_text(encoding="utf-8").splitlines()
    long = {number for number, line in enumerate(lines, 1) if len(line) > WIDTH}
    assert not long


@pytest.mark.parametrize("name", SHEETS)
def test_styles_say_one_thing_a_line(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", SHEETS[name].read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r'"[^"\n]*"', '""', text)
    assert not [line for line in text.splitlines() if len(line) > WIDTH]
    assert not [line for line in text.splitlines() if line.count(";") > 1]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_lines_end_in_time(name: str) -> None:
    lines = SCRIPTS[name].read_text(encoding="utf-8").splitlines()
    assert not {number for number, line in enumerate(lines, 1) if len(line) > WIDTH}


# Whether the rules that a page can match are among those it loads.
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
_ATTRIBUTE = re.compile(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', re.DOTALL)
_SPOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_BY_SCRIPT = re.compile(r"(?:className\s*=|classList\.\w+\()([^;]*)")


def _classes(text: str) -> tuple[set[str], tuple[str, ...]]:
    """Classes that a template writes, and the beginnings of those whose end is a value."""
    whole: set[str] = set()
    begun: set[str] = set()
    for value in _ATTRIBUTE.findall(text):
        begun |= set(re.findall(r"([\w-]+)\{\{", value))
        whole |= set(re.findall(r"[\w-]+", _SPOKEN.sub(" ", value)))
        whole |= {word for said in _SPOKEN.findall(value) for word in _words(said)}
    whole |= {word for said in _SPOKEN.findall(text) for word in _words(said) if "-" in word or "_" in word}
    return whole, tuple(sorted(begun))


def _words(said: str) -> set[str]:
    return {word for pair in _QUOTED.findall(said) for word in re.findall(r"[\w-]+", "".join(pair))}


@lru_cache(maxsize=512)
def _shown(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    found = [_classes(TEMPLATES[each].read_text(encoding="utf-8")) for each in rooms.closure(name)]
    return frozenset().union(*(whole for whole, _ in found)), tuple(b for _, begun in found for b in begun)


@lru_cache(maxsize=64)
def _scripted(room: str) -> frozenset[str]:
    texts = [path.read_text(encoding="utf-8") for name, path in SCRIPTS.items() if _room(name) == room]
    return frozenset(
        word
        for text in texts
        for value in _BY_SCRIPT.findall(text)
        for quoted in _QUOTED.findall(value)
        for word in "".join(quoted).split()
    )


def _selectors() -> Iterator[tuple[str, frozenset[str]]]:
    """Each room's selectors by the classes an element needs for them."""
    for name, path in SHEETS.items():
        if _room(name) == assets.CORE:
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
        text = re.sub(r"@[\w-]+[^{]*\{", "", text)
        for rule in _RULE.findall(text):
            bare = re.sub(r":(?:is|not|where)\((?:[^()]|\([^()]*\))*\)", "", rule)
            for selector in bare.split(","):
                wanted = frozenset(each for each in _CLASS.findall(selector) if not each.startswith("is-"))
                yield _room(name), wanted


def _of_any_page() -> tuple[frozenset[str], tuple[str, ...]]:
    found = [_shown(name) for name in (*EVERYWHERE, "base.html")]
    return frozenset().union(*(whole for whole, _ in found)), tuple(b for _, begun in found for b in begun)


@pytest.mark.parametrize("page", _pages())
def test_a_page_loads_the_styles_of_all_it_shows(page: str) -> None:
    loaded = rooms.rooms_of(page) | {assets.CORE}
    whole, begun = _shown(page)
    whole_anywhere, begun_anywhere = _of_any_page()
    whole |= whole_anywhere | frozenset().union(*map(_scripted, loaded))
    begun = (*begun, *begun_anywhere)
    missing = {
        (room, *wanted)
        for room, wanted in _selectors()
        if room not in loaded
        and wanted
        and all(each in whole or (begun and each.startswith(begun)) for each in wanted)
    }
    assert not missing
