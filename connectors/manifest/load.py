"""From `connector.yaml` to a `Manifest`: every key known, every expression compiled, every fault at its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from connectors.manifest.card import read_card
from connectors.manifest.destinations import with_destinations
from connectors.manifest.dialling import read_dial
from connectors.manifest.expressions import ask
from connectors.manifest.gate import read_checks, read_handshake
from connectors.manifest.incoming import read_cases
from connectors.manifest.model import Ask, Manifest
from connectors.manifest.names import EVENT, EXAMPLE, REPLY, REQUEST
from connectors.manifest.outgoing import (
    read_api,
    read_charset,
    read_files,
    read_outcomes,
    read_probe,
    read_variants,
)
from connectors.manifest.problems import ManifestInvalid, Problem
from connectors.manifest.profiles import read_profile
from connectors.manifest.pulling import read_pull
from connectors.manifest.reading import Reader, read
from connectors.manifest.registering import read_register
from connectors.manifest.templates import fill

TOP = (
    "id", "title", "summary", "handle_kind", "other_kinds", "icon", "creates_lead", "settings", "abilities", "api", "verify",
    "handshake", "receive", "reply", "send", "outcomes", "files", "probe", "example", "dial", "pull", "register", "profile",
)  # fmt: skip
RECEIVE = ("split", "key", "people", "cases", "charset")


def load_manifest(path: Path) -> Manifest:
    """Read a file. Raises ManifestInvalid with every problem, also when it cannot be opened."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"It cannot be read: {getattr(error, 'strerror', None) or error}."
        raise ManifestInvalid((Problem(source=str(path), line=1, column=1, what=what),)) from None
    return parse_manifest(text, source=str(path))


def parse_manifest(text: str, *, source: str) -> Manifest:
    """Read a text. Raises ManifestInvalid with every problem."""
    return read(text, source=source, build=_build)


def _build(reader: Reader, node: yaml.Node) -> Manifest:
    top = reader.mapping(node, TOP, what="the manifest", needs=("id", "title"))
    spec = with_destinations(read_card(reader, top), top)
    api = read_api(reader, top.get("api"))
    receive = reader.mapping(top.get("receive"), RECEIVE, what="receive", needs=("cases",))
    reply = reader.mapping(top.get("reply"), ("status", "mime", "body", "asks_for"), what="reply")
    cases = read_cases(reader, receive.get("cases"), people=receive.get("people"))
    variants = read_variants(reader, top.get("send"), api)
    outcomes = read_outcomes(reader, top.get("outcomes"))
    if "send" not in top and "receive" not in top:
        reader.fault(node, "The manifest neither receives nor sends.", "Add `receive:` or `send:`.")
    _tell_ways(reader, top)
    probe, probe_ok = read_probe(reader, top.get("probe"), api)
    return Manifest(
        spec=replace(spec, tickets=bool(reader.answers)),
        source=reader.source,
        checks=read_checks(reader, top, node),
        handshake=read_handshake(reader, top.get("handshake")),
        splits=_splits(reader, receive.get("split")),
        key=ask(reader, receive.get("key"), what="key", names=REQUEST),
        cases=cases,
        reply_status=int(
            reader.number(reply.get("status"), what="status", default=200, minimum=200, maximum=299)
        ),
        reply_mime=reader.text(reply.get("mime"), what="mime", default="application/json"),
        reply_body=fill(reader, reply.get("body"), what="body", names=REPLY),
        variants=variants,
        outcomes=outcomes,
        files=read_files(reader, top.get("files"), api),
        dial=read_dial(reader, top.get("dial"), api),
        asks=ask(reader, reply.get("asks_for"), what="asks_for", names=REQUEST),
        probe=probe,
        probe_ok=probe_ok,
        example=fill(reader, top.get("example"), what="example", names=EXAMPLE),
        texts=tuple(dict.fromkeys(reader.texts)),
        pull=read_pull(reader, top.get("pull"), api),
        register=read_register(reader, top.get("register"), api),
        profile=read_profile(reader, top.get("profile"), api),
        charset=read_charset(reader, receive.get("charset")),
        has_door="verify" in top or "pull" not in top,
    )


def _tell_ways(reader: Reader, top: dict[str, yaml.Node]) -> None:
    """Sections that are of no use without another."""
    if "pull" in top and "receive" not in top:
        reader.fault(top["pull"], "pull brings events, but nothing says what they are.", "Add `receive:`.")
    if "register" in top and "verify" not in top:
        reader.fault(top["register"], "register names a door at which nothing comes in.", "Add `verify:`.")
    if "send" in top and "outcomes" not in top:
        reader.fault(top["send"], "send has no outcomes.", "Add `outcomes:` with `ok` and `external_id`.")


def _splits(reader: Reader, node: yaml.Node | None) -> tuple[Ask, ...]:
    """One expression, or several that each look into the events of the one before."""
    if node is None:
        return ()
    items = reader.items(node, what="split") if isinstance(node, yaml.SequenceNode) else [node]
    asked = [
        ask(reader, item, what="split", names=EVENT if number else REQUEST)
        for number, item in enumerate(items)
    ]
    return tuple(one for one in asked if one)
