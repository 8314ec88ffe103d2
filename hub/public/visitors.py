"""Who a browser is: one signed name for all channels of the hub, from which each channel's own token is made.

The name lives in the storage of the site that embeds us. It is bound to whom the site signed in: another person on the same
browser, or nobody, gets a new one, so that two people who share a computer are never taken for one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

from connectors.webform.tokens import sign, unsign
from connectors.webform.visitor import VISITOR_ID, Identity, Visitor, identified

PURPOSE: Final = "visitor-everywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """An anonymous visitor id, and the identity it is bound to. `is_new`: made just now."""

    anonymous: str
    identity: str = ""
    is_new: bool = False

    def token(self, key: bytes) -> str:
        return sign(key, PURPOSE, {"v": self.anonymous, "u": self.identity})


def name_of(key: bytes, token: str, *, identity: Identity | None) -> Name:
    """The browser's name: the one it brings if it is bound to the same person or to nobody yet, else a new one."""
    data = unsign(key, PURPOSE, token) or {}
    anonymous, bound = str(data.get("v") or ""), str(data.get("u") or "")
    wanted = identity.id if identity else ""
    if VISITOR_ID.fullmatch(anonymous) and bound in ("", wanted):
        return Name(anonymous=anonymous, identity=wanted)
    return Name(anonymous=f"a-{secrets.token_urlsafe(12)}", identity=wanted, is_new=True)


def visitor_of(name: Name, identity: Identity | None, *, channel_id: int = 0, signed: str = "") -> Visitor:
    """The visitor of a channel. What the site says without a signature is only a claim."""
    if identity and signed:
        visitor = identified(identity, channel_id=channel_id, signed=signed)
        return visitor if name.is_new else replace(visitor, before=name.anonymous)
    told = identity or Identity(id="")
    return Visitor(id=name.anonymous, name=told.name, email=told.email, phone=told.phone)
