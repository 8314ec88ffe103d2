"""A hub with its API, whose jobs a test runs itself."""

from __future__ import annotations

from tests.hub.api.conftest import api, call
from tests.hub.work.conftest import world

__all__ = ["api", "call", "world"]
