"""What is wrong is found and told: once when it begins, once when it is over, to whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_core import normal
from crm_core.sql import Conn
from hub.alarms import store
from hub.alarms.model import KINDS, WAYS, Alarm, Notice, Recipient
from hub.reactions import service as reactions
from hub.wiring import REACTIONS
from hub.wording.catalogs import LANGUAGES
from inbox.channels import service as channels
from inbox.operations import store as operations
from values.errors import Invalid, NotFound
from values.sentences import Sentence, phrase
from values.texts import is_storable

TITLES: Mapping[str, str] = {reaction.name: reaction.title for reaction in REACTIONS}


async def look(conn: Conn) -> int:
    """Compare what is wrong with what is known to be; returns how many letters were written. One process at a time."""
    if not await store.is_alone(conn):
        return 0
    now = {(one.kind, one.subject): one for one in await _wrong(conn)}
    known = {(one.kind, one.subject): one for one in await store.known(conn)}
    new = [one for key, one in now.items() if key not in known]
    over = [
        Notice(kind=one.kind, subject=one.subject, sentence=one.sentence, is_over=True)
        for key, one in known.items()
        if key not in now
    ]
    if new:
        await store.begin(conn, new)
    if over:
        await store.end(conn, over)
    return await store.write(conn, [*new, *over]) if new or over else 0


async def current(conn: Conn) -> list[Alarm]:
    """What is wrong now, the oldest first."""
    return await store.known(conn)


async def counts(conn: Conn) -> Mapping[str, int]:
    """How many there are of every kind, dismissed ones too."""
    found = [alarm.kind for alarm in await store.known(conn)]
    return {kind: found.count(kind) for kind in KINDS}


async def dismiss(conn: Conn, kind: str, subject: str, *, is_dismissed: bool = True) -> None:
    """Take note of an alarm, or let it stand open again. It ends by itself, and begins anew as an open one. Raises NotFound."""
    known = kind in KINDS and is_storable(subject)
    if not known or not await store.dismiss(conn, kind, subject, is_dismissed=is_dismissed):
        raise NotFound(phrase("There is no such alarm now."))


async def recipients(conn: Conn) -> list[Recipient]:
    told = await store.told(conn)
    slugs = await channels.slugs(conn, [one.channel_id for one in told])
    return [
        Recipient(
            id=one.id,
            way=one.way,
            address=one.address,
            channel=slugs.get(one.channel_id, ""),
            kinds=one.kinds,
            language=one.language,
            told_at=one.told_at,
            reason=one.reason,
        )
        for one in told
    ]


async def notify(
    conn: Conn,
    *,
    way: str,
    address: str,
    channel: str,
    kinds: Sequence[str] = tuple(KINDS),
    language: str = "en",
) -> int:
    """Tell somebody from now on, of what is wrong already too. Raises Invalid naming the field."""
    carrier = await channels.get(conn, channel)
    if way not in WAYS:
        raise Invalid(phrase("Choose mail or telegram."), field="way")
    if carrier.connector != WAYS[way]:
        raise Invalid(
            phrase(
                "{name} does not carry this; choose a channel of {ways}.", name=carrier.name, ways=WAYS[way]
            ),
            field="channel",
        )
    address = _address(way, address)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise Invalid(phrase("Choose what to tell of: {kinds}.", kinds=", ".join(KINDS)), field="kinds")
    if language not in LANGUAGES:
        raise Invalid(phrase("This language is not available."), field="language")
    id_ = await store.tell(
        conn, way=way, address=address, channel_id=carrier.id, kinds=kinds, language=language
    )
    already = [one for one in await store.known(conn) if one.kind in kinds]
    await store.write_to(
        conn, id_, [Notice(kind=one.kind, subject=one.subject, sentence=one.sentence) for one in already]
    )
    return id_


async def forget(conn: Conn, id_: int) -> None:
    """Tell them no more. Raises NotFound."""
    if not await store.forget(conn, id_):
        raise NotFound(phrase("Nobody is told by this number."))


async def rehearse(conn: Conn, id_: int) -> None:
    """Write them a letter now. Raises NotFound."""
    said = phrase("This is a test: alarms of your hub arrive here.")
    if not await store.write_to(conn, id_, [Notice(kind="test", subject="", sentence=said)]):
        raise NotFound(phrase("Nobody is told by this number."))


async def sweep(conn: Conn) -> None:
    await store.sweep(conn)


def _address(way: str, given: str) -> str:
    """As it is kept. Raises Invalid."""
    address = normal.email(given) if way == "mail" else given.strip()
    if way == "mail" and not address:
        raise Invalid(phrase("This is no mail address."), field="address")
    if way == "telegram" and not address.removeprefix("-").isdecimal():
        raise Invalid(
            phrase("Give the number of the chat; the bot must have been started in it."), field="address"
        )
    return address


async def _wrong(conn: Conn) -> list[Notice]:
    """What is wrong now, with channels and with the hub's own reactions."""
    found = [
        Notice(
            kind=one.kind, subject=one.slug, sentence=_said(one.name or one.slug, one.n, one.said or one.slug)
        )
        for one in await operations.troubles(conn)
    ]
    for one in await reactions.failed_by_handler(conn):
        title = TITLES.get(one.handler, one.handler)
        found.append(Notice(kind="reactions", subject=one.handler, sentence=_said(title, one.n, one.said)))
    return found


def _said(name: str, n: int | None, said: str) -> Sentence:
    """Where, and the particulars; which kind of trouble it is, the letter says in its reader's language."""
    where = Sentence("{name} ({n})", {"name": name, "n": n}) if n else name
    return Sentence("{name}: {said}", {"name": where, "said": said})
