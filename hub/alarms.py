"""What is wrong and wants a person: found now and then, told once to whoever asked for it, and told again when it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from crm_core import normal
from crm_core.sql import Conn
from hub.wording.catalogs import LANGUAGES
from inbox.channels import service as channels
from inbox.intake.model import is_clean
from values.errors import Invalid, NotFound
from values.kept import kept, read_kept, read_kept_in
from values.sentences import Sentence, phrase

KINDS = {
    "credentials": phrase("A channel needs new credentials"),
    "quarantine": phrase("Inputs are in quarantine"),
    "silence": phrase("A channel is unusually silent"),
    "refused": phrase("A door refuses requests"),
    "unsent": phrase("Messages do not go out"),
    "provider": phrase("A provider tells of trouble"),
}
WAYS = {"mail": "email", "telegram": "telegram"}
"""How one is told, and the connector whose channel carries it."""
LOCK: LiteralString = "SELECT pg_try_advisory_xact_lock(hashtextextended('hub alarms', 0))"
# A door's refusals are an alarm while they last: an hour after the last one it is over. People who fill a form in wrongly
# are none.
NOW: LiteralString = """
    SELECT 'credentials' AS kind, slug, name, nullif(sentence, '') AS said, NULL::bigint AS n
      FROM inbox_channel WHERE deleted_at IS NULL AND state IN ('needs_credentials', 'unconfigured')
    UNION ALL
    SELECT 'silence', slug, name, alarm, NULL FROM inbox_channel WHERE deleted_at IS NULL AND alarm <> '' AND NOT is_paused
    UNION ALL
    SELECT 'quarantine', coalesce(c.slug, '#' || j.channel_id), coalesce(c.name, ''), max(j.reason), count(*)
      FROM inbox_journal j LEFT JOIN inbox_channel c ON c.id = j.channel_id
     WHERE j.state IN ('quarantined', 'partly') GROUP BY 2, 3
    UNION ALL
    SELECT 'refused', c.slug, c.name, (array_agg(r.reason ORDER BY r.last_at DESC))[1], sum(r.n)::bigint
      FROM inbox_refused r JOIN inbox_channel c ON c.id = r.channel_id
     WHERE c.deleted_at IS NULL AND r.status IN (401, 403, 413) AND r.hour > now() - interval '2 hours'
       AND r.last_at > now() - interval '1 hour' GROUP BY c.slug, c.name
    UNION ALL
    SELECT 'provider', c.slug, c.name, (array_agg(l.sentence ORDER BY l.id DESC))[1], NULL
      FROM inbox_channel_log l JOIN inbox_channel c ON c.id = l.channel_id
     WHERE c.deleted_at IS NULL AND l.level = 'alarm' AND l.at > now() - interval '2 hours' GROUP BY c.slug, c.name
    UNION ALL
    SELECT 'unsent', c.slug, c.name, (array_agg(o.reason ORDER BY o.seq DESC))[1], count(*)
      FROM inbox_outbox o JOIN inbox_channel c ON c.id = o.channel_id
     WHERE c.deleted_at IS NULL AND o.state IN ('refused', 'unknown', 'credentials')
       AND o.created_at > now() - interval '1 day' GROUP BY c.slug, c.name"""
KNOWN: LiteralString = "SELECT kind, subject, sentence, since, dismissed_at FROM hub_alarm ORDER BY since"
DISMISS: LiteralString = """
    UPDATE hub_alarm SET dismissed_at = CASE WHEN $3 THEN coalesce(dismissed_at, now()) END
     WHERE kind = $1 AND subject = $2"""
RAISE: LiteralString = """
    INSERT INTO hub_alarm (kind, subject, sentence) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    ON CONFLICT DO NOTHING"""
END: LiteralString = """
    DELETE FROM hub_alarm a USING unnest($1::text[], $2::text[]) AS t (kind, subject)
     WHERE a.kind = t.kind AND a.subject = t.subject"""
WRITE: LiteralString = """
    INSERT INTO hub_alarm_letter (way_id, kind, subject, is_over, sentence)
    SELECT w.id, t.kind, t.subject, t.is_over, t.sentence
      FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[]) AS t (kind, subject, is_over, sentence)
      JOIN hub_alarm_way w ON t.kind = ANY(w.kinds)
     WHERE NOT t.is_over OR EXISTS (SELECT 1 FROM hub_alarm_letter l
                                     WHERE l.way_id = w.id AND l.kind = t.kind AND l.subject = t.subject)"""
TELL: LiteralString = """
    INSERT INTO hub_alarm_way (way, address, channel_id, kinds, language) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (way, address, channel_id) DO UPDATE SET kinds = excluded.kinds, language = excluded.language
    RETURNING id"""
PEOPLE: LiteralString = """
    SELECT w.id, w.way, w.address, c.slug AS channel, w.kinds, w.language,
           (SELECT max(sent_at) FROM hub_alarm_letter l WHERE l.way_id = w.id) AS told_at,
           coalesce((SELECT l.reason FROM hub_alarm_letter l WHERE l.way_id = w.id ORDER BY l.id DESC LIMIT 1), '') AS reason
      FROM hub_alarm_way w JOIN inbox_channel c ON c.id = w.channel_id ORDER BY w.id"""
FORGET: LiteralString = "DELETE FROM hub_alarm_way WHERE id = $1"
TRY: LiteralString = """
    INSERT INTO hub_alarm_letter (way_id, kind, subject, is_over, sentence) SELECT id, 'test', '', false, $2
      FROM hub_alarm_way WHERE id = $1"""
SWEEP: LiteralString = "DELETE FROM hub_alarm_letter WHERE sent_at < now() - interval '30 days'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that is wrong now. `subject` is a channel's short name."""

    kind: str
    subject: str
    sentence: str
    since: datetime
    dismissed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Nobody has taken note of it yet."""
        return self.dismissed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told, how, of what; `reason` is why the last letter did not go out."""

    id: int
    way: str
    address: str
    channel: str
    kinds: list[str]
    language: str
    told_at: datetime | None
    reason: str


async def look(conn: Conn) -> int:
    """Compare what is wrong with what is known to be; returns how many letters were written. One process at a time."""
    if not await conn.fetchval(LOCK):
        return 0
    now = {
        (row["kind"], row["slug"]): kept(_sentence(dict(row)), among_words=True)
        for row in await conn.fetch(NOW)
    }
    known = {(row["kind"], row["subject"]): row["sentence"] for row in await conn.fetch(KNOWN)}
    new = [(*key, sentence) for key, sentence in now.items() if key not in known]
    over = [(*key, sentence) for key, sentence in known.items() if key not in now]
    if new:
        await conn.execute(RAISE, *map(list, zip(*new, strict=True)))
    if over:
        await conn.execute(END, [one[0] for one in over], [one[1] for one in over])
    letters = [(*one[:2], False, one[2]) for one in new] + [(*one[:2], True, one[2]) for one in over]
    if not letters:
        return 0
    written = await conn.execute(WRITE, *map(list, zip(*letters, strict=True)))
    return int(written.rpartition(" ")[2])


async def current(conn: Conn) -> list[Alarm]:
    """What is wrong now, the oldest first."""
    return [Alarm(**read_kept_in(row, "sentence")) for row in await conn.fetch(KNOWN)]


async def dismiss(conn: Conn, kind: str, subject: str, *, is_dismissed: bool = True) -> None:
    """Take note of an alarm, or let it stand open again. It ends by itself, and begins anew as an open one. Raises NotFound."""
    known = kind in KINDS and is_clean(subject)
    if not known or await conn.execute(DISMISS, kind, subject, is_dismissed) != "UPDATE 1":
        raise NotFound(phrase("There is no such alarm now."))


async def recipients(conn: Conn) -> list[Recipient]:
    return [Recipient(**read_kept_in(row, "reason")) for row in await conn.fetch(PEOPLE)]


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
    address = normal.email(address) if way == "mail" else address.strip()
    if way == "mail" and not address:
        raise Invalid(phrase("This is no mail address."), field="address")
    if way == "telegram" and not address.removeprefix("-").isdecimal():
        raise Invalid(
            phrase("Give the number of the chat; the bot must have been started in it."), field="address"
        )
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise Invalid(phrase("Choose what to tell of: {kinds}.", kinds=", ".join(KINDS)), field="kinds")
    if language not in LANGUAGES:
        raise Invalid(phrase("This language is not available."), field="language")
    id_ = await conn.fetchval(TELL, way, address, carrier.id, list(kinds), language)
    for alarm in await current(conn):
        if alarm.kind in kinds:
            await conn.execute(
                "INSERT INTO hub_alarm_letter (way_id, kind, subject, is_over, sentence) VALUES ($1, $2, $3, false, $4)",
                id_, alarm.kind, alarm.subject, kept(alarm.sentence, among_words=True),
            )  # fmt: skip
    return id_


async def forget(conn: Conn, id_: int) -> None:
    """Tell them no more. Raises NotFound."""
    if await conn.execute(FORGET, id_) != "DELETE 1":
        raise NotFound(phrase("Nobody is told by this number."))


async def rehearse(conn: Conn, id_: int) -> None:
    """Write them a letter now. Raises NotFound."""
    if (
        await conn.execute(TRY, id_, kept(phrase("This is a test: alarms of your hub arrive here.")))
        != "INSERT 0 1"
    ):
        raise NotFound(phrase("Nobody is told by this number."))


async def sweep(conn: Conn) -> None:
    await conn.execute(SWEEP)


def _sentence(row: Mapping[str, Any]) -> Sentence:
    """The channel and the particulars; which kind of trouble it is, the letter says in its reader's language."""
    counted = f" ({row['n']})" if row["n"] else ""
    name, said = f"{row['name'] or row['slug']}{counted}", read_kept(row["said"] or row["slug"])
    return Sentence("{name}: {said}", {"name": name, "said": said})
