"""What a request to a form's door carries, whichever of the three encodings it came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from multipart import MultipartError, MultipartParser, MultipartPart

from connectors.contract import Malformed, RawInput

MAX_FIELDS: Final = 200
MAX_NAME: Final = 200
MAX_VALUE: Final = 64 * 1024
MAX_DEPTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a form."""

    field: str
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Names and values in the order they came, and the files. A name may come more than once."""

    values: tuple[tuple[str, str], ...] = ()
    files: tuple[Upload, ...] = ()

    def get(self, name: str) -> str:
        """The first value of a field, or an empty text."""
        return next((value for known, value in self.values if known == name), "")


def read(raw: RawInput) -> Body:
    """Decode a body. Raises Malformed with what is wrong with it."""
    kind, charset, boundary = _content_type(raw)
    if kind == "multipart/form-data":
        return _multipart(raw.body, boundary)
    if kind == "application/json" or kind.endswith("+json") or raw.body.lstrip()[:1] == b"{":
        return Body(values=tuple(_limited(_flat(_json(raw.body)))))
    if kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        return Body(values=tuple(_limited(_pairs(raw.body, charset))))
    raise Malformed(f"a form cannot be read from “{kind[:80]}”; send JSON, urlencoded or multipart/form-data")


def _content_type(raw: RawInput) -> tuple[str, str, str]:
    header = Message()
    header["content-type"] = raw.headers.get("content-type", "").replace("\n", " ").replace("\r", " ")
    given = bool(header["content-type"].strip())
    boundary = header.get_param("boundary", "")
    return (
        header.get_content_type() if given else "",
        header.get_content_charset("utf-8"),
        boundary if isinstance(boundary, str) else "",
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"it is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise Malformed("its JSON is not an object; send {“name”: …, “email”: …}")
    return data


def _flat(data: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Nested objects become dotted names, lists become one text; true becomes yes."""
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < MAX_DEPTH and key != "_source":
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(item, str | int | float) for item in value):
            return ", ".join(str(item) for item in value)
        case dict() | list():
            return _written(value)
        case _:
            return str(value)


def _written(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # deeper than can be written
        raise Malformed("its JSON is nested too deeply") from None


def _pairs(body: bytes, charset: str) -> list[tuple[str, str]]:
    try:
        text = body.decode(charset, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    try:
        return parse_qsl(text.strip("\r\n"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Malformed(f"it is not a urlencoded form: {error}") from None


def _multipart(body: bytes, boundary: str) -> Body:
    if not boundary:
        raise Malformed("its content type names no boundary")
    values: list[tuple[str, str]] = []
    files: list[Upload] = []
    try:
        parser = MultipartParser(
            BytesIO(body),
            boundary,
            part_limit=MAX_FIELDS,
            spool_limit=len(body) + 1,
            memory_limit=2 * len(body) + 1,
        )
        for part in parser:
            _sort(part, values, files)
            part.close()
    except (MultipartError, ValueError, LookupError) as error:
        raise Malformed(f"it is not a multipart form: {error}") from None
    return Body(values=tuple(_limited(values)), files=tuple(files))


def _sort(part: MultipartPart, values: list[tuple[str, str]], files: list[Upload]) -> None:
    content = bytes(part.raw)
    name = str(part.name or "")
    if part.filename is None:
        values.append((name, content.decode("utf-8", "replace")))
    elif content or part.filename:
        files.append(
            Upload(
                field=name, name=str(part.filename) or "file", mime=str(part.content_type), content=content
            )
        )


def _limited(pairs: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Bounded names and values, line ends as people mean them."""
    for n, (name, value) in enumerate(pairs):
        if n >= MAX_FIELDS:
            raise Malformed(f"it has more than {MAX_FIELDS} fields")
        yield name.strip()[:MAX_NAME], value[:MAX_VALUE].replace("\r\n", "\n").replace("\0", "")
