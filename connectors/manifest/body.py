"""A request as one value that expressions can look into: body, headers, query, suffix."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import orjson

from connectors.contract import Malformed, RawInput

MOST_FIELDS = 1_000
DEEPEST = 60


def root_of(raw: RawInput) -> dict[str, Any]:
    """The root of a manifest's expressions. Raises Malformed for a body that is neither JSON nor a form."""
    return {
        "body": body_of(raw),
        "headers": dict(raw.headers),
        "query": dict(raw.query),
        "suffix": raw.suffix,
    }


def body_of(raw: RawInput) -> Any:
    """JSON as it is; a form as a mapping of its fields (a repeated field keeps its last value)."""
    kind = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not raw.body:
        return {}
    if kind == "application/x-www-form-urlencoded":
        return form_fields(raw)
    if kind == "multipart/form-data":
        return _multipart(raw)
    try:
        value = orjson.loads(raw.body)
    except orjson.JSONDecodeError as error:
        if b"=" in raw.body and not raw.body.lstrip().startswith((b"{", b"[")):
            return form_fields(raw)
        raise Malformed(f"it is not JSON: {error}") from None
    if not isinstance(value, dict | list):
        raise Malformed("it is JSON, but neither an object nor a list")
    _check_depth(value)
    return value


def form_fields(raw: RawInput) -> dict[str, str]:
    """The fields of an urlencoded body."""
    try:
        pairs = parse_qsl(
            raw.body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed(f"it is not a form: {error}") from None
    return dict(pairs)


def _multipart(raw: RawInput) -> dict[str, str]:
    head = f"Content-Type: {raw.headers.get('content-type', '')}\r\n\r\n".encode("utf-8", "replace")
    try:
        message = BytesParser(policy=HTTP).parsebytes(head + raw.body)
        parts = list(message.iter_parts()) if message.is_multipart() else []
    except Exception as error:  # the standard parser raises all sorts of things on hostile mail-like bodies
        raise Malformed(f"it is not a form: {type(error).__name__}") from None
    if not parts or len(parts) > MOST_FIELDS:
        raise Malformed("it is not a form")
    fields: dict[str, str] = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload.decode("utf-8", "replace")
    return fields


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Malformed(f"it is nested deeper than {DEEPEST} levels")
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
