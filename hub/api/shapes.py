"""Shapes of requests that several resources share."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Limit = Annotated[int, Meta(ge=1, le=200, description="How many at most.")]
After = Annotated[str, Meta(description="`next` of the page before.", max_length=400)]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Text = Annotated[str, Meta(min_length=1, max_length=100_000)]
Short = Annotated[str, Meta(max_length=500)]


class PageQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Keyset paging: give `next` of one page as `after` of the following one."""

    after: After | None = None
    limit: Limit = 50


class SearchQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A page of what matches `query`."""

    query: Short = ""
    after: After | None = None
    limit: Limit = 50
