"""Telegram bots: text, files, buttons and shared phones, by webhook or long polling."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectors.contract import (
    Abilities,
    Amendment,
    Answer,
    Attachment,
    ChannelConfig,
    ConnectorSpec,
    Context,
    CredentialsDead,
    Event,
    Handle,
    Health,
    Http,
    Outbound,
    RawInput,
    ReceiverContext,
    Refused,
    SendError,
    Sent,
    Setting,
    State,
)
from connectors.telegram import names, parse, polling, sending, watch, webhook
from connectors.telegram.pace import Pace
from connectors.telegram.render import MAX_TEXT, address
from values.sentences import phrase

if TYPE_CHECKING:
    from connectors.telegram.client import Client

CLIENT = "connectors.telegram.client"
TYPING_LASTS = 5.0

SPEC = ConnectorSpec(
    id="telegram",
    title="Telegram",
    summary="A Telegram bot: messages, files, buttons and shared phone numbers.",
    handle_kind="telegram",
    icon="telegram",
    parse_at_door=True,
    settings=(
        Setting(
            name="token",
            label="Bot token",
            type="secret",
            goes_to=("api_base",),
            required=True,
            help="Write /newbot to @BotFather in Telegram and paste the token it gives you.",
        ),
        Setting(
            name="mode",
            label="How messages arrive",
            type="choice",
            default="auto",
            choices=("auto", "webhook", "polling"),
            help="auto: by webhook when the hub has a public HTTPS address, else by long polling.",
        ),
        Setting(
            name="groups",
            label="Answer in groups",
            type="flag",
            default=False,
            help="Messages from groups the bot is a member of become conversations too.",
        ),
        Setting(
            name="secret_token",
            label="Webhook secret",
            type="secret",
            goes_to=("api_base",),
            help="Advanced. Letters, digits, - and _. Left empty, one is derived from the hub's own key.",
        ),
        Setting(
            name="api_base",
            label="Bot API address",
            default=names.DEFAULT_BASE,
            help="Advanced. Only for your own Bot API server.",
        ),
    ),
    abilities=Abilities(
        buttons=True,
        contact_button=True,
        files_in=True,
        files_out=True,
        max_text=10 * MAX_TEXT,
        file_limit=50 * 1024 * 1024,
        per_second=25.0,
        reply_to=True,
        edits=True,
        deletes=True,
        delete_hours=48,
        chat_pause=1.0,
        thread_pause=3.0,
    ),
)


class Telegram:
    """The connector; abilities `Door`, `Receiver`, `Files`, `Setup`, `Amending` and `Typing`."""

    def __init__(self, *, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()

    @property
    def spec(self) -> ConnectorSpec:
        return SPEC

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return parse.parse(raw, channel)

    async def send(self, message: Outbound, context: Context) -> Sent:
        return await sending.send(message, context.channel, await open_client(context.channel, context.http))

    async def amend(self, amendment: Amendment, context: Context) -> None:
        await sending.amend(amendment, await open_client(context.channel, context.http))

    async def typing(self, to: Handle, thread: str, context: Context) -> float:
        if names.is_direct(thread):
            raise Refused(phrase("Telegram does not show typing in private messages to a channel."))
        chat, topic = address(to.value, thread)
        client = await open_client(context.channel, context.http)
        await client.type(chat, topic, business=names.business_of(thread))
        return TYPING_LASTS

    async def probe(self, context: Context) -> Health:
        if not names.token(context.channel):
            return _unconfigured()
        try:
            client = await open_client(context.channel, context.http)
            me = await client.me()
        except CredentialsDead as error:
            return _dead(error.reason)
        except SendError as error:
            return Health(state=State.TRANSIENT, sentence=error.reason)
        if webhook.is_wanted(context.channel) and not webhook.address(context.channel):
            return watch.unaddressed()
        return Health(
            state=State.CONNECTED, sentence=phrase("The bot @{username} answers.", username=me.username)
        )

    async def run(self, context: ReceiverContext) -> None:
        if not names.token(context.channel):
            await context.report(_unconfigured())
            await asyncio.Event().wait()
        client = await open_client(context.channel, context.http)
        if webhook.is_wanted(context.channel):
            await watch.watch(context, client, pace=self._pace)
        await polling.poll(context, client, pace=self._pace)

    async def fetch(self, attachment: Attachment, context: Context) -> bytes:
        if not attachment.ref:
            raise Refused(attachment.note or "Telegram gave no file to fetch.")
        client = await open_client(context.channel, context.http)
        return await client.download(attachment.ref)

    async def connect(self, context: Context) -> Health:
        """The receiver registers the webhook; here only the token is tried."""
        return await self.probe(context)

    async def disconnect(self, context: Context) -> None:
        """Take our webhook back, so that Telegram does not knock at a door that is gone."""
        try:
            client = await open_client(context.channel, context.http)
            if (await client.webhook_info()).url == webhook.address(context.channel) != "":
                await client.delete_webhook()
        except SendError:
            return

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        webhook.verify(raw, channel)

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        return None

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        return parse.update_key(raw.body, channel)

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        return webhook.answer(raw)


async def open_client(channel: ChannelConfig, http: Http) -> Client:
    """A client for this channel; the first one of a process imports aiogram beside the event loop."""
    if CLIENT not in sys.modules:
        await asyncio.to_thread(importlib.import_module, CLIENT)
    from connectors.telegram.client import Client

    return Client(channel, http)


def _unconfigured() -> Health:
    return Health(
        state=State.UNCONFIGURED,
        sentence=phrase("There is no bot token yet."),
        remedy=phrase("Write /newbot to @BotFather in Telegram and enter the token here."),
    )


def _dead(reason: str) -> Health:
    return Health(
        state=State.NEEDS_CREDENTIALS,
        sentence=reason,
        remedy=phrase("Get the token from @BotFather (/mybots, API Token) and enter it here."),
    )


connector = Telegram()
