"""From `connector.yaml` to a `Manifest`: every key known, every expression compiled, every fault at its place."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from connectors.contract import Abilities, ConnectorSpec, Setting
from connectors.manifest.model import Case, Check, Handshake, Manifest, Outcomes, Request, Variant
from connectors.manifest.reading import Reader, read
from connectors.signing import ALGORITHMS, ENCODINGS

TOP = (
    "id", "title", "summary", "handle_kind", "icon", "creates_lead", "settings", "abilities", "verify", "handshake",
    "receive", "reply", "send", "outcomes", "files", "probe",
)  # fmt: skip
SETTING_TYPES = ("text", "secret", "number", "flag", "choice", "list", "long")
PERSON = ("kind", "value", "name", "trust", "evidence", "language")
KINDS: dict[str, tuple[str, ...]] = {
    "message": (
        "id", "sender", "also", "text", "html", "subject", "at", "thread", "references", "choice", "attachments", "kind",
        "machine", "outbound",
    ),
    "call": (
        "call_id", "key", "step", "at", "caller", "number", "user", "duration", "outcome", "recording_url", "outbound",
    ),
    "receipt": ("id", "state", "at", "reason"),
    "presence": ("sender", "what", "thread"),
}  # fmt: skip
NEEDED = {
    "message": ("id", "sender"),
    "call": ("call_id", "step", "caller"),
    "receipt": ("id", "state"),
    "presence": ("sender",),
}


def load_manifest(path: Path) -> Manifest:
    """Read a file. Raises ManifestInvalid, or OSError when it cannot be opened."""
    return parse_manifest(path.read_text(encoding="utf-8", errors="replace"), source=str(path.name))


def parse_manifest(text: str, *, source: str) -> Manifest:
    """Read a text. Raises ManifestInvalid with every problem."""
    return read(text, source=source, build=_build)


def _build(reader: Reader, node: yaml.Node) -> Manifest:
    top = reader.mapping(node, TOP, what="A manifest")
    for name in ("id", "title"):
        if name not in top:
            reader.fault(node, f"The manifest has no {name}.", f"Add `{name}:` at the top.")
    receive = reader.mapping(top.get("receive"), ("split", "key", "cases"), what="receive")
    reply = reader.mapping(top.get("reply"), ("status", "mime", "body"), what="reply")
    files = reader.mapping(top.get("files"), ("lookup", "url", "headers"), what="files")
    probe = reader.mapping(top.get("probe"), ("request", "ok"), what="probe")
    spec = _spec(reader, top)
    cases = [
        case for item in reader.items(receive.get("cases"), what="cases") if (case := _case(reader, item))
    ]
    variants = [_variant(reader, item) for item in reader.items(top.get("send"), what="send")]
    outcomes = _outcomes(reader, top.get("outcomes"))
    if variants and outcomes is None:
        reader.fault(
            top.get("send"), "send has no outcomes.", "Add `outcomes:` with at least `ok` and `external_id`."
        )
    return Manifest(
        spec=spec,
        source=reader.source,
        checks=tuple(_check(reader, item, spec) for item in reader.items(top.get("verify"), what="verify")),
        handshake=_handshake(reader, top.get("handshake")),
        split=reader.ask(receive.get("split"), what="split"),
        key=reader.ask(receive.get("key"), what="key"),
        cases=tuple(cases),
        reply_status=int(reader.number(reply.get("status"), what="status", default=200)),
        reply_mime=reader.text(reply.get("mime"), what="mime", default="application/json"),
        reply_body=reader.fill(reply.get("body"), what="body"),
        variants=tuple(variant for variant in variants if variant),
        outcomes=outcomes,
        file_lookup=_request(reader, files.get("lookup")),
        file_url=reader.ask(files.get("url"), what="url"),
        file_headers=reader.fill(files.get("headers"), what="headers"),
        probe=_request(reader, probe.get("request")),
        probe_ok=reader.ask(probe.get("ok"), what="ok"),
    )


def _spec(reader: Reader, top: dict[str, yaml.Node]) -> ConnectorSpec:
    return ConnectorSpec(
        id=reader.text(top.get("id"), what="id"),
        title=reader.text(top.get("title"), what="title"),
        summary=reader.text(top.get("summary"), what="summary"),
        handle_kind=reader.text(top.get("handle_kind"), what="handle_kind", default="phone"),
        icon=reader.text(top.get("icon"), what="icon", default="message"),
        creates_lead=reader.text(top.get("creates_lead"), what="creates_lead", default="true") != "false",
        settings=tuple(
            _setting(reader, name, node)
            for name, node in reader.mapping(top.get("settings"), (), what="settings").items()
        ),
        abilities=_abilities(reader, top),
        parse_at_door=True,
        level="declarative",
    )


def _setting(reader: Reader, name: str, node: yaml.Node) -> Setting:
    parts = reader.mapping(
        node, ("label", "type", "required", "default", "help", "choices"), what=f"Setting {name}"
    )
    return Setting(
        name=name,
        label=reader.text(parts.get("label"), what="label", default=name.replace("_", " ").capitalize()),
        type=reader.choice(parts.get("type"), SETTING_TYPES, what="type", default="text"),
        required=reader.text(parts.get("required"), what="required", default="false") == "true",
        default=reader.plain(parts["default"]) if "default" in parts else None,
        help=reader.text(parts.get("help"), what="help"),
        choices=tuple(
            reader.text(item, what="choice") for item in reader.items(parts.get("choices"), what="choices")
        ),
    )


def _abilities(reader: Reader, top: dict[str, yaml.Node]) -> Abilities:
    known = {field.name: field.default for field in fields(Abilities)}
    given: dict[str, Any] = {"replies": "send" in top}
    for name, node in reader.mapping(top.get("abilities"), known, what="abilities").items():
        value = reader.plain(node)
        wanted = type(known[name])
        if isinstance(value, bool) != (wanted is bool) or not isinstance(value, int | float):
            reader.fault(node, f"{name} should be {'true or false' if wanted is bool else 'a number'}.")
        else:
            given[name] = wanted(value)
    return Abilities(**given)


def _check(reader: Reader, node: yaml.Node, spec: ConnectorSpec) -> Check:
    known = (
        "type",
        "secret",
        "where",
        "name",
        "algorithm",
        "encoding",
        "prefix",
        "over",
        "timestamp",
        "max_age",
    )
    parts = reader.mapping(node, known, what="verify")
    secret = reader.text(parts.get("secret"), what="secret")
    if secret not in {setting.name for setting in spec.settings}:
        reader.fault(
            parts.get("secret") or node,
            f"verify names no setting “{secret}”.",
            "Name a setting of type secret.",
        )
    return Check(
        type=reader.choice(parts.get("type"), ("hmac", "secret", "basic"), what="type", default="secret"),
        secret=secret,
        where=reader.choice(
            parts.get("where"), ("header", "query", "suffix", "any"), what="where", default="header"
        ),
        name=reader.text(parts.get("name"), what="name").lower(),
        algorithm=reader.choice(parts.get("algorithm"), ALGORITHMS, what="algorithm", default="sha256"),
        encoding=reader.choice(parts.get("encoding"), ENCODINGS, what="encoding", default="hex"),
        prefix=reader.text(parts.get("prefix"), what="prefix"),
        over=reader.choice(
            parts.get("over"), ("body", "url_and_fields", "timestamp_and_body"), what="over", default="body"
        ),
        timestamp=reader.text(parts.get("timestamp"), what="timestamp").lower(),
        max_age=reader.number(parts.get("max_age"), what="max_age", default=0),
    )


def _handshake(reader: Reader, node: yaml.Node | None) -> Handshake | None:
    if node is None:
        return None
    parts = reader.mapping(node, ("method", "token", "setting", "answer"), what="handshake")
    token, answer = (
        reader.ask(parts.get("token"), what="token"),
        reader.ask(parts.get("answer"), what="answer"),
    )
    if token is None or answer is None:
        reader.fault(node, "A handshake needs `token` and `answer`.")
        return None
    return Handshake(
        method=reader.text(parts.get("method"), what="method", default="GET"),
        token=token,
        setting=reader.text(parts.get("setting"), what="setting"),
        answer=answer,
    )


def _case(reader: Reader, node: yaml.Node) -> Case | None:
    parts = reader.mapping(node, ("if", "each", "ignore", *KINDS), what="A case")
    kinds = [name for name in (*KINDS, "ignore") if name in parts]
    if len(kinds) != 1:
        reader.fault(node, "A case makes exactly one thing.", f"Give one of {', '.join((*KINDS, 'ignore'))}.")
        return None
    kind = kinds[0]
    made: dict[str, Any] = {}
    if kind == "ignore":
        made["reason"] = reader.text(parts[kind], what="ignore", default="Left out by the manifest.")
    else:
        entries = reader.mapping(parts[kind], KINDS[kind], what=kind)
        for name in NEEDED[kind]:
            if name not in entries:
                reader.fault(parts[kind], f"{kind} has no {name}.", f"Add `{name}:`.")
        made = {name: _field(reader, name, entry) for name, entry in entries.items()}
    return Case(
        condition=reader.ask(parts.get("if"), what="if"),
        each=reader.ask(parts.get("each"), what="each"),
        kind=kind,
        fields=made,
    )


def _field(reader: Reader, name: str, node: yaml.Node) -> Any:
    if name in ("sender", "caller"):
        return _parts(reader, node, PERSON, what=name)
    if name == "also":
        return [_parts(reader, item, PERSON, what=name) for item in reader.items(node, what=name)]
    if name == "attachments":
        known = ("each", "url", "ref", "name", "mime", "size", "note")
        return [_parts(reader, item, known, what="attachment") for item in reader.items(node, what=name)]
    return reader.ask(node, what=name)


def _parts(reader: Reader, node: yaml.Node, known: tuple[str, ...], *, what: str) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {"value": reader.ask(node, what=what)}
    return {
        name: reader.ask(part, what=name) for name, part in reader.mapping(node, known, what=what).items()
    }


def _request(reader: Reader, node: yaml.Node | None) -> Request | None:
    if node is None:
        return None
    parts = reader.mapping(node, ("method", "url", "headers", "json", "form", "file_field"), what="A request")
    url = reader.fill(parts.get("url"), what="url")
    if url is None:
        reader.fault(node, "A request needs a url.")
        return None
    return Request(
        method=reader.text(parts.get("method"), what="method", default="POST").upper(),
        url=url,
        headers=reader.fill(parts.get("headers"), what="headers"),
        json=reader.fill(parts.get("json"), what="json", native=True),
        form=reader.fill(parts.get("form"), what="form"),
        file_field=reader.text(parts.get("file_field"), what="file_field"),
    )


def _variant(reader: Reader, node: yaml.Node) -> Variant | None:
    parts = reader.mapping(node, ("if", "of", "request", "upload", "upload_id"), what="send")
    request = _request(reader, parts.get("request"))
    if request is None:
        reader.fault(node, "send needs a request.")
        return None
    return Variant(
        condition=reader.fill(parts.get("if"), what="if", native=True),
        of=reader.choice(parts.get("of"), ("message", "file"), what="of", default="message"),
        request=request,
        upload=_request(reader, parts.get("upload")),
        upload_id=reader.ask(parts.get("upload_id"), what="upload_id"),
    )


def _outcomes(reader: Reader, node: yaml.Node | None) -> Outcomes | None:
    if node is None:
        return None
    known = ("ok", "external_id", "reason", "retry_after", "retry", "credentials", "unreachable", "refused")
    parts = reader.mapping(node, known, what="outcomes")
    ok, external_id = (
        reader.ask(parts.get("ok"), what="ok"),
        reader.ask(parts.get("external_id"), what="external_id"),
    )
    if ok is None or external_id is None:
        reader.fault(node, "outcomes needs `ok` and `external_id`.")
        return None
    lists = {
        name: tuple(
            ask for item in reader.items(parts.get(name), what=name) if (ask := reader.ask(item, what=name))
        )
        for name in ("retry", "credentials", "unreachable", "refused")
    }
    return Outcomes(
        ok=ok,
        external_id=external_id,
        reason=reader.ask(parts.get("reason"), what="reason"),
        retry_after=reader.ask(parts.get("retry_after"), what="retry_after"),
        **lists,
    )
