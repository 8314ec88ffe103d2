"""Manifests of providers that write in another charset."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from connectors.conformance.server import Provider
from connectors.contract import (
    Context,
    InboundMessage,
    Malformed,
    Refused,
)
from tests.connectors.manifest.conftest import OUTCOMES, TAKES, faults, outbound
from tests.connectors.manifest.samples import channel, made, request


def test_a_form_in_another_charset() -> None:
    body = ("id=1&from=%2B12025550123&text=" + quote("Сколько стоит?", encoding="cp1251")).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    said = {"content-type": "application/x-www-form-urlencoded; charset=windows-1251"}
    plain, told = made(TAKES), made(TAKES.replace("{cases", "{charset: windows-1251, cases"))
    for connector, headers in ((plain, said), (told, form), (told, said)):
        [event] = connector.parse(request(body, headers=headers), channel())
        assert isinstance(event, InboundMessage)
        assert event.text == "Сколько стоит?"
    own = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    body = ("id=1&from=%2B12025550123&text=" + quote("дверь")).encode()
    [event] = told.parse(request(body, headers=own), channel())
    assert isinstance(event, InboundMessage)
    assert event.text == "дверь"
    with pytest.raises(Malformed):
        plain.parse(request(b"id=1&text=%D1%EA", headers=form), channel())
    assert "“klingon” is not known" in faults(TAKES.replace("{cases", "{charset: klingon, cases"))[0]


async def test_requests_and_answers_in_another_charset(provider: Provider, context: Context) -> None:
    rest = 'api: {base: "{{ settings.base }}", charset: windows-1251}\n' + (
        'send: [{request: {url: /send, form: {text: "{{ text }}", none: "{{ reply_to|optional }}"}}}]\n'
        + OUTCOMES
    )
    provider.will_answer({"status": 400, "raw": '{"why": "Нет денег"}'.encode("cp1251")})
    with pytest.raises(Refused, match="Нет денег"):
        await made(rest).send(outbound("Да ★"), context)
    asked = provider.requests[0]
    assert asked["headers"]["content-type"] == "application/x-www-form-urlencoded; charset=cp1251"
    assert asked["raw"] == b"text=%C4%E0+%26%239733%3B"
