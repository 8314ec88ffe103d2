"""Reads a rules file: the rules, or every problem with its line, column and remedy."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from chatbot.conditions import checks_of, circumstances_of
from chatbot.listening import listen_for
from chatbot.problems import RulesInvalid
from chatbot.reading.conditions import read_when
from chatbot.reading.hours import read_hours
from chatbot.reading.reader import Reader, did_you_mean
from chatbot.reading.texts import read_language, read_text
from chatbot.reading.tree import read_tree
from chatbot.reading.understanding import read_synonyms, read_understanding
from chatbot.rules import Rule, RuleSet
from chatbot.speech import MEAN, NAMES
from chatbot.steps.reading import read_steps
from chatbot.steps.ways import GotoStep, IfStep
from chatbot.understanding.examples import Examples
from chatbot.when import When
from values.hours import Hours

VERSION = 1
MAX_RULES = 5_000
LIMITS = {"says": ("max_says", 10), "conversation": ("max_talk", 200), "hour": ("max_hour", 200)}
KEYS = ("version", "language", "hours", "limits", "understanding", "synonyms", "rules")
RULE_KEYS = ("id", "about", "when", "interrupts", "returns", "do")


def load(text: str, *, source: str) -> RuleSet:
    """Rules that are ready to run; raises RulesInvalid with all problems, and nothing else, whatever the text."""
    tree = read_tree(text, source=source)
    reader = Reader(source=source)
    rules = _read(reader, tree)
    if reader.problems:
        raise RulesInvalid(tuple(sorted(reader.problems, key=lambda problem: (problem.line, problem.column))))
    return rules


def survey(tree: yaml.Node, *, source: str) -> Reader:
    """What can be read of a file, right or wrong: who names which rule, and what each button leads to."""
    reader = Reader(source=source)
    _read(reader, tree)
    return reader


def _read(reader: Reader, tree: yaml.Node) -> RuleSet:
    entries = reader.entries(tree, KEYS, of="the file")
    if "version" in entries:
        reader.number(entries["version"], of="version", minimum=VERSION, maximum=VERSION)
    else:
        reader.fault(tree, "the file does not tell its version", "begin with `version: 1`")
    if "language" in entries:
        reader.language = read_language(reader, entries["language"]) or reader.language
    hours = read_hours(reader, entries["hours"]) if "hours" in entries else {}
    reader.hours = hours
    limits = _limits(reader, entries.get("limits"))
    placed = list(_rules(reader, entries["rules"])) if "rules" in entries else []
    if "rules" not in entries:
        reader.fault(tree, "the file has no rules", "add `rules:` with at least one")
    by_id = _by_id(reader, placed)
    targets = _targets(reader)
    _check_names(reader, hours=hours, by_id=by_id)
    _check_ways(reader, placed, by_id=by_id)
    targets.update({f"{MEAN}{rule.id}": rule.id for rule in by_id.values() if rule.about})
    understanding = read_understanding(reader, entries.get("understanding"))
    synonyms = read_synonyms(reader, entries.get("synonyms"))
    rules = tuple(by_id.values())
    return RuleSet(
        source=reader.source,
        language=reader.language,
        hours=hours,
        rules=rules,
        by_id=by_id,
        targets=targets,
        **limits,
        events=_events(rules),
        stages=tuple(reader.stages),
        asks_crm=_asks_crm(rules),
        understanding=understanding,
        examples=None if reader.problems else _examples(rules, synonyms),
        listening=listen_for([(rule.id, rule.when) for rule in rules]),
    )


def _examples(rules: tuple[Rule, ...], synonyms: list[list[str]]) -> Examples | None:
    given = {rule.id: rule.when.examples for rule in rules if rule.when and rule.when.examples}
    return Examples(given, synonyms=synonyms) if given else None


def _limits(reader: Reader, node: yaml.Node | None) -> dict[str, int]:
    entries = reader.entries(node, tuple(LIMITS), of="limits") if node else {}
    return {
        LIMITS[key][0]: reader.number(value, of=key, minimum=1, maximum=LIMITS[key][1])
        for key, value in entries.items()
    }


def _events(rules: tuple[Rule, ...]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.when and rule.when.event:
            found.setdefault(rule.when.event, []).append(rule)
    return {kind: tuple(each) for kind, each in found.items()}


def _asks_crm(rules: tuple[Rule, ...]) -> bool:
    """Whether anything of the file looks at tags, managers, leads or deals."""
    asked = [rule.when for rule in rules if rule.when]
    asked += [step.when for rule in rules for _, step in rule.steps if isinstance(step, IfStep)]
    return any(when.asks_crm for when in asked)


def _rules(reader: Reader, node: yaml.Node) -> Iterator[tuple[yaml.Node, Rule]]:
    for count, each in enumerate(reader.items(node, of="rules")):
        if count == MAX_RULES:
            reader.fault(each, f"there are more than {MAX_RULES} rules", "remove some")
            return
        entries = reader.entries(each, RULE_KEYS, of="a rule")
        for key in ("id", "do"):
            if entries and key not in entries:
                reader.fault(each, f"the rule has no `{key}`", f"add `{key}:`")
        yield entries.get("id", each), _rule(reader, entries)


def _rule(reader: Reader, entries: dict[str, yaml.Node]) -> Rule:
    id_ = reader.name(entries["id"], of="the id") if "id" in entries else ""
    when = read_when(reader, entries["when"]) if "when" in entries else None
    interrupts, returns = _manners(reader, entries, when)
    about = read_text(reader, entries["about"], of="about") if "about" in entries else None
    steps = read_steps(reader, entries["do"]) if "do" in entries else ()
    return Rule(
        id=id_,
        when=when,
        steps=steps,
        interrupts=interrupts,
        returns=returns,
        about=about,
        checks=checks_of(when) if when else (),
        circumstances=circumstances_of(when) if when else (),
        places={name: place for place, (name, _) in enumerate(steps)},
    )


def _manners(reader: Reader, entries: dict[str, yaml.Node], when: When | None) -> tuple[bool, bool]:
    """Whether the rule interrupts, and whether it returns; each fits some conditions only."""
    interrupts = bool("interrupts" in entries and reader.flag(entries["interrupts"], of="interrupts"))
    if interrupts and when and not when.is_about_content:
        reader.fault(
            entries["interrupts"],
            "only what was written or pressed may interrupt",
            "add keywords, pattern or choice",
        )
    returns = bool("returns" in entries and reader.flag(entries["returns"], of="returns"))
    if returns and not (when and when.event):
        reader.fault(
            entries["returns"],
            "only what happens without a message may bring the bot back",
            "add silence, stage_entered, schedule, visits or `kind: missed_call`",
        )
    return interrupts, returns


def _by_id(reader: Reader, placed: list[tuple[yaml.Node, Rule]]) -> dict[str, Rule]:
    by_id: dict[str, Rule] = {}
    for node, rule in placed:
        if rule.id and rule.id in by_id:
            reader.fault(node, f"two rules have the id `{rule.id}`", "give each its own")
        elif rule.id:
            by_id[rule.id] = rule
    return by_id


def _targets(reader: Reader) -> dict[str, str]:
    """Button value -> rule; one value leads to one place, wherever the button stands."""
    seen: dict[str, str] = {}
    for node, value, goto in reader.presses:
        if seen.setdefault(value, goto) != goto:
            reader.fault(node, f"another button `{value}` leads elsewhere", "give this one another value")
    return {value: goto for value, goto in seen.items() if goto}


def _check_names(reader: Reader, *, hours: dict[str, Hours], by_id: dict[str, Rule]) -> None:
    """Everything that is named exists."""
    for node, name in reader.references:
        if name not in by_id:
            reader.fault(node, f"there is no rule `{name[:60]}`", did_you_mean(name, by_id))
    for node, name in reader.hours_used:
        if name not in hours:
            reader.fault(node, f"there are no hours `{name[:60]}`", did_you_mean(name, hours))
    names = {*NAMES, *reader.saved}
    for node, piece in reader.pieces:
        for unknown in sorted(piece.uses - names):
            remedy = f"{did_you_mean(unknown, names)}; write fields.{unknown} for a field of the contact"
            reader.fault(node, f"nothing is called `{unknown}`", remedy)


def _check_ways(reader: Reader, placed: list[tuple[yaml.Node, Rule]], *, by_id: dict[str, Rule]) -> None:
    """Every rule can be reached, every button means something, and no goto leads back to where it came from."""
    reached = {name for _, name in reader.references}
    catches_all = ""
    for node, rule in placed:
        if rule.when and catches_all and not rule.when.event:
            reader.fault(
                node, f"rule `{rule.id}` is never asked: `{catches_all}` above fits anything", "move it up"
            )
        elif rule.when == When():
            catches_all = rule.id
        if rule.id and rule.when is None and rule.id not in reached:
            reader.fault(node, f"nothing leads to rule `{rule.id}`", "add `when:`, or a goto to it")
        if _returns(rule, by_id):
            reader.fault(
                node, f"rule `{rule.id}` goes round in a circle", "end one of its rules without goto"
            )
    heard = {choice for rule in by_id.values() if rule.when for choice in rule.when.choices}
    for node, value, goto in reader.presses:
        if not goto and value not in heard:
            reader.fault(node, f"no rule hears the button `{value}`", did_you_mean(value, heard or {"goto"}))


def _returns(rule: Rule, by_id: dict[str, Rule]) -> bool:
    seen: set[str] = set()
    current: Rule | None = rule
    while current and current.id not in seen:
        seen.add(current.id)
        last = current.steps[-1][1] if current.steps else None
        current = by_id.get(last.rule) if isinstance(last, GotoStep) else None
    return bool(current and current.id == rule.id)
