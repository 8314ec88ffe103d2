"""The answers of an entry, whatever shape a form service wraps them in: names, values and what each is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import orjson

from connectors.webform.body import MAX_DEPTH, MAX_FIELDS, MAX_NAME, MAX_VALUE, Body, text_of
from connectors.webform.composites import Table, is_one, said
from connectors.webform.labels import target_of
from connectors.webform.people import email_of, is_phone

LABELS: Final = ("label", "title", "question", "column_name", "name", "key", "column_id", "id", "ref")
VALUES: Final = ("value", "values", "val", "answer", "answers", "string_value", "raw_value")
TYPES: Final = ("type", "field_type", "kind")
KEYS: Final = (
    "submissionID", "submissionId", "submission_id", "responseId", "response_id", "tranid", "eventId", "event_id", "token",
    "entry_id",
)  # fmt: skip
OURS: Final = "_source"
"""The table that our own scripts send; read elsewhere."""
JSON_FIELDS: Final = ("rawRequest", "payload", "data", "json", "form", "lead", "entry", "body", "submission")
CELL: Final = re.compile(r"([\w-]{1,60})\[([^\[\]]{1,100})\]\[([\w-]{1,60})\]")
ROW: Final = re.compile(r"([\w-]{1,60})\[([^\[\]]{1,100})\]")
NUMBERED: Final = re.compile(r"[a-z]{0,12}[-_ ]?\w*\d\w*", re.IGNORECASE)
"""Keys that a builder counts up: question_4, field_1a2b3c."""
JOTFORM: Final = re.compile(r"q\d{1,4}_\w+")
GRAVITY: Final = re.compile(r"\d{1,5}\.(\d)")
GRAVITY_PARTS: Final = {"3": "first_name", "6": "last_name"}
MOST_GROUPS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `hint` is what its type or inner name tells, `path` where in the JSON it stood."""

    name: str
    value: str
    hint: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers that stand together in one table or list."""

    path: str
    answers: tuple[Answer, ...]


def understood(body: Body) -> Body:
    """The body with its answers found. A flat form stays as it is."""
    if body.data is not None:
        return _of_data(body, body.data)
    if (inner := _json_inside(body)) is not None:
        found = _of_data(body, inner)
        return replace(found, key=found.key or _key(dict(body.values)))
    if cells := _cells(body):
        return _of_data(body, cells)
    return replace(
        body, values=body.values[:MAX_FIELDS], key=_key(dict(body.values)) if len(body.values) > 1 else ""
    )


def _of_data(body: Body, data: Any) -> Body:
    groups = list(_typeform(data) or _groups(data, "", 0))[:MOST_GROUPS]
    if not groups:
        return body
    main = max(groups, key=_worth)
    others = [answer for group in groups if group is not main for answer in group.answers]
    inner = [answer for answer in main.answers if answer.name]
    if not main.path:
        inner += [replace(answer, name=answer.path, hint="") for answer in others]
    return Body(
        values=tuple((answer.name[:MAX_NAME], answer.value[:MAX_VALUE]) for answer in inner[:MAX_FIELDS]),
        hints={answer.name[:MAX_NAME]: answer.hint for answer in inner if answer.hint},
        paths={answer.name[:MAX_NAME]: answer.path for answer in inner if answer.path != answer.name},
        outer=tuple((answer.path[:MAX_NAME], answer.value[:MAX_VALUE]) for answer in others[:MAX_FIELDS])
        if main.path
        else (),
        files=body.files,
        data=body.data,
        key=_key(data),
    )


def _worth(group: Group) -> tuple[int, int, int]:
    """The group that holds the answers: with addresses, then with names we know, then the outermost."""
    addresses = sum(
        1
        for answer in group.answers
        if email_of(answer.value) or (_target(answer) == "phone" and is_phone(answer.value))
    )
    known = sum(1 for answer in group.answers if answer.value and _target(answer))
    return (
        min(addresses, 1),
        min(known, 3) if addresses else known,
        -group.path.count(".") if addresses else 0,
    )


def _target(answer: Answer) -> str:
    return answer.hint or target_of(answer.name)


def _groups(data: Any, path: str, depth: int) -> Iterator[Group]:
    """Every table and list of fields, the outer before the inner."""
    if depth > MAX_DEPTH:
        return
    if isinstance(data, list):
        fields = [_field(item) for item in cast("list[Any]", data)]
        if fields and all(fields):
            yield Group(path=path or "list", answers=tuple(field for field in fields if field))
            return
        for n, item in enumerate(cast("list[Any]", data)[:MAX_FIELDS]):
            yield from _groups(item, f"{path or 'list'}.{n}", depth + 1)
        return
    if not isinstance(data, dict):
        return
    table = cast("Table", data)
    if len(table) > 1 or depth:
        fields = [_field(item, key) for key, item in table.items()]
        if fields and all(fields):
            yield Group(path=path or "fields", answers=tuple(field for field in fields if field))
            return
    yield Group(path=path, answers=tuple(_answers(table, path)))
    for key, item in table.items():
        if isinstance(item, dict | list) and key != OURS and not JOTFORM.fullmatch(key) and not is_one(item):
            yield from _groups(item, f"{path}.{key}" if path else key, depth + 1)


def _answers(table: Table, path: str) -> Iterator[Answer]:
    is_jotform = any(JOTFORM.fullmatch(key) for key in table)
    for key, item in table.items():
        if key == OURS:
            yield Answer(name=key, value=text_of(item), path=key)
            continue
        if is_jotform and not JOTFORM.fullmatch(key):
            continue
        if isinstance(item, dict | list) and not (is_jotform or is_one(item)):
            continue
        part = GRAVITY.fullmatch(key)
        yield Answer(
            name=key.partition("_")[2] if is_jotform else key,
            value=said(item),
            hint=GRAVITY_PARTS.get(part[1], "") if part else "",
            path=f"{path}.{key}" if path else key,
        )


def _field(item: Any, key: str = "") -> Answer | None:
    """An answer that is a table of its own: {label, type, value}."""
    if not isinstance(item, dict):
        return None
    table = cast("Table", item)
    value = next((name for name in VALUES if name in table), "")
    names = [str(table[name]) for name in LABELS if isinstance(table.get(name), str | int)]
    if not value or not (names or key):
        return None
    kind = next((str(table[name]).lower() for name in TYPES if isinstance(table.get(name), str)), "")
    telling = (name for name in names if not NUMBERED.fullmatch(name) and target_of(name))
    label = next(telling, names[0] if names else key)
    return Answer(
        name=label,
        value=said(_chosen(table[value], table.get("options"))),
        hint=hint_of(kind, [*names, key]),
        path=key or label,
    )


def hint_of(kind: str, names: Sequence[str]) -> str:
    """What a field's declared type or one of its names tells."""
    if "mail" in kind:
        return "email"
    if "tel" in kind or "phone" in kind:
        return "phone"
    named = next(
        (target for name in names if not NUMBERED.fullmatch(name) and (target := target_of(name))), ""
    )
    if named:
        return named
    return "long" if any(word in kind for word in ("textarea", "long", "paragraph", "multi_line")) else ""


def _chosen(value: Any, options: Any) -> Any:
    """The words of choices that came as ids."""
    if not isinstance(options, list) or not isinstance(value, list | str):
        return value
    words = {
        str(option.get("id")): option.get("text") or option.get("label") or option.get("name")
        for option in cast("list[Any]", options)
        if isinstance(option, dict)
    }
    if isinstance(value, str):
        return words.get(value) or value
    return [words.get(str(item)) or item for item in cast("list[Any]", value)]


def _typeform(data: Any) -> list[Group]:
    """Answers that name their field, and a definition that says how the field is called."""
    if not isinstance(data, dict):
        return []
    table = cast("Table", data)
    inner = table.get("form_response")
    response = cast("Table", inner) if isinstance(inner, dict) else table
    answers, definition = response.get("answers"), response.get("definition")
    if not isinstance(answers, list) or not isinstance(definition, dict):
        return []
    asked = cast("Table", definition).get("fields")
    titles = {
        str(field.get("id")): str(field.get("title") or field.get("ref") or "")
        for field in cast("list[Any]", asked if isinstance(asked, list) else [])
        if isinstance(field, dict)
    }
    found = tuple(
        answer
        for item in cast("list[Any]", answers)
        if isinstance(item, dict) and (answer := _given(cast("Table", item), titles))
    )
    hidden = response.get("hidden")
    around = tuple(_answers(cast("Table", hidden), "")) if isinstance(hidden, dict) else ()
    return [Group(path="answers", answers=found), Group(path="hidden", answers=around)] if found else []


def _given(item: Table, titles: Mapping[str, str]) -> Answer | None:
    field = item.get("field")
    about: Table = cast("Table", field) if isinstance(field, dict) else {}
    name = titles.get(str(about.get("id")), "") or str(
        about.get("title") or about.get("ref") or about.get("id") or ""
    )
    value = item.get(str(item.get("type")))
    if isinstance(value, dict):
        value = _picked(cast("Table", value)) or value
    kind = f"{about.get('type')} {item.get('type')}".lower()
    return Answer(
        name=name, value=said(value), hint=hint_of(kind, [name, str(about.get("ref") or "")]), path=name
    )


def _picked(choice: Table) -> list[Any]:
    """What was chosen, and what was written in beside the choices."""
    labels = choice.get("labels")
    chosen = cast("list[Any]", labels) if isinstance(labels, list) else [choice.get("label") or labels]
    return [one for one in (*chosen, choice.get("other")) if one]


def _json_inside(body: Body) -> Any:
    """The JSON of a form that carries it in a field (Jotform's rawRequest)."""
    for name, value in body.values:
        if (
            name in JSON_FIELDS
            and value.lstrip()[:1] in ("{", "[")
            and (name == "rawRequest" or len(body.values) <= 3)
        ):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError:
                continue
    return None


def _cells(body: Body) -> Table:
    """`fields[email][value]=…`, as a table of tables; empty where a form does not write so."""
    found: Table = {}
    rest: Table = {}
    for name, value in body.values:
        if cell := CELL.fullmatch(name):
            found.setdefault(cell[1], {}).setdefault(cell[2], {})[cell[3]] = value
        elif row := ROW.fullmatch(name):
            rest.setdefault(row[1], {})[row[2]] = value
        else:
            rest[name] = value
    has_values = any("value" in cell for group in found.values() for cell in group.values())
    return {**rest, **found} if has_values else {}


def _key(data: Any) -> str:
    """The entry's own id at its service, at the top or one table below."""
    if not isinstance(data, dict):
        return ""
    table = cast("Table", data)
    for place in (table, *(item for item in table.values() if isinstance(item, dict))):
        for name in KEYS:
            if isinstance(value := place.get(name), str | int) and len(str(value)) >= 6:
                return f"{name}:{value}"
    return ""
