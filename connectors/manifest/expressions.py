"""JMESPath expressions: compiled once, their names checked, plain paths walked without the interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import jmespath
import yaml
from jmespath.visitor import TreeInterpreter

from connectors.contract import Malformed, Unsupported
from connectors.manifest.clocks import is_written, pattern_of, strange
from connectors.manifest.functions import Functions, pattern_fault
from connectors.manifest.model import Ask, Root
from connectors.manifest.reading import Reader
from connectors.manifest.values import FORMATS, convert, is_pattern, is_zone
from values.sentences import phrase

LONGEST = 4_000
SETTING = "settings."


_INTERPRETER = TreeInterpreter(jmespath.Options(custom_functions=Functions()))
_LEFT_ONLY = (
    "subexpression",
    "index_expression",
    "pipe",
    "projection",
    "value_projection",
    "filter_projection",
)


def ask(
    reader: Reader,
    node: yaml.Node | None,
    *,
    what: str,
    names: Iterable[str],
    words: Iterable[str] = (),
    strict: bool = False,
) -> Ask | None:
    """A scalar is an expression; a mapping has `value` or `const`, and `format`, `map`, `default`.

    `words` is the vocabulary that a map must lead to. With `strict` a value that the map does not know is Unsupported.
    """
    if node is None:
        return None
    if isinstance(node, yaml.ScalarNode):
        return _expression(reader, node, what=what, names=names)
    parts = reader.mapping(node, ("value", "const", "format", "zone", "map", "default"), what=what)
    constants = [reader.plain(parts[name]) if name in parts else None for name in ("const", "default")]
    vocabulary = list(words)
    for name, value in zip(("const", "default"), constants, strict=True):
        if vocabulary and name in parts and str(value) not in vocabulary:
            reader.unknown(parts[name], str(value), vocabulary, what=what)
    const, default = constants
    if "const" in parts:
        return lambda root: const
    if "value" not in parts:
        reader.fault(node, f"{what} has no value.", "Give `value:` with an expression, or `const:`.")
        return None
    look = _expression(reader, parts["value"], what=what, names=names)
    table = _map(reader, parts.get("map"), what=what, words=vocabulary)
    format_, zone = _format(reader, parts)
    if look is None:
        return None
    if not table and not format_ and default is None:
        return look
    return partial(_look, look, table, (format_, zone), default, what, strict)


def _format(reader: Reader, parts: Mapping[str, yaml.Node]) -> tuple[str, str]:
    """A format by its name or as a pattern, and where its clock stands (a zone, or `settings.NAME` of one); a zone alone is
    for a time."""
    format_ = reader.text(parts.get("format"), what="format", default="time" if "zone" in parts else "")
    zone = reader.text(parts.get("zone"), what="zone").strip()
    if not is_written(format_):
        format_ = reader.choice(parts.get("format"), ("", *FORMATS), what="format", default=format_)
    else:
        odd, format_ = strange(format_), pattern_of(format_)
        if odd or not is_pattern(format_):
            reader.fault(
                parts["format"],
                "This is no pattern of a time.",
                "Say it as `DD.MM.YYYY hh:mm:ss` or `%d.%m.%Y %H:%M:%S`.",
            )
    if zone.startswith(SETTING):
        if (name := zone.removeprefix(SETTING)) not in reader.settings:
            reader.unknown(parts["zone"], name, reader.settings, what="zone: the setting")
    elif zone and not is_zone(zone):
        reader.fault(
            parts["zone"],
            f"The time zone “{zone[:60]}” is not known.",
            "Say it as `Europe/Moscow`, or `settings.NAME` of a setting that tells it.",
        )
        zone = ""
    return format_, zone


def _look(
    look: Ask,
    table: dict[str, str] | None,
    as_: tuple[str, str],
    default: Any,
    what: str,
    strict: bool,
    root: Root,
) -> Any:
    found = look(root)
    if table and found is not None:
        mapped = table.get(str(found).strip().lower(), table.get("*"))
        if mapped is None and strict:
            raise Unsupported(
                phrase("{what} “{found}” is not in the manifest's map", what=what, found=str(found)[:60])
            )
        found = mapped
    if as_[0] and found is not None:
        found = convert(found, as_[0], name=what, zone=_zone_of(as_[1], root))
    return default if found is None else found


def _zone_of(zone: str, root: Root) -> str:
    """The zone itself; of a setting that is empty none, which is UTC."""
    if not zone.startswith(SETTING):
        return zone
    said = str((root.get("settings") or {}).get(zone.removeprefix(SETTING)) or "").strip()
    if said and not is_zone(said):
        raise Malformed(
            phrase("the channel's time zone “{said}” is not known: say it as Europe/Moscow", said=said[:60])
        )
    return said


def _map(reader: Reader, node: yaml.Node | None, *, what: str, words: list[str]) -> dict[str, str] | None:
    """Ours: theirs, or ours: [theirs, theirs]; compared without regard to case. `*` is anything else."""
    table: dict[str, str] = {}
    for name, value in reader.mapping(node, None, what="map").items():
        if words and name not in words:
            reader.unknown(value, name, words, what=f"{what}: the value")
        theirs = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for one in theirs:
            word = reader.text(one, what="map").strip().lower()
            if word in table and table[word] != name:
                reader.fault(one, f"“{word}” stands in the map twice.", "Keep one.")
            table[word] = name
    return table or None


def _expression(reader: Reader, node: yaml.Node, *, what: str, names: Iterable[str]) -> Ask | None:
    source = reader.text(node, what=what).strip()
    if not source or len(source) > LONGEST:
        reader.fault(node, f"{what} is no expression.", "Write one, or leave the line out.")
        return None
    try:
        parsed: Any = jmespath.compile(source).parsed
    except Exception as error:  # jmespath raises several kinds, some of them bare
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        reader.fault(
            node, f"{what} is no JMESPath expression: {first}.", "See jmespath.org for the language."
        )
        return None
    if _negates_too_little(parsed):
        reader.fault(node, f"{what}: `!a.b` means `(!a).b`.", "Write `!(a.b)`.")
    for pattern in _patterns(parsed):
        if fault := pattern_fault(pattern):
            reader.fault(
                node, f"{what}: “{pattern[:60]}” is no pattern: {fault}.", "Write it as RE2 reads it."
            )
    known = set(names)
    for name in _root_names(parsed):
        if name not in known:
            reader.unknown(node, name, known, what=f"{what}: the name")
    path = _path(parsed)
    return partial(_walk, path) if path else partial(_interpret, parsed)


def _patterns(parsed: Any) -> Iterator[str]:
    """The patterns that are written out in the expression."""
    if not isinstance(parsed, dict):
        return
    children = parsed["children"]
    if parsed["type"] == "function_expression" and parsed["value"] == "match" and len(children) == 2:
        pattern = children[1]
        if pattern["type"] == "literal" and isinstance(pattern["value"], str):
            yield pattern["value"]
    for child in children:
        yield from _patterns(child)


def _walk(path: tuple[str, ...], root: Root) -> Any:
    value: Any = root
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _interpret(parsed: Any, root: Root) -> Any:
    try:
        return _INTERPRETER.visit(parsed, root)
    except Exception:  # a payload of another shape than the expression expects: it gives nothing
        return None


def _path(parsed: Any) -> tuple[str, ...]:
    """The names of a plain `a.b.c`; empty for anything else."""
    if parsed["type"] == "field":
        return (parsed["value"],)
    if parsed["type"] != "subexpression":
        return ()
    parts = [_path(child) for child in parsed["children"]]
    return tuple(name for part in parts for name in part) if all(parts) else ()


def _negates_too_little(parsed: Any) -> bool:
    """Whether somewhere a field is looked up in a negation, which gives nothing, whatever the input."""
    if not isinstance(parsed, dict):
        return False
    children = parsed["children"]
    is_path = parsed["type"] == "subexpression" and children[0]["type"] == "not_expression"
    return is_path or any(_negates_too_little(child) for child in children)


def _root_names(parsed: Any) -> Iterator[str]:
    """Names that are looked up in the root, in contrast to those inside of what was found."""
    kind, children = parsed["type"], parsed["children"]
    if kind == "field":
        yield parsed["value"]
    elif kind not in ("literal", "expref"):
        for child in children[:1] if kind in _LEFT_ONLY else children:
            if isinstance(child, dict):
                yield from _root_names(child)
