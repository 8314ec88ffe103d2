"""Who may change own fields, and the names that they and their options may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from crm_core import normal
from crm_core.users.model import Viewer
from values.errors import Forbidden, Invalid
from values.sentences import phrase

LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


def require(viewer: Viewer) -> None:
    if not viewer.can("settings"):
        raise Forbidden(phrase("Your role does not include this."))


def checked_label(typed: str) -> str:
    label = normal.name(typed)[:100]
    if not label:
        raise Invalid(phrase("Enter a name."), field="label")
    return label


def checked_labels(given: Mapping[str, str]) -> dict[str, str]:
    labels = {language: normal.name(label)[:100] for language, label in given.items()}
    return {language: label for language, label in labels.items() if label and LANGUAGE.fullmatch(language)}
