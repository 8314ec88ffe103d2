"""Words of a turn: texts filled in, buttons for channels that have them, numbered lists for those that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.buttons import ButtonRule
from chatbot.model import Abilities, Button, Say, Turn
from chatbot.rules import Rule, RuleSet
from chatbot.texts import Piece, Text
from chatbot.words import same_words
from values.hours import say_hours, say_opening
from values.texts import one_line

MAX_VALUE = 200
NAMES = (
    "name", "phone", "email", "language", "channel", "first_contact", "in_hours", "hours", "opens", "fields",
)  # fmt: skip
"""What a text may name besides the answers that the rules save."""


DID_YOU_MEAN = Text(
    pieces={
        "en": Piece(written="Did you mean one of these?"),
        "km": Piece(written="តើលោកអ្នកចង់សួរអំពីមួយណា?"),
        "ru": Piece(written="Что из этого вы имеете в виду?"),
    },
    default="en",
)
MEAN = "mean:"
"""What the value of a button begins with that answers `Did you mean ...?`; the rule's id follows."""


def matter(rule: Rule) -> ButtonRule:
    """The button for a rule in a question back."""
    return ButtonRule(
        label=rule.about or Text(pieces={"": Piece(written=rule.id)}, default=""), value=f"{MEAN}{rule.id}"
    )


def fill(text: Text, rules: RuleSet, turn: Turn, saved: Mapping[str, str], *, language: str = "") -> str:
    """A text in the person's language with its places filled; in a given one, for colleagues, as a sentence."""
    piece = text.choose(language or turn.language.lower())
    values = {use: _value(use, rules, turn, saved) for use in piece.uses}
    return piece.sentence(values) if language else piece.render(values)


def compose(texts: Sequence[str], buttons: Sequence[Button], abilities: Abilities) -> Say | None:
    """One answer out of all that was said; None when there is nothing to say."""
    body = "\n\n".join(text for text in texts if text)
    shown = tuple(button for button in buttons if button.kind != "contact" or abilities.contact_button)
    tail = "" if abilities.buttons else _listed(shown)
    if not body and not tail and not shown:
        return None
    if not abilities.buttons:
        shown = tuple(button for button in shown if button.kind == "contact")
    room = max(abilities.max_text, 1)
    body = _cut(body, room - len(tail) - 2 if tail else room)
    whole = "\n\n".join(part for part in (body, tail) if part)
    return Say(text=_cut(whole or shown[0].label, room), buttons=shown)


def buttons_of(
    written: Sequence[ButtonRule], rules: RuleSet, turn: Turn, saved: Mapping[str, str]
) -> list[Button]:
    """Buttons in the person's language; a link's address may have places too, but never of what the person wrote."""
    return [
        Button(
            label=fill(button.label, rules, turn, saved) or button.value, value=button.value, kind=button.kind
        )
        for button in written
    ]


def typed_choice(heard: str, written: Sequence[ButtonRule]) -> str:
    """The button that a person means who types its value, its label in any language, or its number in the list."""
    answer = same_words(heard[:200])
    replies = [button for button in written if button.kind == "reply"]
    if not answer or not replies:
        return ""
    if answer.isdecimal() and len(answer) <= 3 and 1 <= int(answer) <= len(replies):
        return replies[int(answer) - 1].value
    for button in replies:
        if answer == same_words(button.value) or answer in map(same_words, button.label.all_written()):
            return button.value
    return ""


def _value(use: str, rules: RuleSet, turn: Turn, saved: Mapping[str, str]) -> object:
    match use:
        case "fields":
            return {key: _tidy(value) for key, value in {**turn.known, **saved}.items()}
        case "language":
            return turn.language
        case "channel":
            return turn.channel
        case "first_contact":
            return turn.first_contact
        case "in_hours":
            return turn.in_hours
        case "hours" | "opens":
            return _hours(use, rules, turn)
        case _:
            return _tidy(saved.get(use) or turn.known.get(use) or "")


def _hours(use: str, rules: RuleSet, turn: Turn) -> str:
    """The first hours of the file, said in the person's language."""
    for hours in rules.hours.values():
        if use == "hours":
            return say_hours(hours, language=turn.language or rules.language)
        return say_opening(hours, turn.now, language=turn.language or rules.language)
    return ""


def _listed(buttons: Sequence[Button]) -> str:
    replies = [button for button in buttons if button.kind == "reply"]
    lines = [f"{number}. {button.label}" for number, button in enumerate(replies, 1)]
    lines += [f"{button.label}: {button.value}" for button in buttons if button.kind == "url"]
    return "\n".join(lines)


def _tidy(value: str) -> str:
    return one_line(value[: MAX_VALUE * 2], MAX_VALUE)


def _cut(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return f"{text[: room - 1].rstrip()}…" if room > 0 else ""
