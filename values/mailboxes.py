"""Mail addresses as they are compared: one mailbox, however its local part is quoted. Pure."""

from __future__ import annotations

import re
from typing import Final

QUOTED: Final = re.compile(r'"((?:[^"\\\r\n]|\\[^\r\n]){1,64})"@([^@\s"]+)')
ESCAPED: Final = re.compile(r"\\(.)")
NEEDS_NO_QUOTES: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+")


def unquoted(address: str) -> str:
    """`"a..b."@docomo.ne.jp` without its quotes: they are there for the dots alone, and many write it without them.

    What would be something else without quotes (a space, an @) keeps them.
    """
    found = QUOTED.fullmatch(address)
    if not found:
        return address
    local = ESCAPED.sub(r"\1", found[1])
    return f"{local}@{found[2]}" if NEEDS_NO_QUOTES.fullmatch(local) else address
