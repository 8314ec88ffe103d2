"""Steps that act outside of the talk: leads, deals, branches, services that are asked, waits."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from chatbot.acting import UNREADABLE, compiled
from chatbot.conditions import checks_of
from chatbot.reading.conditions import read_when
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.speech import NAMES
from chatbot.steps import DealStep, IfStep, LeadStep, WaitStep, WebhookStep
from chatbot.texts import Text

Entries = dict[str, yaml.Node]
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
SPAN = re.compile(r"([0-9]{1,8}) *(s|m|min|h|d)")
MAX_WAIT = 366 * 86_400
MAX_TIMEOUT = 30
MAX_PAIRS = 30
MAX_PATH = 200
MAX_ADDRESS = 500
FIELDS = ("name", "phone", "email")


def read_seconds(reader: Reader, node: yaml.Node, *, of: str, most: int) -> int:
    """A span of time, at least a second."""
    match = SPAN.fullmatch(reader.word(node, of=of))
    seconds = int(match[1]) * SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= most:
        longest = f"{most} s" if most < 60 else f"{most // 86_400} d"
        reader.fault(node, f"{of} is not a span of time", f"write 5 s, 30 min, 2 h or 1 d, at most {longest}")
        return 1
    return seconds


def deal(reader: Reader, node: yaml.Node, entries: Entries) -> DealStep | None:
    del node
    pipeline = reader.word(entries["pipeline"], of="pipeline")[:100] if "pipeline" in entries else ""
    stage = reader.stage(entries["deal"], of="the stage", pipeline=pipeline)
    title = read_text(reader, entries["title"], of="title") if "title" in entries else None
    fields = _texts(reader, entries["fields"], of="fields") if "fields" in entries else ()
    return DealStep(stage=stage, pipeline=pipeline, title=title, fields=fields) if stage else None


def lead(reader: Reader, node: yaml.Node, entries: Entries) -> LeadStep | None:
    del node
    state = reader.one_of(entries["lead"], ("open", "declined"), of="lead")
    title = read_text(reader, entries["title"], of="title") if "title" in entries else None
    reason = read_text(reader, entries["reason"], of="reason") if "reason" in entries else None
    if state == "open" and reason:
        reader.fault(entries["reason"], "`lead: open` has no `reason`", "remove it")
    return LeadStep(state=cast("Any", state), title=title, reason=reason) if state else None


def branch(reader: Reader, node: yaml.Node, entries: Entries) -> IfStep | None:
    if "then" not in entries:
        reader.fault(node, "`if` does not say which rule goes on", "add `then:` and the rule's id")
        return None
    when = read_when(reader, entries["if"])
    if when.event:
        reader.fault(
            entries["if"], "an `if` cannot wait for something to happen", "put it into a rule's `when`"
        )
    ways = {key: _rule(reader, entries[key], of=key) for key in ("then", "else") if key in entries}
    return IfStep(when=when, checks=checks_of(when), then=ways["then"], otherwise=ways.get("else", ""))


def webhook(reader: Reader, node: yaml.Node, entries: Entries) -> WebhookStep | None:
    del node
    url = reader.word(entries["webhook"], of="webhook")
    if url and not _is_address(url):
        reader.fault(
            entries["webhook"], "the webhook is not an address", "write https://..., without places to fill"
        )
    sends = _texts(reader, entries["send"], of="send") if "send" in entries else ()
    saves = _saves(reader, entries["save"]) if "save" in entries else ()
    timeout = entries.get("timeout")
    fallback = _rule(reader, entries["fallback"], of="fallback") if "fallback" in entries else ""
    return WebhookStep(
        url=url,
        sends=sends,
        saves=saves,
        seconds=read_seconds(reader, timeout, of="timeout", most=MAX_TIMEOUT) if timeout else 5,
        fallback=fallback,
    )


def wait(reader: Reader, node: yaml.Node, entries: Entries) -> WaitStep | None:
    del node
    seconds = read_seconds(reader, entries["wait"], of="wait", most=MAX_WAIT)
    writes = (
        reader.one_of(entries["if_writes"], ("stop", "keep", "go_on"), of="if_writes")
        if "if_writes" in entries
        else "stop"
    )
    return WaitStep(seconds=seconds, if_writes=cast("Any", writes)) if writes else None


def _rule(reader: Reader, node: yaml.Node, *, of: str) -> str:
    target = reader.word(node, of=of)
    if target:
        reader.references.append((node, target))
    return target


def _texts(reader: Reader, node: yaml.Node, *, of: str) -> tuple[tuple[str, Text], ...]:
    found: list[tuple[str, Text]] = []
    for name, each in reader.entries(node, of=of).items():
        text = read_text(reader, each, of=f"`{name[:60]}`")
        if text and len(name) <= 60:
            found.append((name, text))
        elif text:
            reader.fault(each, "the name is longer than 60 characters", "shorten it")
    if len(found) > MAX_PAIRS:
        reader.fault(node, f"{of} holds more than {MAX_PAIRS} values", "send fewer")
    return tuple(found)


def _saves(reader: Reader, node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """Name -> where its value stands in the answer."""
    found: list[tuple[str, str]] = []
    if not isinstance(node, yaml.MappingNode) or not node.value:
        reader.fault(node, "`save` does not say what of the answer", "write `save: { status: order.status }`")
        return ()
    for key, value in node.value:
        name, path = reader.name(key, of="the name"), reader.word(value, of="the path")
        if name in NAMES:
            reader.fault(key, f"`{name}` means something else in texts", "take another name")
        elif name and path and _is_path(reader, value, path):
            reader.saved.add(name)
            found.append((name, path))
    if len(found) > MAX_PAIRS:
        reader.fault(node, f"save holds more than {MAX_PAIRS} values", "save fewer")
    return tuple(found)


def _is_path(reader: Reader, node: yaml.Node, path: str) -> bool:
    try:
        if len(path) > MAX_PATH:
            raise ValueError
        compiled(path)
    except UNREADABLE:
        reader.fault(
            node,
            f"`{path[:60]}` is no path into an answer",
            "write one such as order.status or items[0].name",
        )
        return False
    return True


def _is_address(url: str) -> bool:
    if len(url) > MAX_ADDRESS or any(char in url for char in "{}\\") or any(map(str.isspace, url)):
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not parts.username
            and (parts.port or 1) > 0
        )
    except ValueError:
        return False
