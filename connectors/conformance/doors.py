"""Checks of the door: who is let in, who is not, and that nothing in it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connectors.conformance.knock import without_digest
from connectors.conformance.model import Failed, Skipped, Subject, needed
from connectors.conformance.parsing import channel_of
from connectors.conformance.torture import tortures
from connectors.contract import Answer, Door, RawInput, Rejected, Unverified
from connectors.manifest.connector import ManifestConnector
from connectors.signing import MOMENT, written


async def lets_the_provider_in(subject: Subject) -> None:
    """A signed request passes, with each of the secrets while they are rotated."""
    door = _door(subject)
    for raw in _signed(subject):
        try:
            door.verify(raw, subject.channel)
        except (Unverified, Rejected) as error:
            raise Failed(f"a signed request is refused: {error}") from None


async def refuses_others(subject: Subject) -> None:
    """No signature, another's signature, one byte changed, no secret set: refused, and with nothing but Unverified."""
    door = _door(subject)
    for raw in _signed(subject):
        for name, forged in _forgeries(subject, raw):
            _refused(door, forged, subject, name)
        bare = replace(subject.channel, settings={})
        needed(
            _is_refused(door, raw, replace(subject, channel=bare)), "without a secret set, anybody gets in"
        )


async def recorded_signatures(subject: Subject) -> None:
    """A request that was recorded with its own signature passes, and not when one of its bytes is another.

    The other checks sign by the manifest itself, and so cannot see that it signs in another way than the provider.
    """
    door = _door(subject)
    kept = [fixture for fixture in subject.fixtures if fixture.secrets]
    signed = [fixture for fixture in kept if all(fixture.secrets.values())]
    if kept and not signed:
        raise Skipped(
            f"{kept[0].name} keeps its signature, and not the secret: enter it under `signed`, `settings` once it is revoked"
        )
    if not signed:
        if subject.sign is None:
            raise Skipped("anybody may post here")
        raise Skipped(
            "no fixture holds a real signature: add the provider's example under `signed`, or nothing here tells that "
            "its header, its encoding and what it is over are right"
        )
    for fixture in signed:
        at = replace(channel_of(subject, fixture), slug=fixture.slug or subject.channel.slug)
        at = replace(
            at, public_url=fixture.public_url or at.public_url, settings={**at.settings, **fixture.secrets}
        )
        token = MOMENT.set(fixture.moment)
        try:
            door.verify(fixture.raw, at)
            if subject.covers_body and fixture.raw.body:
                forged = replace(fixture.raw, body=fixture.raw.body + b" ")
                needed(
                    _is_refused(door, forged, replace(subject, channel=at)),
                    f"{fixture.name}, changed, is let in",
                )
        except (Unverified, Rejected) as error:
            raise Failed(
                f"{fixture.name} was signed by the provider and is refused: {error} Look at the header's name, the encoding "
                "(hex or base64), the prefix and what is signed"
            ) from None
        finally:
            MOMENT.reset(token)


async def refuses_the_stale(subject: Subject) -> None:
    """A request that was signed long ago, or is signed for later, is refused."""
    door = _door(subject)
    if not subject.max_age or subject.age is None or subject.sign is None:
        raise Skipped("its signatures carry no time")
    for raw in _plain(subject):
        for seconds in (subject.max_age + 60, -subject.max_age - 60):
            old = subject.sign(subject.age(raw, seconds), subject.channel)
            _refused(door, old, subject, f"a request {seconds:+.0f} seconds old")


async def never_fails(subject: Subject) -> None:
    """Handshake, key and answer survive whatever is sent, signed or not; verify raises Unverified or Rejected alone."""
    door = _door(subject)
    for raw in _plain(subject)[:3]:
        for name, hostile in tortures(raw):
            for method in ("GET", "OPTIONS", "POST"):
                _survives(door, replace(hostile, method=method), subject, name)
            if signed := _as_signed(subject, hostile):
                _survives(door, signed, subject, f"{name}, signed")


def _as_signed(subject: Subject, raw: RawInput) -> RawInput | None:
    """The request under a good signature, where there can be one over such a body."""
    try:
        return subject.sign(raw, subject.channel) if subject.sign else None
    except Unverified:
        return None


def _survives(door: Door, raw: RawInput, subject: Subject, name: str) -> None:
    try:
        shaken: Any = door.handshake(raw, subject.channel)
        needed(shaken is None or isinstance(shaken, Answer), f"{name}: handshake gives {shaken!r}")
        if raw.method != "POST":
            return
        try:
            door.verify(raw, subject.channel)
            key = door.key(raw, subject.channel)
            needed(key is None or len(key) <= 2_000, f"{name}: the key is too long")
            answered: Any = door.answer(raw, subject.channel, 7)
            needed(isinstance(answered, Answer), f"{name}: no answer")
        except (Unverified, Rejected):
            return
    except Failed:
        raise
    except Exception as error:  # whatever it raises is what is looked for
        raise Failed(f"{name}: the door raises {error!r}") from error


def _door(subject: Subject) -> Door:
    if not isinstance(subject.connector, Door):
        raise Skipped("it has no door")
    return subject.connector


def _plain(subject: Subject) -> list[RawInput]:
    if not subject.fixtures:
        raise Skipped("it has no recorded requests")
    return [fixture.raw for fixture in subject.fixtures]


def _signed(subject: Subject) -> list[RawInput]:
    if subject.sign is None:
        raise Skipped("anybody may post here")
    return [subject.sign(raw, subject.channel) for raw in _plain(subject)]


def _forgeries(subject: Subject, raw: RawInput) -> Iterator[tuple[str, RawInput]]:
    unsigned = replace(
        raw, headers={k: v for k, v in raw.headers.items() if k == "content-type"}, query={}, suffix=""
    )
    if isinstance(subject.connector, ManifestConnector):
        unsigned = without_digest(subject.connector.manifest.checks, unsigned)
    yield "an unsigned request", unsigned
    assert subject.sign is not None
    other = replace(subject.channel, settings=_others(subject))
    yield "a request signed with another secret", subject.sign(raw, other)
    if subject.covers_body and raw.body:
        middle = len(raw.body) // 2
        changed = raw.body[:middle] + bytes([raw.body[middle] ^ 1]) + raw.body[middle + 1 :]
        yield "a request with one byte changed", replace(raw, body=changed)
        yield "a request with something added", replace(raw, body=raw.body + b"&x=1")


def _others(subject: Subject) -> dict[str, str]:
    """Settings of somebody else, their secrets written as this provider writes them."""
    others = dict.fromkeys(subject.channel.settings, "another-secret")
    if isinstance(subject.connector, ManifestConnector):
        for check in subject.connector.manifest.checks:
            if check.key_encoding != "text":
                others[check.secret] = check.key_prefix + written(b"another key", check.key_encoding)
    return others


def _is_refused(door: Door, raw: RawInput, subject: Subject) -> bool:
    try:
        door.verify(raw, subject.channel)
    except (Unverified, Rejected):
        return True
    return False


def _refused(door: Door, raw: RawInput, subject: Subject, name: str) -> None:
    try:
        door.verify(raw, subject.channel)
    except (Unverified, Rejected):
        return
    except Exception as error:  # whatever it raises is what is looked for
        raise Failed(f"{name} makes the door raise {error!r}") from error
    raise Failed(f"{name} is let in")
