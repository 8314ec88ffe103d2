"""Transcripts played against the rules in the editor: green, or the first line that comes out differently."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from chatbot.rules import RuleSet
from chatbot.transcript import TranscriptInvalid, play
from hub.web.bot import rules
from hub.web.bot.rule_files import read_text
from hub.web.context import is_fragment
from hub.web.posted import posted
from hub.web.render import page
from hub.wording.i18n import gettext as _

MOST_FILES = 50
MOST_BYTES = 64 * 1024
MOST_LINES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A transcript and what came of it; `line` is the first that differs, 0 if none does. `fault`: it cannot be played."""

    name: str
    line: int = 0
    wanted: str = ""
    got: str = ""
    whole: str = ""
    fault: str = ""

    @property
    def is_right(self) -> bool:
        return not self.line and not self.fault


async def run(request: web.Request) -> web.StreamResponse:
    """Play what was typed and every file that was chosen."""
    data = await posted(request)
    sent, script = data.get("source", data.get("draft")), data.get("script", "")
    source = await rules.written(request, sent.replace("\r\n", "\n") if isinstance(sent, str) else None)
    typed = script.replace("\r\n", "\n") if isinstance(script, str) else ""
    found, problems = await rules.read(request, source)
    scripts = [(_("Typed here"), typed)] if typed.strip() else []
    scripts += [
        _opened(each) for each in data.getall("file", []) if isinstance(each, FileField) and each.filename
    ]
    played: tuple[Played, ...] = ()
    if found is not None:
        played = await asyncio.to_thread(_all, found, scripts[:MOST_FILES])
    values: dict[str, Any] = {"played": played, "script": typed, "is_played": True, "problems": problems}
    if is_fragment(request):
        return page(request, "bot/rules_transcripts.html", **values)
    return await rules.editor(request, source, problems=problems, more=values)


def _opened(field: FileField) -> tuple[str, str]:
    with field.file as file:
        content = file.read(MOST_BYTES + 1)
    try:
        return field.filename[:100], read_text(content)
    except UnicodeDecodeError:
        return field.filename[:100], "\0"


def _all(found: RuleSet, scripts: list[tuple[str, str]]) -> tuple[Played, ...]:
    return tuple(compare(found, name, script) for name, script in scripts)


def compare(found: RuleSet, name: str, script: str) -> Played:
    """Play one transcript; it is right when playing it gives back itself."""
    if "\0" in script:
        return Played(name=name, fault=_("The file is not text in UTF-8."))
    if len(script.encode("utf-8", "replace")) > MOST_BYTES or script.count("\n") > MOST_LINES:
        return Played(name=name, fault=_("The transcript is too long."))
    try:
        whole = play(found, script)
    except TranscriptInvalid as error:
        return Played(name=name, fault=str(error))
    pairs = zip_longest(_lines(script), _lines(whole), fillvalue="")
    for line, (wanted, got) in enumerate(pairs, 1):
        if wanted != got:
            return Played(name=name, line=line, wanted=wanted, got=got, whole=whole)
    return Played(name=name, whole=whole)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]
