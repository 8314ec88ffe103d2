"""Schemes of signing as vendors show them: fixed requests that pass, and what changes one of their parts does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.contract import RawInput, Unverified
from connectors.manifest.load import parse_manifest
from connectors.manifest.problems import ManifestInvalid
from tests.connectors.manifest.samples import AT, channel, made

NOW = 1_780_000_000
HEAD = "id: sample\ntitle: Sample\nsettings: {key: {type: secret}, other: {type: secret}}\n"
REST = "receive: {cases: [{ignore: All.}]}\n"
BODY = b'{"id":"m1","from":"u1","text":"hello"}'
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
KEY = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"


class Clock(datetime):
    at = NOW

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.fromtimestamp(cls.at, UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    for module in ("verify", "schemes"):
        monkeypatch.setattr(f"connectors.manifest.{module}.datetime", Clock)
    monkeypatch.setattr(Clock, "at", NOW)
    return Clock


@dataclass(frozen=True)
class Scheme:
    check: str
    secret: str
    headers: dict[str, str]
    body: bytes = BODY
    changed: tuple[bytes, ...] = (BODY.replace(b"hello", b"hullo"),)
    max_age: int = 0


def why(scheme: Scheme, body: bytes, headers: dict[str, str] | None = None, **settings: Any) -> str:
    """Why it is refused; empty where it is let in."""
    connector = made(REST, head=HEAD + f"verify: [{scheme.check}]\n")
    given = scheme.headers if headers is None else headers
    raw = RawInput(transport="http", body=body, received_at=AT, headers={**JSON, **given})
    at = replace(channel(key=scheme.secret, **settings), slug="x")
    try:
        connector.verify(raw, at)
    except Unverified as error:
        return str(error)
    return ""


def _ed25519() -> tuple[str, str]:
    pair = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    return pair.public_key().public_bytes_raw().hex(), pair.sign(b"1780000000" + BODY).hex()


def _jwt(**claims: Any) -> str:
    told = {"payload_hash": hashlib.sha256(BODY).hexdigest(), **claims}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, told)]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signed = hmac.new(KEY.encode(), head, "sha256").digest()
    return (head + b"." + base64.urlsafe_b64encode(signed).rstrip(b"=")).decode()


ADDRESS = hashlib.sha256(b"https://hub.example/in/x").hexdigest()
SORTED = b"amount=5&order=7&sign=%s&text=hi"
SCHEMES = {
    "standard webhooks": Scheme(
        check="{type: hmac, name: webhook-signature, secret: key, prefix: 'v1,', encoding: base64, key_encoding: base64,"
        " key_prefix: whsec_, over: '{id}.{timestamp}.{body}', timestamp: webhook-timestamp, max_age: 300}",
        secret="whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(NOW),
            "webhook-signature": "v1,AAAA v1,WgSwIB2JRmOFO62qIS48gYsUNAMH+U6/05iXC5umSns=",
        },
        max_age=300,
    ),
    "ed25519 in hex": Scheme(
        check="{type: ed25519, name: X-Signature-Ed25519, secret: key, encoding: hex, over: '{timestamp}{body}',"
        " timestamp: X-Signature-Timestamp, max_age: 300}",
        secret=_ed25519()[0],
        headers={"x-signature-ed25519": _ed25519()[1], "x-signature-timestamp": str(NOW)},
        max_age=300,
    ),
    "a secret in the body": Scheme(
        check="{type: secret, secret: key, value: body.secret}",
        secret="s3cr3t-word",
        headers={},
        body=b'{"type":"message_new","secret":"s3cr3t-word"}',
        changed=(
            b'{"type":"message_new","secret":"s3cr3t-wore"}',
            b'{"secret":["s3cr3t-word"]}',
            b"{}",
            b"{",
        ),
    ),
    "a signature in the form": Scheme(
        check="{type: hmac, secret: key, value: body.signature, signed: \"join('', [body.timestamp, body.token])\","
        " time: body.timestamp, max_age: 300}",
        secret="k1",
        headers=FORM,
        body=b"timestamp=1780000000&token=abc&signature=8ccb8377fa65e6e5cf5f33a9a388db819ce60fac202f08dc11664b7c0fd02220",
        changed=(
            b"timestamp=1780000000&token=abd&signature=8ccb8377fa65e6e5cf5f33a9a388db819ce60fac202f08dc11664b7c0fd02220",
            b"timestamp=1780000000&token=abc",
        ),
        max_age=300,
    ),
    "jwt with nbf and exp": Scheme(
        check="{type: jwt, name: X-Signature-Jwt, secret: key}",
        secret=KEY,
        headers={"x-signature-jwt": _jwt(nbf=NOW - 10, exp=NOW + 60, url_hash=ADDRESS)},
        max_age=60,
    ),
    "jwt with iat": Scheme(
        check="{type: jwt, name: authorization, secret: key, max_age: 300}",
        secret=KEY,
        headers={"authorization": f"Bearer {_jwt(iat=NOW)}"},
        max_age=300,
    ),
    "md5 over chosen fields": Scheme(
        check="{type: digest, secret: key, name: hash, algorithm: md5, signed: \"join('|', [body.id, body.text])\"}",
        secret="k1",
        headers=FORM,
        body=b"id=7&text=hi&hash=" + hashlib.md5(b"7|hik1").hexdigest().upper().encode(),
        changed=(b"id=8&text=hi&hash=" + hashlib.md5(b"7|hik1").hexdigest().encode(), b"id=7&text=hi"),
    ),
    "md5 over sorted fields": Scheme(
        check="{type: digest, secret: key, name: sign, algorithm: md5, over: sorted_fields, join: '&',"
        " before_secret: '&key='}",
        secret="k1",
        headers=FORM,
        body=SORTED % hashlib.md5(b"amount=5&order=7&text=hi&key=k1").hexdigest().encode(),
        changed=(
            SORTED.replace(b"5", b"6") % hashlib.md5(b"amount=5&order=7&text=hi&key=k1").hexdigest().encode(),
            SORTED % b"",
        ),
    ),
    "hmac over sorted fields of a JSON": Scheme(
        check="{type: hmac, secret: key, value: body.sign, over: sorted_fields, leave_out: [sign], algorithm: sha1}",
        secret="k1",
        headers={},
        body=json.dumps({"b": 2, "a": "x", "sign": hmac.new(b"k1", b"a=xb=2", "sha1").hexdigest()}).encode(),
        changed=(b'{"b":3,"a":"x","sign":"%s"}' % hmac.new(b"k1", b"a=xb=2", "sha1").hexdigest().encode(),),
    ),
    "hmac-md5": Scheme(
        check="{type: hmac, name: X-Sig, secret: key, algorithm: md5}",
        secret="k1",
        headers={"x-sig": hmac.new(b"k1", BODY, "md5").hexdigest()},
    ),
    "a key in hex": Scheme(
        check="{type: hmac, name: X-Sig, secret: key, key_encoding: hex}",
        secret="00ff10",
        headers={"x-sig": hmac.new(b"\x00\xff\x10", BODY, "sha256").hexdigest()},
    ),
}


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_what_the_vendor_signs_is_let_in_and_nothing_else(scheme: Scheme, clock: type[Clock]) -> None:
    assert why(scheme, scheme.body) == ""
    for body in scheme.changed:
        assert why(scheme, body), body
    if set(scheme.headers) - {"content-type"}:
        assert why(scheme, scheme.body, {})
    other = replace(scheme, secret=scheme.secret[:-2] + ("00" if scheme.secret[-2:] != "00" else "11"))
    assert why(other, other.body)
    if scheme.max_age:
        clock.at = NOW + 600
        assert why(scheme, scheme.body)
        clock.at = NOW - 600
        assert why(scheme, scheme.body)


@pytest.mark.parametrize(
    "claims",
    [
        {"nbf": NOW - 10},
        {},
        {"exp": "soon"},
        {"exp": NOW - 1},
        {"nbf": NOW + 60, "exp": NOW + 90},
        {"exp": NOW + 60, "url_hash": hashlib.sha256(b"https://hub.example/in/y").hexdigest()},
        {"exp": NOW + 60, "url_hash": None},
        {"exp": NOW + 60, "payload_hash": "0" * 64},
    ],
)
def test_a_token_that_is_not_for_this_request_now(claims: dict[str, Any], clock: type[Clock]) -> None:
    scheme = replace(SCHEMES["jwt with nbf and exp"], headers={"x-signature-jwt": _jwt(**claims)})
    assert why(scheme, BODY)


def test_of_several_checks_the_one_that_was_meant_says_why() -> None:
    digest = "{type: digest, secret: key, name: sign, algorithm: md5, over: sorted_fields, join: '&'}"
    shared = "{type: secret, secret: other, where: query, name: token}"
    for order in (f"{digest}, {shared}", f"{shared}, {digest}"):
        scheme = Scheme(check=order, secret="k1", headers=FORM)
        assert why(scheme, SORTED % b"00", other="word") == "The signature is missing or wrong."
        assert why(scheme, b"a=1", other="word") in {
            "The signature is missing or wrong.",
            "The shared secret is missing or wrong.",
        }


def test_a_check_that_is_for_some_requests_only() -> None:
    check = "{type: secret, secret: key, value: body.secret, if: \"body.type != 'open'\"}"
    for body, is_in in ((b'{"type":"x","secret":"w"}', True), (b'{"type":"open","secret":"w"}', False)):
        assert (why(Scheme(check=check, secret="w", headers={}), body) == "") is is_in


def test_a_handshake_is_signed_like_any_other_request() -> None:
    head = HEAD + "verify: [{type: secret, secret: key, value: body.secret}]\n"
    shake = "handshake: {method: POST, if: \"body.type == 'confirm'\", answer: body.challenge}\n"
    connector, at = made(shake + REST, head=head), channel(key="w")

    def answer(body: bytes) -> Any:
        raw = RawInput(transport="http", body=body, received_at=AT, headers=JSON)
        return connector.handshake(raw, at)

    good = answer(b'{"type":"confirm","challenge":"c1","secret":"w"}')
    assert (good.status, good.body) == (200, b"c1")
    for forged in (
        b'{"type":"confirm","challenge":"c1"}',
        b'{"type":"confirm","challenge":"c1","secret":"v"}',
    ):
        assert (answer(forged).status, b"c1" in answer(forged).body) == (401, False)
    assert answer(b'{"type":"message","secret":"w"}') is None


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("{type: secret, secret: key, where: body}", "A secret in the body needs `value`"),
        ("{type: digest, secret: key, name: h}", "A digest needs `signed`"),
        ("{type: hmac, secret: key}", "does not say where the value stands"),
        ("{type: basic, secret: key, value: body.x}", "stands in the header Authorization"),
        ("{type: hmac, secret: key, name: h, algorithm: md4}", "md4"),
        ("{type: hmac, secret: key, name: h, max_age: 9}", "The header with the timestamp is not named"),
        ("{type: secret, secret: key, name: h, leave_out: [a]}", "leave_out is only for hmac"),
    ],
)
def test_what_proves_nothing_is_told(check: str, said: str) -> None:
    with pytest.raises(ManifestInvalid, match=said):
        parse_manifest(HEAD + f"verify: [{check}]\n" + REST, source="x")
