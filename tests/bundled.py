"""The connectors that come with the hub, read once for a test process: none of them remembers a channel."""

from __future__ import annotations

from functools import cache

from connectors.contract import Connector
from connectors.registry import Scan, scan


@cache
def scanned() -> Scan:
    """What the folders of the house hold."""
    return scan()


def bundled() -> dict[str, Connector]:
    """All of them by id, in a dict of the caller's own."""
    return dict(scanned().connectors)
