"""Text with `format=flowed` (RFC 3676): paragraphs as they were written, before a program broke their lines. Pure, linear."""

from __future__ import annotations

import re
from typing import Final

QUOTES: Final = re.compile(r">*")
SIGNATURE: Final = "-- "


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Lines that end with a space are joined to the next one of the same depth; with `delsp` that space is none of the text."""
    out: list[str] = []
    held: list[str] = []
    depth = 0
    for line in text.split("\n"):
        marks = QUOTES.match(line)
        own = marks.end() if marks else 0
        words = line[own:]
        words = words[1:] if words.startswith(" ") else words
        if held and (own != depth or words == SIGNATURE or not words.strip()):
            out.append(_written(held, depth))
            held = []
        depth = own
        flows = words.endswith(" ") and words != SIGNATURE and bool(words.strip())
        held.append(words[:-1] if flows and delsp else words)
        if not flows:
            out.append(_written(held, depth))
            held = []
    return "\n".join([*out, _written(held, depth)] if held else out)


def _written(pieces: list[str], depth: int) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth and text else ">" * depth + text
