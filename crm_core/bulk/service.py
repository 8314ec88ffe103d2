"""Looking at a change of many records, and carrying it out batch by batch: rights, values and versions are checked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from crm_core.acts import service as acts
from crm_core.bin import service as bin_
from crm_core.bulk import frozen_store, store, task_store
from crm_core.bulk.checking import check, writable
from crm_core.bulk.model import MOST, Batch, Change, Checked, Frozen, Preview, Tally
from crm_core.catalogue import listing
from crm_core.catalogue.listing import Listed
from crm_core.catalogue.model import Catalogue
from crm_core.contacts import enrichment
from crm_core.sql import Conn
from crm_core.tasks import store as tasks
from crm_core.users.model import Viewer
from values.errors import Conflict, Invalid, NotFound
from values.sentences import phrase

BATCH: Final = 2_000
LOOKED_AT: Final = 50_000
"""Records that one statement of a preview looks at."""
PAGE: Final = 10_000
WHY: Final[Mapping[str, str]] = {
    "tag": phrase("They have as many tags as there can be."),
    "lead": phrase("They are taken or declined already."),
}


async def select(conn: Conn, viewer: Viewer, listed: Listed) -> list[int]:
    """All that a list shows to the viewer, newest first. Raises Invalid where they are too many."""
    ids: list[int] = []
    after: str | None = None
    while True:
        page = await listing.batch(conn, viewer, listed, after=after, limit=PAGE)
        ids += page.items
        if len(ids) > MOST:
            raise Invalid(
                phrase("At most {most} at once; narrow the list.", most=f"{MOST:,}"), field="filter"
            )
        if (after := page.next) is None:
            return ids


async def preview(
    conn: Conn, viewer: Viewer, catalogue: Catalogue, of: str, ids: Sequence[int], change: Change
) -> Preview:
    """Freeze the selection, and say what would come of it. Raises Invalid for what cannot be done at all."""
    checked = await check(conn, viewer, catalogue, of, change)
    chosen = sorted(set(ids))
    if not chosen or len(chosen) > MOST:
        raise Invalid(
            phrase("Choose at least one record, and at most {most}.", most=f"{MOST:,}"), field="ids"
        )
    tally = Tally()
    for part in _parts(chosen, LOOKED_AT):
        tally = tally.and_(await store.tally(conn, checked, part, scope=viewer.scope()))
    id_ = await frozen_store.add(conn, checked.of, change, chosen, user_id=viewer.user_id)
    why = "" if not tally.cannot else WHY.get("tag" if checked.verb == "tag" else checked.of, "")
    return Preview(id=id_, of=checked.of, count=len(chosen), tally=tally, why=why)


async def begin(conn: Conn, viewer: Viewer, id_: int) -> int:
    """How many records it goes over. Raises NotFound for somebody else's, and where it was begun already."""
    count = await frozen_store.begin(conn, id_, user_id=viewer.user_id)
    if count is None:
        raise NotFound(phrase("This selection is gone or was carried out already; choose again."))
    return count


async def frozen(conn: Conn, id_: int) -> Frozen:
    found = await frozen_store.get(conn, id_)
    if found is None:
        raise NotFound(phrase("This selection is gone or was carried out already; choose again."))
    return found


async def carry_out(conn: Conn, viewer: Viewer, checked: Checked, batch: Batch) -> int:
    """One batch, in the caller's transaction; how many records have changed. It belongs to the act of the whole."""
    async with acts.acting(conn, viewer, "bulk", cause="bulk", cause_id=batch.cause_id, act_id=batch.act_id):
        match checked.verb:
            case "set" | "tag":
                return await _write(conn, viewer, checked, batch)
            case "task":
                made, deals = await task_store.add(
                    conn,
                    checked,
                    batch.ids,
                    scope=viewer.scope(),
                    user_id=viewer.user_id,
                    act_id=batch.act_id,
                )
                if deals:
                    await tasks.follow(conn, sorted(deals))
                return made
            case "delete":
                return len((await bin_.delete(conn, viewer, checked.of, batch.ids)).ids)
            case "restore":
                return await _restore(conn, viewer, checked, batch.ids)


async def _write(conn: Conn, viewer: Viewer, checked: Checked, batch: Batch) -> int:
    done = await store.write(
        conn,
        checked,
        batch.ids,
        scope=viewer.scope(),
        since=batch.since,
        act_id=batch.act_id,
        user_id=viewer.user_id,
    )
    owner = next((each.value for each in checked.settings if each.key == "owner"), None)
    giver = viewer.scope()
    if done and checked.of == "contact" and giver is not None and owner not in (None, giver):
        await enrichment.share(conn, [(id_, giver) for id_ in done])  # who gives away still sees it
    if done and checked.of in ("deal", "lead") and owner is not None:
        await enrichment.share(
            conn, [(id_, owner) for id_ in await store.contacts_of(conn, checked.of, done)]
        )
    if done and checked.of == "task":
        await tasks.follow(conn, await store.deals_of(conn, done))
    return len(done)


async def _restore(conn: Conn, viewer: Viewer, checked: Checked, ids: Sequence[int]) -> int:
    """All at once; where another has taken the place of one, the others come back without it."""
    try:
        async with conn.transaction():
            return len((await bin_.restore(conn, viewer, checked.of, ids)).ids)
    except Conflict:
        if len(ids) == 1:
            return 0
    half = len(ids) // 2
    first = await _restore(conn, viewer, checked, ids[:half])
    return first + await _restore(conn, viewer, checked, ids[half:])


def _parts(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


async def sweep(conn: Conn) -> None:
    """Forget selections that were carried out long ago, or never."""
    await frozen_store.sweep(conn)


__all__ = [
    "BATCH",
    "begin",
    "carry_out",
    "check",
    "frozen",
    "preview",
    "select",
    "sweep",
    "writable",
]
