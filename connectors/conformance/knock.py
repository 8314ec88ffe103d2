"""Requests as a provider signs them, made from a manifest's own checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.contract import ChannelConfig, RawInput
from connectors.manifest.body import form_pairs
from connectors.manifest.model import Check
from connectors.manifest.verify import signed_over
from connectors.signing import digest, secrets_of


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
                return _with_header(raw, check.name, f"Bearer {_token(raw, secret)}")
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
        value = f"{check.timestamp_part}={moment}" if check.timestamp_part else moment
        return _with_header(raw, check.timestamp, value)

    return age


def _hmac(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    moment = raw.headers.get(check.timestamp, "").removeprefix(f"{check.timestamp_part}=").partition(",")[0]
    if check.timestamp and not moment.isdigit():
        moment = str(int(time.time()))
        raw = _with_header(
            raw, check.timestamp, f"{check.timestamp_part}={moment}" if check.timestamp_part else moment
        )
    message = signed_over(check, raw, channel, moment)
    signature = check.prefix + digest(message, secret, algorithm=check.algorithm, encoding=check.encoding)
    if check.part:
        signature = f"{check.part}={signature}"
        if check.timestamp == check.name and check.timestamp_part:
            signature = f"{check.timestamp_part}={moment},{signature}"
    return _with_header(raw, check.name, signature)


def _digest(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    signed = signed_over(check, raw, channel, "")
    value = hashlib.new(check.algorithm, signed + secret.encode()).hexdigest()
    pairs = [pair for pair in form_pairs(raw.body) if pair[0] != check.name]
    return replace(raw, body=urlencode([*pairs, (check.name, value)]).encode())


def without_digest(checks: Iterable[Check], raw: RawInput) -> RawInput:
    """The request without a signature that stands in its body."""
    names = {check.name for check in checks if check.type == "digest"}
    if not names or not raw.body:
        return raw
    return replace(
        raw, body=urlencode([pair for pair in form_pairs(raw.body) if pair[0] not in names]).encode()
    )


def public_key(seed: str) -> str:
    """The public half (base64) of a key pair that stands for a provider's; `sign_with` knows its private half."""
    pair = _pair(seed)
    public = base64.b64encode(pair.public_key().public_bytes_raw()).decode()
    _PAIRS[public] = pair
    return public


def _ed25519(check: Check, raw: RawInput, channel: ChannelConfig, secret: str) -> RawInput:
    if check.timestamp and not raw.headers.get(check.timestamp, "").isdigit():
        raw = _with_header(raw, check.timestamp, str(int(time.time())))
    message = signed_over(check, raw, channel, raw.headers.get(check.timestamp, ""))
    pair = _PAIRS.get(secret) or _pair(secret)
    return _with_header(raw, check.name, base64.b64encode(pair.sign(message)).decode())


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
    match check.where:
        case "query":
            return replace(raw, query={**raw.query, check.name: secret})
        case "suffix":
            return replace(raw, suffix=secret)
        case _:
            return _with_header(raw, check.name or "authorization", secret)


def _with_header(raw: RawInput, name: str, value: str) -> RawInput:
    return replace(raw, headers={**raw.headers, name: value})
