"""The `do:` of a rule: one reader a step, found by the step's verb."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import yaml

from chatbot.reading import acting
from chatbot.reading.buttons import read_buttons
from chatbot.reading.reader import Reader, did_you_mean
from chatbot.reading.texts import read_text
from chatbot.speech import NAMES
from chatbot.steps import (
    Asked,
    AskStep,
    CallStep,
    CloseStep,
    GotoStep,
    HandOverStep,
    SayStep,
    SetStep,
    Step,
    TagStep,
    TaskStep,
)
from chatbot.validators import VALIDATORS

Entries = dict[str, yaml.Node]
SPOKEN = ("invalid", "accepted", "give_up")
FIELDS = ("name", "phone", "email")
RESERVED = frozenset(NAMES) - frozenset(FIELDS)
MINUTES = {"m": 1, "min": 1, "h": 60, "d": 24 * 60}
DURATION = re.compile(r"([0-9]{1,6}) *(m|min|h|d)")
MAX_MINUTES = 366 * 24 * 60


def read_steps(reader: Reader, node: yaml.Node) -> tuple[tuple[str, Step], ...]:
    """Steps with their names (`id`, else their number); steps that can never be reached are faults."""
    steps: list[tuple[str, Step]] = []
    last: yaml.Node | None = None
    for number, each in enumerate(reader.items(node, of="`do`"), 1):
        if last is not None:
            reader.fault(
                each, "this step is never reached", "the step before it ends the rule or waits for a button"
            )
            break
        entries = reader.entries(each, KEYS, of="a step") if _is_mapping(reader, each) else {}
        step = _step(reader, each, entries)
        name = reader.name(entries["id"], of="the id of a step") if "id" in entries else str(number)
        if step is None:
            continue
        if any(name == other for other, _ in steps):
            reader.fault(entries["id"], f"two steps have the id `{name}`", "give each its own")
        steps.append((name, step))
        if _ends(step):
            last = each
    if not steps and not reader.problems:
        reader.fault(node, "`do` has no steps", "add at least one, such as `- say: Hello`")
    return tuple(steps)


def _is_mapping(reader: Reader, node: yaml.Node) -> bool:
    if isinstance(node, yaml.MappingNode):
        return True
    remedy = f"write one of {', '.join(f'`{verb}:`' for verb in VERBS)}"
    reader.fault(node, "a step begins with what to do", remedy)
    return False


def _ends(step: Step) -> bool:
    if isinstance(step, SayStep):
        return bool(step.buttons)
    return isinstance(step, HandOverStep | CloseStep | GotoStep)


def _step(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    verbs = [verb for verb in VERBS if verb in entries]
    if len(verbs) != 1:
        if entries and verbs:
            reader.fault(node, f"one step does both `{verbs[0]}` and `{verbs[1]}`", "make two steps of it")
        elif entries:
            reader.fault(node, "this step does not say what to do", f"add one of {', '.join(VERBS)}")
        return None
    read, modifiers = VERBS[verbs[0]]
    for key in entries:
        if key not in (verbs[0], "id", *modifiers):
            remedy = did_you_mean(key, modifiers) if modifiers else "remove it"
            reader.fault(entries[key], f"`{verbs[0]}` has no `{key}`", remedy)
    return read(reader, node, entries)


def _say(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    text = read_text(reader, entries["say"], of="say")
    buttons = read_buttons(reader, entries["buttons"], of="buttons") if "buttons" in entries else ()
    more = (
        [read_text(reader, each, of="a variant") for each in reader.items(entries["variants"], of="variants")]
        if ("variants" in entries)
        else []
    )
    return SayStep(text=text, buttons=buttons, variants=tuple(filter(None, more))) if text else None


def _ask(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
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
    return _field(reader, entries["save"], what=what)


def _field(reader: Reader, node: yaml.Node, *, what: str) -> str:
    """A field's name; the contact's own phone, email and name take checked answers only."""
    name = reader.name(node, of="the field")
    if name in RESERVED:
        reader.fault(node, f"`{name}` means something else in texts", "take another name")
    elif name in ("phone", "email") and what != name:
        reader.fault(node, f"`{name}` is saved by `ask: {name}` alone", "take another name")
    else:
        reader.saved.add(name)
        return name
    return ""


def _set(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    pairs: list[tuple[str, yaml.Node]] = []
    if isinstance(entries["set"], yaml.MappingNode):
        pairs = [(_field(reader, key, what="set"), value) for key, value in entries["set"].value]
    if len(pairs) != 1:
        reader.fault(entries["set"], "`set` takes one field", "write `set: { interest: chairs }`")
        return None
    text = read_text(reader, pairs[0][1], of="the value")
    return SetStep(name=pairs[0][0], value=text) if text and pairs[0][0] else None


def _tag(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    tag = reader.word(entries["tag"], of="tag")
    if len(tag) > 60:
        reader.fault(entries["tag"], "the tag is longer than 60 characters", "shorten it")
    return TagStep(tag=tag) if tag else None


def _task(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    title = read_text(reader, entries["task"], of="task")
    minutes = _minutes(reader, entries["due_in"]) if "due_in" in entries else 60
    return TaskStep(title=title, due_in_minutes=minutes) if title else None


def _minutes(reader: Reader, node: yaml.Node) -> int:
    match = DURATION.fullmatch(reader.word(node, of="due_in"))
    minutes = int(match[1]) * MINUTES[match[2]] if match else -1
    if not 0 <= minutes <= MAX_MINUTES:
        reader.fault(node, "`due_in` is not a span of time", "write 30 min, 2 h or 1 d")
        return 0
    return minutes


def _hand_over(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    to = reader.word(entries["to"], of="to") if "to" in entries else ""
    return HandOverStep(reason=read_text(reader, entries["hand_over"], of="hand_over"), to=to)


def _close(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    return CloseStep(reason=read_text(reader, entries["close"], of="close"))


def _goto(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    target = reader.word(entries["goto"], of="goto")
    if not target:
        return None
    reader.references.append((entries["goto"], target))
    return GotoStep(rule=target)


def _call(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    del node
    target = reader.word(entries["call"], of="call")
    if not target:
        return None
    reader.references.append((entries["call"], target))
    return CallStep(rule=target)


VERBS: dict[str, tuple[Callable[[Reader, yaml.Node, Entries], Step | None], tuple[str, ...]]] = {
    "say": (_say, ("variants", "buttons")),
    "ask": (
        _ask,
        ("text", "save", "retries", "again", "invalid", "accepted", "give_up", "buttons", "options"),
    ),
    "set": (_set, ()),
    "tag": (_tag, ()),
    "task": (_task, ("due_in",)),
    "hand_over": (_hand_over, ("to",)),
    "close": (_close, ()),
    "goto": (_goto, ()),
    "call": (_call, ()),
    "deal": (acting.deal, ("pipeline", "title", "fields")),
    "lead": (acting.lead, ("title", "reason")),
    "if": (acting.branch, ("then", "else")),
    "webhook": (acting.webhook, ("send", "save", "timeout", "fallback")),
    "wait": (acting.wait, ("if_writes",)),
}
"""Step -> its reader and the further keys it may have. A new step is one more line."""
KEYS = tuple(dict.fromkeys([*VERBS, "id", *(key for _, keys in VERBS.values() for key in keys)]))
