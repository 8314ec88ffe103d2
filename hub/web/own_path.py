"""An address that somebody else wrote, as a path of this site: nothing else is ever followed."""

from __future__ import annotations

from yarl import URL

MOST = 2000
UNSEEN = {*map(chr, range(0x21)), "\\", "\x7f", "\x85", "\xa0", "\u2028", "\u2029"}
"""What browsers drop, turn round or read as the end of a line before they look at an address."""


def own_path(target: str) -> str:
    """The path and query of `target` if it begins at this site's root; an empty text for anything else.

    Addresses of signing in are none: one does not want to end there.
    """
    if not target.startswith("/") or len(target) > MOST or not UNSEEN.isdisjoint(target):
        return ""
    try:
        url = URL(target)
    except ValueError:
        return ""
    path = url.raw_path
    if url.absolute or url.raw_host or "//" in path or path.startswith("/sign-"):
        return ""
    return str(URL.build(path=path, query_string=url.raw_query_string, encoded=True))
