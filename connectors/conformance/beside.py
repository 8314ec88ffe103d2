"""Checks of what a manifest does beside its messages: access tokens, pulling, registering, profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors.conformance.model import Failed, Skipped, Subject, needed
from connectors.conformance.server import HANG_UP, Provider, scripted
from connectors.contract import (
    Context,
    CredentialsDead,
    Handle,
    Health,
    Http,
    Profile,
    Profiling,
    SendError,
    Sent,
    Setup,
    State,
    TryAgain,
)
from connectors.manifest.connector import ManifestConnector
from connectors.manifest.model import Manifest
from connectors.manifest.pulling import asked
from connectors.tokens import Fetch, OwnTokens

TOKEN = "token-of-the-suite-7Qk2"  # noqa: S105 - the suite's own
FAULTS: tuple[tuple[str, Mapping[str, Any], type[SendError]], ...] = (
    ("500", {"status": 500}, TryAgain),
    ("429", {"status": 429, "headers": {"Retry-After": "7"}, "body": {}}, TryAgain),
    ("401", {"status": 401, "body": {}}, CredentialsDead),
    ("a line that breaks", HANG_UP, TryAgain),
)


@dataclass(frozen=True, slots=True)
class GivenTokens:
    """A token is there already: what is tried is what comes after."""

    async def get(self, key: str, fetch: Fetch, *, refused: str = "") -> str:
        return TOKEN


async def tokens(subject: Subject, http: Http) -> None:
    """One token serves many messages, a refused one is replaced and the message sent once, and nothing shows it."""
    if not uses_token(subject) or subject.reach is None:
        raise Skipped("it sends with no access token")
    told = [one for one in subject.sendings if one.token and one.outcome.get("sent")]
    if not told:
        raise Failed(
            "no recorded message that was sent shows the answer to the request of the token: add it as `token` to one in "
            "fixtures/send"
        )
    for sending in told:
        settings = {**subject.channel.settings, **sending.settings}
        at = replace(subject.channel, settings=settings)
        async with scripted() as provider:
            context = Context(channel=at, http=subject.reach(http, provider.base), tokens=OwnTokens())
            here = f"send/{sending.name}"
            await _sends(subject, sending.message, context, provider, [sending.token, *sending.answers], here)
            await _sends(
                subject, sending.message, context, provider, list(sending.answers), f"{here}, a second time"
            )
            refused = {"status": 401, "body": {"error": "over"}}
            again = [refused, sending.token, *sending.answers]
            await _sends(
                subject, sending.message, context, provider, again, f"{here}, when the token is refused"
            )
            for status, kind in ((400, CredentialsDead), (503, TryAgain)):
                provider.will_answer({"status": status, "body": {"error": "x"}})
                fresh = replace(context, tokens=OwnTokens())
                error = await _error(subject.connector.send(sending.message, fresh))
                needed(isinstance(error, kind), f"{here}: {status} for a token gives {error!r}")


async def _sends(
    subject: Subject, message: Any, context: Context, provider: Provider, answers: list[Any], where: str
) -> None:
    provider.will_answer(*answers)
    made = await _error(subject.connector.send(message, context))
    needed(isinstance(made, Sent), f"{where}: {made!r}")
    needed(
        len(provider.requests) == len(answers),
        f"{where}: {len(provider.requests)} requests were made, expected {len(answers)}",
    )


def uses_token(subject: Subject) -> bool:
    """Whether it sends with an access token that it fetches."""
    manifest = _manifest(subject)
    return manifest is not None and any(one.request.token for one in manifest.variants)


async def pulls(subject: Subject, http: Http) -> None:
    """A recorded answer brings its events and a cursor; whatever else the provider does, the cursor stays."""
    manifest = _manifest(subject)
    if manifest is None or manifest.pull is None or subject.reach is None:
        raise Skipped("it pulls nothing")
    async with scripted() as provider:
        context = _context(subject, http, provider.base)
        for fixture in subject.fixtures:
            provider.will_answer({"raw": fixture.raw.body, "headers": dict(fixture.raw.headers)})
            try:
                reply, cursor, _ = await asked(manifest, manifest.pull, None, context)
            except SendError as error:
                raise Failed(f"{fixture.name}: it is not taken as an answer: {error.reason}") from None
            if manifest.pull.cursor is not None and reply is not None:
                needed(cursor not in (None, ""), f"{fixture.name}: it holds events, and no cursor")
        for name, answer, kind in FAULTS:
            provider.will_answer(answer)
            error = await _error(asked(manifest, manifest.pull, 7, context))
            needed(isinstance(error, kind), f"pull: {name} gives {error!r}")


async def registers(subject: Subject, http: Http) -> None:
    """Nothing that the provider does is raised, and a fault is not said to be connected."""
    connector: Any = subject.connector
    if (
        not isinstance(connector, ManifestConnector)
        or not isinstance(connector, Setup)
        or subject.reach is None
    ):
        raise Skipped("it registers nothing")
    async with scripted() as provider:
        context = _context(subject, http, provider.base)
        for name, answer, _ in FAULTS:
            provider.will_answer(answer)
            health: Any = await _error(connector.connect(context))
            needed(isinstance(health, Health), f"register: {name} raises {health!r}")
            needed(health.state is not State.CONNECTED, f"register: {name} is said to be connected")
            needed(health.sentence.strip(), f"register: {name} is told in no sentence")
            gone: Any = await _error(connector.disconnect(context))
            needed(gone is None, f"remove: {name} raises {gone!r}")


async def looks_up(subject: Subject, http: Http) -> None:
    """A profile is told, or an outcome is: passing faults are asked again later."""
    connector: Any = subject.connector
    if (
        not isinstance(connector, ManifestConnector)
        or not isinstance(connector, Profiling)
        or subject.reach is None
    ):
        raise Skipped("it looks up nobody")
    handle = Handle(kind=connector.spec.handle_kind, value=subject.sample.to.value if subject.sample else "1")
    async with scripted() as provider:
        context = _context(subject, http, provider.base)
        for name, answer, kind in FAULTS:
            provider.will_answer(answer)
            error = await _error(connector.profile(handle, context))
            needed(isinstance(error, kind), f"profile: {name} gives {error!r}")
        for body in ({}, [], "<html>", {"name": 1}, {"error": {"code": 1}}):
            provider.will_answer({"status": 200, "body": body})
            made: Any = await _error(connector.profile(handle, context))
            needed(isinstance(made, Profile | SendError), f"profile: {body!r} gives {made!r}")


def _manifest(subject: Subject) -> Manifest | None:
    return subject.connector.manifest if isinstance(subject.connector, ManifestConnector) else None


def _context(subject: Subject, http: Http, base: str) -> Context:
    assert subject.reach is not None
    return Context(channel=subject.channel, http=subject.reach(http, base), tokens=GivenTokens())


async def _error(asking: Any) -> Any:
    try:
        return await asking
    except Exception as error:  # which one is what the caller judges
        return error
