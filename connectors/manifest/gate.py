"""The part of a manifest that says who may knock: verification, handshake, the answer."""

from __future__ import annotations

import re

import yaml

from connectors.manifest.expressions import ask
from connectors.manifest.model import Ask, Check, Handshake
from connectors.manifest.names import REQUEST
from connectors.manifest.reading import Reader
from connectors.manifest.sense import check_sense
from connectors.signing import ALGORITHMS, ENCODINGS

CHECK_KEYS = (
    "type", "secret", "where", "name", "part", "algorithm", "encoding", "prefix", "over", "timestamp", "timestamp_part",
    "max_age", "signed", "value", "time", "if", "key_encoding", "key_prefix", "join", "leave_out", "before_secret",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT")
OVER = ("body", "url_and_fields", "plivo_v3", "sorted_fields", "{timestamp}.{body}")
WHERE = ("header", "query", "suffix", "body", "any")
PATH = re.compile(r"body(\.[A-Za-z_][A-Za-z0-9_]*){1,6}")
KEYS = ("text", "base64", "hex")
TYPES = ("hmac", "digest", "secret", "basic", "ed25519", "jwt")


def read_checks(reader: Reader, top: dict[str, yaml.Node], root: yaml.Node) -> tuple[Check, ...]:
    """Ways to verify; any one is enough. That anybody may post has to be said."""
    node = top.get("verify")
    if node is None:
        if "receive" in top and "pull" not in top:
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
            parts.get("where"), WHERE, what="where", default="body" if "value" in parts else "header"
        ),
        name=reader.text(parts.get("name"), what="name").lower(),
        part=reader.text(parts.get("part"), what="part"),
        algorithm=reader.choice(parts.get("algorithm"), ALGORITHMS, what="algorithm", default="sha256"),
        encoding=reader.choice(parts.get("encoding"), ENCODINGS, what="encoding", default=_encoding(parts)),
        prefix=reader.text(parts.get("prefix"), what="prefix"),
        over=reader.text(parts.get("over"), what="over", default="body"),
        timestamp=reader.text(parts.get("timestamp"), what="timestamp").lower(),
        timestamp_part=reader.text(parts.get("timestamp_part"), what="timestamp_part"),
        max_age=reader.number(parts.get("max_age"), what="max_age", default=0, maximum=7 * 86400),
        key_encoding=reader.choice(parts.get("key_encoding"), KEYS, what="key_encoding", default="text"),
        key_prefix=reader.text(parts.get("key_prefix"), what="key_prefix"),
        join=reader.text(parts.get("join"), what="join"),
        before_secret=reader.text(parts.get("before_secret"), what="before_secret"),
        leave_out=tuple(
            reader.text(item, what="leave_out")
            for item in reader.items(parts.get("leave_out"), what="leave_out")
        ),
        value_path=_path(parts.get("value")),
        time_path=_path(parts.get("time")),
        **_asked(reader, parts),
    )
    check_sense(reader, node, parts, check)
    return check


def _encoding(parts: dict[str, yaml.Node]) -> str:
    """Ed25519 is written in base64 where nothing else is said, all others in hexadecimal."""
    node = parts.get("type")
    return "base64" if isinstance(node, yaml.ScalarNode) and node.value == "ed25519" else "hex"


def _path(node: yaml.Node | None) -> str:
    """`a.b` of the expression `body.a.b`; empty for anything else."""
    said = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
    return said.removeprefix("body.") if PATH.fullmatch(said) else ""


def _asked(reader: Reader, parts: dict[str, yaml.Node]) -> dict[str, Ask | None]:
    names = {"signed": "signed", "value": "value", "time": "time", "applies": "if"}
    return {ours: ask(reader, parts.get(key), what=key, names=REQUEST) for ours, key in names.items()}


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
