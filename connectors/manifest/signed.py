"""What a provider signs of a request: its body, its address with its fields, some fields, a pattern of these."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from connectors.contract import ChannelConfig, Malformed, RawInput, Unverified
from connectors.manifest.body import FORM, charset_of, content_type, form_pairs, root_of
from connectors.manifest.model import Ask, Check
from connectors.manifest.schemes import plivo_message
from connectors.signing import url_and_pairs
from values.sentences import phrase


def signed(check: Check, raw: RawInput, channel: ChannelConfig, timestamp: str) -> Iterator[bytes]:
    """What the provider may have signed: with `url_and_fields`, its address with and without the port."""
    if check.signed is not None:
        yield _told(check.signed, raw, channel)
    elif check.over == "sorted_fields":
        yield _sorted_fields(check, raw, channel)
    elif check.over == "body":
        yield raw.body
    elif check.over == "plivo_v3":
        pairs, nonce = _fields(raw), raw.headers.get("x-plivo-signature-v3-nonce", "")
        for address in addresses(raw, channel):
            yield plivo_message(address, pairs, nonce)
    elif check.over == "url_and_fields":
        pairs = _fields(raw)
        for address in addresses(raw, channel):
            yield url_and_pairs(address, pairs)
    else:
        head, _, tail = check.over.partition("{body}")
        said = {
            "timestamp": timestamp,
            "url": next(addresses(raw, channel)),
            "id": raw.headers.get("webhook-id", ""),
        }
        yield _put(head, said) + raw.body + _put(tail, said)


def _told(signed: Ask, raw: RawInput, channel: ChannelConfig) -> bytes:
    try:
        said = signed(root_of(raw, channel))
    except Malformed as error:
        raise Unverified(phrase("The signature cannot be checked: {error}.", error=error)) from None
    if not isinstance(said, str) or not said:
        raise Unverified(phrase("The request lacks what its signature is over."))
    return said.encode(charset_of(raw), "replace")


def _sorted_fields(check: Check, raw: RawInput, channel: ChannelConfig) -> bytes:
    """`name=value` of all fields but the signature's, sorted by name, `join` between them."""
    try:
        body = root_of(raw, channel)["body"]
    except Malformed as error:
        raise Unverified(phrase("The signature cannot be checked: {error}.", error=error)) from None
    if not isinstance(body, dict) or not body:
        raise Unverified(phrase("The request lacks what its signature is over."))
    left_out = {*check.leave_out, check.name}
    pairs = [(str(name), _plain(value)) for name, value in body.items() if str(name) not in left_out]
    return check.join.join(f"{name}={value}" for name, value in sorted(pairs)).encode(
        charset_of(raw), "replace"
    )


def _plain(value: Any) -> str:
    """A value of a field as it is signed: texts bare, all else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value, default=str).decode()


def signed_over(check: Check, raw: RawInput, channel: ChannelConfig, timestamp: str) -> bytes:
    """What the provider signs."""
    return next(signed(check, raw, channel, timestamp))


def _put(pattern: str, said: dict[str, str]) -> bytes:
    for name, value in said.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern.encode("utf-8", "replace")


def addresses(raw: RawInput, channel: ChannelConfig) -> Iterator[str]:
    """The address as the provider called it, seen from outside: the hub's public one."""
    suffix = f"/{raw.suffix}" if raw.suffix else ""
    query = raw.meta.get("query_string") or urlencode(dict(raw.query))
    rest = f"/in/{channel.slug}{suffix}" + (f"?{query}" if query else "")
    yield channel.public_url + rest
    parts = urlsplit(channel.public_url)
    if parts.port is not None:
        yield f"{parts.scheme}://{parts.hostname}{parts.path}{rest}"
    elif parts.scheme in ("https", "http"):
        port = 443 if parts.scheme == "https" else 80
        yield f"{parts.scheme}://{parts.netloc}:{port}{parts.path}{rest}"


def _fields(raw: RawInput) -> list[tuple[str, str]]:
    """The fields that are signed with the address. Any other body must be signed by its hash in the address."""
    if not raw.body:
        return []
    if content_type(raw) == FORM:
        try:
            return form_pairs(raw.body, charset_of(raw))
        except Malformed as error:
            raise Unverified(phrase("The signature cannot be checked: {error}.", error=error)) from None
    given = raw.query.get("bodySHA256", "").lower()
    if not hmac.compare_digest(
        given.encode("utf-8", "replace"), hashlib.sha256(raw.body).hexdigest().encode()
    ):
        raise Unverified(phrase("The signature does not cover the body."))
    return []
