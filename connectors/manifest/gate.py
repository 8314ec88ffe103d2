"""The part of a manifest that says who may knock: verification, handshake, the answer."""

from __future__ import annotations

import re

import yaml

from connectors.manifest.expressions import ask
from connectors.manifest.model import Check, Handshake
from connectors.manifest.names import REQUEST
from connectors.manifest.reading import Reader
from connectors.signing import ALGORITHMS, ENCODINGS

CHECK_KEYS = (
    "type", "secret", "where", "name", "part", "algorithm", "encoding", "prefix", "over", "timestamp", "timestamp_part",
    "max_age", "signed",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT")
OVER = ("body", "url_and_fields", "plivo_v3", "{timestamp}.{body}")
TYPES = ("hmac", "digest", "secret", "basic", "ed25519", "jwt")
SIGNING = ("hmac", "ed25519")
PLACES = ("{timestamp}", "{body}", "{url}", "{id}")


def read_checks(reader: Reader, top: dict[str, yaml.Node], root: yaml.Node) -> tuple[Check, ...]:
    """Ways to verify; any one is enough. That anybody may post has to be said."""
    node = top.get("verify")
    if node is None:
        if "receive" in top:
            reader.fault(
                root,
                "The manifest does not say how requests are verified.",
                "Add `verify:`, or `verify: none`.",
            )
        return ()
    if isinstance(node, yaml.ScalarNode) and node.value == "none":
        return ()
    items = reader.items(node, what="verify")
    if not items and isinstance(node, yaml.SequenceNode):
        reader.fault(node, "verify is empty.", "Say `verify: none` if anybody may post.")
    return tuple(_check(reader, item) for item in items)


def _check(reader: Reader, node: yaml.Node) -> Check:
    parts = reader.mapping(node, CHECK_KEYS, what="verify", needs=("type", "secret"))
    check = Check(
        type=reader.choice(parts.get("type"), TYPES, what="type", default="secret"),
        secret=secret_setting(reader, parts.get("secret")),
        where=reader.choice(
            parts.get("where"), ("header", "query", "suffix", "any"), what="where", default="header"
        ),
        name=reader.text(parts.get("name"), what="name").lower(),
        part=reader.text(parts.get("part"), what="part"),
        algorithm=reader.choice(parts.get("algorithm"), ALGORITHMS, what="algorithm", default="sha256"),
        encoding=reader.choice(parts.get("encoding"), ENCODINGS, what="encoding", default="hex"),
        prefix=reader.text(parts.get("prefix"), what="prefix"),
        over=reader.text(parts.get("over"), what="over", default="body"),
        timestamp=reader.text(parts.get("timestamp"), what="timestamp").lower(),
        timestamp_part=reader.text(parts.get("timestamp_part"), what="timestamp_part"),
        max_age=reader.number(parts.get("max_age"), what="max_age", default=0, most=7 * 86400),
        signed=ask(reader, parts.get("signed"), what="signed", names=REQUEST),
    )
    _check_sense(reader, node, parts, check)
    return check


def _check_sense(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], check: Check) -> None:
    if not check.name and (
        check.type in (*SIGNING, "jwt") or (check.type == "secret" and check.where in ("header", "query"))
    ):
        reader.fault(
            node, "This check does not say where the value stands.", "Add `name:` with the header's name."
        )
    if check.type == "jwt" and "max_age" in parts:
        return
    if check.type == "digest":
        for name in ("signed", "name"):
            if name not in parts:
                reader.fault(
                    node, f"A digest needs `{name}`.", "Say what is hashed, and where the hash stands."
                )
        return
    if check.type not in SIGNING:
        is_known = reader.text(parts.get("type"), what="type") == check.type
        for name in ("algorithm", "encoding", "prefix", "over", "timestamp", "max_age", "signed"):
            if is_known and name in parts:
                reader.fault(parts[name], f"{name} is only for hmac.", "Leave it out.")
        return
    pattern = "{" in check.over
    if pattern:
        for place in re.findall(r"\{[^}]*\}?", check.over):
            if place not in PLACES:
                reader.unknown(parts["over"], place, PLACES, what="over: the place")
    elif check.over not in OVER:
        reader.unknown(parts["over"], check.over, OVER, what="over")
    if pattern and "{body}" not in check.over:
        reader.fault(parts["over"], "The signature does not cover the body.", "Put {body} into `over`.")
    if (check.max_age or "{timestamp}" in check.over) and not check.timestamp:
        reader.fault(node, "The header with the timestamp is not named.", "Add `timestamp:`.")
    if check.max_age and "{timestamp}" not in check.over:
        reader.fault(
            parts["max_age"], "The signature does not cover the timestamp: max_age proves nothing.",
            "Put {timestamp} into `over`.",
        )  # fmt: skip


def read_handshake(reader: Reader, node: yaml.Node | None) -> Handshake | None:
    if node is None:
        return None
    known = ("method", "if", "token", "setting", "answer", "mime")
    parts = reader.mapping(node, known, what="handshake", needs=("answer",))
    answer = ask(reader, parts.get("answer"), what="answer", names=REQUEST)
    if ("token" in parts) != ("setting" in parts):
        reader.fault(node, "handshake: `token` and `setting` belong together.", "Give both, or neither.")
    method = reader.choice(parts.get("method"), METHODS, what="method", default="GET")
    if method != "GET" and "if" not in parts:
        reader.fault(node, f"A handshake by {method} looks like any other request.", "Add `if:`.")
    if answer is None:
        return None
    return Handshake(
        method=method,
        condition=ask(reader, parts.get("if"), what="if", names=REQUEST),
        token=ask(reader, parts.get("token"), what="token", names=REQUEST),
        setting=secret_setting(reader, parts.get("setting")) if "setting" in parts else "",
        answer=answer,
        mime=reader.text(parts.get("mime"), what="mime", default="text/plain; charset=utf-8"),
    )


def secret_setting(reader: Reader, node: yaml.Node | None) -> str:
    name = reader.text(node, what="secret")
    secrets = [known for known, type_ in reader.settings.items() if type_ == "secret"]
    if node is not None and name not in secrets:
        reader.unknown(node, name, secrets, what="The setting (of type secret)")
    return name
