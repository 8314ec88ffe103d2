"""Keys and external ids that fit into an index."""

from __future__ import annotations

from hashlib import blake2b

LONGEST_ID = 500
"""Characters of a key or an external id."""


def fitted(ident: str) -> str:
    """The id itself; a longer one ends in a digest of the whole, so that two that begin alike stay two."""
    if len(ident) <= LONGEST_ID:
        return ident
    digest = blake2b(ident.encode("utf-8", "replace"), digest_size=20).hexdigest()
    return f"{ident[: LONGEST_ID - len(digest) - 1]}~{digest}"
