"""Reads a mailbox for ever: every mail to the journal together with its place, whatever the server or the mail does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.contract import Health, RawInput, ReceiverContext, State, TryAgain
from connectors.email.oauth import with_token
from connectors.email.receive.imap import ImapClient, ImapRefused
from connectors.email.receive.imap_words import Fetched
from connectors.email.receive.positions import FolderPosition, Tuning, is_before
from connectors.email.receive.reconcile import checked, is_due, missing_uids
from connectors.email.spec import Mailbox
from values.backoff import delay
from values.sentences import phrase
from values.texts import one_line

LOST: Final = (OSError, ValueError)
BREAKS: Final = 3
"""After so many lost lines at one mail it is journaled as unreadable, so that those behind it come through."""


class MailboxReceiver:
    """One mailbox; `run` ends only by cancellation or `CredentialsDead`."""

    def __init__(self, context: ReceiverContext, tuning: Tuning | None = None) -> None:
        self.context = context
        self.mailbox = Mailbox.of(context.channel.settings)
        self.tuning = tuning or Tuning()
        self._breaks: Counter[tuple[str, int, int]] = Counter()
        self._fetching: list[tuple[str, int, int]] = []
        self._failures = 0
        self._watchdog = asyncio.timeout(None)

    @property
    def folders(self) -> tuple[str, ...]:
        sent = self.mailbox.sent_folder
        return (*self.mailbox.folders, *([sent] if sent and sent not in self.mailbox.folders else []))

    async def run(self) -> None:
        await self.context.report(
            Health(
                state=State.CONNECTING, sentence=phrase("Connecting to {host}.", host=self.mailbox.imap.host)
            )
        )
        while True:
            try:
                async with asyncio.timeout(self.tuning.stuck) as self._watchdog:
                    await self._session()
            except (*LOST, ImapRefused, TryAgain) as error:
                self._breaks.update(self._fetching)
                self._fetching = []
                await self._pause(error)

    async def _pause(self, error: Exception) -> None:
        self._failures += 1
        wait = delay(self._failures, first=self.tuning.backoff, limit=self.tuning.backoff_limit)
        reason = one_line(str(error) or type(error).__name__, 300)
        await self.context.report(
            Health(
                state=State.TRANSIENT,
                sentence=phrase(
                    "The connection to {host} is lost: {reason}. Retrying automatically.",
                    host=self.mailbox.imap.host,
                    reason=reason,
                ),
                remedy=phrase("If it lasts: check the server's name, port and security on this channel."),
                retry_at=datetime.now(UTC) + timedelta(seconds=wait),
            )
        )
        await asyncio.sleep(wait)

    async def _signed_in(self, mailbox: Mailbox) -> ImapClient:
        return await ImapClient.sign_in(mailbox.imap, step=self.tuning.step)

    def _alive(self) -> None:
        """A step was made: the watchdog waits anew. What hangs for longer, here or in the database, is given up."""
        if not self._watchdog.expired():
            self._watchdog.reschedule(asyncio.get_running_loop().time() + self.tuning.stuck)

    async def _session(self) -> None:
        client = await with_token(self.context.http, self.mailbox, self._signed_in)
        try:
            first = True
            while True:
                for folder in reversed(self.folders):
                    await self._read(client, folder, gap=first)
                    self._alive()
                first = False
                self._failures = 0
                await self.context.report(
                    Health(
                        state=State.CONNECTED,
                        sentence=phrase("Reading {address}.", address=self.mailbox.address),
                    )
                )
                await self._wait(client)
        finally:
            await client.log_out()

    async def _wait(self, client: ImapClient) -> None:
        """IDLE in the first folder (the last one opened); other folders are looked at every `poll` seconds."""
        alone = len(self.folders) == 1
        if client.can_idle:
            await client.wait(self.tuning.idle if alone else min(self.tuning.poll, self.tuning.idle))
        else:
            await asyncio.sleep(self.tuning.poll)

    async def _read(self, client: ImapClient, folder: str, *, gap: bool) -> None:
        """Everything that is new in a folder. A folder that cannot be opened does not stop the others."""
        try:
            opened = await client.open(folder)
        except ImapRefused as error:
            await self._folder_refused(folder, error)
            return
        place = await self._place(folder, opened.uid_validity)
        uids = await client.uids_after(place.uid)
        total = left = len(uids)
        for start in range(0, total, self.tuning.batch):
            if gap or total > self.tuning.batch:
                sentence = phrase("Catching up: {left} messages left.", left=f"{left:,}")
                await self.context.report(Health(state=State.CATCHING_UP, sentence=sentence, left=left))
            some = uids[start : start + self.tuning.batch]
            place = await self._take_all(client, place, some)
            left -= len(some)
            self._alive()
        if total and gap:
            await self.context.note(f"Gap closed: {total} message{'s' if total != 1 else ''}")
        if await is_due(self.context, folder, every=self.tuning.check):
            await self._check(client, place)

    async def _check(self, client: ImapClient, place: FolderPosition) -> None:
        """Every mail of the folder against the journal: whatever is missing, for whatever reason, is taken in now."""
        missing = await missing_uids(self.context, place, await client.uids_after(0))
        for start in range(0, len(missing), self.tuning.batch):
            await self._take_all(client, place, missing[start : start + self.tuning.batch])
            self._alive()
        await checked(self.context, place.folder)
        if missing:
            await self.context.note(
                f'The check of "{place.folder}" found {len(missing)} messages that were missing: taken in now'
            )

    async def _folder_refused(self, folder: str, error: ImapRefused) -> None:
        if folder == self.mailbox.folders[0]:
            raise error
        await self.context.note(f'The folder "{folder}" cannot be opened: {error.text[:200]}')

    async def _place(self, folder: str, uid_validity: int) -> FolderPosition:
        """Where to go on. A renumbered folder is read anew; what is known already is dropped by its Message-ID."""
        kept = await self.context.checkpoint(f"imap:{folder}")
        now = datetime.now(UTC).isoformat()
        if kept and int(kept.get("uidvalidity", 0)) == uid_validity:
            return FolderPosition(
                folder=folder,
                uid_validity=uid_validity,
                uid=int(kept.get("uid", 0)),
                since=str(kept.get("since", "")),
            )
        if kept:
            await self.context.note(
                f'The server renumbered the folder "{folder}": reading it anew, known mail is left out'
            )
        since = str(kept.get("since", "")) if kept else now
        place = FolderPosition(folder=folder, uid_validity=uid_validity, uid=0, since=since)
        if not kept:  # an empty folder is connected now, too, and what comes while we are away is no old mail
            await self.context.accept([], checkpoint=place.checkpoint(), name=f"imap:{folder}")
        return place

    async def _take_all(
        self, client: ImapClient, place: FolderPosition, uids: Sequence[int]
    ) -> FolderPosition:
        """Journal these mails in batches of bounded bytes; where the line broke before, each goes by itself."""
        names = [(place.folder, place.uid_validity, uid) for uid in uids]
        if any(self._breaks[name] for name in names):
            for uid in uids:
                place = await self._accept(place, await self._alone(client, place, uid), [uid])
            return place
        self._fetching = names
        sizes = await self._sizes(client, uids)
        batch: list[int] = []
        held = 0
        for uid in uids:
            size = sizes.get(uid, 0)
            if batch and held + size > self.tuning.batch_bytes:
                place, batch, held = await self._take(client, place, batch, sizes), [], 0
            batch.append(uid)
            held += size
        return await self._take(client, place, batch, sizes)

    async def _take(
        self, client: ImapClient, place: FolderPosition, batch: Sequence[int], sizes: Mapping[int, int]
    ) -> FolderPosition:
        """Journal a batch together with the new place; a mail that the server does not hand out is asked for alone."""
        self._fetching = [(place.folder, place.uid_validity, uid) for uid in batch]
        found = await self._attempt(
            client, [uid for uid in batch if sizes.get(uid, 0) <= self.tuning.mail_bytes]
        )
        mails: list[Fetched] = []
        for uid in batch:
            mails += [found[uid]] if uid in found else await self._alone(client, place, uid)
        return await self._accept(place, mails, batch)

    async def _attempt(self, client: ImapClient, uids: Sequence[int]) -> dict[int, Fetched]:
        """The mails that one FETCH hands out; none if the server refuses the lot because of one of them."""
        if not uids:
            return {}
        try:
            return {
                mail.uid: mail
                for mail in await client.fetch(uids)
                if mail.body is not None and mail.uid in set(uids)
            }
        except ImapRefused:
            return {}

    async def _alone(self, client: ImapClient, place: FolderPosition, uid: int) -> list[Fetched]:
        """One mail by itself: whole, or its beginning if it is huge, or a stub (body None); nothing if it is gone."""
        name = (place.folder, place.uid_validity, uid)
        if self._breaks[name] > BREAKS:
            return [
                Fetched(
                    uid=uid,
                    body=None,
                    arrived=f"the line broke {self._breaks[name]} times while it was fetched",
                )
            ]
        self._fetching = [name]
        if not await client.has(uid):
            return []
        size = (await self._sizes(client, [uid])).get(uid, 0)
        try:
            mails = await client.fetch(
                [uid], first=self.tuning.beginning if size > self.tuning.mail_bytes else 0
            )
        except ImapRefused as error:
            return [Fetched(uid=uid, body=None, arrived=f"the server said: {error.text[:200]}")]
        mail = next((mail for mail in mails if mail.uid == uid and mail.body is not None), None)
        return [mail or Fetched(uid=uid, body=None, arrived="the server gave no content")]

    async def _sizes(self, client: ImapClient, uids: Sequence[int]) -> dict[int, int]:
        """Sizes where the server can tell: a mail that it cannot read costs the answer, not the mailbox."""
        try:
            return await client.sizes(uids)
        except ImapRefused:
            return {}

    async def _accept(
        self, place: FolderPosition, mails: Sequence[Fetched], uids: Sequence[int]
    ) -> FolderPosition:
        self._fetching = []
        reached = FolderPosition(
            folder=place.folder,
            uid_validity=place.uid_validity,
            uid=max(place.uid, uids[-1]),
            since=place.since,
        )
        inputs = [self._input(reached, mail) for mail in mails]
        await self.context.accept(inputs, checkpoint=reached.checkpoint(), name=f"imap:{place.folder}")
        for uid in uids:
            self._breaks.pop((place.folder, place.uid_validity, uid), None)
        return reached

    def _input(self, place: FolderPosition, mail: Fetched) -> RawInput:
        meta = {"folder": place.folder, "uid": str(mail.uid), "uidvalidity": str(place.uid_validity)}
        if mail.body is None:
            meta["error"] = f'Mail {mail.uid} in "{place.folder}" could not be fetched: {mail.arrived}'
        else:
            meta["internal_date"] = mail.arrived
            if mail.size > len(mail.body) and mail.size > self.tuning.mail_bytes:
                meta["cut"] = (
                    f"{mail.size:,} bytes are too many: only the first {len(mail.body):,} were fetched"
                )
            if not self.mailbox.archive_before and is_before(mail.arrived, place.since):
                meta["archive"] = "It was in the mailbox before the channel was connected"
        return RawInput(
            transport="imap",
            body=mail.body or b"",
            received_at=datetime.now(UTC),
            key=place.key(mail.uid),
            meta=meta,
        )
