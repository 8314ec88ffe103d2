"""What keeps machines and mistakes out of a form: one small question each, and the order they are asked in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.contract import ChannelConfig, RawInput, Rejected
from connectors.webform.body import Body
from connectors.webform.mapping import Answers, target_of
from connectors.webform.origins import is_allowed, is_own, sent_from
from connectors.webform.people import email_of, phone_of
from connectors.webform.settings import MEGABYTE, FormSettings
from connectors.webform.texts import say
from connectors.webform.tokens import sign, unsign
from connectors.webform.visitor import recognise
from values.sentences import phrase

TIMING: Final = "form-opened"
OLDEST: Final = 7 * 24 * 3600
CLOCKS_DIFFER: Final = 60
LINK: Final = re.compile(r"https?://|www\.", re.I)
NO: Final = ("", "no", "off", "false", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry before the guard: the request, its body, what it answers, and the form's settings."""

    raw: RawInput
    channel: ChannelConfig
    settings: FormSettings
    body: Body
    answers: Answers
    language: str = "en"

    def say(self, text: str, **values: object) -> str:
        """A sentence in the language of who filled the form in."""
        return say(self.language, text, **values)


def check(entry: Entry) -> None:
    """Raise Rejected for the first question that is answered badly."""
    for question in QUESTIONS:
        question(entry)


def opened(channel: ChannelConfig, at: datetime) -> str:
    """The token of a form that was shown at this time."""
    return sign(channel.secret, TIMING, {"t": at.timestamp()})


def allowed_origin(raw: RawInput, channel: ChannelConfig, settings: FormSettings) -> None:
    """Only the sites of the list, where there is one; a server that names no origin is none of them."""
    origin = sent_from(raw)
    if not settings.allowed or not origin or is_own(origin, raw, channel):
        return
    if not is_allowed(origin, settings.allowed):
        raise Rejected(phrase("This web site may not send to this form."), status=403)


def trap_is_empty(entry: Entry) -> None:
    if entry.answers.control.get("trap"):
        raise Rejected(entry.say("This looks like an automatic entry. Please send it once more."), status=422)


def was_written_by_hand(entry: Entry) -> None:
    if not entry.answers.control.get("started"):
        if entry.settings.require_token:
            raise Rejected(entry.say("Please open the form again and send it from there."))
    elif not is_recent(entry):
        raise Rejected(entry.say("The form was open for too long. Please send it once more."))
    elif _age(entry) < entry.settings.min_seconds:
        raise Rejected(entry.say("That was very quick. Please wait a moment and send it again."))


def is_recent(entry: Entry) -> bool:
    """Whether the form was opened by our leave and not too long ago."""
    return -CLOCKS_DIFFER < _age(entry) < OLDEST


def has_consent(entry: Entry) -> None:
    if entry.settings.consent and entry.answers.control.get("consent", "").lower() in NO:
        sentence = entry.say("Please tick the box to agree.")
        raise Rejected(sentence, fields={"consent": sentence})


def is_filled_in(entry: Entry) -> None:
    """Required fields, addresses that can be written to, and some way to answer; all faults at once."""
    if not _can_be_mended(entry):
        return
    faults = {**_missing(entry), **_unusable(entry)}
    if not faults and not _reachable(entry):
        sentence = entry.say("Please leave an email address or a phone number, so that we can answer.")
        faults = {"email": sentence}
    if faults:
        first = next(iter(faults.values()))
        raise Rejected(
            first if len(faults) == 1 else entry.say("Please check the marked fields."), fields=faults
        )


def has_few_links(entry: Entry) -> None:
    values = [*entry.answers.known.values(), *entry.answers.rest.values()]
    if sum(len(LINK.findall(value)) for value in values) > entry.settings.max_links:
        sentence = entry.say("There are too many links in it. Please take some out.")
        raise Rejected(sentence, fields={"message": sentence})


def has_fitting_files(entry: Entry) -> None:
    settings, files = entry.settings, entry.body.files
    if len(files) > settings.max_files:
        sentence = entry.say("Please attach at most {n} files.", n=settings.max_files)
        raise Rejected(sentence, fields={"files": sentence}, status=413)
    if any(len(file.content) > settings.max_file for file in files):
        sentence = entry.say("Each file may have {n} MB at most.", n=settings.max_file // MEGABYTE)
        raise Rejected(sentence, fields={"files": sentence}, status=413)


QUESTIONS: Final[tuple[Callable[[Entry], None], ...]] = (
    trap_is_empty,
    was_written_by_hand,
    is_filled_in,
    has_consent,
    has_few_links,
    has_fitting_files,
)


def _age(entry: Entry) -> float:
    """Seconds since the form was opened; endless for a token that is not ours."""
    data = unsign(entry.channel.secret, TIMING, entry.answers.control.get("started", ""))
    return entry.raw.received_at.timestamp() - float(data["t"]) if data else math.inf


def _can_be_mended(entry: Entry) -> bool:
    """Whether the sender has our form before them, or fields that are called as ours: they can see what is wrong.

    A form with names of its own has sent what it has; refused, it would be lost.
    """
    return bool(entry.answers.control.get("hosted")) or not (entry.answers.strange or entry.body.paths)


def _missing(entry: Entry) -> dict[str, str]:
    """What the hosted form marks as needed; a form of somebody's own sees to its fields itself."""
    if not entry.answers.control.get("hosted"):
        return {}
    return {
        field.name: entry.say("Please fill this in.")
        for field in entry.settings.fields
        if field.required and not entry.body.get(field.name).strip() and not _has_file(entry, field.name)
    }


def _has_file(entry: Entry, name: str) -> bool:
    return any(file.field == name and file.content for file in entry.body.files)


def _unusable(entry: Entry) -> dict[str, str]:
    known = entry.answers.known
    faults: dict[str, str] = {}
    if known.get("email") and not email_of(known["email"]) and not _may_do_without(entry):
        faults["email"] = entry.say("This does not look like an email address.")
    elif known.get("phone") and not known.get("email") and not _phone(entry):
        faults["phone"] = entry.say(
            "This does not look like a phone number. Please add the country code, for example +855."
        )
    return faults


def _may_do_without(entry: Entry) -> bool:
    """A mail address that is none harms nothing beside a good number, where nobody is there to correct it."""
    return bool(_phone(entry)) and not entry.answers.control.get("hosted")


def _reachable(entry: Entry) -> bool:
    """An address, or at least a known visitor where the form asks for no address (a rating, say)."""
    if email_of(entry.answers.known.get("email", "")) or _phone(entry):
        return True
    visitor = recognise(entry.channel.secret, entry.answers.control.get("visitor", ""))
    return visitor is not None and not _asks_for_an_address(entry)


def _asks_for_an_address(entry: Entry) -> bool:
    if entry.answers.control.get("hosted"):
        return any(field.kind in ("email", "phone") for field in entry.settings.fields)
    names = (name for name, _value in entry.body.values)
    return any(target_of(name, entry.settings.mapping) in ("email", "phone") for name in names)


def _phone(entry: Entry) -> str:
    return phone_of(entry.answers.known.get("phone", ""), region=entry.channel.region)
