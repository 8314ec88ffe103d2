"""Text and ground of a mail's HTML together: where one of them was set in a way that is not kept, the other is mended. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from connectors.email.quoted.html_text import is_deep


class Color(NamedTuple):
    """Red, green and blue, each from 0 to 255."""

    red: int
    green: int
    blue: int


PAPER: Final = Color(255, 255, 255)
INK: Final = Color(17, 17, 17)
FEWEST: Final = 2.2
"""Contrast (as WCAG counts it) below which nobody set the two for each other."""
FAINT: Final = 1.5
HALF: Final = 0.5
LONG: Final = 4_000
FETCHING: Final = re.compile(r"(?:url|image|image-set|src|cross-fade|element)\s*\(", re.IGNORECASE)
PLAIN: Final = re.compile(r"[^\"'\\<>{};@]{1,200}\Z")
HEX: Final = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-f])", re.IGNORECASE)
RGB: Final = re.compile(
    r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]{1,6}))?", re.IGNORECASE
)
# fmt: off
NAMED: Final = {
    "white": 0xFFFFFF, "black": 0x000000, "red": 0xFF0000, "green": 0x008000, "blue": 0x0000FF, "navy": 0x000080,
    "gray": 0x808080, "grey": 0x808080, "silver": 0xC0C0C0, "maroon": 0x800000, "purple": 0x800080, "teal": 0x008080,
    "olive": 0x808000, "yellow": 0xFFFF00, "lime": 0x00FF00, "aqua": 0x00FFFF, "cyan": 0x00FFFF, "fuchsia": 0xFF00FF,
    "orange": 0xFFA500, "darkblue": 0x00008B, "darkgreen": 0x006400, "darkred": 0x8B0000, "darkgray": 0xA9A9A9,
    "darkgrey": 0xA9A9A9, "dimgray": 0x696969, "lightgray": 0xD3D3D3, "lightgrey": 0xD3D3D3, "whitesmoke": 0xF5F5F5,
    "midnightblue": 0x191970, "darkslategray": 0x2F4F4F, "slategray": 0x708090, "steelblue": 0x4682B4,
    "royalblue": 0x4169E1, "indigo": 0x4B0082, "crimson": 0xDC143C, "brown": 0xA52A2A, "snow": 0xFFFAFA,
    "ivory": 0xFFFFF0, "beige": 0xF5F5DC, "gold": 0xFFD700, "tomato": 0xFF6347,
}
# fmt: on


def harmless_style(value: str) -> str:
    """A style without the declarations that fetch something or may hide that they do; the colour in one of a picture stays."""
    kept = [part if _is_plain(part) else _without_picture(part) for part in value.split(";")]
    return ";".join(part for part in kept if part)


def _is_plain(declaration: str) -> bool:
    return "\\" not in declaration and not FETCHING.search(declaration)


def _without_picture(declaration: str) -> str:
    """`background: #334455 url(…)` is at least a colour."""
    name, _, value = declaration.partition(":")
    color = HEX.search(value.partition("(")[0]) if name.strip().lower().startswith("background") else None
    return f"background-color:{color[0]}" if color else ""


def readable(html: str) -> str:
    """The HTML with the ground and text colour of its body in a block that stays, and no dark text on a dark ground or light
    text on paper that only a style sheet or a picture, neither of which is kept, would have made readable."""
    if is_deep(html):
        return html
    root = LexborHTMLParser(html).body
    if root is None:
        return html
    for node, ink, ground in _elements(root):
        _mend(node, ink, ground)
    style = _style_of(root)
    inner = "".join(child.html or "" for child in root.iter(include_text=True))
    return f'<div style="{style}">{inner}</div>' if style else inner


def _elements(root: LexborNode) -> Iterator[tuple[LexborNode, Color | None, Color | None]]:
    """Every element with the text colour and ground that it inherits, parents first."""
    todo: list[tuple[LexborNode, Color | None, Color | None]] = [(root, None, None)]
    while todo:
        node, ink, ground = todo.pop()
        yield node, ink, ground
        ink, ground = _ink(node) or ink, _ground(node) or ground
        todo.extend((child, ink, ground) for child in node.iter())


def _mend(node: LexborNode, ink: Color | None, ground: Color | None) -> None:
    own_ink, own_ground = _ink(node), _ground(node)
    if own_ground and not own_ink and contrast(ink or INK, own_ground) < FEWEST:
        better = PAPER if contrast(PAPER, own_ground) > contrast(INK, own_ground) else INK
        _set(node, f"color:{_hex(better)}")
    elif own_ink and not (own_ground or ground) and contrast(own_ink, PAPER) < FAINT:
        _set(node, "color:inherit")


def _set(node: LexborNode, declaration: str) -> None:
    kept = ";".join(part for part in _declared(node) if not part.strip().lower().startswith("color"))
    node.attrs["style"] = f"{kept};{declaration}" if kept else declaration


def _ink(node: LexborNode) -> Color | None:
    return _styled(node, ("color",)) or _color(
        node.attributes.get("color") or node.attributes.get("text") or ""
    )


def _ground(node: LexborNode) -> Color | None:
    return _styled(node, ("background-color", "background")) or _color(node.attributes.get("bgcolor") or "")


def _declared(node: LexborNode) -> list[str]:
    style = node.attributes.get("style") or ""
    return [part for part in style[:LONG].split(";") if ":" in part]


def _styled(node: LexborNode, names: tuple[str, ...]) -> Color | None:
    """The last of these that is declared."""
    found = None
    for part in _declared(node):
        name, _, value = part.partition(":")
        if name.strip().lower() in names:
            found = _color(value) or found
    return found


def _color(value: str) -> Color | None:
    """The first colour in a value; None for what is see-through or unknown."""
    value = value[:200].strip().lower()
    if found := HEX.search(value):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return Color(*bytes.fromhex(digits))
    if found := RGB.search(value):
        seen = found[4] is None or found[4].count(".") > 1 or float(f"0{found[4]}0") > HALF
        return Color(*(min(255, int(part)) for part in found.groups()[:3])) if seen else None
    named = next((NAMED[word] for word in re.findall(r"[a-z]+", value) if word in NAMED), None)
    return None if named is None else Color(*named.to_bytes(3))


def contrast(one: Color, other: Color) -> float:
    """From 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        (part / 255 / 12.92) if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _style_of(body: LexborNode) -> str:
    """What the body says of itself, which a block in its place may say as well."""
    parts = [part.strip() for part in _declared(body) if _is_plain(part) and PLAIN.match(part.strip())]
    if (ground := _color(body.attributes.get("bgcolor") or "")) and not _styled(
        body, ("background-color", "background")
    ):
        parts.append(f"background-color:{_hex(ground)}")
    if (ink := _color(body.attributes.get("text") or "")) and not _styled(body, ("color",)):
        parts.append(f"color:{_hex(ink)}")
    return ";".join(parts)


def _hex(color: Color) -> str:
    return f"#{color.red:02x}{color.green:02x}{color.blue:02x}"
