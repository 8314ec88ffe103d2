"""Who gets through the form's door, and what everybody is answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.contract import Answer, ChannelConfig, RawInput, Rejected
from connectors.webform.connector import WebForm
from connectors.webform.guard import opened
from connectors.webform.visitor import Visitor, issue

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
GOOD = {"email": "a@b.example", "message": "hi"}
HUB = "https://hub.example"


def channel(**settings: Any) -> ChannelConfig:
    return ChannelConfig(
        id=1, slug="form", name="Form", settings=settings, region="KH", public_url=HUB, secret=b"s" * 32
    )


def request(
    fields: dict[str, Any] | None = None, *, at: datetime = AT, method: str = "POST", **headers: str
) -> RawInput:
    named = {
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    body = json.dumps(GOOD if fields is None else fields).encode()
    return RawInput(
        transport="http", body=body, received_at=at, headers=named, peer="192.0.2.1", method=method
    )


def started(seconds: float) -> str:
    return opened(channel(), AT - timedelta(seconds=seconds))


LISTED = {"allowed_origins": "https://shop.example https://*.farm.example"}
TAKEN: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ("plain", {}, GOOD, {}),
    ("opened in time", {}, {**GOOD, "_started": started(5)}, {}),
    ("trap empty", {}, {**GOOD, "contact_url": ""}, {}),
    ("few links", {}, {**GOOD, "message": "http://a www.b"}, {}),
    ("listed site", LISTED, GOOD, {"origin": "https://shop.example"}),
    ("listed below", LISTED, GOOD, {"origin": "https://a.farm.example"}),
    ("own page", LISTED, GOOD, {"origin": HUB}),
    ("a server", LISTED, GOOD, {}),
    ("ticked", {"consent": "Agree?"}, {**GOOD, "consent": "yes"}, {}),
    ("email saves a bad phone", {}, {**GOOD, "phone": "after six"}, {}),
]
REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str], int, str]] = [
    ("trap filled", {}, {**GOOD, "contact_url": "http://spam"}, {}, 422, ""),
    ("own trap", {"honeypot": "fax"}, {**GOOD, "fax": "1"}, {}, 422, ""),
    ("too quick", {}, {**GOOD, "_started": started(0.5)}, {}, 422, ""),
    ("too old", {}, {**GOOD, "_started": started(8 * 86400)}, {}, 422, ""),
    ("from the future", {}, {**GOOD, "_started": started(-3600)}, {}, 422, ""),
    ("forged time", {}, {**GOOD, "_started": "e30.AAAA"}, {}, 422, ""),
    ("no time where it must be", {"require_token": True}, GOOD, {}, 422, ""),
    ("many links", {"max_links": 1}, {**GOOD, "message": "http://a http://b"}, {}, 422, "message"),
    ("foreign site", LISTED, GOOD, {"origin": "https://evil.example"}, 403, ""),
    ("look-alike site", LISTED, GOOD, {"origin": "https://evilfarm.example"}, 403, ""),
    ("nobody's origin", LISTED, GOOD, {"origin": "null"}, 403, ""),
    ("foreign page without origin", LISTED, GOOD, {"referer": "https://evil.example/x"}, 403, ""),
    ("not ticked", {"consent": "Agree?"}, GOOD, {}, 422, "consent"),
    ("bad email", {}, {"email": "a@", "message": "x"}, {}, 422, "email"),
    ("bad phone alone", {}, {"phone": "12", "message": "x"}, {}, 422, "phone"),
    ("no address", {}, {"message": "x"}, {}, 422, "email"),
    ("hosted form owes its fields", {}, {"email": "a@b.example", "_hosted": "page"}, {}, 422, "message"),
]


@pytest.mark.parametrize(
    ("settings", "fields", "headers"), [case[1:] for case in TAKEN], ids=[c[0] for c in TAKEN]
)
def test_taken(settings: dict[str, Any], fields: dict[str, Any], headers: dict[str, str]) -> None:
    WebForm().verify(request(fields, **headers), channel(**settings))


@pytest.mark.parametrize(
    ("settings", "fields", "headers", "status", "field"),
    [case[1:] for case in REFUSED],
    ids=[c[0] for c in REFUSED],
)
def test_refused(
    settings: dict[str, Any], fields: dict[str, Any], headers: dict[str, str], status: int, field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        WebForm().verify(request(fields, **headers), channel(**settings))
    assert caught.value.status == status
    assert not field or field in caught.value.fields


def test_a_visitor_alone_is_enough_only_where_no_address_is_asked() -> None:
    token = issue(b"s" * 32, Visitor(id="a-1"), at=AT)
    WebForm().verify(request({"stars": "5", "_visitor": token}), channel())
    hosted = {"_hosted": "page", "_visitor": token}
    WebForm().verify(request({"stars": "5", **hosted}), channel(fields="stars [choice: 4, 5]: Stars"))
    for fields, settings in (
        ({"message": "x", "email": "", "_visitor": token}, {}),
        ({"message": "x", **hosted}, {"fields": "email: Email\nmessage: Message"}),
        ({"message": "5"}, {}),
    ):
        with pytest.raises(Rejected):
            WebForm().verify(request(fields), channel(**settings))


def multipart(*files: bytes) -> RawInput:
    parts = [b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\na@b.example\r\n']
    parts += [
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\n' + file + b"\r\n"
        for file in files
    ]
    return replace(
        request(),
        body=b"".join(parts) + b"--b--\r\n",
        headers={"content-type": "multipart/form-data; boundary=b"},
    )


def test_files_are_counted_and_weighed() -> None:
    form = WebForm()
    form.verify(multipart(b"x", b"y"), channel(max_files=2))
    for raw, settings in (
        (multipart(b"x", b"y"), {"max_files": 1}),
        (multipart(b"x" * 2000), {"max_file_mb": 0.001}),
    ):
        with pytest.raises(Rejected) as caught:
            form.verify(raw, channel(**settings))
        assert caught.value.status == 413


def test_a_flood_is_stopped_and_comes_back() -> None:
    form, limited = WebForm(), channel(per_minute=3)
    for _ in range(3):
        form.verify(request(), limited)
    with pytest.raises(Rejected) as caught:
        form.verify(request(), limited)
    assert caught.value.status == 429
    assert form.explain(request(), limited, caught.value).headers["Retry-After"] == "60"
    form.verify(replace(request(), peer="192.0.2.2"), limited)
    form.verify(request(at=AT + timedelta(seconds=21)), limited)


def answered(raw: RawInput, **settings: Any) -> Answer:
    return WebForm().answer(raw, channel(**settings), 7)


def test_programs_get_json_browsers_a_page() -> None:
    assert json.loads(answered(request()).body) == {"id": 7, "status": "accepted"}
    page = answered(request(accept="text/html", referer="https://shop.example/contact"))
    assert page.status == 303
    assert page.headers["Location"].startswith("/form/form/thanks?lang=en&back=")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/thanks", "https://shop.example/thanks"),
        ("https://shop.example/ok?a=1", "https://shop.example/ok?a=1"),
        ("https://partner.example/ok", "https://partner.example/ok"),
        ("https://evil.example/", "/form/form/thanks"),
        ("//evil.example/", "/form/form/thanks"),
        ("javascript:alert(1)", "/form/form/thanks"),
        ("/a\r\nSet-Cookie: x=1", "https://shop.example/aSet-Cookie:%20x=1"),
    ],
)
def test_the_next_page_is_on_a_known_site(wanted: str, expected: str) -> None:
    raw = request(
        {**GOOD, "next": wanted},
        accept="text/html",
        origin="https://shop.example",
        referer="https://shop.example/contact",
    )
    location = answered(raw, allowed_origins="https://shop.example https://partner.example").headers[
        "Location"
    ]
    assert location.startswith(expected)
    assert "\r" not in location
    assert "\n" not in location


def test_only_listed_sites_may_read_answers() -> None:
    def origin_of(answer: Answer | None) -> str | None:
        return (answer or Answer()).headers.get("Access-Control-Allow-Origin")

    ask = {"method": "OPTIONS", "origin": "https://shop.example"}
    assert origin_of(WebForm().handshake(request(**ask), channel())) == "*"
    assert origin_of(WebForm().handshake(request(**ask), channel(**LISTED))) == "https://shop.example"
    assert (
        origin_of(
            WebForm().handshake(request(method="OPTIONS", origin="https://evil.example"), channel(**LISTED))
        )
        is None
    )
    assert origin_of(answered(request(origin="https://shop.example"), **LISTED)) == "https://shop.example"
    assert WebForm().handshake(request(method="PUT"), channel()).status == 405
    assert WebForm().handshake(request(), channel()) is None


def test_a_refused_person_finds_what_they_typed() -> None:
    form = WebForm()
    raw = request(
        {
            "name": '"><script>alert(1)</script>',
            "email": "bad",
            "message": "kept",
            "_hosted": "page",
            "_started": started(9),
            "_language": "ru",
        },
        accept="text/html",
    )
    with pytest.raises(Rejected) as caught:
        form.verify(raw, channel())
    answer = form.explain(raw, channel(), caught.value)
    page = answer.body.decode()
    assert answer.status == 422
    assert ">kept</textarea>" in page
    assert "Это не похоже на адрес эл. почты." in page
    assert "<script>alert" not in page
    assert started(9) in page
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_what_cannot_be_read_is_kept_and_answered_400() -> None:
    form, raw = WebForm(), replace(request(), body=b'{"email": ')
    form.verify(raw, channel())
    assert form.key(raw, channel()) is None
    assert form.answer(raw, channel(), 7).status == 400
