"""The verbs of contacts, in one place."""

from __future__ import annotations

from crm_core.contacts.card import (
    add_handle,
    create,
    get,
    identity_ids,
    remove_handle,
    require,
    update,
    why_joined,
)
from crm_core.contacts.enrichment import (
    enrich,
    is_known,
    known,
    mark_reachable,
    mark_unreachable,
    own,
    owners,
    share,
    tag,
    tag_all,
    vouched,
)
from crm_core.contacts.guests import guests_of, own_of_guest, require_guest, split_guest
from crm_core.contacts.identity.service import resolve
from crm_core.contacts.listing.service import list_contacts
from crm_core.contacts.merging.service import (
    accept_suggestion,
    decline_suggestion,
    merge,
    merges_of,
    perhaps,
    suggestions,
    unmerge,
    unmerge_batch,
)
from crm_core.contacts.proofs import holders, proven_at

__all__ = [
    "accept_suggestion",
    "add_handle",
    "create",
    "decline_suggestion",
    "enrich",
    "get",
    "guests_of",
    "holders",
    "identity_ids",
    "is_known",
    "known",
    "list_contacts",
    "mark_reachable",
    "mark_unreachable",
    "merge",
    "merges_of",
    "own",
    "own_of_guest",
    "owners",
    "perhaps",
    "proven_at",
    "remove_handle",
    "require",
    "require_guest",
    "resolve",
    "share",
    "split_guest",
    "suggestions",
    "tag",
    "tag_all",
    "unmerge",
    "unmerge_batch",
    "update",
    "vouched",
    "why_joined",
]
