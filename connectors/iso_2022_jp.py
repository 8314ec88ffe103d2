"""ISO-2022-JP as mail has it: with the rows 9 to 13 and 89 to 94 and the half-width letters of Windows. Pure, linear."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

ESCAPE: Final = re.compile(rb"\x1b(\$\([A-DO-Q]|\$[@AB]|\([A-Z]|[.&][A-Z@])|[\x0e\x0f]")
MARKED: Final = re.compile(rb"\x1b\$(?:[@B]|\([@BDOPQ])")
"""What makes a text of seven bits Japanese, whatever it is called."""
UNUSUAL: Final = re.compile(rb"[\x0e\x0f]|\x1b\$[^\x1b\r\n]*[\r\n]")
ODD: Final = 0.1
"""Share of letters that may be damaged before the label is disbelieved."""


def is_marked(raw: bytes) -> bool:
    """Whether escape sequences tell that this is ISO-2022-JP, though nothing else does."""
    return MARKED.search(raw) is not None


def decoded(raw: bytes) -> str | None:
    """The text, or None where it is none of this charset (bytes of eight bits, unknown sequences)."""
    if not raw.isascii():
        return None
    text = _by_python(raw) or _by_hand(raw)
    wrong = text.count("\ufffd")
    return text if wrong <= 1 or wrong <= ODD * len(text) else None


def _by_python(raw: bytes) -> str:
    """Nothing where the set of Windows is needed, or a line end within Japanese, which Python takes for a part of it."""
    if UNUSUAL.search(raw):
        return ""
    try:
        return raw.decode("iso2022_jp")
    except ValueError:
        return ""


def _by_hand(raw: bytes) -> str:
    """Each run in the set that its escape sequence names. SO and SI shift to half-width letters and back."""
    out: list[str] = []
    at = 0
    read: Callable[[bytes], str] = _ascii
    before = read
    for found in ESCAPE.finditer(raw):
        out.append(read(raw[at : found.start()]))
        at = found.end()
        if found[0] == b"\x0e":
            before, read = read, _half_width
        elif found[0] == b"\x0f":
            read = before
        else:
            read = SETS.get(found[1], _ascii)
    out.append(read(raw[at:]))
    return "".join(out)


def _ascii(run: bytes) -> str:
    return run.decode("ascii", "replace").replace("\x1b", "\ufffd")


def _half_width(run: bytes) -> str:
    return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in run).decode("cp932", "replace")


def _jis_x_0208(run: bytes) -> str:
    """Windows' Shift_JIS of the pairs; a line end within them goes back to ASCII, as the standard says."""
    first, *rest = re.split(rb"(?=[\r\n])", run)
    return _shifted(first) + "".join(map(_ascii, rest))


def _shifted(run: bytes) -> str:
    out = bytearray()
    for at in range(0, len(run) - 1, 2):
        row, cell = run[at], run[at + 1]
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            out += b"\x81\xff"
            continue
        lead = (row - 0x21) // 2 + 0x81
        out.append(lead if lead < 0xA0 else lead + 0x40)
        if row % 2:
            out.append(cell + (0x1F if cell < 0x60 else 0x20))
        else:
            out.append(cell + 0x7E)
    return out.decode("cp932", "replace") + ("\ufffd" if len(run) % 2 else "")


def _jis_x_0212(run: bytes) -> str:
    pairs = bytes(byte | 0x80 for byte in run)
    marked = b"".join(b"\x8f" + pairs[at : at + 2] for at in range(0, len(pairs), 2))
    return marked.decode("euc_jp", "replace")


def _high(codec: str) -> Callable[[bytes], str]:
    return lambda run: bytes(byte | 0x80 for byte in run).decode(codec, "replace")


SETS: Final[dict[bytes, Callable[[bytes], str]]] = {
    b"(B": _ascii,
    b"(J": _ascii,
    b"(H": _ascii,
    b"(I": _half_width,
    b"$@": _jis_x_0208,
    b"$B": _jis_x_0208,
    b"$(B": _jis_x_0208,
    b"$(@": _jis_x_0208,
    b"$(D": _jis_x_0212,
    b"$(O": _high("euc_jis_2004"),
    b"$(Q": _high("euc_jis_2004"),
    b"$A": _high("gb2312"),
    b"$(A": _high("gb2312"),
    b"$(C": _high("euc_kr"),
}
