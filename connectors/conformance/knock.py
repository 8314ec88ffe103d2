"""Requests as a provider signs them, made from a manifest's own checks."""

from __future__ import annotations

import base64
import time
from dataclasses import replace

from connectors.contract import ChannelConfig, RawInput
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
