"""The customers of the demo world and how they behave: pure tables and one small decision a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

MOST_MOVES = 9
"""After so many moves anybody falls silent, whatever the bot says."""

ASKS_PHONE = re.compile(
    r"phone|number to call|call you|телефон|номер|позвон|លេខទូរស័ព្ទ|លេខទូរសព្ទ|ទូរស័ព្ទ", re.IGNORECASE
)
WANTS_PERSON = re.compile(r"person|human|manager|human|менеджер|человек|сотрудник|អ្នកលក់|បុគ្គលិក", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One customer. `story` is what they say, one line after each answer; `way` is how they come.

    `picture`: sends a photo with the first line. `is_away`: their mail program answers by itself. `talk` is seconds on
    the phone, 0 for a call nobody took. `again` is what they write when they come back.
    """

    key: str
    name: str
    language: str
    way: str
    story: tuple[str, ...] = ()
    again: str = ""
    nudge: str = ""
    subject: str = ""
    email: str = ""
    phone: str = ""
    telegram: int = 0
    page: str = ""
    utm: tuple[tuple[str, str], ...] = ()
    picture: bool = False
    is_away: bool = False
    shares_phone: bool = True
    talk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What we answered, as the customer sees it. `buttons` are labels in order."""

    text: str
    buttons: tuple[str, ...] = ()
    asks_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What the customer did so far in this conversation."""

    lines: int = 0
    moves: int = 0
    gave_phone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the customer does next: `say`, `press` a button, share the `contact`, or `leave`."""

    kind: str
    text: str = ""


def next_move(persona: Persona, told: Disclosed, heard: Heard) -> Move:
    """One decision. Whoever is asked for a phone gives it once; buttons are pressed; else the story goes on."""
    if told.moves >= MOST_MOVES:
        return Move(kind="leave")
    if not told.gave_phone and persona.phone and persona.shares_phone:
        if heard.asks_contact:
            return Move(kind="contact", text=persona.phone)
        if ASKS_PHONE.search(heard.text):
            return Move(kind="say", text=persona.phone)
    if heard.buttons:
        return Move(kind="press", text=_chosen(heard.buttons))
    if told.lines < len(persona.story):
        return Move(kind="say", text=persona.story[told.lines])
    return Move(kind="leave")


def after(told: Disclosed, move: Move) -> Disclosed:
    """What they have done once `move` is made."""
    is_phone = move.kind == "contact" or (move.kind == "say" and is_number(move.text))
    is_line = move.kind == "say" and not is_phone
    return Disclosed(lines=told.lines + is_line, moves=told.moves + 1, gave_phone=told.gave_phone or is_phone)


def is_number(text: str) -> bool:
    return re.fullmatch(r"\+?[\d ()-]{8,}", text) is not None


def typing_time(text: str, rng: Random) -> float:
    """Seconds to read what came and to write `text`, a little hurried: it is a demo."""
    return min(14.0, 2.0 + len(text) / 18) * rng.uniform(0.7, 1.3)


def arrival_gap(number: int, rng: Random) -> float:
    """Seconds before customer `number` (from 0) comes: at once, then every few seconds, later every minute or so."""
    if number < 2:
        return 0.6
    return min(75.0, 1.0 + number**1.5 / 2) * rng.uniform(0.7, 1.3)


def _chosen(buttons: tuple[str, ...]) -> str:
    """A person if one is offered, else the first button."""
    return next((label for label in buttons if WANTS_PERSON.search(label)), buttons[0])
