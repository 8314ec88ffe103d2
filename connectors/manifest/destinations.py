"""Where a manifest sends each secret: read from its requests, so that a changed address asks for the secret anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import yaml
from jinja2 import TemplateError, nodes

from connectors.contract import ConnectorSpec, Setting
from connectors.manifest.templates import ENV

STAYING = frozenset(
    ("verify", "handshake", "receive", "reply", "settings", "abilities", "example", "outcomes")
)
"""Parts of a manifest that send nothing. Whatever else there is, now or later, sends."""
ADDRESSES = frozenset(("base", "url", "address", "hosts"))
SIGNING = re.compile(r"hmac|sha\d|md5|digest")
"""Filters that let out a signature, from which the secret is not read."""
HOST = re.compile(r"^\s*(?:https?://)?((?:\{\{.*?\}\}|[^/{])*)", re.DOTALL)


def with_destinations(spec: ConnectorSpec, top: Mapping[str, yaml.Node]) -> ConnectorSpec:
    """The card with `goes_to` of every secret: the settings that name a host, where the secret itself is sent."""
    names = {setting.name for setting in spec.settings}
    hosts: set[str] = set()
    sent: set[str] = set()
    for key, text in _leaves(top):
        if key in ADDRESSES and (head := HOST.match(text)):
            hosts |= set(_named(head[1])) & names
        sent |= set(_named(text)) & names
    secret = {setting.name for setting in spec.settings if setting.type == "secret"}
    places = tuple(setting.name for setting in spec.settings if setting.name in hosts - secret)
    return replace(spec, settings=tuple(_placed(setting, sent, places) for setting in spec.settings))


def _placed(setting: Setting, sent: set[str], places: tuple[str, ...]) -> Setting:
    if setting.type != "secret":
        return setting
    return replace(setting, goes_to=places if setting.name in sent else ())


def _leaves(top: Mapping[str, yaml.Node]) -> Iterator[tuple[str, str]]:
    """Every text of the sending parts, with the key it stands under."""
    waiting = [(name, node) for name, node in top.items() if name not in STAYING]
    while waiting:
        key, node = waiting.pop()
        match node:
            case yaml.MappingNode():
                waiting += [(str(name.value), value) for name, value in node.value]
            case yaml.SequenceNode():
                waiting += [(key, item) for item in node.value]
            case _:
                yield key, str(node.value)


def _named(text: str) -> Iterator[str]:
    """Settings that come out of a template as they are."""
    if "settings" not in text:
        return
    try:
        tree = ENV.parse(text if "{" in text else "{{ " + text + " }}")
    except (TemplateError, RecursionError):  # told where the template is compiled
        return
    yield from _shown(tree)


def _shown(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Filter) and SIGNING.search(node.name):
        return
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "settings":
        yield node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Name) and node.node.name == "settings":
        yield str(getattr(node.arg, "value", ""))
    for child in node.iter_child_nodes():
        yield from _shown(child)
