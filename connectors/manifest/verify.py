"""Whether a request is from the provider: any one of the manifest's checks must hold; constant time."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from connectors.contract import ChannelConfig, Malformed, RawInput, Unverified
from connectors.manifest.body import FORM, charset_of, content_type, form_pairs, root_of
from connectors.manifest.model import Ask, Check, Manifest
from connectors.manifest.schemes import check_ed25519, check_token
from connectors.manifest.signed import addresses, signed
from connectors.signing import (
    MOMENT,
    check_age,
    check_hmac,
    key_of,
    plain_hash,
    same_secret,
    secrets_of,
)
from values.sentences import phrase


def verify(manifest: Manifest, raw: RawInput, channel: ChannelConfig) -> None:
    """Raise Unverified unless a check holds. A manifest with checks refuses everything until a secret is set.

    Of several checks the one that the request was made for says why it failed: the one whose value is there.
    """
    if not manifest.checks:
        return
    refused = Unverified(phrase("No secret is set for this channel; enter one in its settings."))
    is_told = False
    for check in manifest.checks:
        secrets = secrets_of(channel.settings.get(check.secret))
        if not secrets or not _applies(check, raw, channel):
            continue
        try:
            CHECKS[check.type](check, raw, channel, secrets)
        except Unverified as error:
            is_meant = bool(given_to(check, raw, channel))
            if is_meant or not is_told:
                refused, is_told = error, is_told or is_meant
        else:
            return
    raise refused


def _applies(check: Check, raw: RawInput, channel: ChannelConfig) -> bool:
    """Whether the check is for such a request; one that cannot be read is nobody's exception."""
    if check.applies is None:
        return True
    try:
        return bool(check.applies(root_of(raw, channel)))
    except Malformed:
        return False


def given_to(check: Check, raw: RawInput, channel: ChannelConfig) -> str:
    """The signature, secret or token that a request brings for this check; empty for none."""
    if check.value is not None:
        return _asked(check.value, raw, channel)
    match check.type, check.where:
        case "basic", _:
            return raw.headers.get("authorization", "")
        case "digest", _:
            return _named(raw, check.name)
        case "secret", "any":
            return next(filter(None, _anywhere(check, raw)), "")
        case "secret", "query":
            return raw.query.get(check.name, "")
        case "secret", "suffix":
            return raw.suffix.partition("/")[0]
        case _:
            return _header(raw, check.name, check.part)


def _asked(ask: Ask, raw: RawInput, channel: ChannelConfig) -> str:
    """A text that stands in the body; empty where it is not there or no text."""
    try:
        found = ask(root_of(raw, channel))
    except Malformed:
        return ""
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _moment(check: Check, raw: RawInput, channel: ChannelConfig) -> str:
    """The time that is signed, checked against the clock where the check has an age."""
    if check.time is not None:
        moment = _asked(check.time, raw, channel)
    else:
        moment = _header(raw, check.timestamp, check.timestamp_part) if check.timestamp else ""
    if check.max_age:
        check_age(moment, now=MOMENT.get() or datetime.now(UTC), max_age=check.max_age)
    return moment


def _hmac(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    keys = [key_of(secret, encoding=check.key_encoding, prefix=check.key_prefix) for secret in secrets]
    check_hmac(
        list(signed(check, raw, channel, _moment(check, raw, channel))),
        given_to(check, raw, channel),
        keys,
        algorithm=check.algorithm,
        encoding=check.encoding,
        prefix=check.prefix,
    )


def _digest(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    """A plain hash over what is signed with the secret after it; it stands in a field of the body or in a header."""
    message = next(signed(check, raw, channel, _moment(check, raw, channel)))
    given = given_to(check, raw, channel).removeprefix(check.prefix)
    wanted = [
        plain_hash(
            message + check.before_secret.encode() + secret.encode(),
            algorithm=check.algorithm,
            encoding=check.encoding,
        )
        for secret in secrets
    ]
    if not same_secret(given.lower() if check.encoding == "hex" else given, wanted):
        raise Unverified(phrase("The signature is missing or wrong."))


def _named(raw: RawInput, name: str) -> str:
    if name in raw.headers or content_type(raw) != FORM:
        return raw.headers.get(name, "")
    try:
        return next(
            (value for field, value in form_pairs(raw.body, charset_of(raw)) if field.lower() == name), ""
        )
    except Malformed as error:
        raise Unverified(phrase("The signature cannot be checked: {error}.", error=error)) from None


def _ed25519(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    message = next(signed(check, raw, channel, _moment(check, raw, channel)))
    given = given_to(check, raw, channel).removeprefix(check.prefix)
    check_ed25519(message, given, secrets, encoding=check.encoding)


def _jwt(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    given = given_to(check, raw, channel)
    check_token(raw, given, secrets, max_age=check.max_age, addresses=list(addresses(raw, channel)))


def _header(raw: RawInput, name: str, part: str) -> str:
    """A header, or one `name=value` of it; several values of one name stay separated by spaces."""
    value = raw.headers.get(name, "")
    if not part:
        return value
    pairs = (piece.strip().partition("=") for piece in value.replace(";", ",").split(","))
    return " ".join(found for key, _, found in pairs if key == part)


def _secret(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    given = given_to(check, raw, channel)
    if check.where == "any" and check.value is None:
        places = _anywhere(check, raw)
    else:
        places = [given.removeprefix("Bearer ") if check.name == "authorization" else given]
    if True not in [same_secret(value, secrets) for value in places]:
        raise Unverified(phrase("The shared secret is missing or wrong."))


def _anywhere(check: Check, raw: RawInput) -> list[str]:
    """The header, bare or as a Bearer's, `?token=`, and what follows the door's address."""
    header = raw.headers.get(check.name or "authorization", "")
    scheme, _, bearer = raw.headers.get("authorization", "").partition(" ")
    return [
        header,
        bearer.strip() if scheme.lower() == "bearer" else "",
        raw.query.get("token", ""),
        raw.suffix.partition("/")[0],
    ]


def _basic(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    scheme, _, encoded = raw.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    user, _, password = given.decode("utf-8", "replace").partition(":")
    if not same_secret(password, secrets) or (check.name and user != check.name):
        raise Unverified(phrase("The password is missing or wrong."))


CHECKS = {
    "hmac": _hmac,
    "digest": _digest,
    "secret": _secret,
    "basic": _basic,
    "ed25519": _ed25519,
    "jwt": _jwt,
}
