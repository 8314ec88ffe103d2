"""One event under the case that fits it: its fields as texts, ids, times and people, or Malformed with the field's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.contract import ChannelConfig, Handle, Malformed, Person, RawInput, Trust
from connectors.manifest.model import Ask, Case
from connectors.manifest.values import text
from connectors.phones import phone_handle, vouched_handle
from values.sentences import phrase

LONGEST_ID = 500
LONGEST_HANDLE = 320
SHORTEST_CODE, LONGEST_CODE = 3, 8
NOBODY = frozenset(
    (
        "anonymous",
        "unknown",
        "withheld",
        "restricted",
        "unavailable",
        "private",
        "hidden",
        "null",
        "none",
        "undefined",
    )
)
"""Words that stand where a provider's id of a person should be."""
EVIDENCE = {"phone": "caller_id", "email": "mail_from"}


@dataclass(slots=True, kw_only=True)
class Occasion:
    """A case applied to one event."""

    case: Case
    root: dict[str, Any]
    raw: RawInput
    channel: ChannelConfig
    handle_kind: str

    def get(self, name: str) -> Any:
        ask = self.case.fields.get(name)
        return ask(self.root) if ask else None

    def text(self, name: str) -> str:
        return self.said(self.get(name), name=name)

    def said(self, value: Any, *, name: str) -> str:
        """A text; false is none, because it is what `a && b` gives where a is not there."""
        try:
            return "" if value is False else text(value)
        except ValueError as error:
            raise Malformed(
                phrase("{name}: {error}, and is {kind}", name=name, error=error, kind=type(value).__name__)
            ) from None

    def aside(self, name: str) -> Any:
        """A field that the event can do without: what cannot be read of it is left out."""
        try:
            return self.get(name)
        except Malformed:
            return None

    def aside_text(self, name: str) -> str:
        try:
            return self.text(name)
        except Malformed:
            return ""

    def needed(self, name: str) -> str:
        value = self.text(name).strip()
        if not value:
            raise Malformed(phrase("it has no {name}", name=name))
        return value

    def id(self, name: str, *, needed: bool = True) -> str:
        """An id as text, of a length that can be indexed."""
        value = self.needed(name) if needed else self.text(name)
        if len(value) > LONGEST_ID:
            raise Malformed(
                phrase("its {name} is longer than {longest_id} characters", name=name, longest_id=LONGEST_ID)
            )
        return value

    def at(self) -> datetime:
        found = self.get("at")
        if found is None:
            return self.raw.received_at
        if not isinstance(found, datetime):
            raise Malformed(phrase("its time is not a time"))
        return found

    def person(self, *, anonymous: str = "", needs_number: bool = False) -> Person:
        """The sender or caller, by the first of their handles that is there. A withheld number is somebody else in each
        call, `anonymous` says in which."""
        made = [self._handle(parts, anonymous="", needs_number=True) for parts in self.case.people[1:]]
        made = [handle for handle in made if handle and handle.kind != "anonymous"]
        first = self._handle(self.case.people[0], anonymous=anonymous, needs_number=needs_number or any(made))
        if first and first.kind == "anonymous" and made:
            first = None  # who withholds the number and shows an id is known by that
        handles = tuple(dict.fromkeys(handle for handle in (first, *made) if handle))
        if not handles:
            raise Malformed(phrase("it names no sender"))
        return Person(
            handles=handles,
            name=self._part_aside(self.case.people[0], "name").strip()[:200],
            language=self._part_aside(self.case.people[0], "language").strip()[:20],
        )

    def becomes(self) -> Handle | None:
        """The handle by which the person is reached from now on, if the event says one."""
        return self._handle(self.case.becomes, anonymous="", needs_number=True) if self.case.becomes else None

    def _handle(self, parts: Mapping[str, Ask], *, anonymous: str, needs_number: bool) -> Handle | None:
        kind = self._part(parts, "kind") or self.handle_kind
        value = self._part(parts, "value").strip()
        trust = Trust.CLAIMED if self._part(parts, "trust") == "claimed" else Trust.PROVEN
        evidence = self._part(parts, "evidence") or EVIDENCE.get(kind, f"{kind}_sender")
        if len(value) > LONGEST_HANDLE:
            raise Malformed(
                phrase(
                    "the sender's {kind} is longer than {longest_handle} characters",
                    kind=kind,
                    longest_handle=LONGEST_HANDLE,
                )
            )
        if kind == "phone":
            handle = phone_handle(value, region=self.channel.region, trust=trust, evidence=evidence)
            if handle.kind == "phone" or not needs_number or (value and handle.kind == "anonymous"):
                return _apart(handle, anonymous)
            if trust is Trust.PROVEN and (vouched := vouched_handle(value, evidence=evidence)):
                return vouched
            return _short(value, handle) if value else None
        if not value:
            return None
        if value.casefold() in NOBODY:
            nobody = Handle(
                kind="anonymous", value="anonymous", trust=Trust.CLAIMED, evidence="withheld", raw=value
            )
            return _apart(nobody, anonymous)
        normal = value.lower() if kind == "email" else value
        return Handle(kind=kind, value=normal, trust=trust, evidence=evidence, raw=value)

    def _part_aside(self, parts: Mapping[str, Ask], name: str) -> str:
        try:
            return self._part(parts, name)
        except Malformed:
            return ""

    def _part(self, parts: Mapping[str, Ask], name: str) -> str:
        ask = parts.get(name)
        return self.said(ask(self.root), name=phrase("the sender's {name}", name=name)) if ask else ""


def _short(value: str, handle: Handle) -> Handle:
    """A short code is kept as it came and proves nothing; what holds no number at all is no sender."""
    digits = value.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and SHORTEST_CODE <= len(digits) <= LONGEST_CODE):
        raise Malformed(phrase("the sender “{value}” is not a telephone number", value=value[:40]))
    return handle


def _apart(handle: Handle, anonymous: str) -> Handle:
    if handle.kind != "anonymous" or not anonymous:
        return handle
    return Handle(
        kind=handle.kind, value=f"withheld:{anonymous}"[:LONGEST_HANDLE], trust=handle.trust, evidence=handle.evidence,
        raw=handle.raw,
    )  # fmt: skip
