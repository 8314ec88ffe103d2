"""Hostile versions of a request: what a parser must survive with events, Malformed or Unsupported."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from connectors.contract import RawInput

ODD: tuple[Any, ...] = (
    None, "", [], {}, 0, -1, 1e308, True, [None], {"a": None}, "\x00", "x" * 70_000, 2**63, "9" * 400, "⁧\u200f",
    "../../etc/passwd", "javascript:alert(1)", "1970-01-01", "9999-12-31T23:59:59-23:59",
)  # fmt: skip
BODIES = (
    b"", b" ", b"\x00", b"\xff\xfe\xfa", b"null", b"0", b'""', b"[]", b"{}", b"[[[]]]", b"true", b"{", b'{"a":', b"a", b"=",
    b"&&&", b"%00%ff=%", b"a=1&a=2", b"--x\r\n", b"<xml/>", b'{"a":NaN}', b'"\\ud800"', b"\xef\xbb\xbf{}",
    b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 400 + b"1" + b"}" * 400, b"[" + b"{}," * 60_000 + b"{}]", b"a" * 1_000_000,
    b"&".join(b"k%d=v" % n for n in range(3_000)),
)  # fmt: skip
TYPES = (
    "", "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "text/plain", "application/json; charset=utf-16", "\x00", "multipart/form-data; boundary=" + "b" * 5_000,
)  # fmt: skip
MOST_MUTANTS = 250


def tortures(raw: RawInput) -> Iterator[tuple[str, RawInput]]:
    """Names and requests."""
    for number, body in enumerate(BODIES):
        yield f"body {number}", replace(raw, body=body)
    for type_ in TYPES:
        yield f"type {type_[:30]!r}", replace(raw, headers={**raw.headers, "content-type": type_})
        yield f"only type {type_[:30]!r}", replace(raw, headers={"content-type": type_})
    size = len(raw.body)
    for cut in sorted({1, size // 4, size // 2, size * 3 // 4, max(size - 1, 0)}):
        yield f"cut at {cut}", replace(raw, body=raw.body[:cut])
    for at in range(0, size, max(1, size // 20)):
        yield f"NUL at {at}", replace(raw, body=raw.body[:at] + b"\x00" + raw.body[at + 1 :])
        yield f"broken UTF-8 at {at}", replace(raw, body=raw.body[:at] + b"\xff" + raw.body[at:])
    yield "no headers", replace(raw, headers={}, query={}, suffix="")
    yield (
        "odd headers",
        replace(raw, headers={**raw.headers, "x": "\ud800"}, suffix="../" * 50, query={"": "\x00"}),
    )
    yield from _mutants(raw)


def _mutants(raw: RawInput) -> Iterator[tuple[str, RawInput]]:
    try:
        document: Any = orjson.loads(raw.body)
    except orjson.JSONDecodeError:
        return
    paths = list(_paths(document))
    step = max(1, len(paths) * len(ODD) // MOST_MUTANTS)
    pairs = [(path, odd) for path in paths for odd in ODD]
    for path, odd in pairs[::step]:
        mutant = copy.deepcopy(document)
        place = mutant
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = odd
        where = ".".join(str(key) for key in path)
        try:
            body = orjson.dumps(mutant)
        except TypeError:  # numbers beyond 64 bits cannot be written
            continue
        yield f"{where} = {str(odd)[:20]!r}", replace(raw, body=body)


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*above, key)
        yield from _paths(child, (*above, key))
