"""A recorded request without its secrets and without the people in it, of the same shape: fit to be kept as a fixture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from connectors.contract import (
    ChannelConfig,
    Connector,
    Event,
    InboundMessage,
    Malformed,
    Person,
    RawInput,
    Unsupported,
)
from connectors.signing import secrets_of

HIDDEN = "REDACTED"
OF_THE_WAY = re.compile(
    r"authorization|cookie|host|connection|content-length|accept.*|user-agent|x-forwarded.*|x-real-ip|forwarded|via|cf-.*"
    r"|x-amzn.*|x-request-id|traceparent|tracestate|.*(signature|token|secret|password|api-?key).*"
)
"""Headers that tell of the line or of who is allowed in, not of the event."""
DIGITS = re.compile(r"\d(?:[ ().-]?\d){6,14}")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ALIKE = 7
"""Digits at the end that make two notations of a number the same number."""
NUMBER_OF = re.compile(
    r"(^|_)(from|to|phone|number|msisdn|wa_id|caller|called|recipient_id|mobile|tel)($|_)", re.IGNORECASE
)
NAME_OF = re.compile(r"(^|_)((first|last|full|display|formatted|caller)_?)?name$|username$", re.IGNORECASE)
TEXT_OF = re.compile(
    r"(^|_)(text|body|message|caption|content|subject|title|comment|address)$", re.IGNORECASE
)
SECRET_OF = re.compile(
    r"token|secret|passw|signature|authori[sz]ation|api_?key|credential|cookie", re.IGNORECASE
)


@dataclass(slots=True)
class Mask:
    """What stands for what; the same in a whole recording."""

    secrets: tuple[str, ...] = ()
    numbers: dict[str, str] = field(default_factory=dict[str, str])
    mails: dict[str, str] = field(default_factory=dict[str, str])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    words: dict[str, str] = field(default_factory=dict[str, str])

    def text(self, text: str) -> str:
        """A text with everything replaced."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        for known in (self.ids, {word: instead for word, instead in self.words.items() if _is_telling(word)}):
            for word in sorted(known, key=len, reverse=True):
                text = text.replace(word, known[word])
        text = MAIL.sub(lambda found: self._mail(found.group().lower()), text)
        return DIGITS.sub(lambda found: self._number(found.group()), text)

    def leaf(self, name: str, value: str) -> str:
        """A value by its field's name, for what the connector does not know yet; else as any text."""
        if not value:
            return value
        digits = re.sub(r"\D", "", value)
        if SECRET_OF.search(name):
            return HIDDEN
        if NUMBER_OF.search(name) and DIGITS.fullmatch(value.lstrip("+")) and len(digits) > ALIKE:
            self.see_number(digits)
        elif NAME_OF.search(name) and not value.isdecimal():
            return self.see_word(value, "Person")
        elif TEXT_OF.search(name):
            return self.see_word(value, "Text")
        return self.text(value)

    def see_number(self, digits: str) -> None:
        """A person's number: from now on another one stands for it."""
        if digits[-ALIKE:] not in self.numbers.values():
            self.numbers.setdefault(digits[-ALIKE:], f"555{len(self.numbers) + 100:04d}")

    def see_word(self, word: str, instead: str) -> str:
        """A person's name or text: what stands for it."""
        if word in self.words.values():
            return word
        return self.words.setdefault(word, f"{instead} {len(self.words) + 1}")

    def _mail(self, address: str) -> str:
        if address in self.mails.values():
            return address
        return self.mails.setdefault(address, f"person{len(self.mails) + 1}@customer.example")

    def _number(self, said: str) -> str:
        """Only numbers of people; ids and times stay as they are."""
        digits = re.sub(r"\D", "", said)
        instead = self.numbers.get(digits[-ALIKE:])
        return said if instead is None else digits[:-ALIKE] + instead


def mask_for(connector: Connector, channel: ChannelConfig, raws: Iterable[RawInput]) -> Mask:
    """The mask of a recording: secrets of the channel, and the people whom the connector finds in it."""
    secrets = [
        value
        for setting in connector.spec.settings
        if setting.type == "secret"
        for value in secrets_of(channel.settings.get(setting.name))
        if len(value) >= 4
    ]
    mask = Mask(secrets=tuple(sorted(secrets, key=len, reverse=True)))
    for raw in raws:
        for event in _events(connector, channel, raw):
            _learn(mask, event)
    return mask


def redacted(raw: RawInput, mask: Mask) -> RawInput:
    """The request as a fixture may hold it."""
    suffix = "/".join(part for part in raw.suffix.split("/") if part not in mask.secrets)
    return replace(
        raw,
        body=_body(raw, mask),
        headers={
            name: mask.text(value)
            for name, value in raw.headers.items()
            if not OF_THE_WAY.fullmatch(name.lower())
        },
        query={
            name: mask.leaf(name, value) for name, value in raw.query.items() if value not in mask.secrets
        },
        suffix=mask.text(suffix),
        peer="",
        meta={},
    )


def _events(connector: Connector, channel: ChannelConfig, raw: RawInput) -> Iterable[Event]:
    try:
        return connector.parse(raw, channel)
    except (Malformed, Unsupported):
        return ()


def _learn(mask: Mask, event: Event) -> None:
    person: Person | None = getattr(event, "sender", None) or getattr(event, "caller", None)
    for handle in person.handles if person else ():
        digits = re.sub(r"\D", "", handle.value)
        if handle.kind == "phone" and len(digits) > ALIKE:
            mask.see_number(digits)
        elif (
            len(handle.value) > 3
            and "@" not in handle.value
            and handle.kind not in ("anonymous", "extension")
        ):
            mask.ids.setdefault(handle.value, _like(handle.value, len(mask.ids) + 1))
    if person and person.name:
        mask.see_word(person.name, "Person")
    if isinstance(event, InboundMessage):
        for said in (event.text, event.subject, event.html, event.history, *event.fields.values()):
            if said:
                mask.see_word(said, "Text")


def _is_telling(word: str) -> bool:
    """Whether a name or text may be looked for inside of other values: a word such as `message` stands there anyway."""
    return not word.isascii() or " " in word.strip() or len(word) > 20


def _like(value: str, number: int) -> str:
    """An id of the same length: digits where there were digits."""
    return str(number).rjust(len(value), "1") if value.isdecimal() else f"person-{number}"


def _body(raw: RawInput, mask: Mask) -> bytes:
    try:
        text = raw.body.decode("utf-8")
    except UnicodeDecodeError:
        return raw.body
    try:
        document: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        if raw.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            pairs = parse_qsl(text, keep_blank_values=True)
            return urlencode([(name, mask.leaf(name, value)) for name, value in pairs]).encode()
        return mask.text(text).encode()
    return orjson.dumps(_walk(document, "", mask.leaf))


def _walk(value: Any, name: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, int) and not isinstance(value, bool):
        changed = change(name, str(value))
        return int(changed) if changed.isdecimal() else value
    if isinstance(value, Mapping):
        return {key: _walk(item, str(key), change) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, name, change) for item in value]
    return value
