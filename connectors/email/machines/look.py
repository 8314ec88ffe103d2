"""What the questions may ask of a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.email.read.mime import Headers, Part

OUR_HEADER: Final = "x-omnihub-delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`relayed`: in our name, but written by somebody else (a form).

    `envelope` is the envelope sender: None when nobody knows it, "" when it is null.
    `report` is the report-type.
    """

    headers: Headers
    sender: str
    sender_name: str = ""
    ours: str
    relayed: bool = False
    subject: str
    envelope: str | None
    report: str
    parts: Sequence[Part]

    def value(self, name: str) -> str:
        """The first field of this name, in lower case."""
        return self.headers.text(name).lower()

    def has_part(self, *mimes: str) -> bool:
        return any(part.mime in mimes for part in self.parts)

    @property
    def local(self) -> str:
        """The sender's address before the @."""
        return self.sender.partition("@")[0]
