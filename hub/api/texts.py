"""Which texts can be stored: PostgreSQL takes neither a NUL nor half of a surrogate pair. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from values.sentences import phrase
from values.texts import is_storable

UNSTORABLE: Final = phrase("The text holds a NUL or half a character, which cannot be stored.")


def unstorable(value: Any, where: str = "") -> str | None:
    """Where a text that cannot be stored stands, as `fields.colour` or `handles[2].value`; None for none."""
    parts: Iterable[tuple[str, Any]] = ()
    match value:
        case str():
            return None if is_storable(value) else where
        case dict():
            texts = cast("dict[str, Any]", value)
            if not all(is_storable(name) for name in texts):
                return where
            parts = ((f"{where}.{name}".lstrip("."), part) for name, part in texts.items())
        case list():
            parts = ((f"{where}[{n}]", part) for n, part in enumerate(cast("list[Any]", value)))
        case _:
            return None
    return next((found for at, part in parts if (found := unstorable(part, at)) is not None), None)
