"""Further recipients of a mail: cc and bcc as a person typed them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_core.normal import email
from values.errors import Invalid
from values.sentences import phrase

MOST = 50


def also_to(copies: Sequence[str], blind_copies: Sequence[str], *, can_copy: bool) -> dict[str, list[str]]:
    """What a message keeps of its copies, each address once. Raises Invalid for what is no address, or no mail."""
    seen: set[str] = set()
    kept = {"copies": _addresses(copies, seen), "blind_copies": _addresses(blind_copies, seen)}
    if seen and not can_copy:
        raise Invalid(phrase("Only mail can be sent to further addresses."), field="cc")
    if len(seen) > MOST:
        raise Invalid(phrase("At most 50 further addresses."), field="cc")
    return {name: found for name, found in kept.items() if found}


def _addresses(typed: Sequence[str], seen: set[str]) -> list[str]:
    found: list[str] = []
    for one in re.split(r"[,;\s]+", " ".join(typed)[:10_000]):
        if not one:
            continue
        value = email(one)
        if not value:
            raise Invalid(phrase("One of the further addresses is not an email address."), field="cc")
        if value not in seen:
            seen.add(value)
            found.append(value)
    return found
