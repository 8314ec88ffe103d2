"""Spans of time in seconds."""

from __future__ import annotations

import re

import yaml

from chatbot.reading.reader import Reader

SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
SPAN = re.compile(r"([0-9]{1,8}) *(s|m|min|h|d)")


def read_seconds(reader: Reader, node: yaml.Node, *, of: str, most: int) -> int:
    """A span of time, at least a second."""
    match = SPAN.fullmatch(reader.word(node, of=of))
    seconds = int(match[1]) * SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= most:
        longest = f"{most} s" if most < 60 else f"{most // 86_400} d"
        reader.fault(node, f"{of} is not a span of time", f"write 5 s, 30 min, 2 h or 1 d, at most {longest}")
        return 1
    return seconds
