"""Whether a declarative channel works, and reasons without secrets."""

from __future__ import annotations

from connectors.contract import (
    Context,
    CredentialsDead,
    Health,
    Refused,
    SendError,
    State,
    TryAgain,
)
from connectors.manifest.answers import judge
from connectors.manifest.asking import answer_root, base_root, perform
from connectors.manifest.hiding import redacted, redacted_health
from connectors.manifest.model import Manifest
from connectors.manifest.registering import looked, ours
from values.sentences import phrase

NEW_CREDENTIALS = phrase("Check what is entered in the channel's settings.")


async def probe(manifest: Manifest, context: Context) -> Health:
    """What is missing first; then the provider's word on the manifest's probe, where it has one. Never raises."""
    missing = [
        setting.label
        for setting in manifest.spec.settings
        if setting.required and context.channel.settings.get(setting.name) in (None, "", [])
    ]
    if missing:
        remedy = phrase("Fill it in on the channel's settings.")
        return Health(
            state=State.UNCONFIGURED,
            sentence=phrase("Not set yet: {missing}.", missing=", ".join(missing)),
            remedy=remedy,
        )
    if manifest.probe is None:
        return Health(state=State.CONNECTED, sentence=phrase("Receiving."))
    try:
        return redacted_health(await _ask(manifest, context), context.channel, manifest)
    except CredentialsDead as error:
        state, reason, remedy = State.NEEDS_CREDENTIALS, error, NEW_CREDENTIALS
    except Refused as error:
        state, reason, remedy = State.NEEDS_CREDENTIALS, error, NEW_CREDENTIALS
    except SendError as error:
        state, reason, remedy = State.TRANSIENT, error, "It is tried again by itself."
    except Exception as error:  # a probe never raises: whatever it is, the page shows it
        state, reason, remedy = (
            State.TRANSIENT,
            TryAgain(phrase("The probe failed: {error}", error=repr(error))),
            "",
        )
    sentence = redacted(reason, context.channel, manifest).reason
    return Health(state=state, sentence=sentence, remedy=remedy)


async def _ask(manifest: Manifest, context: Context) -> Health:
    assert manifest.probe is not None
    answer = answer_root(await perform(manifest.probe, base_root(context.channel), context))
    is_fine = bool(manifest.probe_ok(answer)) if manifest.probe_ok else False
    if not is_fine:
        judge(manifest.outcomes, answer, is_message=False)
        if manifest.probe_ok:
            return Health(
                state=State.NEEDS_CREDENTIALS,
                sentence=phrase("The provider answers, but does not accept the settings."),
                remedy=NEW_CREDENTIALS,
            )
    wrong = await looked(manifest, context)
    if wrong is not None:
        return wrong
    if manifest.register and manifest.register.state:
        return ours()
    return Health(state=State.CONNECTED, sentence=phrase("The provider answers."))
