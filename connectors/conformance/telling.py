"""Events as plain data, for fixtures: what is empty is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from connectors.contract import Event, Malformed, Unsupported

EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


def outcome_of(parse: Callable[[], Sequence[Event]]) -> Any:
    """The events that parsing gives, or which of the two refusals and why."""
    try:
        return [{"event": type(event).__name__, **told(event)} for event in parse()]
    except Malformed as error:
        return {"malformed": str(error)}
    except Unsupported as error:
        return {"unsupported": str(error)}


def told(value: Any) -> Any:
    """A value as JSON can hold it."""
    if is_dataclass(value) and not isinstance(value, type):
        rest = {field.name: told(getattr(value, field.name)) for field in fields(value)}
        return {name: item for name, item in rest.items() if item not in EMPTY}
    match value:
        case Enum():
            return value.value
        case bytes():
            return value.decode("utf-8", "replace")
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Mapping():
            return {str(key): told(item) for key, item in value.items()}
        case list() | tuple():
            return [told(item) for item in value]
        case _:
            return value
