"""Two who edit the same: a form carries the version that it shows, and a save over somebody else's shows both, field by field.

The version is made of the values that the form showed, so that whatever changed one of them counts: a page, the API, the bot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import orjson

from crm_core.sql import Conn
from hub.web import lock_store
from hub.wording.i18n import N_, gettext
from values.errors import Conflict

FIELD = "version"
SENTENCE = N_(
    "Somebody saved this while you were editing. Your values are in the form; theirs are below each field."
)


class Stale(Conflict):
    """Somebody saved meanwhile; `theirs` are the values as they are now."""

    def __init__(self, theirs: Mapping[str, object]) -> None:
        super().__init__(SENTENCE)
        self.theirs = theirs


def version_of(values: Mapping[str, object]) -> str:
    """The version of what a form shows."""
    shown = {name: _text(value) for name, value in values.items()}
    return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]


async def alone(conn: Conn, what: str, id_: object) -> None:
    """Until the transaction ends nobody else saves this by a form: what is compared next is still so when it is written."""
    await lock_store.hold(conn, f"{what}:{id_}")


def check(fields: Mapping[str, str], present: Mapping[str, object]) -> None:
    """Raise Stale when the form was made on other values. A form without a version (another program) is taken as it is."""
    if (given := fields.get(FIELD)) and given != version_of(present):
        raise Stale(present)


def problems(
    error: Stale,
    mine: Mapping[str, object],
    labels: Mapping[str, Sequence[tuple[object, str]]] | None = None,
) -> dict[str, str]:
    """Below each field that differs: what it holds now. `labels` are the choices of fields that show a name for a key."""
    found: dict[str, str] = {}
    for name, value in error.theirs.items():
        if name in mine and _text(mine[name]) != _text(value):
            names = {str(key): label for key, label in (labels or {}).get(name, ())}
            shown = names.get(_text(value), _text(value)) or gettext("empty")
            found[name] = gettext("Saved meanwhile: {value}").replace("{value}", shown)
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
