"""The verbs of contacts, in one place."""

from __future__ import annotations

from crm_core.contacts.identity.service import resolve
from crm_core.contacts.learning import learn, mark_unreachable, own, owners, share, tag
from crm_core.contacts.merging.service import (
    accept_suggestion,
    decline_suggestion,
    merge,
    merges_of,
    suggestions,
    unmerge,
    unmerge_batch,
)

__all__ = [
    "accept_suggestion",
    "decline_suggestion",
    "learn",
    "mark_unreachable",
    "merge",
    "merges_of",
    "own",
    "owners",
    "resolve",
    "share",
    "suggestions",
    "tag",
    "unmerge",
    "unmerge_batch",
]
