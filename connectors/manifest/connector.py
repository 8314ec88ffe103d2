"""A manifest at work: the contract's required part, its door and its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from connectors.contract import (
    Answer,
    Attachment,
    ChannelConfig,
    ConnectorSpec,
    Context,
    Dial,
    Event,
    Handle,
    Health,
    Malformed,
    Outbound,
    RawInput,
    Refused,
    SendError,
    Sent,
    Unverified,
)
from connectors.long_ids import fitted
from connectors.manifest.asking import base_root
from connectors.manifest.body import in_charset, root_of
from connectors.manifest.dialling import dial
from connectors.manifest.fetch import fetch
from connectors.manifest.health import probe
from connectors.manifest.hiding import redacted
from connectors.manifest.model import Handshake, Manifest
from connectors.manifest.receive import events_of
from connectors.manifest.send import send
from connectors.manifest.templates import filled
from connectors.manifest.verify import given_to, verify
from connectors.phones import phone_handle
from connectors.signing import same_secret, secrets_of
from values.sentences import phrase

NO_ROUTE = {"blocked": False, "extension": "", "name": ""}


class ManifestConnector:
    """A declarative connector."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    def __repr__(self) -> str:
        return f"ManifestConnector({self.spec.id!r})"

    @property
    def spec(self) -> ConnectorSpec:
        return self.manifest.spec

    @property
    def texts(self) -> tuple[str, ...]:
        """Sentences of the manifest that people read in threads and in the journal."""
        return self.manifest.texts

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return events_of(self.manifest, in_charset(raw, self.manifest.charset), channel)

    # ------------------------------------------------------------ the door

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        if not self.manifest.has_door:
            raise Unverified(phrase("Nothing is taken in here: the hub asks the provider itself."))
        verify(self.manifest, in_charset(raw, self.manifest.charset), channel)

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        """A subscription handshake; any other request that is not a POST or PUT is answered without being stored."""
        shake = self.manifest.handshake
        if shake is not None and raw.method == shake.method:
            answer = self._shaken(shake, raw, channel)
            if answer is not None:
                return answer
        if raw.method in ("POST", "PUT"):
            return None
        return Answer(status=405, body=b"Send a POST here.\n", headers={"Allow": "POST"})

    def _shaken(self, shake: Handshake, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        try:
            root = self._root(raw, channel)
        except Malformed:
            return None
        if shake.condition is not None and not shake.condition(root):
            return None
        if refused := self._unverified(shake, raw, channel):
            return refused
        if shake.token is not None:
            wanted = secrets_of(channel.settings.get(shake.setting))
            if not same_secret(str(shake.token(root) or ""), wanted):
                return Answer(status=403, body=b"The verify token is missing or wrong.\n")
        return Answer(body=str(shake.answer(root) or "").encode("utf-8", "replace"), mime=shake.mime)

    def _root(self, raw: RawInput, channel: ChannelConfig) -> dict[str, Any]:
        return root_of(in_charset(raw, self.manifest.charset), channel, secrets=self.manifest.secrets)

    def _unverified(self, shake: Handshake, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        """Why a handshake is not answered: nobody but the provider has a text of theirs sent back.

        What looks like any other request is signed like one; a GET is, where it brings a signature.
        """
        manifest = self.manifest
        is_signed = raw.method != "GET" or any(given_to(check, raw, channel) for check in manifest.checks)
        if shake.token is not None or not manifest.checks or not is_signed:
            return None
        try:
            self.verify(raw, channel)
        except Unverified as error:
            return Answer(status=401, body=f"{error}\n".encode())
        return None

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        """The `Idempotency-Key`, or what the manifest names; what cannot be read has none and is told later."""
        given = raw.headers.get("idempotency-key")
        if given or self.manifest.key is None:
            return fitted(given) if given else None
        try:
            found = self.manifest.key(self._root(raw, channel))
        except Malformed:
            return None
        return fitted(str(found)) if isinstance(found, str | int) and found else None

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        """The manifest's answer; the input is stored by now, so nothing in here may fail."""
        manifest = self.manifest
        body = (
            orjson.dumps({"status": "accepted", "id": journal_id}) if "json" in manifest.reply_mime else b""
        )
        if manifest.reply_body is not None:
            body = self._reply_body(raw, channel, journal_id)
        return Answer(status=manifest.reply_status, body=body, mime=manifest.reply_mime)

    def _reply_body(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> bytes:
        try:
            root = self._root(raw, channel)
        except Malformed:
            root = {**base_root(channel), "body": {}, "headers": {}, "query": {}, "suffix": ""}
        try:
            body = filled(
                self.manifest.reply_body or str,
                {**root, "journal_id": journal_id, "route": raw.meta.get("route") or NO_ROUTE},
            )
        except Refused:
            return b""
        return str(body).encode("utf-8", "replace")

    # ------------------------------------------------------------ sending, looking, fetching

    async def send(self, message: Outbound, context: Context) -> Sent:
        if not self.manifest.variants:
            raise Refused(phrase("One cannot write on this channel."))
        try:
            return await send(self.manifest, message, context)
        except SendError as error:
            raise redacted(error, context.channel, self.manifest) from None

    async def probe(self, context: Context) -> Health:
        return await probe(self.manifest, context)

    async def fetch(self, attachment: Attachment, context: Context) -> bytes:
        try:
            return await fetch(self.manifest, attachment, context)
        except SendError as error:
            raise redacted(error, context.channel, self.manifest) from None

    # ------------------------------------------------------------ calls

    def dials(self, channel: ChannelConfig) -> bool:
        """Whether the manifest says how to place a call and the channel has what that needs."""
        dial = self.manifest.dial
        return dial is not None and all(channel.settings.get(name) for name in dial.needs)

    async def dial(self, call: Dial, context: Context) -> str:
        try:
            return await dial(self.manifest, call, context)
        except SendError as error:
            raise redacted(error, context.channel, self.manifest) from None

    def asks_for(self, raw: RawInput, channel: ChannelConfig) -> Handle | None:
        """The caller about whom this request asks what to do."""
        if self.manifest.asks is None:
            return None
        try:
            found = self.manifest.asks(self._root(raw, channel))
        except Malformed:
            return None
        return phone_handle(found, region=channel.region) if isinstance(found, str) and found else None

    def example(self, channel: ChannelConfig, door: str) -> str:
        """What to run to try the door, without its secret; empty where the manifest has no example."""
        if self.manifest.example is None:
            return ""
        shown = dict.fromkeys(self.manifest.secrets, "")
        root = base_root(channel)
        settings = {**root["settings"], **shown}
        return str(filled(self.manifest.example, {**root, "settings": settings, "door": door}))
