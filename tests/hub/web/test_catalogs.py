"""The translations: complete, with the same placeholders, and none left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from hub.wording import catalogs
from hub.wording.i18n import gettext, locale_context, ngettext, use_locale

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def extracted() -> dict[str, set[object]]:
    return {
        area: {message.id for message in found if message.id} for area, found in catalogs.extract().items()
    }


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
@pytest.mark.parametrize("area", catalogs.AREAS)
def test_every_text_is_translated(language: str, area: str, extracted: dict[str, set[object]]) -> None:
    path = catalogs.LOCALE / language / f"{area}.po"
    translated: dict[object, object] = {}
    if path.exists():
        with path.open("rb") as file:
            translated = {
                message.id: message.string for message in read_po(file, locale=language) if message.id
            }
    missing = {ident for ident in extracted[area] if not _is_there(translated.get(ident))}
    assert not missing


@pytest.mark.parametrize(
    "path", sorted(catalogs.LOCALE.glob("*/*.po")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_placeholders_survive(path: Path) -> None:
    with path.open("rb") as file:
        for message in read_po(file, locale=path.parent.name):
            ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            wanted = set(PLACEHOLDER.findall(ids[-1]))
            for string in strings:
                if message.id and string:
                    assert set(PLACEHOLDER.findall(string)) == wanted, message.id


def test_plurals_follow_the_language() -> None:
    with use_locale(locale_context("ru")):
        assert [ngettext("%(count)s unread", "%(count)s unread", n) % {"count": n} for n in (1, 2, 5)] == [
            "1 непрочитанное",
            "2 непрочитанных",
            "5 непрочитанных",
        ]
        assert gettext("no such text") == "no such text"
        assert gettext("") == ""


def _is_there(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)
