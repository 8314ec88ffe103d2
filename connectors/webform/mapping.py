"""From the names that forms use to the ones we know: the setting first, then the usual names, then what values look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from connectors.webform import labels
from connectors.webform.body import Body
from connectors.webform.people import email_of, is_phone, phones_of
from connectors.webform.source import CLICK_IDS, web_address
from values.sentences import phrase

TARGETS: Final = ("name", "email", "phone", "message", "company", "subject")
LINE: Final = re.compile(r"(?P<theirs>.+?)\s*(?:=>|->|=)\s*(?P<ours>[\w .-]{1,64})")
ALWAYS_CONTROL: Final = frozenset(
    {"id", "_next", "_started", "_hosted", "_visitor", "_source", "_language", *CLICK_IDS}
)
PAGES: Final = frozenset(
    {
        "pageurl",
        "pageuri",
        "page_url",
        "page_uri",
        "source_url",
        "sourceurl",
        "formurl",
        "form_url",
        "pagelink",
    }
)
NOISE: Final = re.compile(
    r"_wpnonce|_wp_http_referer|_wpcf7_\w*|_charset_|utf8|cookies|tildaspec\S*|\S*captcha\S*|\S*turnstile\S*|\S*csrf\S*|authenticity_token|\S*nonce\S*"
    r"|tranid|submit|action|form_?id|form_?key|post_?id|queried_id|referer_title|gform_\S*|date_created|user_agent|remote_ip|ip|is_submit_\d*|input_captcha",
    re.IGNORECASE,
)
"""What builders send for themselves."""
MACHINE: Final = re.compile(
    r"(?:\S*[._]|)(?:\w*ids?|\w*type|event|\w*at|\w*date|\w*time|\w*ip|\w*agent|token|\w*ur[il]|version|status|\w*name|value|key)",
    re.IGNORECASE,
)
"""What services say around the answers, of no use to a reader."""
OPAQUE: Final = re.compile(r"\d{1,6}(?:\.\d+)?|[a-z]{1,12}[-_ ]?\d\w*|[a-z]", re.IGNORECASE)
"""Names that say nothing: 4, f1, field_1a2b3c."""
A_NAME: Final = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}")
FEWEST_WORDS: Final = 3
SENTENCE: Final = re.compile(r"\s")
NO_PHONE: Final = re.compile(
    r"(?:\b|_)(?:id|ip|zip|plz|post\w*|iban|order|invoice|number|date|time|vat|tax|inn|инн|дата)(?:\b|_)",
    re.IGNORECASE,
)


class MappingInvalid(ValueError):
    """A line of the mapping that cannot be understood; the text names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a form told: the known answers, the rest in order, and what its page told beside (`control`).

    `strange` are the fields that are called neither as ours nor by the setting.
    """

    known: Mapping[str, str] = field(default_factory=dict[str, str])
    rest: Mapping[str, str] = field(default_factory=dict[str, str])
    control: Mapping[str, str] = field(default_factory=dict[str, str])
    strange: tuple[str, ...] = ()


def parse_mapping(text: str) -> dict[str, str]:
    """`theirs = ours`, one a line. Raises MappingInvalid naming the line."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise MappingInvalid(phrase("Line {number}: write “their-name = email”.", number=number))
        found[match["theirs"].strip()] = match["ours"].strip()
    return found


def sort_out(
    body: Body, *, mapping: Mapping[str, str], aside: Mapping[str, str], region: str = ""
) -> Answers:
    """Give every value its place. Several values of one name are joined; a second claim to a place goes to the rest.

    `aside` names fields that are no answers (the trap, the consent) and what they are called among the controls.
    """
    desk = _Desk(body, mapping, region)
    for name, value in _joined(body).items():
        desk.take(name, value.strip(), aside)
    desk.look_at_values()
    desk.take_around()
    return Answers(
        known=_named(desk.known), rest=desk.rest, control=desk.control, strange=tuple(desk.strange)
    )


def target_of(name: str, mapping: Mapping[str, str]) -> str:
    """What a field of this name is for us; empty for one of the form's own."""
    return mapping.get(name) or labels.target_of(name)


def _joined(body: Body) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in body.values:
        joined[name] = f"{joined[name]}, {value}" if name in joined and value else joined.get(name, value)
    return joined


class _Desk:
    """The places of one entry while they are filled."""

    def __init__(self, body: Body, mapping: Mapping[str, str], region: str) -> None:
        self.known: dict[str, str] = {}
        self.rest: dict[str, str] = {}
        self.control: dict[str, str] = {}
        self.strange: list[str] = []
        self._body, self._mapping, self._region = body, mapping, region
        self._mapped: set[str] = set()

    def take(self, name: str, value: str, aside: Mapping[str, str]) -> None:
        """A value by its name alone."""
        told = self._mapping.get(name) or self._mapping.get(self._body.paths.get(name, ""), "")
        hint = self._body.hints.get(name, "")
        target = told or (hint if hint in labels.TARGETS else "") or labels.target_of(name)
        if name in aside:
            self.control[aside[name]] = value
        elif not told and (control := _control(name, value)):
            self.control.setdefault(control, value)
        else:
            if not told and name not in TARGETS:
                self.strange.append(name)
            if target in labels.TARGETS and target not in self.known:
                self.known[target] = value
            elif value and (told or not NOISE.fullmatch(name)):
                self._keep(told or name, value)
                self._mapped |= {told} if told else set[str]()

    def look_at_values(self) -> None:
        """What names left open: labels that only seem to say it, where the value bears them out; then values alone."""
        for target, fits in self._tests().items():
            if fits(self.known.get(target, "")):
                continue
            open_ = [name for name in self.rest if name not in self._mapped]
            named = (name for name in open_ if self._seems(name) == target and fits(self.rest[name]))
            chosen = next(named, "") or self._by_value(target, open_)
            if chosen:
                self._move(chosen, target)

    def take_around(self) -> None:
        """What a service says beside the answers: the campaign, the page, and words that may matter."""
        for path, value in self._body.outer:
            name = path.rpartition(".")[2]
            control = _control(name, value.strip()) if name != "id" else ""
            if control:
                self.control.setdefault(control, value.strip())
            elif self._is_message(name, path):
                self.known["message"] = value.strip()
            elif value.strip() and not MACHINE.fullmatch(path) and path not in self.rest:
                self._keep(path, value.strip())
        if self._body.data is not None:
            said = {*self.known.values()}
            for name in [
                name for name, value in self.rest.items() if value in said and name not in self._mapped
            ]:
                del self.rest[name]

    def _is_message(self, name: str, path: str) -> bool:
        """Whether words beside the answers are the message that they lack; at the top it may be the service's own."""
        is_near = name != path or not self.rest
        return is_near and "message" not in self.known and labels.target_of(name) == "message"

    def _tests(self) -> dict[str, Callable[[str], bool]]:
        return {
            "email": lambda value: bool(email_of(value)),
            "phone": lambda value: bool(phones_of(value, region=self._region)),
            "name": _may_be_a_name
            if "first_name" not in self.known and "last_name" not in self.known
            else lambda value: True,
            "message": bool,
        }

    def _seems(self, name: str) -> str:
        return "message" if self._body.hints.get(name) == "long" else labels.likely_target(name)

    def _by_value(self, target: str, names: list[str]) -> str:
        if target == "email":
            return next((name for name in names if _is_only_an_address(self.rest[name])), "")
        if target == "phone":
            numbers = (
                name
                for name in names
                if not NO_PHONE.search(name) and is_phone(self.rest[name], region=self._region)
            )
            return next(numbers, "")
        opaque = [name for name in names if OPAQUE.fullmatch(name)]
        if target == "name":
            return next((name for name in opaque if _looks_like_a_name(self.rest[name])), "")
        longest = max(opaque, key=lambda name: len(self.rest[name]), default="")
        return longest if len(self.rest.get(longest, "").split()) >= FEWEST_WORDS else ""

    def _move(self, name: str, target: str) -> None:
        displaced, self.known[target] = self.known.get(target, ""), self.rest.pop(name)
        if displaced:
            self._keep(target, displaced)

    def _keep(self, name: str, value: str) -> None:
        self.rest[name] = f"{self.rest[name]}, {value}" if name in self.rest else value


def _control(name: str, value: str) -> str:
    """What a field is called that the form's page fills in itself; empty for an answer that only has such a name."""
    if name in ALWAYS_CONTROL or name.startswith("utm_"):
        return name.lstrip("_")
    if name.lower() in PAGES:
        return "page" if web_address(value) else ""
    is_control = {
        "page": not value or bool(web_address(value)),
        "landing_page": not value or bool(web_address(value)),
        "referrer": not value or bool(web_address(value)),
        "next": not SENTENCE.search(value) or value.startswith(("/", "http://", "https://")),
        "visits": not value or value.startswith("["),
    }
    return name if is_control.get(name, False) else ""


def _is_only_an_address(value: str) -> bool:
    return bool(email_of(value)) and len(value.split()) == 1


def _looks_like_a_name(value: str) -> bool:
    words = value.split()
    return (
        2 <= len(words) <= 4
        and len(value) <= 60
        and bool(A_NAME.fullmatch(value))
        and all(word[:1].isupper() or not word[:1].islower() for word in words)
    )


def _may_be_a_name(value: str) -> bool:
    return bool(value) and len(value) <= 80 and "@" not in value and not any(char.isdigit() for char in value)


def _named(known: dict[str, str]) -> dict[str, str]:
    """First and last name make a name; beside one of them, "name" is the other (Vorname and Name, Имя and Фамилия)."""
    first, last, name = (known.pop(part, "") for part in ("first_name", "last_name", "name"))
    words = set(name.split())
    if name and first and not last and not set(first.split()) <= words:
        first, last, name = first, name, ""
    elif name and last and not first and not set(last.split()) <= words:
        first, name = name, ""
    whole = name or " ".join(part for part in (first, last) if part)
    return {**{key: value for key, value in known.items() if value}, **({"name": whole} if whole else {})}
