"""Who gets in: every kind of check, with rotated secrets, forged and stale requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import pytest

from connectors.contract import ChannelConfig, RawInput, Unverified
from tests.connectors.manifest.samples import channel, made, request

REST = "receive: {cases: [{ignore: All.}]}\n"
HEAD = """\
id: sample
title: Sample
settings: {key: {type: secret}, base: {}}
"""
BODY = '{"a": "ភ"}'.encode()


def is_let_in(check: str, raw: RawInput, given: ChannelConfig | None = None) -> bool:
    connector = made(REST, head=HEAD + f"verify: {check}\n")
    try:
        connector.verify(raw, given or channel(key="one\ntwo"))
    except Unverified as error:
        assert str(error)
        return False
    return True


def mac(secret: str, message: bytes, algorithm: str = "sha256") -> hmac.HMAC:
    return hmac.new(secret.encode(), message, algorithm)


def raw(headers: Mapping[str, str] | None = None, body: bytes = BODY, **fields: Any) -> RawInput:
    return request(body, headers=dict(headers or {}), **fields)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("prefix", ["", "v1="])
def test_signed_bodies(algorithm: str, encoding: str, prefix: str) -> None:
    check = f"[{{type: hmac, name: X-Sig, secret: key, algorithm: {algorithm}, encoding: {encoding}, prefix: '{prefix}'}}]"

    def signed(secret: str, body: bytes = BODY) -> dict[str, str]:
        made_ = mac(secret, body, algorithm)
        said = made_.hexdigest() if encoding == "hex" else base64.b64encode(made_.digest()).decode()
        return {"x-sig": prefix + said}

    assert is_let_in(check, raw(signed("one")))
    assert is_let_in(check, raw(signed("two"))), "the second of two secrets, while they are rotated"
    assert not is_let_in(check, raw(signed("three")))
    assert not is_let_in(check, raw(signed("one"), body=BODY + b" "))
    assert not is_let_in(check, raw())
    assert not is_let_in(check, raw({"x-sig": prefix}))
    assert not is_let_in(check, raw({"x-sig": signed("one")["x-sig"][:-1]}))
    assert not is_let_in(check, raw({"x-sig": "é" * 40}))
    for empty in ("", "\n \n", None, []):
        assert not is_let_in(check, raw(signed("")), channel(key=empty)), "without a secret nobody gets in"


def test_times_are_signed_and_stale_ones_refused() -> None:
    check = "[{type: hmac, name: X-Sig, secret: key, over: 'v0:{timestamp}:{body}', timestamp: X-Time, max_age: 300}]"

    def signed(at: float, *, as_if: float | None = None) -> dict[str, str]:
        moment = str(int(at))
        signature = mac("one", b"v0:" + moment.encode() + b":" + BODY).hexdigest()
        return {"x-sig": signature, "x-time": str(int(as_if)) if as_if else moment}

    now = time.time()
    assert is_let_in(check, raw(signed(now)))
    assert is_let_in(check, raw(signed(now - 290)))
    assert not is_let_in(check, raw(signed(now - 400)))
    assert not is_let_in(check, raw(signed(now + 400)))
    assert not is_let_in(check, raw(signed(now - 400, as_if=now))), "the time is under the signature"
    for odd in ("", "now", "nan", "inf", "-1", "1e999"):
        assert not is_let_in(check, raw({**signed(now), "x-time": odd}))


def test_signature_and_time_in_one_header() -> None:
    over = "over: '{timestamp}.{body}', timestamp: S, timestamp_part: t, max_age: 300"
    check = f"[{{type: hmac, name: S, part: v1, secret: key, {over}}}]"
    moment = str(int(time.time()))
    good = mac("one", moment.encode() + b"." + BODY).hexdigest()
    assert is_let_in(check, raw({"s": f"t={moment},v1={good}"}))
    assert is_let_in(check, raw({"s": f"t={moment}, v1={'0' * 64}, v1={good}, v0=x"})), "the provider rotates"
    assert not is_let_in(check, raw({"s": f"t={moment},v0={good}"}))
    assert not is_let_in(check, raw({"s": f"v1={good}"}))


def test_a_signature_over_the_address_covers_every_kind_of_body() -> None:
    check = "[{type: hmac, algorithm: sha1, encoding: base64, name: S, over: url_and_fields, secret: key}]"
    url = "https://hub.example/in/sample"

    def signed(message: str) -> dict[str, str]:
        return {"s": base64.b64encode(mac("one", message.encode(), "sha1").digest()).decode()}

    form = {"content-type": "application/x-www-form-urlencoded"}
    fields = b"b=2&a=1&a=0&empty="
    assert is_let_in(check, raw({**form, **signed(url + "a0a1b2empty")}, body=fields))
    assert not is_let_in(check, raw({**form, **signed(url + "a0a1b2empty")}, body=b"b=2&a=1&a=0&empty=x"))
    assert is_let_in(check, raw(signed("https://hub.example:443/in/sample"), body=b""))
    only_address = signed(url)
    assert is_let_in(check, raw(only_address, body=b""))
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        assert not is_let_in(check, raw({**only_address, "content-type": kind}, body=BODY)), kind
    digest = hashlib.sha256(BODY).hexdigest()
    with_hash = {"content-type": "application/json", **signed(f"{url}?bodySHA256={digest}")}
    assert is_let_in(check, raw(with_hash, query={"bodySHA256": digest}))
    assert not is_let_in(check, raw(with_hash, query={"bodySHA256": digest}, body=BODY + b" "))


@pytest.mark.parametrize(
    ("check", "fields"),
    [
        ("[{type: secret, name: X-T, secret: key}]", {"headers": {"x-t": "two"}}),
        ("[{type: secret, name: Authorization, secret: key}]", {"headers": {"authorization": "Bearer one"}}),
        ("[{type: secret, where: query, name: t, secret: key}]", {"query": {"t": "one"}}),
        ("[{type: secret, where: suffix, secret: key}]", {"suffix": "one/more"}),
        ("[{type: secret, where: any, name: X-T, secret: key}]", {"headers": {"x-t": "one"}}),
        ("[{type: secret, where: any, name: X-T, secret: key}]", {"headers": {"authorization": "bearer one"}}),
        ("[{type: secret, where: any, name: X-T, secret: key}]", {"query": {"token": "one"}}),
        ("[{type: secret, where: any, name: X-T, secret: key}]", {"suffix": "two"}),
        ("[{type: basic, secret: key}]", {"headers": {"authorization": "Basic eDpvbmU="}}),
        ("[{type: basic, name: hub, secret: key}]", {"headers": {"authorization": "Basic aHViOm9uZQ=="}}),
    ],
)  # fmt: skip
def test_shared_secrets(check: str, fields: dict[str, Any]) -> None:
    assert is_let_in(check, request(BODY, **fields))
    assert not is_let_in(check, request(BODY))
    assert not is_let_in(check, request(BODY, **fields), channel(key="other"))
    assert not is_let_in(check, request(BODY, **fields), channel(key=""))
    assert not is_let_in(check, request(BODY, **fields), ChannelConfig(id=1, slug="x", name="X", settings={}))


def test_any_one_of_several_checks_is_enough() -> None:
    check = "[{type: secret, name: A, secret: key}, {type: basic, secret: key}]"
    assert is_let_in(check, request(BODY, headers={"a": "one"}))
    assert not is_let_in(check, request(BODY, headers={"b": "one"}))
    assert is_let_in("none", request(BODY))


HANDSHAKE = (
    REST
    + """
handshake: {method: GET, if: "query.mode == 'subscribe'", token: query.token, setting: key, answer: query.challenge}
"""
)


@pytest.mark.parametrize(
    ("method", "query", "status", "body"),
    [
        ("GET", {"mode": "subscribe", "token": "one", "challenge": "42"}, 200, b"42"),
        ("GET", {"mode": "subscribe", "token": "two", "challenge": "<b>"}, 200, b"<b>"),
        ("GET", {"mode": "subscribe", "token": "wrong", "challenge": "42"}, 403, None),
        ("GET", {"mode": "subscribe", "challenge": "42"}, 403, None),
        ("GET", {"token": "one", "challenge": "42"}, 405, None),
        ("DELETE", {}, 405, None),
        ("OPTIONS", {}, 405, None),
    ],
)
def test_handshakes(method: str, query: dict[str, str], status: int, body: bytes | None) -> None:
    connector = made(HANDSHAKE, head=HEAD + "verify: none\n")
    answer = connector.handshake(request(b"", method=method, query=query), channel(key="one\ntwo"))
    assert answer is not None
    assert answer.status == status
    assert answer.mime.startswith("text/plain"), "an echoed challenge is never a page"
    if body is not None:
        assert answer.body == body
    unset = connector.handshake(request(b"", method=method, query={**query, "token": ""}), channel(key=""))
    assert unset is not None
    assert unset.status != 200
    assert connector.handshake(request(BODY), channel()) is None
