"""Tries a mailbox in earnest: a mail to itself must leave by SMTP and come back by IMAP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from connectors.contract import Handle, Health, Http, Outbound, SendError, State
from connectors.email.machines.verdict import OUR_HEADER
from connectors.email.oauth import with_token
from connectors.email.read.mime import split_head
from connectors.email.receive.imap import ImapClient, ImapRefused
from connectors.email.send.client import Lines, reason
from connectors.email.send.render import Rendered, render
from connectors.email.setup.probe import ended
from connectors.email.spec import Mailbox
from values.sentences import phrase

WITHIN: Final = 22.0
STEP: Final = 10.0
TRIAL: Final = "trial-"
TEXT: Final = (
    "This mail was sent by the hub to itself, to see whether mail leaves and comes in. It needs no answer."
)
CAME_BACK: Final = phrase("A test mail to itself went out and came back.")
NOT_BACK: Final = phrase("The test mail to itself went out, but has not come back yet.")
CHECK_FOLDER: Final = phrase(
    "Check whether it is in the spam folder, whether the SMTP and IMAP servers belong to the same mailbox, and whether a"
    " forwarding rule moves the mail away. A slow server may need more time: try again, or save anyway."
)
NOT_SENT: Final = phrase(
    "Check that the SMTP server may be used for this address, and its port, security and password."
)


async def round_trip(mailbox: Mailbox, http: Http, *, within: float = WITHIN) -> Health | None:
    """What came of it; None where the mailbox has not both directions. Never raises."""
    if mailbox.receive != "imap" or not mailbox.can_read or not mailbox.smtp.host:
        return None
    try:
        return await with_token(http, mailbox, lambda box: _go(box, within))
    except (SendError, ImapRefused, OSError, ValueError, EOFError) as error:
        return Health(state=State.TRANSIENT, sentence=ended(reason(error)), remedy=NOT_SENT)


async def _go(mailbox: Mailbox, within: float) -> Health:
    mail = _mail(mailbox)
    client = await ImapClient.sign_in(mailbox.imap, step=STEP)
    lines = Lines()
    try:
        opened = await client.open(mailbox.folders[0])
        known = max(await client.uids_after(max(0, opened.uid_next - 2)), default=0)
        await lines.deliver(0, mailbox.smtp, mail)
        return await _awaited(client, max(known, opened.uid_next - 1), mail, within)
    finally:
        lines.close()
        await client.log_out()


async def _awaited(client: ImapClient, known: int, mail: Rendered, within: float) -> Health:
    deadline = asyncio.get_running_loop().time() + within
    while True:
        for uid in await client.uids_after(known):
            if any(_is_it(found.body or b"", mail) for found in await client.fetch([uid], first=64 * 1024)):
                return Health(state=State.CONNECTED, sentence=CAME_BACK)
            known = uid
        if asyncio.get_running_loop().time() > deadline:
            return Health(state=State.TRANSIENT, sentence=NOT_BACK, remedy=CHECK_FOLDER)
        await asyncio.sleep(0.5)


def _mail(mailbox: Mailbox) -> Rendered:
    message = Outbound(
        delivery_id=f"{TRIAL}{uuid4().hex}",
        to=Handle(kind="email", value=mailbox.address),
        subject="Trial of this mailbox",
        text=TEXT,
        by_bot=True,
    )
    return render(message, mailbox, datetime.now(UTC))


def _is_it(body: bytes, mail: Rendered) -> bool:
    """By our own header: some servers rewrite the Message-ID."""
    return split_head(body)[0].raw(OUR_HEADER).strip() == mail.external_id.rpartition("@")[0]
