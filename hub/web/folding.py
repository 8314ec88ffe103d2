"""Long texts of messages: their beginning is shown, the rest is folded away, so that no text stops a browser."""

from __future__ import annotations

import re
from unicodedata import combining

SHOWN = 2_000
"""Characters of a message that are shown at once."""
LINES = 40
WORD = 200
"""How far before the edge a space is looked for."""
_LINES = re.compile(r"(?:[^\n]*\n){" + str(LINES) + "}")


def fold(text: str) -> tuple[str, str]:
    """What is shown at once and the rest; the rest is empty unless it is worth a click. Letters keep their marks."""
    found = _LINES.match(text)
    edge = min(found.end() if found else len(text), SHOWN)
    if len(text) - edge < SHOWN // 4 and text.count("\n", edge) < LINES // 4:
        return text, ""
    space = max(text.rfind(" ", max(edge - WORD, 0), edge), text.rfind("\n", max(edge - WORD, 0), edge))
    cut = space + 1 if space >= 0 else edge
    while 0 < cut < len(text) and combining(text[cut]):
        cut -= 1
    return (text[:cut], text[cut:]) if cut else (text[:edge], text[edge:])
