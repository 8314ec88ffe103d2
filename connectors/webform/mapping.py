"""From the names that forms use to the ones we know: the setting first, then the names that are usual."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

TARGETS: Final = ("name", "email", "phone", "message", "company", "subject")
ALIASES: Final = {
    "name": "name fullname yourname contactname customername fio фио имя ваше_имя ឈ្មោះ",
    "email": "email mail emailaddress youremail contactemail почта អ៊ីមែល",
    "phone": "phone tel telephone phonenumber mobile mobilephone cell yourphone contactphone whatsapp телефон ទូរស័ព្ទ",
    "message": "message msg comment comments text body question enquiry inquiry description yourmessage details "
    "сообщение комментарий សារ",
    "company": "company organisation organization companyname yourcompany компания ក្រុមហ៊ុន",
    "subject": "subject yoursubject topic тема ប្រធានបទ",
    "first_name": "firstname fname givenname",
    "last_name": "lastname lname surname familyname",
}
KNOWN: Final = {
    alias.replace("_", ""): target for target, names in ALIASES.items() for alias in names.split()
}
WRAPPED: Final = re.compile(r"(?:form_?fields?|fields?|data|form|contact)\[([^\[\]]{1,100})\](?:\[\])?")
LINE: Final = re.compile(r"(?P<theirs>.+?)\s*(?:=>|->|=)\s*(?P<ours>[\w .-]{1,64})")
CONTROL: Final = frozenset(
    {"id", "next", "referrer", "landing_page", "page", "visits", "gclid", "fbclid"}
    | {"_next", "_started", "_hosted", "_visitor", "_source", "_language"}
)


class MappingInvalid(ValueError):
    """A line of the mapping that cannot be understood; the text names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a form told: the known answers, the rest in order, and what its page told beside (`control`)."""

    known: Mapping[str, str] = field(default_factory=dict[str, str])
    rest: Mapping[str, str] = field(default_factory=dict[str, str])
    control: Mapping[str, str] = field(default_factory=dict[str, str])


def parse_mapping(text: str) -> dict[str, str]:
    """`theirs = ours`, one a line. Raises MappingInvalid naming the line."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise MappingInvalid(f"Line {number}: write “their-name = email”.")
        found[match["theirs"].strip()] = match["ours"].strip()
    return found


def sort_out(
    values: Sequence[tuple[str, str]], *, mapping: Mapping[str, str], aside: Mapping[str, str]
) -> Answers:
    """Give every value its place. Several values of one name are joined; a second claim to a place goes to the rest.

    `aside` names fields that are no answers (the trap, the consent) and what they are called among the controls.
    """
    joined: dict[str, str] = {}
    for name, value in values:
        joined[name] = f"{joined[name]}, {value}" if name in joined and value else joined.get(name, value)
    known: dict[str, str] = {}
    rest: dict[str, str] = {}
    control: dict[str, str] = {}
    for name, value in joined.items():
        target = target_of(name, mapping)
        if name in aside:
            control[aside[name]] = value.strip()
        elif name not in mapping and _is_control(name):
            control[name.lstrip("_")] = value.strip()
        elif target in (*TARGETS, "first_name", "last_name") and target not in known:
            known[target] = value.strip()
        elif value.strip():
            rest[target if name in mapping else name] = value.strip()
    return Answers(known=_named(known), rest=rest, control=control)


def target_of(name: str, mapping: Mapping[str, str]) -> str:
    """What a field of this name is for us; empty for one of the form's own."""
    return mapping.get(name) or _usual(name)


def _usual(name: str) -> str:
    wrapped = WRAPPED.fullmatch(name.lower())
    bare = wrapped[1] if wrapped else name.lower()
    return KNOWN.get(re.sub(r"[\s_.-]", "", bare), "")


def _is_control(name: str) -> bool:
    return name in CONTROL or name.startswith("utm_")


def _named(known: dict[str, str]) -> dict[str, str]:
    """First and last name make a name where none was given."""
    parts = [known.pop("first_name", ""), known.pop("last_name", "")]
    if not known.get("name") and any(parts):
        known["name"] = " ".join(part for part in parts if part)
    return {name: value for name, value in known.items() if value}
