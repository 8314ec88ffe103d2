"""Uploads in steps: a file goes out, and a step that fails leaves no doubt."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.conformance.server import Provider
from connectors.contract import (
    Context,
    CredentialsDead,
    OutboundFile,
    Refused,
    SendError,
    TryAgain,
)
from tests.connectors.manifest.conftest import API, OUTCOMES, faults, outbound
from tests.connectors.manifest.samples import made

STEPS = (
    API
    + """
send:
  - of: file
    steps:
      - request: {method: GET, url: /where}
        take: {url: body.upload_url}
      - request: {method: PUT, url: "{{ taken.url }}", body: file}
        take: {etag: headers.etag}
    request: {url: /messages, json: {to: "{{ to }}", file: "{{ taken.etag }}", name: "{{ file.name }}", left: "{{ none }}"}}
"""
    + OUTCOMES
)

PICTURE = OutboundFile(name="ឯកសារ.png", mime="image/png", content=b"\x89PNG...")


async def test_a_file_goes_out_in_steps(provider: Provider, context: Context) -> None:
    provider.will_answer(
        {"body": {"upload_url": f"{provider.base}/there?sig=1"}},
        {"headers": {"ETag": "e-7"}, "body": ""},
        {"body": {"id": "m1"}},
    )
    assert (await made(STEPS).send(outbound(files=(PICTURE,)), context)).external_id == "m1"
    where, put, last = provider.requests
    assert (where["method"], where["path"], where["headers"]["x-key"]) == ("GET", "/where", "k3y-of-sample")
    assert (put["method"], put["path"], put["raw"]) == ("PUT", "/there?sig=1", PICTURE.content)
    assert put["headers"]["content-type"] == "image/png"
    assert "x-key" not in put["headers"]  # credentials do not go where an answer says
    assert last["json"] == {"to": "+12025550123", "file": "e-7", "name": "ឯកសារ.png"}


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([{"status": 500}], TryAgain),
        ([{"hang_up": True}], TryAgain),
        ([{"body": {}}], TryAgain),
        ([{"body": {"upload_url": "http://169.254.169.254/"}}], Refused),
        ([{"body": {"upload_url": "BASE/x"}}, {"status": 403}], CredentialsDead),
        ([{"body": {"upload_url": "BASE/x"}}, {"status": 200, "body": ""}], TryAgain),
        ([{"body": {"upload_url": "BASE/x"}}, {"hang_up": True}], TryAgain),
    ],
)
async def test_a_step_that_fails_leaves_no_doubt(
    provider: Provider, context: Context, answers: list[Any], kind: type[SendError]
) -> None:
    for one in answers:
        if isinstance(one.get("body"), dict) and "upload_url" in one["body"]:
            one["body"]["upload_url"] = one["body"]["upload_url"].replace("BASE", provider.base)
    provider.will_answer(*answers)
    with pytest.raises(kind):
        await made(STEPS).send(outbound(files=(PICTURE,)), context)


async def test_a_file_by_its_public_link(provider: Provider, context: Context) -> None:
    rest = (
        API
        + 'send: [{of: file, request: {url: /m, json: {media: "{{ file.url }}", size: "{{ file.size }}"}}}]\n'
        + OUTCOMES
    )
    provider.will_answer({"body": {"id": "m1"}})
    file = OutboundFile(
        name="a.png", mime="image/png", content=b"1234", url="https://hub.example/files/1/2/3/a.png"
    )
    await made(rest).send(outbound(files=(file,)), context)
    assert provider.requests[0]["json"] == {"media": "https://hub.example/files/1/2/3/a.png", "size": 4}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("taken.etag", "taken.etg", "of `taken`, the name “etg” is not known. Do you mean “etag”?"),
        ("taken.url", "taken.uri", "of `taken`, the name “uri” is not known. Do you mean “url”?"),
        ("of: file", "of: message", "Only files are uploaded. Add `of: file`."),
        ("body: file", "body: fil", "“fil” is not known. Do you mean “file”?"),
        ("body: file", "body: file, json: {}", "A request has one body."),
        (
            "take: {url: body.upload_url}",
            "tak: {url: body.upload_url}",
            "“tak” is not known. Do you mean “take”?",
        ),
    ],
)
def test_faults_of_steps(old: str, new: str, what: str) -> None:
    assert old in STEPS
    assert any(what in told for told in faults(STEPS.replace(old, new, 1))), faults(
        STEPS.replace(old, new, 1)
    )
