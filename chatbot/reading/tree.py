"""YAML text to a tree of marked nodes, within limits that no file can outgrow."""

from __future__ import annotations

from typing import Any

import yaml

from chatbot.problems import Problem, RulesInvalid

MAX_CHARACTERS = 8_000_000
MAX_DEPTH = 20
MAX_NODES = 200_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_tree(text: str, *, source: str) -> yaml.Node:
    """The one document of a text; raises RulesInvalid. The event pass counts before anything recursive runs."""
    try:
        if len(text) > MAX_CHARACTERS:
            raise _invalid(
                source, None, f"the file is longer than {MAX_CHARACTERS} characters", "split or shorten it"
            )
        text.encode("utf-8")
        _count(text, source=source)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        what = " ".join(str(part) for part in (error.problem, error.context) if part) or "this is not YAML"
        mark = error.problem_mark or error.context_mark
        raise _invalid(
            source, mark, what, "check quotes, colons and the spaces that lines begin with"
        ) from None
    except yaml.YAMLError as error:
        raise _unreadable(text, source, error) from None
    except UnicodeEncodeError as error:
        raise _at(source, text, error.start, "a character here is broken", "type it again") from None
    except RecursionError:
        raise _invalid(source, None, "the file is nested too deeply", "write it flatter") from None
    if node is None:
        raise _invalid(source, None, "the file is empty", "begin with `version: 1`")
    return node


def _count(text: str, *, source: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if isinstance(event, yaml.AliasEvent):
            raise _invalid(
                source, event.start_mark, "aliases (*name) are not read", "write it out, or use goto"
            )
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _invalid(source, event.start_mark, "this is nested too deeply", "write it flatter")
        if count > MAX_NODES:
            raise _invalid(source, event.start_mark, "the file has too many parts", "split or shorten it")


def _unreadable(text: str, source: str, error: yaml.YAMLError) -> RulesInvalid:
    """A character that YAML does not take; the reader names its offset alone."""
    position = getattr(error, "position", 0) or 0
    return _at(source, text, min(position, len(text)), "a character here cannot stand in a file", "remove it")


def _at(source: str, text: str, position: int, what: str, remedy: str) -> RulesInvalid:
    before = text[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    return RulesInvalid((Problem(source=source, line=line, column=column, what=what, remedy=remedy),))


def _invalid(source: str, mark: Any, what: str, remedy: str) -> RulesInvalid:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return RulesInvalid((Problem(source=source, line=line, column=column, what=what, remedy=remedy),))
