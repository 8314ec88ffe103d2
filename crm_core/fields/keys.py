"""Keys of own fields: ASCII, begun with `x_`, and never changed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from values.errors import Invalid
from values.sentences import phrase

KEY: Final = re.compile(r"x_[a-z0-9_]{1,58}")
LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
"""Russian letters as passports write them."""


def checked(typed: str) -> str:
    """The key; raises Invalid for what is none."""
    if not KEY.fullmatch(typed):
        raise Invalid(phrase("A key is “x_” and small letters, digits or “_”: x_budget."), field="key")
    return typed


def made(label: str, taken: Collection[str]) -> str:
    """A key out of a label: what is Latin of it, numbered where that is taken."""
    spelled = "".join(LATIN.get(letter, letter) for letter in label.lower())
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    bare = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "field"
    key, number = f"x_{bare}", 1
    while key in taken:
        number += 1
        key = f"x_{bare}_{number}"
    return key
