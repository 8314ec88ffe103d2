"""The rules as a file: downloaded as they are, uploaded into the editor, where nothing is in force before it is saved."""

from __future__ import annotations

from aiohttp import web
from aiohttp.web_request import FileField

from chatbot.problems import Problem
from hub.web.bot import rules
from hub.web.context import ident, transaction
from hub.web.forms import status_of
from hub.web.posted import posted
from hub.wording.i18n import gettext as _
from inbox.bot import rulebook, version_store


async def download(request: web.Request) -> web.StreamResponse:
    """The rules in force, as they were written."""
    async with transaction(request) as conn:
        text = await rulebook.source(conn)
    return _file(text, name="bot-rules.yaml")


async def download_version(request: web.Request) -> web.StreamResponse:
    """An older version as a file."""
    async with transaction(request) as conn:
        found = await version_store.get(conn, ident(request))
    return _file(found.source, name=f"bot-rules-{found.id}.yaml")


async def upload(request: web.Request) -> web.StreamResponse:
    """A file into the editor, with whatever is wrong in it; the running rules stay until somebody saves."""
    text, problems = _read((await posted(request)).get("file"))
    if not problems:
        _rules, problems = await rules.read(request, text)
    return await rules.editor(
        request, text, problems=problems, status=status_of(problems), is_checked=not problems
    )


def read_text(content: bytes) -> str:
    """A text file of any editor: UTF-8 with or without a mark, any ends of lines. Raises UnicodeDecodeError."""
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _read(given: object) -> tuple[str, tuple[Problem, ...]]:
    if not isinstance(given, FileField) or not given.filename:
        return "", (_problem(_("no file was chosen"), _("choose the file of the rules")),)
    with given.file as file:
        content = file.read(rules.MOST_BYTES + 1)
    if len(content) > rules.MOST_BYTES:
        return "", (_problem(_("the file is larger than half a megabyte"), _("choose another one")),)
    try:
        return read_text(content), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", (_problem(_("the file is not text in UTF-8"), _("save it as UTF-8"), line=line),)


def _problem(what: str, remedy: str, *, line: int = 1) -> Problem:
    return Problem(source="rules", line=line, column=1, what=what, remedy=remedy)


def _file(text: str, *, name: str) -> web.Response:
    return web.Response(
        body=text.encode(),
        content_type="application/yaml",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
