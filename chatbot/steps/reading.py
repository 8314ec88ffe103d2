"""The `do:` of a rule: each step is read by the reader that its verb names."""

from __future__ import annotations

import yaml

from chatbot.reading.reader import Reader, did_you_mean
from chatbot.rules import Step
from chatbot.steps.kind import Entries
from chatbot.steps.table import BY_VALUE, KEYS, KINDS


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
        if BY_VALUE[type(step)].ends(step):
            last = each
    if not steps and not reader.problems:
        reader.fault(node, "`do` has no steps", "add at least one, such as `- say: Hello`")
    return tuple(steps)


def _is_mapping(reader: Reader, node: yaml.Node) -> bool:
    if isinstance(node, yaml.MappingNode):
        return True
    remedy = f"write one of {', '.join(f'`{verb}:`' for verb in KINDS)}"
    reader.fault(node, "a step begins with what to do", remedy)
    return False


def _step(reader: Reader, node: yaml.Node, entries: Entries) -> Step | None:
    verbs = [verb for verb in KINDS if verb in entries]
    if len(verbs) != 1:
        if entries and verbs:
            reader.fault(node, f"one step does both `{verbs[0]}` and `{verbs[1]}`", "make two steps of it")
        elif entries:
            reader.fault(node, "this step does not say what to do", f"add one of {', '.join(KINDS)}")
        return None
    kind = KINDS[verbs[0]]
    for key in entries:
        if key not in (verbs[0], "id", *kind.keys):
            remedy = did_you_mean(key, kind.keys) if kind.keys else "remove it"
            reader.fault(entries[key], f"`{verbs[0]}` has no `{key}`", remedy)
    return kind.read(reader, node, entries)
