"""Spans of time: `5 s`, `30 min`, `2 h`, `1 d`."""

from __future__ import annotations

import re
from typing import Final

import yaml

from chatbot.reading.reader import Reader

SECONDS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
SPAN: Final = re.compile(r"([0-9]{1,8}) *(s|m|min|h|d)")


def read_seconds(reader: Reader, node: yaml.Node, *, of: str, most: int) -> int:
    """A span of time, at least a second."""
    return _read(reader, node, of=of, unit=1, least=1, most=most)


def read_minutes(reader: Reader, node: yaml.Node, *, of: str, most: int, least: int = 1) -> int:
    """A span of whole minutes."""
    return _read(reader, node, of=of, unit=60, least=least, most=most)


def _read(reader: Reader, node: yaml.Node, *, of: str, unit: int, least: int, most: int) -> int:
    match = SPAN.fullmatch(reader.word(node, of=of))
    each = SECONDS[match[2]] // unit if match else 0
    span = int(match[1]) * each if match and each else -1
    if not least <= span <= most:
        longest = f"{most} s" if most * unit < 60 else f"{most * unit // 86_400} d"
        examples = "5 s, 30 min, 2 h or 1 d" if unit == 1 else "30 min, 2 h or 1 d"
        reader.fault(node, f"{of} is not a span of time", f"write {examples}, at most {longest}")
        return least
    return span
