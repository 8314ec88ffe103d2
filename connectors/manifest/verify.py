"""Whether a request is from the provider: any one of the manifest's checks must hold; constant time."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from urllib.parse import urlencode

from connectors.contract import ChannelConfig, Malformed, RawInput, Unverified
from connectors.manifest.body import form_fields
from connectors.manifest.model import Check, Manifest
from connectors.signing import check_age, check_hmac, same_secret, secrets_of, url_and_fields


def verify(manifest: Manifest, raw: RawInput, channel: ChannelConfig) -> None:
    """Raise Unverified unless a check holds. A manifest with checks refuses everything until a secret is set."""
    if not manifest.checks:
        return
    refused = Unverified("No secret is set for this channel; enter one in its settings.")
    for check in manifest.checks:
        secrets = secrets_of(channel.settings.get(check.secret))
        if not secrets:
            continue
        try:
            _CHECKS[check.type](check, raw, channel, secrets)
        except Unverified as error:
            refused = error
        else:
            return
    raise refused


def _hmac(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    if check.max_age and check.timestamp:
        check_age(raw.headers.get(check.timestamp, ""), now=datetime.now(UTC), max_age=check.max_age)
    check_hmac(
        _signed(check, raw, channel),
        raw.headers.get(check.name, ""),
        secrets,
        algorithm=check.algorithm,
        encoding=check.encoding,
        prefix=check.prefix,
    )


def _signed(check: Check, raw: RawInput, channel: ChannelConfig) -> bytes:
    if check.over == "timestamp_and_body":
        return raw.headers.get(check.timestamp, "").encode("utf-8", "replace") + b"." + raw.body
    if check.over == "url_and_fields":
        return url_and_fields(_address(raw, channel), _fields(raw))
    return raw.body


def _address(raw: RawInput, channel: ChannelConfig) -> str:
    """The address as the provider called it."""
    suffix = f"/{raw.suffix}" if raw.suffix else ""
    query = f"?{urlencode(dict(raw.query))}" if raw.query else ""
    return f"{channel.public_url}/in/{channel.slug}{suffix}{query}"


def _fields(raw: RawInput) -> dict[str, str]:
    if "json" in raw.headers.get("content-type", ""):
        return {}
    try:
        return form_fields(raw) if raw.body else {}
    except Malformed:
        return {}


def _secret(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    given = {
        "header": [raw.headers.get(check.name, "")],
        "query": [raw.query.get(check.name, "")],
        "suffix": [raw.suffix.partition("/")[0]],
        "any": [
            raw.headers.get(check.name, ""),
            raw.headers.get("authorization", "").removeprefix("Bearer "),
            raw.query.get("token", ""),
            raw.suffix.partition("/")[0],
        ],
    }[check.where]
    if True not in [same_secret(value, secrets) for value in given if value]:
        raise Unverified("The shared secret is missing or wrong.")


def _basic(check: Check, raw: RawInput, channel: ChannelConfig, secrets: list[str]) -> None:
    scheme, _, encoded = raw.headers.get("authorization", "").partition(" ")
    try:
        given = (
            base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
            if scheme.lower() == "basic"
            else ""
        )
    except (binascii.Error, ValueError):
        given = ""
    if not same_secret(given.partition(":")[2], secrets):
        raise Unverified("The password is missing or wrong.")


_CHECKS = {"hmac": _hmac, "secret": _secret, "basic": _basic}
