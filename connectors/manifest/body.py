"""A request as one value that expressions can look into: body, headers, query, suffix."""

from __future__ import annotations

from dataclasses import replace
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import orjson
from multipart import MultipartError, MultipartParser

from connectors.charsets import codec, decode
from connectors.contract import ChannelConfig, Malformed, RawInput
from values.sentences import phrase

MOST_FIELDS = 1_000
DEEPEST = 60
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def root_of(
    raw: RawInput, channel: ChannelConfig, *, secrets: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The root of a manifest's expressions, without secrets. Raises Malformed for what is neither JSON nor a form."""
    return {
        "body": body_of(raw),
        "headers": raw.headers if type(raw.headers) is dict else dict(raw.headers),
        "query": raw.query if type(raw.query) is dict else dict(raw.query),
        "suffix": raw.suffix,
        "settings": {name: value for name, value in channel.settings.items() if name not in secrets},
        "channel": channel_names(channel),
    }


def channel_names(channel: ChannelConfig) -> dict[str, str]:
    """What expressions and templates may know of the channel."""
    return {
        "slug": channel.slug,
        "name": channel.name,
        "region": channel.region,
        "language": channel.language,
        "door": f"{channel.public_url}/in/{channel.slug}",
    }


def body_of(raw: RawInput) -> Any:
    """JSON as it is; a form as a mapping: a repeated field is a list, a file a mapping with name, mime, size, content."""
    if not raw.body.strip():
        return {}
    kind = content_type(raw)
    looks_like_json = raw.body.lstrip()[:1] in (b"{", b"[")
    if kind == MULTIPART:
        return _gathered(_multipart(raw))
    if kind == FORM and not looks_like_json:
        return _gathered(form_pairs(raw.body, charset_of(raw)))
    if not looks_like_json and "json" not in kind and b"=" in raw.body:
        return _gathered(form_pairs(raw.body, charset_of(raw)))
    return _json(
        raw.body if charset_of(raw) in ("utf-8", "ascii") else decode(raw.body, charset_of(raw)).encode()
    )


def content_type(raw: RawInput) -> str:
    return raw.headers.get("content-type", "").partition(";")[0].strip().lower()


def charset_of(raw: RawInput) -> str:
    """The codec of what the request's content type calls its charset; UTF-8 where it says none that is known."""
    said = raw.headers.get("content-type", "").lower().partition("charset=")[2].partition(";")[0]
    return codec(said) or "utf-8" if said else "utf-8"


def in_charset(raw: RawInput, charset: str) -> RawInput:
    """The request with the charset of its provider in its content type, where it says none itself."""
    said = raw.headers.get("content-type", "")
    if charset == "utf-8" or "charset=" in said.lower():
        return raw
    return replace(raw, headers={**raw.headers, "content-type": f"{said or FORM}; charset={charset}"})


def form_pairs(body: bytes, charset: str = "utf-8") -> list[tuple[str, str]]:
    """The names and values of an urlencoded body, in their order."""
    try:
        text = body.decode(charset if charset != "ascii" else "utf-8").strip("\r\n")
        return parse_qsl(
            text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict", encoding=charset
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed(phrase("it is not a form: {error}", error=error)) from None


def _json(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(phrase("it is not JSON: {error}", error=error)) from None
    if not isinstance(value, dict | list):
        raise Malformed(phrase("it is JSON, but neither an object nor a list"))
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Malformed(phrase("it is nested deeper than {deepest} levels", deepest=DEEPEST))
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
    return value


def _multipart(raw: RawInput) -> list[tuple[str, Any]]:
    header = Message()
    header["content-type"] = " ".join(raw.headers.get("content-type", "").split())
    boundary = header.get_param("boundary", "")
    if not isinstance(boundary, str) or not boundary:
        raise Malformed(phrase("its content type names no boundary"))
    size = len(raw.body)
    try:
        parts = MultipartParser(
            BytesIO(raw.body), boundary, content_length=size, disk_limit=0, mem_limit=size + 1, memfile_limit=size + 1,
            part_limit=MOST_FIELDS,
        ).parts()  # fmt: skip
        return [
            (
                part.name or "",
                {
                    "name": part.filename,
                    "mime": part.content_type or "",
                    "size": part.size,
                    "content": part.raw,
                }
                if part.filename is not None
                else decode(part.raw, charset_of(raw)),
            )
            for part in parts
        ]
    except (MultipartError, UnicodeError, ValueError, LookupError) as error:
        raise Malformed(phrase("it is not a form: {error}", error=error)) from None


def _gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields
