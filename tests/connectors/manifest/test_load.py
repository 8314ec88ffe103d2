"""Manifests that are wrong: every problem at its line and column, with what to write instead; nothing else is raised."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.manifest.load import load_manifest, parse_manifest
from connectors.manifest.problems import ManifestInvalid, Problem
from tests.connectors.manifest.samples import BUNDLED, HEAD, SCAFFOLD

CASE = "receive:\n  cases:\n    - message: {id: body.id, sender: body.from}\n"
SEND = "send:\n  - request: {url: 'https://x.example/'}\noutcomes: {ok: body.ok, external_id: body.id}\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ManifestInvalid) as caught:
        parse_manifest(text, source="m.yaml")
    assert caught.value.problems
    assert all(
        p.line >= 1 and p.column >= 1 and p.what and p.source == "m.yaml" for p in caught.value.problems
    )
    return caught.value.problems


def test_what_is_right_loads() -> None:
    for text in (HEAD + CASE, HEAD + CASE + SEND, SCAFFOLD, *BUNDLED.values()):
        text = text.replace("MY_ID", "mine").replace("MY_TITLE", "Mine")
        assert parse_manifest(text, source="m").spec.level == "declarative"


@pytest.mark.parametrize(
    ("old", "new", "place", "what", "remedy"),
    [
        ("title: Sample", "tittle: Sample", (2, 1), "“tittle” is not known", "“title”"),
        ("title: Sample", "title: [a]", (2, 8), "should be a text", ""),
        ("title: Sample", "title: Sample\ntitle: Again", (3, 1), "stands here twice", "Keep one"),
        ("id: sample", "id: Sam Ple", (1, 5), "“Sam Ple”", "small letters"),
        ("type: secret", "type: secrett", (4, 15), "“secrett”", "“secret”"),
        ("type: secret,", "type: secret, required: maybe,", (4, 33), "true or false", ""),
        ("type: secret,", "type: choice,", (4, 8), "`choices:` belong together", ""),
        ("type: secret,", "type: secret, default: x,", (4, 32), "does not fit its type", ""),
        ("verify: none", "verify: []", (6, 9), "verify is empty", "verify: none"),
        ("verify: none\n", "", (1, 1), "how requests are verified", "verify"),
        ("verify: none", "verify: [{type: secret, name: X, secret: kei}]", (6, 42), "“kei”", "“key”"),
        ("verify: none", "verify: [{type: secret, name: X, secret: base}]", (6, 42), "“base”", "key"),
        ("verify: none", "verify: [{type: hmac, secret: key}]", (6, 10), "where the value stands", "name"),
        (
            "verify: none", "verify: [{type: hmac, name: X, secret: key, max_age: 60, timestamp: T}]", (6, 54),
            "does not cover the timestamp", "{timestamp}",
        ),
        ("verify: none", "verify: [{type: hmac, name: X, secret: key, over: '{timestamp}', timestamp: T}]", (6, 51), "body", ""),
        ("verify: none", "verify: [{type: hmac, name: X, secret: key, over: '{bodi}{body}'}]", (6, 51), "{bodi}", "{body}"),
        ("id: body.id", "id: 'body.id['", (9, 21), "no JMESPath expression", "jmespath.org"),
        ("id: body.id", "id: bodi.id", (9, 21), "“bodi”", "“body”"),
        ("id: body.id", "id: '!body.id'", (9, 21), "`!a.b`", "!(a.b)"),
        ("id: body.id", "id: {value: body.id, map: {a: 1, b: 1}}", (9, 53), "in the map twice", ""),
        ("id: body.id", "id: {value: body.id, format: unx}", (9, 46), "“unx”", "“unix”"),
        ("id: body.id, ", "", (9, 16), "message has no id", "Add `id:`"),
        ("message: {id", "message: {txt: body.x, id", (9, 17), "“txt”", "“text”"),
        ("- message:", "- if: body.x\n      messages:", (10, 7), "“messages”", "“message”"),
        ("    - message: {id: body.id, sender: body.from}", "    - ignore: ''", (9, 15), "needs a reason", ""),
        ("sender: body.from", "sender: {value: body.from, trust: {const: prooven}}", (9, 72), "“prooven”", "“proven”"),
        ("sender: body.from", "sender: body.from, attachments: [{name: item.n}]", (9, 63), "neither url, ref", ""),
        ("url: 'https://x.example/'", "url: 'https://x.example/{{ too }}'", (11, 20), "“too”", "“to”"),
        ("url: 'https://x.example/'", "url: '{{ settings.kee }}'", (11, 20), "“kee”", "“key”"),
        ("url: 'https://x.example/'", "url: '{{ to'", (11, 20), "no template", ""),
        ("url: 'https://x.example/'", "url: '{{ to|nofilter }}'", (11, 20), "nofilter", ""),
        ("url: 'https://x.example/'", "methd: GET, url: x", (11, 15), "“methd”", "“method”"),
        ("request:", "if: 'buttons|length <', request:", (11, 5), "", ""),
        ("outcomes: {ok: body.ok, external_id: body.id}\n", "", (11, 3), "send has no outcomes", "ok"),
        ("ok: body.ok", "okay: body.ok", (12, 12), "“okay”", "“ok”"),
    ],
)  # fmt: skip
def test_the_place_and_the_remedy(old: str, new: str, place: tuple[int, int], what: str, remedy: str) -> None:
    text = HEAD + CASE + SEND
    assert old in text
    found = problems(text.replace(old, new, 1))
    assert any(what in p.what and remedy in p.remedy for p in found), found
    if what:
        [first] = [p for p in found if what in p.what][:1]
        assert (first.line, first.column) == place, found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "The file is empty"),
        ("a: [", "This is not YAML"),
        ("a: &x 1\nb: *x", "Anchors and references"),
        ("[]", "should be a mapping"),
        ("a: " + "[" * 2_000, "deeper than"),
        ("a: \x00", "This is not YAML"),
        ("x" * 300_000, "larger than"),
        ("id: !!python/object/apply:os.system ['true']", ""),
    ],
)
def test_not_a_manifest_at_all(text: str, what: str) -> None:
    assert any(what in p.what for p in problems(text))


def test_every_problem_is_told_at_once_in_order() -> None:
    text = (
        (HEAD + CASE + SEND).replace("title:", "titel:").replace("body.id,", "bdy.id,").replace("ok:", "oka:")
    )
    found = problems(text)
    assert len(found) >= 4
    assert [(p.line, p.column) for p in found] == sorted((p.line, p.column) for p in found)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="cannot be read"):
        load_manifest(tmp_path / "connector.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ManifestInvalid, match="cannot be read"):
        load_manifest(tmp_path / "bad.yaml")


def loads_or_tells(text: str) -> None:
    try:
        parse_manifest(text, source="m.yaml")
    except ManifestInvalid as error:
        assert error.problems
        assert str(error)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="abc:{}[]-&*!|>%@`'\"#, \n\t\x00", max_size=120))
def test_no_text_makes_it_fail(text: str) -> None:
    loads_or_tells(text)


WORDS = ["!!int", "!!timestamp foo", "!!float x", "!!null", "~", ".inf", ".nan", "0x", "1:99", "2026-99-99", "{{", "}}", "[]",
         "{}", "'", '"', "{% for %}", "[?", "`", "||", "{a: }", "- ", "\t", "é\u2028", "1" * 5000, "*", "&a", "? x", "! x",
         "!!set", "!!binary x", "!!omap", "<<: x", "{{ 9**9**9 }}", "{{ 'a' * 9999999999 }}", "|", ">-", "@", "%"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_change_to_a_manifest_makes_it_fail(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([HEAD + CASE + SEND, SCAFFOLD, *BUNDLED.values()]))
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 40))
        text = text[:at] + data.draw(st.sampled_from(["", *WORDS])) + text[at + length :]
    loads_or_tells(text)
