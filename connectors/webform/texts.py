"""Words for visitors in their language: one JSON table a language, read by the pages here and by the scripts in browsers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

LANGUAGES: Final = ("en", "km", "ru")
FOLDERS: Final = tuple(Path(__file__).parent.parent / name / "texts" for name in ("webform", "sitechat"))


def say(language: str, text: str, **values: object) -> str:
    """An English text in another language, its {names} filled in; as it is where nobody translated it."""
    said = table(language).get(text, text)
    return said.format(**values) if values else said


def pick(*wanted: str, default: str) -> str:
    """The first wanted language that we speak, then the default, then English."""
    for tag in (*wanted, default):
        language = tag.split("-")[0].strip().lower()
        if language in LANGUAGES:
            return language
    return "en"


@lru_cache(maxsize=len(LANGUAGES) + 1)
def table(language: str) -> dict[str, str]:
    """English text to translated text; empty for English and for languages we do not speak."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        path = folder / f"{language}.json"
        if language in LANGUAGES and path.is_file():
            found.update(orjson.loads(path.read_bytes()))
    return found
