"""Two who edit the same: a form carries the version that it shows, and a save over somebody else's shows both, field by field.

The version is made of the values that the form showed, so that whatever changed one of them counts: a page, the API, the bot.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence

import msgspec
import orjson

from crm_core.sql import Conn
from hub.web import lock_store
from hub.wording.i18n import N_, gettext
from values.errors import Conflict

FIELD = "version"
THEIRS = "theirs."
EXCERPT = 120
"""Characters of a value that a form keeps to show what stood there."""
LONGEST = 100_000
IN_BOTH = N_(
    "Somebody changed the same fields while you were editing. Choose below each of them; whatever only they changed is kept."
)
SENTENCE = N_(
    "Somebody saved this while you were editing. Your values are in the form; theirs are below each field."
)


class Stale(Conflict):
    """Somebody saved meanwhile; `theirs` are the values as they are now.

    Where the form says what it was made on, `merged` is what can be saved without asking, and `before` what the fields held
    that both have changed.
    """

    def __init__(
        self,
        theirs: Mapping[str, object],
        *,
        merged: Mapping[str, str] | None = None,
        before: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(SENTENCE if before is None else IN_BOTH)
        self.theirs, self.merged, self.before = theirs, merged, before


class Meanwhile(str):
    """What is said below a field that both have changed; `takes` is the box that gives it their value."""

    takes: str = ""


def version_of(values: Mapping[str, object]) -> str:
    """The version of what a form shows: a hash, and each value's own with its beginning, so that two edits can be merged."""
    shown = {name: _text(value) for name, value in values.items()}
    whole = hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]
    each = {name: [_hash(text), text[:EXCERPT]] for name, text in shown.items()}
    base = base64.b32encode(zlib.compress(orjson.dumps(each, option=orjson.OPT_SORT_KEYS)))
    return f"{whole}_{base.decode().rstrip('=').lower()}"


async def alone(conn: Conn, what: str, id_: object) -> None:
    """Until the transaction ends nobody else saves this by a form: what is compared next is still so when it is written."""
    await lock_store.hold(conn, f"{what}:{id_}")


def check(fields: Mapping[str, str], present: Mapping[str, object]) -> None:
    """Raise Stale when the form was made on other values. A form without a version (another program) is taken as it is."""
    if (given := fields.get(FIELD)) and given != version_of(present):
        raise Stale(present)


def merged(fields: Mapping[str, str], present: Mapping[str, object]) -> dict[str, str]:
    """What is to be saved: of each field that only they changed their value, of the others what the form has.

    Raises Stale where both changed a field to different values, and none was chosen (`theirs.<field>`).
    """
    given = fields.get(FIELD, "")
    saved = {name: value for name, value in fields.items() if not name.startswith(THEIRS)}
    for name in present:
        if fields.get(THEIRS + name):
            saved[name] = _text(present[name])
    if not given or given == version_of(present):
        return saved
    base = _base(given)
    if base is None:
        raise Stale(present)
    before: dict[str, str] = {}
    for name, value in present.items():
        if name not in saved or fields.get(THEIRS + name):
            continue
        was, excerpt = base.get(name, ("", ""))
        mine, theirs = _text(saved[name]), _text(value)
        if _hash(theirs) == was or mine == theirs:
            continue
        if _hash(mine) == was:
            saved[name] = theirs
        else:
            before[name] = excerpt
    if before:
        raise Stale(present, merged=saved, before=before)
    return saved


def problems(
    error: Stale,
    mine: Mapping[str, object],
    labels: Mapping[str, Sequence[tuple[object, str]]] | None = None,
) -> dict[str, str]:
    """Below each field that differs, or that both have changed: what it held, what it holds now. `labels` are the choices of
    fields that show a name for a key."""
    found: dict[str, str] = {}
    for name, value in error.theirs.items():
        names = {str(key): label for key, label in (labels or {}).get(name, ())}
        if error.before is not None:
            if name in error.before:
                found[name] = _both(name, _named(error.before[name], names), _named(_text(value), names))
        elif name in mine and _text(mine[name]) != _text(value):
            found[name] = gettext("Saved meanwhile: {value}").replace("{value}", _named(_text(value), names))
    return found


def _both(name: str, before: str, now: str) -> Meanwhile:
    said = gettext("Before: {before}. Saved meanwhile: {value}")
    told = Meanwhile(said.replace("{before}", before).replace("{value}", now))
    told.takes = THEIRS + name
    return told


def _named(value: str, names: Mapping[str, str]) -> str:
    return names.get(value, value) or gettext("empty")


def _base(version: str) -> dict[str, tuple[str, str]] | None:
    """What a form was made on, field by field: the hash of the value, and its beginning; None for what is no such version."""
    packed = version.partition("_")[2].upper()
    try:
        raw = zlib.decompressobj().decompress(base64.b32decode(packed + "=" * (-len(packed) % 8)), LONGEST)
        read = msgspec.json.decode(raw, type=dict[str, tuple[str, str]])
    except (ValueError, zlib.error, msgspec.DecodeError):
        return None
    return read


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
