"""What a request to a form's door carries, whichever of the three encodings it came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from io import BytesIO
from typing import Any, Final

import orjson
from multipart import MultipartError, MultipartParser, MultipartPart

from connectors.contract import Malformed, RawInput
from connectors.webform import decoding
from values.sentences import phrase
from values.texts import storable

MAX_FIELDS: Final = 200
MAX_RAW_FIELDS: Final = 3000
"""Builders send six names a field; what is shown of them is bounded afterwards."""
MAX_TEXT: Final = 1024 * 1024
"""A form without files is never longer than this."""
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
    data: Any = None
    """The JSON that it was, if it was JSON."""
    hints: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a field is for by its declared type or inner name, where its label does not say: `email`, `long`, ..."""
    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where in the JSON a field stood, by its name."""
    outer: tuple[tuple[str, str], ...] = ()
    """What stands around the answers: told, but nobody's name or message."""
    key: str = ""
    """The entry's own id at the service that sent it."""

    def get(self, name: str) -> str:
        """The first value of a field, or an empty text."""
        return next((value for known, value in self.values if known == name), "")


def read(raw: RawInput) -> Body:
    """Decode a body. Raises Malformed with what is wrong with it."""
    kind, charset, boundary = _content_type(raw)
    if kind == "multipart/form-data":
        return _multipart(raw.body, boundary)
    if len(raw.body) > MAX_TEXT:
        raise Malformed(
            phrase("it is longer than {max_text} bytes without being multipart/form-data", max_text=MAX_TEXT)
        )
    if kind == "application/json" or kind.endswith("+json") or raw.body.lstrip()[:1] in (b"{", b"["):
        data = _json(raw.body, charset)
        return Body(values=tuple(_limited(flat(data))) if isinstance(data, dict) else (), data=data)
    if kind in ("application/x-www-form-urlencoded", "text/plain", "") or b"=" in raw.body[:MAX_NAME]:
        return Body(values=tuple(_limited(_pairs(raw.body, charset))))
    raise Malformed(
        phrase(
            "a form cannot be read from “{kind}”; send JSON, urlencoded or multipart/form-data",
            kind=kind[:80],
        )
    )


def is_multipart(raw: RawInput) -> bool:
    return raw.headers.get("content-type", "").strip().lower().startswith("multipart/form-data")


def _content_type(raw: RawInput) -> tuple[str, str, str]:
    header = Message()
    header["content-type"] = raw.headers.get("content-type", "").replace("\n", " ").replace("\r", " ")
    given = bool(header["content-type"].strip())
    boundary = header.get_param("boundary", "")
    return (
        header.get_content_type() if given else "",
        header.get_content_charset(""),
        boundary if isinstance(boundary, str) else "",
    )


def _json(body: bytes, charset: str) -> dict[str, Any] | list[Any]:
    try:
        data = orjson.loads(body if decoding.codec_for(body) == "utf-8" else decoding.text_of(body, charset))
    except orjson.JSONDecodeError as error:
        raise Malformed(phrase("it is not JSON: {error}", error=error)) from None
    if not isinstance(data, dict) and not (isinstance(data, list) and data and isinstance(data[0], dict)):
        raise Malformed(phrase("its JSON is not an object; send {“name”: …, “email”: …}"))
    return data


def flat(data: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Nested objects become dotted names, lists become one text; true becomes yes."""
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < MAX_DEPTH and key != "_source":
            yield from flat(value, f"{name}.", depth + 1)
        else:
            yield name, text_of(value)


def text_of(value: Any) -> str:
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
        raise Malformed(phrase("its JSON is nested too deeply")) from None


def _pairs(body: bytes, charset: str) -> list[tuple[str, str]]:
    try:
        return decoding.pairs(body, charset, limit=MAX_RAW_FIELDS)
    except ValueError as error:
        raise Malformed(phrase("it is not a urlencoded form: {error}", error=error)) from None


def _multipart(body: bytes, boundary: str) -> Body:
    if not boundary:
        raise Malformed(phrase("its content type names no boundary"))
    values: list[tuple[str, bytes, str]] = []
    files: list[Upload] = []
    try:
        parser = MultipartParser(
            BytesIO(body),
            boundary,
            part_limit=MAX_RAW_FIELDS,
            spool_limit=len(body) + 1,
            memory_limit=2 * len(body) + 1,
        )
        for part in parser:
            _sort(part, values, files)
            part.close()
    except (MultipartError, ValueError, LookupError) as error:
        raise Malformed(phrase("it is not a multipart form: {error}", error=error)) from None
    return Body(values=tuple(_limited(_texts(values))), files=tuple(files))


def _texts(values: list[tuple[str, bytes, str]]) -> list[tuple[str, str]]:
    """In the charset of each part, else of the field `_charset_`, else as all of them look."""
    told = next((value.decode("ascii", "replace") for name, value, _ in values if name == "_charset_"), "")
    chosen = decoding.codec_for(b"\n".join(value for _, value, _ in values), told)
    return [
        (name, decoding.without_references(decoding.text_of(value, charset or chosen)))
        for name, value, charset in values
    ]


def _sort(part: MultipartPart, values: list[tuple[str, bytes, str]], files: list[Upload]) -> None:
    content = bytes(part.raw)
    name = str(part.name or "")
    if part.filename is None:
        declared = part.headers.get("Content-Type", "")
        charset = declared.partition("charset=")[2].strip().strip('"')[:80]
        values.append((name, content, charset))
    elif content or part.filename:
        files.append(
            Upload(
                field=name, name=str(part.filename) or "file", mime=str(part.content_type), content=content
            )
        )


def _limited(
    pairs: Iterator[tuple[str, str]] | list[tuple[str, str]], *, most: int = MAX_RAW_FIELDS
) -> Iterator[tuple[str, str]]:
    """Bounded names and values, line ends as people mean them."""
    for n, (name, value) in enumerate(pairs):
        if n >= most:
            raise Malformed(phrase("it has more than {most} fields", most=most))
        yield name.strip()[:MAX_NAME], storable(value[:MAX_VALUE]).replace("\r\n", "\n")
