"""Translations: one .po file an area and language, merged into one catalog a language.

`python -m hub.wording.catalogs` extracts texts from the code, updates every .po file and compiles; it is what
`make translations` runs. `load` compiles by itself when a .po file is newer than the compiled catalog.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hub.settings import VARIABLES
from hub.wording import starters
from hub.wording.sentences import phrases

LANGUAGES = {"en": "English", "km": "ខ្មែរ", "ru": "Русский"}
TRANSLATED = ("km", "ru")
"""English is written in the code."""
WEB = Path(__file__).parents[1] / "web"
LOCALE = WEB / "locale"
SPEAKING = ("values", "crm_core", "inbox", "connectors", "chatbot", "hub")
"""What says sentences without knowing a language."""
AREAS = ("shell", "inbox", "crm", "calls", "ops", "public", "errors")
_PLACES = (
    ("errors", ("words.py",)),
    ("inbox", ("card/", "inbox/", "templates/card/", "templates/inbox/", "stream.py")),
    ("crm", ("lists/", "people/", "sales/", "work/", "forms.py")),
    (
        "crm",
        (
            "templates/lists/",
            "templates/people/",
            "templates/sales/",
            "templates/work/",
            "templates/records.html",
        ),
    ),
    ("calls", ("calls/", "templates/calls/")),
    ("ops", ("admin/", "bot/", "channels/", "platform/")),
    ("ops", ("templates/admin/", "templates/bot/", "templates/channels/", "templates/platform/")),
    ("public", ("public/", "templates/public/")),
)
_METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
_KEYWORDS = {
    "_": None,
    "N_": None,
    "phrase": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}, "**.txt": {"trimmed": "true"}}


def load(language: str) -> NullTranslations:
    """The compiled catalog of a language; English is the source and needs none."""
    if language == "en" or not _sources(language):
        return NullTranslations()
    compiled = LOCALE / language / "LC_MESSAGES" / "hub.mo"
    newest = max(path.stat().st_mtime_ns for path in _sources(language))
    if not compiled.exists() or compiled.stat().st_mtime_ns < newest:
        content = compile_language(language)
        _keep(compiled, content)
        return GNUTranslations(io.BytesIO(content))
    with compiled.open("rb") as file:
        return GNUTranslations(file)


def compile_language(language: str) -> bytes:
    """All areas of a language as one .mo file. The first area that has a translation of a text wins."""
    whole = Catalog(locale=language, fuzzy=False)
    for path in _sources(language):
        for message in _read(path, language):
            known = whole.get(message.id, message.context) if message.id else None
            if message.id and not message.fuzzy and known is None:
                whole.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, whole)
    return buffer.getvalue()


def read(language: str, area: str) -> Catalog:
    """The translations of an area."""
    return _read(LOCALE / language / f"{area}.po", language)


def extract() -> dict[str, Catalog]:
    """Every text of the code, by area."""
    found = {area: Catalog(fuzzy=False) for area in AREAS}
    rows = extract_from_dir(
        str(WEB), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=("i18n:",)
    )
    for file, _line, message, comments, context in rows:
        found[_area(Path(file).as_posix())].add(
            message, None, [(file, 1)], auto_comments=comments, context=context
        )
    for package in SPEAKING:
        for path, text in phrases(WEB.parents[1] / package):
            if WEB not in path.parents:
                found["errors"].add(text, None, [(str(path), 1)])
    for text in starters.said(WEB.parents[1] / "chatbot" / "starter"):
        found["errors"].add(text)
    for message in (*_words_of_connectors(), *(variable.meaning for variable in VARIABLES)):
        found["ops"].add(message)
    return found


def _words_of_connectors() -> Iterator[str]:
    """What the form of a channel shows of the bundled connectors: titles, labels, helps and sentences."""
    from connectors.registry import load_registry  # only for extraction: the pages need none of it

    for connector in load_registry().values():
        spec = connector.spec
        texts = (
            spec.title,
            spec.summary,
            *(text for each in spec.settings for text in (each.label, each.help)),
            *getattr(connector, "texts", ()),
        )
        yield from filter(None, texts)


def update(areas: Sequence[str] = AREAS) -> list[str]:
    """Bring the .po files of these areas up to the code; the texts that still want a translation."""
    missing: list[str] = []
    for area, template in extract().items():
        if area not in areas:
            continue
        for language in TRANSLATED:
            path = LOCALE / language / f"{area}.po"
            catalog = _read(path, language)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            _write(path, catalog)
            missing += [f"{language}/{area}: {m.id}" for m in catalog if _is_missing(m.id, m.string)]
    return missing


def _is_missing(ident: object, string: object) -> bool:
    if not ident:
        return False
    return not all(string) if isinstance(string, (tuple, list)) else not string


def _area(file: str) -> str:
    return next((area for area, places in _PLACES if file.startswith(places)), "shell")


def _sources(language: str) -> list[Path]:
    return [path for area in AREAS if (path := LOCALE / language / f"{area}.po").exists()]


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, project="Omnihub", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _write(path: Path, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, omit_header=False, sort_output=True, width=110, no_location=True)
    lines = [line for line in buffer.getvalue().splitlines(keepends=True) if b"-Date:" not in line]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))


def _keep(path: Path, content: bytes) -> None:
    """Store a compiled catalog if the installation may be written to; without it each start compiles anew."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError:
        return


def main() -> int:
    """Extract, update, compile; the untranslated texts go to standard output. Arguments: areas, else all."""
    missing = update(sys.argv[1:] or AREAS)
    for language in TRANSLATED:
        _keep(LOCALE / language / "LC_MESSAGES" / "hub.mo", compile_language(language))
    sys.stdout.writelines(f"untranslated {line}\n" for line in missing)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
