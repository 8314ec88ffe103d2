"""Signatures of telephone providers: their own libraries and our checks agree, whatever is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_v3_signature  # pyright: ignore[reportMissingTypeStubs] - it has none
from vonage_jwt import verify_signature  # pyright: ignore[reportMissingTypeStubs] - it has none

from connectors.conformance.knock import sign_with
from connectors.contract import ChannelConfig, RawInput, Unverified
from tests.bundled import bundled

FOUND: Any = bundled()
SECRET = "0123456789abcdef" * 4
FORM = "application/x-www-form-urlencoded"
NONCE = "05429567804466091622"
WORDS = st.dictionaries(st.text("abXY_", min_size=1, max_size=5), st.text("ab +&=ភ9", max_size=6), max_size=5)

ASCII = st.dictionaries(st.text("abXY_", min_size=1, max_size=5), st.text("ab +&=9", max_size=6), max_size=5)
"""Plivo's library fails on other letters in a query."""


def channel(**settings: str) -> ChannelConfig:
    return ChannelConfig(
        id=1, slug="line", name="Line", settings=settings, region="US", public_url="https://hub.example"
    )


def request(body: bytes, headers: dict[str, str], *, query: str = "") -> RawInput:
    return RawInput(
        transport="http",
        body=body,
        received_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
        headers=headers,
        meta={"query_string": query} if query else {},
    )


def let_in(name: str, raw: RawInput, home: ChannelConfig) -> bool:
    try:
        FOUND[name].verify(raw, home)
    except Unverified:
        return False
    return True


def changed(body: bytes) -> bytes:
    return body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]


def zadarma(fields: dict[str, str], over: str, secret: str = SECRET) -> RawInput:
    digits = hmac.new(secret.encode(), over.encode(), hashlib.sha1).hexdigest()
    signature = base64.b64encode(digits.encode()).decode()
    return request(urlencode(fields).encode(), {"content-type": FORM, "signature": signature})


def test_zadarma_signs_base64_of_hexadecimal_digits() -> None:
    fields = {
        "event": "NOTIFY_START",
        "caller_id": "+1202",
        "called_did": "7",
        "call_start": "2026-01-05 09:00:00",
    }
    over, home = "+120272026-01-05 09:00:00", channel(api_secret=SECRET)
    assert let_in("zadarma", zadarma(fields, over), home)
    assert not let_in("zadarma", zadarma(fields, over, "another"), home)
    assert not let_in("zadarma", zadarma({**fields, "caller_id": "+1203"}, over), home)
    plain = base64.b64encode(hmac.new(SECRET.encode(), over.encode(), hashlib.sha1).digest()).decode()
    raw = zadarma(fields, over)
    assert not let_in("zadarma", replace(raw, headers={**raw.headers, "signature": plain}), home)


def test_zadarma_signs_other_fields_for_other_kinds() -> None:
    home = channel(api_secret=SECRET)
    told = {"caller_id": "1", "called_did": "2", "destination": "3", "internal": "4", "call_start": "5"}
    record = {"event": "NOTIFY_RECORD", "pbx_call_id": "a", "call_id_with_rec": "b"}
    assert let_in("zadarma", zadarma({**told, "event": "NOTIFY_ANSWER"}, "135"), home)
    assert let_in("zadarma", zadarma({**told, "event": "NOTIFY_OUT_END"}, "435"), home)
    assert let_in("zadarma", zadarma({**told, "event": "NOTIFY_END"}, "125"), home)
    assert let_in("zadarma", zadarma(record, "ab"), home)
    assert not let_in("zadarma", zadarma({**told, "event": "NOTIFY_END"}, "135"), home)
    assert not let_in("zadarma", zadarma({"event": "NOTIFY_END"}, ""), home)


def telnyx_verifies(raw: RawInput, key: str) -> bool:
    from telnyx import Telnyx  # more than a thousand modules: not for who only collects tests

    try:
        Telnyx(api_key="k", public_key=key).webhooks.unwrap(raw.body.decode(), headers=dict(raw.headers))
    except Exception:  # its own error, of which only the refusal matters here
        return False
    return True


@pytest.mark.parametrize(("age", "good"), [(0, True), (200, True), (400, False), (-400, False)])
def test_telnyx_and_its_library_agree(age: int, good: bool) -> None:
    pair = Ed25519PrivateKey.generate()
    key = base64.b64encode(pair.public_key().public_bytes_raw()).decode()
    body = b'{"data": {"record_type": "event", "event_type": "call.initiated", "id": "1", "payload": {}}}'
    moment = str(int(time.time()) - age)
    signature = base64.b64encode(pair.sign(f"{moment}|".encode() + body)).decode()
    raw = request(body, {"telnyx-signature-ed25519": signature, "telnyx-timestamp": moment})
    for one in (
        raw,
        replace(raw, body=changed(body)),
        replace(raw, headers={**raw.headers, "telnyx-timestamp": "1"}),
    ):
        ours = let_in("telnyx", one, channel(public_key=key))
        assert ours == telnyx_verifies(one, key) == (good and one is raw)
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    assert not let_in("telnyx", raw, channel(public_key=other))
    assert not let_in("telnyx", raw, channel(public_key="not base64 !"))


def vonage(body: bytes, *, secret: str = SECRET, age: int = 0, algorithm: str = "HS256") -> RawInput:
    claims = {"iat": int(time.time()) - age, "payload_hash": hashlib.sha256(body).hexdigest(), "jti": "1"}
    token = jwt.encode(claims, secret, algorithm=algorithm)
    return request(body, {"authorization": f"Bearer {token}", "content-type": "application/json"})


def test_vonage_and_its_library_agree() -> None:
    home, body = channel(signature_secret=SECRET), b'{"status": "ringing"}'
    good, foreign = vonage(body), vonage(body, secret="another secret" * 5)
    for raw, is_good in ((good, True), (foreign, False)):
        token = raw.headers["authorization"].removeprefix("Bearer ")
        assert let_in("vonage", raw, home) == verify_signature(token, SECRET) == is_good
    assert not let_in("vonage", replace(good, body=changed(body)), home)
    assert not let_in("vonage", vonage(body, age=400), home)
    assert not let_in("vonage", vonage(body, algorithm="HS512"), home)
    for token in ("", "Bearer", "Bearer a.b.c", "Bearer ..", "Bearer é.é.é"):
        assert not let_in("vonage", request(body, {"authorization": token}), home)


@given(fields=WORDS, query=ASCII)
def test_plivo_and_its_library_agree(fields: dict[str, str], query: dict[str, str]) -> None:
    home, asked = channel(auth_token=SECRET), urlencode(query)
    url = "https://hub.example/in/line" + (f"?{asked}" if asked else "")
    raw = request(
        urlencode(fields).encode(), {"content-type": FORM, "x-plivo-signature-v3-nonce": NONCE}, query=asked
    )
    check = FOUND["plivo"].manifest.checks[0]
    sign: Any = sign_with(check)
    signed = sign(raw, home)
    signature = signed.headers["x-plivo-signature-v3"]
    assert validate_v3_signature("POST", url, NONCE, SECRET, signature, dict(fields))
    assert let_in("plivo", signed, home)
    assert let_in(
        "plivo", replace(signed, headers={**signed.headers, "x-plivo-signature-v3": f"x,{signature}"}), home
    )
    assert not let_in("plivo", replace(signed, body=raw.body + b"&zz=1"), home)
    assert not validate_v3_signature("POST", url, NONCE, SECRET, signature, {**fields, "zz": "1"})
    assert not let_in(
        "plivo", replace(signed, headers={**signed.headers, "x-plivo-signature-v3-nonce": "1"}), home
    )
