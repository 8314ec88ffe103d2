"""Requests as a provider signs them, made from a manifest's own checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.contract import ChannelConfig, RawInput
from connectors.manifest.body import FORM, content_type, form_pairs
from connectors.manifest.model import Check
from connectors.manifest.signed import signed_over
from connectors.signing import digest, key_of, plain_hash, secrets_of, written


def sign_with(check: Check) -> object:
    """See `connectors.conformance.model.Sign`: the first of the channel's secrets signs."""

    def sign(raw: RawInput, channel: ChannelConfig) -> RawInput:
        secret = (secrets_of(channel.settings.get(check.secret)) or [""])[0]
        match check.type:
            case "hmac":
                return _hmac(check, raw, channel, secret)
            case "digest":
                return _digest(check, raw, channel, secret)
            case "ed25519":
                return _ed25519(check, raw, channel, secret)
            case "jwt":
                return _placed(check, raw, f"Bearer {_token(raw, secret)}")
            case "basic":
                pair = base64.b64encode(f"{check.name or 'hub'}:{secret}".encode()).decode()
                return _with_header(raw, "authorization", f"Basic {pair}")
            case _:
                return _shared(check, raw, secret)

    return sign


def aged(check: Check) -> object:
    """Makes a request with a timestamp of some seconds ago."""

    def age(raw: RawInput, seconds: float) -> RawInput:
        moment = str(int(time.time() - seconds))
        if check.time_path:
            return put(raw, check.time_path, moment)
        value = f"{check.timestamp_part}={moment}" if check.timestamp_part else moment
        return _with_header(raw, check.timestamp, value)

    return age


def can_sign(check: Check) -> bool:
    """Whether it is plain where the signature and its time stand, so that a request can be made."""
    return (check.value is None or bool(check.value_path)) and (check.time is None or bool(check.time_path))


def _hmac(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    raw, moment = _timed(check, raw)
    key = key_of(secret, encoding=check.key_encoding, prefix=check.key_prefix)
    bare = without(check, raw)
    message = signed_over(check, bare, channel, moment)
    signature = check.prefix + digest(message, key, algorithm=check.algorithm, encoding=check.encoding)
    if check.part:
        signature = f"{check.part}={signature}"
        if check.timestamp == check.name and check.timestamp_part:
            signature = f"{check.timestamp_part}={moment},{signature}"
    return _placed(check, bare, signature)


def _timed(check: Check, raw: RawInput) -> tuple[RawInput, str]:
    """The request with a time in it, and that time; one that is there is kept."""
    if check.time_path:
        found = _at(raw, check.time_path)
        if found.isdigit():
            return raw, found
        moment = str(int(time.time()))
        return put(raw, check.time_path, moment), moment
    moment = raw.headers.get(check.timestamp, "").removeprefix(f"{check.timestamp_part}=").partition(",")[0]
    if check.timestamp and not moment.isdigit():
        moment = str(int(time.time()))
        said = f"{check.timestamp_part}={moment}" if check.timestamp_part else moment
        raw = _with_header(raw, check.timestamp, said)
    return raw, moment


def _placed(check: Check, raw: RawInput, value: str) -> RawInput:
    return put(raw, check.value_path, value) if check.value_path else _with_header(raw, check.name, value)


def without(check: Check, raw: RawInput) -> RawInput:
    """The request without a value that stands in its body."""
    return put(raw, check.value_path, None) if check.value_path else raw


def put(raw: RawInput, path: str, value: str | None) -> RawInput:
    """A request whose body has this value at a path of names; None takes it away. Bodies that hold no names stay."""
    if not raw.body.strip():
        return raw
    if content_type(raw) == FORM:
        pairs = [pair for pair in form_pairs(raw.body) if pair[0] != path]
        return replace(raw, body=urlencode(pairs if value is None else [*pairs, (path, value)]).encode())
    try:
        whole: Any = orjson.loads(raw.body)
    except orjson.JSONDecodeError:
        return raw
    *above, last = path.split(".")
    place = whole
    for name in above:
        place = place.get(name) if isinstance(place, dict) else None
    if isinstance(place, dict):
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    try:
        return replace(raw, body=orjson.dumps(whole))
    except TypeError:  # nested deeper than can be written
        return raw


def _at(raw: RawInput, path: str) -> str:
    if content_type(raw) == FORM:
        return dict(form_pairs(raw.body)).get(path, "")
    try:
        place: Any = orjson.loads(raw.body)
    except orjson.JSONDecodeError:
        return ""
    for name in path.split("."):
        place = place.get(name) if isinstance(place, dict) else None
    return str(place) if isinstance(place, str | int) else ""


def _digest(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    bare = without(check, raw)
    signed = signed_over(check, bare, channel, "")
    value = plain_hash(
        signed + check.before_secret.encode() + secret.encode(),
        algorithm=check.algorithm,
        encoding=check.encoding,
    )
    if check.value_path or content_type(raw) != FORM:
        return _placed(check, bare, value)
    return put(bare, check.name, value)


def without_digest(checks: Iterable[Check], raw: RawInput) -> RawInput:
    """The request without a signature or a secret that stands in its body."""
    for check in checks:
        raw = without(check, raw)
        if check.type == "digest" and check.name and content_type(raw) == FORM:
            raw = put(raw, check.name, None)
    return raw


def public_key(seed: str, *, encoding: str = "base64") -> str:
    """The public half of a key pair that stands for a provider's; `sign_with` knows its private half."""
    pair = _pair(seed)
    public = written(pair.public_key().public_bytes_raw(), encoding)
    _PAIRS[public] = pair
    return public


def _ed25519(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    raw, moment = _timed(check, raw)
    bare = without(check, raw)
    pair = _PAIRS.get(secret) or _pair(secret)
    signature = written(pair.sign(signed_over(check, bare, channel, moment)), check.encoding)
    return _placed(check, bare, check.prefix + signature)


def _pair(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


def _token(raw: RawInput, secret: str) -> str:
    claims = {"iat": int(time.time()), "payload_hash": hashlib.sha256(raw.body).hexdigest()}
    parts = [orjson.dumps(part) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signed = hmac.new(secret.encode(), head, "sha256").digest()
    return (head + b"." + base64.urlsafe_b64encode(signed).rstrip(b"=")).decode()


_PAIRS: dict[str, Ed25519PrivateKey] = {}


def _shared(check: Check, raw: RawInput, secret: str) -> RawInput:
    if check.value_path:
        return put(raw, check.value_path, secret)
    match check.where:
        case "query":
            return replace(raw, query={**raw.query, check.name: secret})
        case "suffix":
            return replace(raw, suffix=secret)
        case _:
            return _with_header(raw, check.name or "authorization", secret)


def _with_header(raw: RawInput, name: str, value: str) -> RawInput:
    return replace(raw, headers={**raw.headers, name: value})
