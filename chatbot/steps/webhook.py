"""`webhook`: a service is asked, and the rule waits for its answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import jmespath
import yaml
from jmespath.exceptions import JMESPathError

from chatbot.model import Answer, CallWebhook
from chatbot.parts import StepOutline
from chatbot.reading.reader import Reader
from chatbot.reading.spans import read_seconds
from chatbot.reading.texts import MAX_PAIRS, read_texts
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.speech import NAMES
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from chatbot.validators import MAX_SAVED, text
from values.sentences import phrase

MAX_TIMEOUT = 30
MAX_PATH = 200
MAX_ADDRESS = 500
UNREADABLE = (
    JMESPathError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStep(Step):
    """Ask a service: the rule waits for its answer. `saves` are names and where their values stand in it (JMESPath).

    `fallback` is the rule that goes on when the service fails; without one a person takes over.
    """

    url: str
    sends: tuple[tuple[str, Text], ...] = ()
    saves: tuple[tuple[str, str], ...] = ()
    seconds: int = 5
    fallback: str = ""


def read(reader: Reader, node: yaml.Node, entries: Entries) -> WebhookStep:
    del node
    url = reader.word(entries["webhook"], of="webhook")
    if url and not _is_address(url):
        reader.fault(
            entries["webhook"], "the webhook is not an address", "write https://..., without places to fill"
        )
    sends = read_texts(reader, entries["send"], of="send") if "send" in entries else ()
    saves = _saves(reader, entries["save"]) if "save" in entries else ()
    timeout = entries.get("timeout")
    fallback = reader.rule(entries["fallback"], of="fallback") if "fallback" in entries else ""
    return WebhookStep(
        url=url,
        sends=sends,
        saves=saves,
        seconds=read_seconds(reader, timeout, of="timeout", most=MAX_TIMEOUT) if timeout else 5,
        fallback=fallback,
    )


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
        _compiled(path)
    except UNREADABLE:
        reader.fault(
            node,
            f"`{path[:60]}` is no path into an answer",
            "write one such as order.status or items[0].name",
        )
        return False
    return True


def do(run: Run, rule: Rule, name: str, step: WebhookStep) -> None:
    """Ends this turn: the rule goes on with the answer."""
    body = {field: run.text(value)[:MAX_SAVED] for field, value in step.sends}
    run.effects.append(CallWebhook(url=step.url, body=body, seconds=step.seconds))
    run.waits_at = (rule.id, name, 0)


def values_of(step: WebhookStep, answer: Answer) -> dict[str, str]:
    """What a rule saves of an answer; what is not there, or no plain value, is empty."""
    return {name: _plain(_found(path, answer.data)) for name, path in step.saves}


@lru_cache(maxsize=2_000)
def _compiled(path: str) -> Any:
    """A path into an answer; raises one of UNREADABLE."""
    return jmespath.compile(path)


def _found(path: str, data: Any) -> object:
    try:
        return _compiled(path).search(data)
    except UNREADABLE:
        return None


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return text(value[:MAX_SAVED], "") or ""
    return str(value)[:MAX_SAVED] if isinstance(value, int | float) else ""


def _sentence(each: StepOutline) -> str:
    return phrase(
        "Asks {address} and waits for the answer, {time} at most",
        address=each.value,
        time=each.part("timeout") or "5 s",
    )


WEBHOOK = Kind(
    value=WebhookStep,
    keys=("send", "save", "timeout", "fallback"),
    read=read,
    do=do,
    words=Words(
        sentence=_sentence,
        short=lambda _: phrase("asks a service"),
        told=("timeout",),
        remarks={
            "send": lambda value: phrase("Sends {value}", value=value),
            "save": lambda value: phrase("Keeps of the answer: {value}", value=value),
            "fallback": lambda value: phrase("If the service fails: the rule “{value}”", value=value),
        },
    ),
)
