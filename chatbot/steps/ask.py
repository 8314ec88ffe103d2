"""`ask`: a question whose answer is checked and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

import yaml

from chatbot.buttons import ButtonRule
from chatbot.model import HandOver
from chatbot.parts import StepOutline
from chatbot.reading.buttons import read_buttons
from chatbot.reading.fields import FIELDS, read_field
from chatbot.reading.reader import Reader
from chatbot.reading.texts import read_text
from chatbot.rules import Rule, Step
from chatbot.run import Run
from chatbot.steps.kind import Entries, Kind, Words
from chatbot.texts import Text
from chatbot.validators import VALIDATORS
from values.sentences import phrase

Asked: TypeAlias = Literal["phone", "email", "name", "text", "choice", "number", "date", "file"]
SPOKEN = ("invalid", "accepted", "give_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStep(Step):
    """Ask, check the answer, save it as a field and say `accepted`; passed over when the field is known, but for `again`.

    `retries` more tries are granted with `invalid` as the text (the question, if empty); then `give_up` is said and a
    person takes over.
    """

    what: Asked
    text: Text
    save: str
    retries: int
    again: bool = False
    invalid: Text | None = None
    accepted: Text | None = None
    give_up: Text | None = None
    buttons: tuple[ButtonRule, ...] = ()
    options: tuple[ButtonRule, ...] = ()


def read(reader: Reader, node: yaml.Node, entries: Entries) -> AskStep | None:
    what = reader.one_of(entries["ask"], tuple(VALIDATORS), of="ask")
    if "text" not in entries:
        reader.fault(node, "`ask` has no question", "add `text:`")
    text = read_text(reader, entries["text"], of="text") if "text" in entries else None
    save = _saved_as(reader, node, entries, what)
    spoken = {key: read_text(reader, entries[key], of=key) for key in SPOKEN if key in entries}
    retries = (
        reader.number(entries["retries"], of="retries", minimum=0, maximum=10) if "retries" in entries else 2
    )
    again = bool("again" in entries and reader.flag(entries["again"], of="again"))
    buttons = read_buttons(reader, entries["buttons"], of="buttons") if "buttons" in entries else ()
    options = (
        read_buttons(reader, entries["options"], of="options", are_options=True)
        if "options" in entries
        else ()
    )
    if (what == "choice") != bool(options):
        wrong = "has no `options`" if what == "choice" else "cannot have `options`"
        reader.fault(node, f"`ask: {what}` {wrong}", "give options to `ask: choice`, and only to it")
    if not (text and save) or what not in VALIDATORS:
        return None
    return AskStep(
        again=again,
        what=cast("Asked", what),
        text=text,
        save=save,
        retries=retries,
        buttons=buttons,
        options=options,
        **spoken,
    )


def _saved_as(reader: Reader, node: yaml.Node, entries: Entries, what: str) -> str:
    if "save" not in entries:
        if what not in FIELDS:
            reader.fault(
                node, f"`ask: {what}` does not say where the answer goes", "add `save:` and the field's name"
            )
        return what if what in FIELDS else ""
    return read_field(reader, entries["save"], what=what)


def do(run: Run, rule: Rule, name: str, step: AskStep) -> None:
    """Ask unless the answer is known; on an open question of the same field the used-up tries count on."""
    if not step.again and (run.turn.known.get(step.save) or run.saved.get(step.save)):
        run.why.append(f"{step.save} is known")
        return
    field_, tries = run.open_question or ("", 0)
    tries = tries if field_ == step.save else 0
    if tries > step.retries or (run.is_retry and run.is_elsewhere):
        run.speak(step.give_up)
        tried = phrase("No {save} after {tries} tries.", save=step.save, tries=tries)
        elsewhere = phrase("Asked for {save}, they wrote of something else.", save=step.save)
        run.end(HandOver(reason=elsewhere if run.is_elsewhere else tried))
        run.why.append(f"gave up {rule.id}.{name}")
        return
    complains = (
        run.is_retry and tries == 1 and step.invalid is not None
    )  # the same complaint twice is a machine's
    run.speak(step.invalid if complains else step.text)
    run.offer(step.options + step.buttons)
    run.waits_at = (rule.id, name, tries)


def _sentence(each: StepOutline) -> str:
    return phrase("Asks for the {what}: “{text}”", what=_asked(each.value), text=each.part("text"))


def _asked(what: str) -> str:
    return {
        "phone": phrase("phone number"),
        "email": phrase("email"),
        "name": phrase("name"),
        "date": phrase("date"),
        "number": phrase("number"),
        "choice": phrase("choice"),
        "file": phrase("file"),
        "text": phrase("answer"),
    }.get(what, what)


ASK = Kind(
    value=AskStep,
    keys=("text", "save", "retries", "again", "invalid", "accepted", "give_up", "buttons", "options"),
    read=read,
    do=do,
    words=Words(
        sentence=_sentence,
        short=lambda each: phrase("asks for the {what}", what=_asked(each.value)),
        told=("text",),
        remarks={
            "save": lambda value: phrase("The answer is kept as “{value}”.", value=value),
            "invalid": lambda value: phrase("If it is no answer: “{value}”", value=value),
            "accepted": lambda value: phrase("If it is right: “{value}”", value=value),
            "give_up": lambda value: phrase("If it gives up: “{value}”", value=value),
            "retries": lambda value: phrase("Further tries: {value}", value=value),
            "again": lambda value: phrase("Asked even if it is known: {value}", value=value),
        },
    ),
)
