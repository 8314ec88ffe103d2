"""Telling a provider the door's address when the channel is connected, asking whose it calls, and taking it back."""

from __future__ import annotations

from dataclasses import replace

import yaml

from connectors.contract import Context, CredentialsDead, Health, Refused, SendError, State, TryAgain
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.expressions import ask
from connectors.manifest.hiding import redacted
from connectors.manifest.model import Manifest, Register
from connectors.manifest.names import ANSWER, CHANNEL
from connectors.manifest.outgoing import Api, read_request
from connectors.manifest.reading import Reader
from values.sentences import phrase


def read_register(reader: Reader, node: yaml.Node | None, api: Api) -> Register | None:
    """The section `register`."""
    if node is None:
        return None
    known = ("request", "ok", "state", "remove")
    parts = reader.mapping(node, known, what="register", needs=("request",))
    state = reader.mapping(
        parts.get("state"), ("request", "address"), what="state", needs=("request", "address")
    )
    request = read_request(reader, parts.get("request"), api=api, names=CHANNEL)
    look = read_request(reader, state.get("request"), api=api, names=CHANNEL, method="GET")
    remove = read_request(reader, parts.get("remove"), api=api, names=CHANNEL, method="DELETE")
    if request is None:
        return None
    return Register(
        request=replace(request, quiet=True),
        ok=ask(reader, parts.get("ok"), what="ok", names=ANSWER),
        state=replace(look, quiet=True) if look else None,
        address=ask(reader, state.get("address"), what="address", names={*ANSWER, *CHANNEL}),
        remove=replace(remove, quiet=True) if remove else None,
    )


async def connect(manifest: Manifest, context: Context) -> Health:
    """Register the door where it is not yet. Never raises a SendError: the state says what is wrong."""
    try:
        return await _connected(manifest, context)
    except (CredentialsDead, Refused) as error:
        told = redacted(error, context.channel, manifest).reason
        return Health(
            state=State.NEEDS_CREDENTIALS,
            sentence=phrase("The door could not be registered at the provider: {told}", told=told),
            remedy=phrase("Check what is entered in the channel's settings."),
        )
    except SendError as error:
        told = redacted(error, context.channel, manifest).reason
        return Health(
            state=State.TRANSIENT,
            sentence=phrase("The door could not be registered at the provider: {told}", told=told),
            remedy=phrase("Save the channel's settings: that registers it."),
        )


async def _connected(manifest: Manifest, context: Context) -> Health:
    register = manifest.register
    assert register is not None
    if await called(manifest, context) != context_door(context):
        answer = answer_root(await perform(register.request, base_root(context.channel), context))
        if not (register.ok(answer) if register.ok else False):
            judge(manifest.outcomes, answer, is_message=False)
            if register.ok:
                raise Refused(phrase("its answer is not understood ({status}).", status=answer["status"]))
        now = await called(manifest, context)
        if now is not None and now != context_door(context):
            raise TryAgain(phrase("it still calls {now}.", now=now or "no address"))
    return ours()


def ours() -> Health:
    """All is well, at the door too."""
    return Health(
        state=State.CONNECTED, sentence=phrase("The provider answers, and calls this channel's door.")
    )


async def disconnect(manifest: Manifest, context: Context) -> None:
    """Take the address back, unless the provider calls somebody else by now."""
    register = manifest.register
    if register is None or register.remove is None:
        return
    try:
        if await called(manifest, context) in (None, context_door(context)):
            await perform(register.remove, base_root(context.channel), context)
    except SendError:
        return


async def looked(manifest: Manifest, context: Context) -> Health | None:
    """What is wrong with the address that the provider calls; None for nothing, or where it cannot be asked."""
    now = await called(manifest, context)
    if now is None or now == context_door(context):
        return None
    if now:
        return Health(
            state=State.TRANSIENT,
            sentence=phrase("The provider calls {now}, not this channel's door.", now=now[:200]),
            remedy=phrase("Save the channel's settings: that registers it."),
        )
    return Health(
        state=State.TRANSIENT,
        sentence=phrase("The provider calls no door: nothing comes in."),
        remedy=phrase("Save the channel's settings: that registers it."),
    )


async def called(manifest: Manifest, context: Context) -> str | None:
    """The address that the provider calls, empty for none; None where it cannot be asked. Raises a SendError."""
    register = manifest.register
    if register is None or register.state is None or register.address is None:
        return None
    root = base_root(context.channel)
    answer = answer_root(await perform(register.state, root, context))
    judge(manifest.outcomes, answer, is_message=False)
    public = {name: value for name, value in root["settings"].items() if name not in manifest.secrets}
    said = register.address({**answer, **root, "settings": public})
    return str(said) if isinstance(said, str) else ""


def context_door(context: Context) -> str:
    """The door's address as the provider has to call it."""
    return f"{context.channel.public_url}/in/{context.channel.slug}"
