"""A manifest at work: the contract's required part, its door and its files."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.contract import (
    Answer,
    Attachment,
    ChannelConfig,
    ConnectorSpec,
    Context,
    CredentialsDead,
    Event,
    Health,
    Outbound,
    RawInput,
    Refused,
    SendError,
    Sent,
    State,
    TryAgain,
)
from connectors.manifest.body import root_of
from connectors.manifest.model import Manifest
from connectors.manifest.receive import events_of
from connectors.manifest.send import base_root, judge, perform, response_root, send
from connectors.manifest.verify import verify
from connectors.signing import same_secret, secrets_of

FILE_LIMIT = 32 * 1024 * 1024


class ManifestConnector:
    """A declarative connector."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest

    @property
    def spec(self) -> ConnectorSpec:
        return self.manifest.spec

    def parse(self, raw: RawInput, channel: ChannelConfig) -> Sequence[Event]:
        return events_of(self.manifest, raw, channel)

    # ------------------------------------------------------------ the door

    def verify(self, raw: RawInput, channel: ChannelConfig) -> None:
        verify(self.manifest, raw, channel)

    def handshake(self, raw: RawInput, channel: ChannelConfig) -> Answer | None:
        """A subscription handshake; any other request that is not a POST or PUT is answered without being stored."""
        shake = self.manifest.handshake
        if shake is not None and raw.method == shake.method:
            root = {"query": dict(raw.query), "headers": dict(raw.headers), "suffix": raw.suffix, "body": {}}
            wanted = secrets_of(channel.settings.get(shake.setting))
            if wanted and same_secret(str(shake.token(root) or ""), wanted):
                return Answer(body=str(shake.answer(root) or "").encode())
            return Answer(status=403, body=b"The verify token is not right.\n")
        if raw.method in ("POST", "PUT"):
            return None
        return Answer(status=405, body=b"Send a POST here.\n", headers={"Allow": "POST"})

    def key(self, raw: RawInput, channel: ChannelConfig) -> str | None:
        given = raw.headers.get("idempotency-key")
        if given or self.manifest.key is None:
            return given
        try:
            found = self.manifest.key(root_of(raw))
        except Exception:  # what cannot be read has no key; it is stored and told later
            return None
        return str(found) if found else None

    def answer(self, raw: RawInput, channel: ChannelConfig, journal_id: int) -> Answer:
        fill = self.manifest.reply_body
        body = (
            str(fill({**base_root(channel), "journal_id": journal_id})) if fill else '{"status":"accepted"}'
        )
        return Answer(status=self.manifest.reply_status, body=body.encode(), mime=self.manifest.reply_mime)

    # ------------------------------------------------------------ sending and looking

    async def send(self, message: Outbound, context: Context) -> Sent:
        if not self.manifest.variants:
            raise Refused("One cannot write on this channel.")
        return await send(self.manifest, message, context)

    async def probe(self, context: Context) -> Health:
        request = self.manifest.probe
        if request is None:
            return self._door_health(context.channel)
        try:
            answer = response_root(await perform(request, base_root(context.channel), context))
            if self.manifest.outcomes:
                judge(self.manifest.outcomes, answer, needs_ok=False)
        except CredentialsDead as error:
            remedy = "Enter new credentials in the channel's settings."
            return Health(state=State.NEEDS_CREDENTIALS, sentence=error.reason, remedy=remedy)
        except SendError as error:
            return Health(state=State.TRANSIENT, sentence=error.reason, remedy="It is tried again by itself.")
        if self.manifest.probe_ok and not self.manifest.probe_ok(answer):
            return Health(
                state=State.NEEDS_CREDENTIALS,
                sentence="The provider answers, but does not accept the settings.",
            )
        return Health(state=State.CONNECTED, sentence="The provider answers.")

    def _door_health(self, channel: ChannelConfig) -> Health:
        missing = [s.label for s in self.spec.settings if s.required and not channel.settings.get(s.name)]
        if missing:
            sentence = f"Not set yet: {', '.join(missing)}."
            return Health(
                state=State.UNCONFIGURED, sentence=sentence, remedy="Fill in the channel's settings."
            )
        return Health(state=State.CONNECTED, sentence="The door is open.")

    # ------------------------------------------------------------ files

    async def fetch(self, attachment: Attachment, context: Context) -> bytes:
        """By `ref` through the manifest's look-up, else by address; addresses from outside are guarded."""
        url, headers, is_guarded = attachment.url, {}, True
        if attachment.ref and self.manifest.file_lookup and self.manifest.file_url:
            root = {**base_root(context.channel), "ref": attachment.ref}
            answer = response_root(await perform(self.manifest.file_lookup, root, context))
            if self.manifest.outcomes:
                judge(self.manifest.outcomes, answer, needs_ok=False)
            url = str(self.manifest.file_url(answer) or "")
        if self.manifest.file_headers:
            filled = self.manifest.file_headers(base_root(context.channel))
            headers = {name: str(value) for name, value in filled.items()}
        if not url:
            raise TryAgain("The provider does not say where the file is.")
        reply = await context.http.request(
            "GET", url, headers=headers, timeout=60, limit=FILE_LIMIT, guarded=is_guarded
        )
        if reply.status >= 500 or reply.status in (404, 408, 425, 429):
            raise TryAgain(f"The file is not ready there yet ({reply.status}).")
        if reply.status >= 400:
            raise Refused(f"The provider does not give the file ({reply.status}).")
        return reply.body
