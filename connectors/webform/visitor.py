"""A visitor of a web site: the token that says who it is, and the handles that may be believed of it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from connectors.contract import Handle, Trust
from connectors.webform.people import email_of, phone_of
from connectors.webform.tokens import sign, unsign

PURPOSE: Final = "visitor"
MAX_NAME: Final = 120
VISITOR_ID: Final = re.compile(r"a-[\w-]{1,60}|u-\d{1,12}-[\w@.%~-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at a site. `before` is the anonymous visitor this one was until the site told who it is.

    `signed` is what the site's signature covers: nothing, `id`, `email` (the id is the address), or `all` (email and phone).
    """

    id: str
    before: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    signed: str = ""
    issued: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.id, self.before) if self.before else (self.id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a site says of its signed-in user."""

    id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    hash: str = ""

    @classmethod
    def of(cls, data: Any) -> Identity | None:
        """From JSON; None when it names no id."""
        if not isinstance(data, Mapping):
            return None
        given = {name: str(data.get(name) or "").strip()[:200] for name in cls.__dataclass_fields__}
        given["id"] = " ".join(given["id"].split())
        return cls(**given) if given["id"] else None


def proves(identity: Identity, secrets: Sequence[str]) -> str:
    """What the hash proves: `all`, `id`, or nothing. HMAC-SHA256 in hex, over `id` or over `id LF email LF phone`."""
    forms = {"all": f"{identity.id}\n{identity.email}\n{identity.phone}", "id": identity.id}
    given = identity.hash.lower().encode("utf-8", "replace")
    proven = ""
    for what, text in forms.items():
        for secret in secrets:
            wanted = hmac.new(secret.encode(), text.encode("utf-8", "replace"), sha256).hexdigest().encode()
            if secret and hmac.compare_digest(given, wanted) and not proven:
                proven = what
    return proven


def identified(identity: Identity, *, channel_id: int, signed: str) -> Visitor:
    """The visitor a channel's site signed. Ids are the channel's own: another site's user 42 is somebody else."""
    name = quote(identity.id, safe="@")
    if len(name) > MAX_NAME:
        name = sha256(name.encode()).hexdigest()
    is_address = signed == "id" and identity.id.casefold() == identity.email.casefold()
    return Visitor(
        id=f"u-{channel_id}-{name}",
        name=identity.name,
        email=identity.email,
        phone=identity.phone,
        signed="email" if is_address else signed,
    )


def issue(secret: bytes, visitor: Visitor, *, at: datetime) -> str:
    """A visitor's token for one channel."""
    data = {"v": visitor.id, "t": int(at.timestamp())}
    for key, value in (
        ("b", visitor.before),
        ("n", visitor.name),
        ("e", visitor.email),
        ("p", visitor.phone),
        ("s", visitor.signed),
    ):
        if value:
            data[key] = value
    return sign(secret, PURPOSE, data)


def recognise(secret: bytes, token: str) -> Visitor | None:
    """The visitor of a token of ours, however old; None for anybody else's."""
    data = unsign(secret, PURPOSE, token)
    if data is None or not VISITOR_ID.fullmatch(str(data.get("v") or "")):
        return None
    return Visitor(
        id=str(data["v"]),
        before=str(data.get("b") or ""),
        name=str(data.get("n") or ""),
        email=str(data.get("e") or ""),
        phone=str(data.get("p") or ""),
        signed=str(data.get("s") or ""),
        issued=int(data.get("t") or 0),
    )


def handles(visitor: Visitor, *, region: str) -> list[Handle]:
    """The visitor's handles, the one that replies go to first."""
    evidence = "signed_visitor" if visitor.signed else "visitor_cookie"
    found = [Handle(kind="visitor", value=visitor.id, evidence=evidence)]
    if visitor.before:
        found.append(Handle(kind="visitor", value=visitor.before, evidence="visitor_cookie"))
    if email := email_of(visitor.email):
        found.append(_further("email", email, visitor.email, is_proven=visitor.signed in ("email", "all")))
    if phone := phone_of(visitor.phone, region=region):
        found.append(_further("phone", phone, visitor.phone, is_proven=visitor.signed == "all"))
    return found


def _further(kind: str, value: str, raw: str, *, is_proven: bool) -> Handle:
    return Handle(
        kind=kind,
        value=value,
        raw=raw,
        trust=Trust.PROVEN if is_proven else Trust.CLAIMED,
        evidence="signed_visitor" if is_proven else "typed",
    )
