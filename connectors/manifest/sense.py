"""Whether a check of a manifest proves what it seems to prove: every needed word there, none that does nothing."""

from __future__ import annotations

import re

import yaml

from connectors.manifest.model import Check
from connectors.manifest.reading import Reader

OVER = ("body", "url_and_fields", "plivo_v3", "sorted_fields", "{timestamp}.{body}")
SIGNING = ("hmac", "ed25519", "digest")
PLACES = ("{timestamp}", "{body}", "{url}", "{id}")
FOR_SIGNING = (
    "algorithm",
    "encoding",
    "prefix",
    "over",
    "timestamp",
    "max_age",
    "signed",
    "time",
    "join",
    "leave_out",
    "before_secret",
)


def check_sense(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], check: Check) -> None:
    """Every fault at its place."""
    _place(reader, node, parts, check)
    if check.type == "digest":
        _digest(reader, node, parts, check)
    elif check.type in SIGNING:
        _signature(reader, node, parts, check)
    else:
        is_known = reader.text(parts.get("type"), what="type") == check.type
        may = ("max_age",) if check.type == "jwt" else ()
        for name in FOR_SIGNING:
            if is_known and name in parts and name not in may:
                reader.fault(parts[name], f"{name} is only for hmac.", "Leave it out.")


def _place(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], check: Check) -> None:
    """Where the signature, the secret or the token stands."""
    is_named = bool(check.name) or check.value is not None
    needs_place = check.type in (*SIGNING, "jwt") or (
        check.type == "secret" and check.where in ("header", "query", "body")
    )
    if needs_place and not is_named:
        reader.fault(
            node,
            "This check does not say where the value stands.",
            "Add `name:` with the header's name, or `value:` with an expression.",
        )
    if check.type == "secret" and check.where == "body" and check.value is None:
        reader.fault(node, "A secret in the body needs `value`.", "Say where: `value: body.secret`.")
    if check.type == "basic" and check.value is not None:
        reader.fault(parts["value"], "A password stands in the header Authorization.", "Leave `value` out.")


def _digest(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], check: Check) -> None:
    if check.signed is None and check.over != "sorted_fields":
        reader.fault(
            node, "A digest needs `signed`.", "Say what is hashed: an expression, or `over: sorted_fields`."
        )
    if check.max_age and check.time is None and not check.timestamp:
        reader.fault(parts["max_age"], "The time is not named.", "Add `time:` or `timestamp:`.")


def _signature(reader: Reader, node: yaml.Node, parts: dict[str, yaml.Node], check: Check) -> None:
    pattern = "{" in check.over
    if pattern:
        for place in re.findall(r"\{[^}]*\}?", check.over):
            if place not in PLACES:
                reader.unknown(parts["over"], place, PLACES, what="over: the place")
    elif check.over not in OVER:
        reader.unknown(parts["over"], check.over, OVER, what="over")
    if pattern and "{body}" not in check.over:
        reader.fault(parts["over"], "The signature does not cover the body.", "Put {body} into `over`.")
    is_told = check.time is not None or bool(check.timestamp)
    if (check.max_age or "{timestamp}" in check.over) and not is_told:
        reader.fault(node, "The header with the timestamp is not named.", "Add `timestamp:`.")
    # What `signed` holds is an expression's matter: that it names the time cannot be seen from here.
    if check.max_age and "{timestamp}" not in check.over and check.signed is None:
        reader.fault(
            parts["max_age"],
            "The signature does not cover the timestamp: max_age proves nothing.",
            "Put {timestamp} into `over`.",
        )
