"""Events as plain data, for comparing with what a fixture expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any


def told(value: Any) -> Any:
    """A value without what is empty; dataclasses name their class."""
    if is_dataclass(value) and not isinstance(value, type):
        rest = {f.name: told(getattr(value, f.name)) for f in fields(value)}
        kept = {name: item for name, item in rest.items() if item not in (None, "", [], {}, False)}
        return {"is": type(value).__name__, **kept}
    match value:
        case Enum():
            return value.value
        case bytes():
            return value.decode("utf-8", "replace")
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): told(item) for key, item in value.items()}
        case list() | tuple():
            return [told(item) for item in value]
        case _:
            return value
