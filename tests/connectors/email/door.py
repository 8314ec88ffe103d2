"""A whole hub with a mail channel, and letters that come in by its door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.contract import RawInput
from connectors.email.connector import connector as email
from inbox.channels import service as channels
from tests.world import World

LETTERS = Path(__file__).parent / "letters"


def letter(name: str) -> bytes:
    """A kept mail, with the line ends that SMTP gives it."""
    return (LETTERS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@dataclass(slots=True)
class Door:
    """The channel `mail` of a hub."""

    world: World

    async def take(self, *mails: bytes, slug: str = "mail", **meta: str) -> None:
        """One after the other, each processed before the next comes."""
        for mail in mails:
            await self.world.runtime.intake.accept(self._channel(slug), self._raw(mail, meta))
            await self.world.settled()

    async def take_together(self, mails: Sequence[bytes], slug: str = "mail") -> None:
        """In one go, as a mailbox hands them over after a time away."""
        raws = [self._raw(mail, {}) for mail in mails]
        await self.world.runtime.intake.accept_many(self._channel(slug), raws)
        await self.world.settled()

    async def messages(self) -> list[dict[str, Any]]:
        """All that came in, with its conversation and contact."""
        return await self.world.fetch(
            """SELECT m.id, m.conversation_id, m.text, m.subject, m.author, m.data, m.external_id, c.contact_id,
                      c.handle_value, c.state, c.unread, c.thread, c.owner
                 FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
                WHERE m.direction = 'in' ORDER BY m.id"""
        )

    async def handles(self) -> list[tuple[str, str]]:
        """Every address of a contact: value and trust."""
        rows = await self.world.fetch("SELECT value, trust FROM crm_handle WHERE kind = 'email' ORDER BY id")
        return [(row["value"], row["trust"]) for row in rows]

    async def suggested(self) -> int:
        return await self.world.value("SELECT count(*) FROM crm_suggestion")

    async def answered(self, ident: str = "offer-1@localhost", *, to: str) -> None:
        """As if we had answered in the conversation of this address, under this Message-ID."""
        await self.world.fetch(
            """INSERT INTO inbox_message (conversation_id, channel_id, direction, author, external_id, at, subject, text,
                                          delivery)
               SELECT id, channel_id, 'out', 'user', $1, now(), subject, 'We answer', 'sent'
                 FROM inbox_conversation WHERE handle_value = $2 ORDER BY id LIMIT 1""",
            ident,
            to,
        )

    def _channel(self, slug: str) -> Any:
        channel = self.world.runtime.directory.by_slug(slug)
        assert channel is not None
        return channel

    def _raw(self, mail: bytes, meta: dict[str, str]) -> RawInput:
        return RawInput(transport="smtp", body=mail, received_at=datetime.now(UTC), meta=meta)


async def open_door(world: World, *, slug: str = "mail", bot: bool = False, **settings: Any) -> Door:
    """A mail channel at an SMTP door; without settings as a fresh installation has it."""
    runtime = world.runtime
    runtime.registry["email"] = email
    async with world.pool.acquire() as conn, conn.transaction():
        await channels.create(
            conn,
            runtime.registry,
            runtime.cipher,
            slug=slug,
            name=slug,
            connector="email",
            settings={"address": "hub@localhost", "receive": "smtp_door"} | settings,
            bot=bot,
        )
    await runtime.refresh()
    return Door(world)
