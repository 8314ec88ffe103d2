"""Any rules and any turns: what Hypothesis makes of the language of rules, sound or broken."""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from chatbot.model import (
    Abilities,
    Answer,
    Crm,
    Turn,
)
from chatbot.reading.conditions import READERS
from chatbot.steps.table import KEYS

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
ANY_TEXT = st.text(st.characters(), max_size=200)

TEMPLATES = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", " name ", " if ", "endif", "|", "upper", "default('x')", ".", "fields", "(", "[", "'", "9**9",
         "set x=", "for i in range(9**9)", "-", "#}", "{#", "self", "loop", "text", "\n", "ខ"]
    ),
    max_size=12,
).map("".join)  # fmt: skip

WORDS = st.one_of(
    st.sampled_from(
        ["a", "b", "anything", "price", "цен*", "តម្លៃ", "phone", "email", "name", "text", "choice", "message", "true", "no", "en",
         "km", "reply", "url", "contact", "https://example.test", "2 h", "1", "size", "(a+)+$", "Hello {{ name }}", "{{ size }}"]
    ),
    TEMPLATES,
    ANY_TEXT,
)  # fmt: skip


@cache
def _values() -> st.SearchStrategy[object]:
    button = st.fixed_dictionaries(
        {"label": WORDS}, optional={"value": WORDS, "goto": st.sampled_from("abc"), "kind": WORDS}
    )
    return st.one_of(
        WORDS,
        st.lists(WORDS, max_size=3),
        st.dictionaries(WORDS, WORDS, max_size=3),
        st.lists(button, max_size=3),
    )


ASK = st.fixed_dictionaries(
    {
        "ask": st.sampled_from(["phone", "email", "name", "text", "choice"]),
        "text": st.sampled_from(["Well?", "{{ size }}?"]),
    },
    optional={
        "save": st.sampled_from(["size", "phone"]),
        "retries": st.sampled_from(["0", "1"]),
        "options": _values(),
    },
)

STEP = st.one_of(
    ASK,
    st.fixed_dictionaries({"say": WORDS}, optional={"buttons": _values()}),
    st.fixed_dictionaries({"goto": st.sampled_from("abc")}),
    st.sampled_from(
        [{"hand_over": "Bye"}, {"close": "x"}, {"tag": "t"}, {"set": {"size": "L"}}, {"task": "Call"}]
    ),
    st.dictionaries(st.sampled_from(KEYS), _values(), max_size=3),
)

WHEN = st.one_of(
    st.just("anything"),
    st.sampled_from(
        [
            {"keywords": ["price", "a"]},
            {"first_contact": "true"},
            {"choice": ["a", "1"]},
            {"pattern": "[0-9]"},
        ]
    ),
    st.dictionaries(st.sampled_from(tuple(READERS)), _values(), max_size=3),
)

RULE = st.fixed_dictionaries(
    {"id": st.sampled_from("abc"), "do": st.lists(STEP, min_size=1, max_size=4)},
    optional={"when": WHEN, "interrupts": st.sampled_from(["true", "false"])},
)

FILES = st.fixed_dictionaries(
    {"version": st.just("1"), "rules": st.lists(RULE, max_size=3, unique_by=lambda rule: rule["id"])}
)

SOUND_STEP = st.sampled_from(
    [
        {"say": "Hello {{ name }}"},
        {"say": {"en": "Size {{ size }}", "km": "ខ {{ opens }}"}},
        {"ask": "phone", "text": "Phone?", "invalid": "No.", "retries": "1"},
        {"ask": "email", "text": "Mail?", "give_up": "Well.", "retries": "0"},
        {"ask": "name", "text": "Name?", "accepted": "Hi {{ name }}"},
        {"ask": "text", "text": "Wish?", "save": "wish", "buttons": [{"label": "Go", "goto": "b"}]},
        {"ask": "choice", "text": "?", "save": "size", "options": [{"label": "L", "value": "1"}, {"label": "S", "value": "2"}]},
        {"set": {"size": "{{ name }}{{ phone }}"}},
        {"tag": "t"},
        {"task": "Call {{ name }}"},
        {"say": "One", "variants": ["Two {{ name }}", "Three"]},
        {"ask": "number", "text": "How many?", "save": "size", "retries": "1"},
        {"ask": "date", "text": "When?", "save": "day"},
        {"ask": "file", "text": "A photo?", "save": "photo", "retries": "0"},
        {"call": "c"},
        {"call": "a"},
        {"deal": "Offer", "pipeline": "Sales", "title": "{{ name }}", "fields": {"size": "{{ size }}"}},
        {"lead": "open", "title": "{{ wish }}"},
        {"lead": "declined", "reason": "x"},
        {"if": {"fields": {"size": ["L", "x"]}}, "then": "c"},
        {"if": {"tag": "t", "stage": "none"}, "then": "b", "else": "a"},
        {"webhook": "https://example.test/x", "send": {"wish": "{{ wish }}"}, "save": {"size": "a.b[0]"}},
        {"webhook": "https://example.test/y", "save": {"size": "sort(a)[0]"}, "timeout": "2 s", "fallback": "b"},
        {"wait": "5 min"},
        {"wait": "1 h", "if_writes": "keep"},
        {"wait": "10 s", "if_writes": "go_on"},
    ]
)  # fmt: skip

SOUND_END = st.sampled_from(
    [
        [],
        [{"hand_over": "Bye {{ size }}"}],
        [{"close": "x"}],
        [{"goto": "c"}],
        [{"say": "Choose", "buttons": [{"label": "A", "goto": "a"}, {"label": "Me", "kind": "contact"}]}],
    ]
)

SOUND_WHEN = st.sampled_from(
    [
        {"keywords": ["price", "тест*", "តម្លៃ"]},
        {"pattern": "[0-9]"},
        {"choice": ["1", "b"]},
        {"keywords": "a", "in_hours": "true"},
        {"examples": ["How much is it?", "сколько стоит", "តម្លៃប៉ុន្មាន"]},
        {"examples": ["price of the size", "012 345 678"], "lacks": "name"},
        {"command": "start", "fields": {"size": ["L", "x"]}},
    ]
)

SOUND_EVENT = st.sampled_from(
    [
        {"silence": "30 min"},
        {"silence": "2 h", "in_hours": "true", "no_tag": "x"},
        {"stage_entered": ["Offer", "Won"]},
        {"schedule": "mon-fri 09:00"},
        {"schedule": {"at": "09:00", "within": "7 d"}, "tag": "t"},
        {"visits": "/prices*", "lead": "none"},
        {"kind": "missed_call", "owner": "none"},
    ]
)

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "size"]), inner, max_size=3)
    ),
    max_leaves=6,
)

ANSWERS = st.one_of(
    st.none(), st.builds(Answer, data=JSON), st.builds(Answer, failed=ANY_TEXT), st.builds(Answer, data=JSON, failed=ANY_TEXT)
)  # fmt: skip

CRMS = st.builds(
    Crm,
    owner=st.sampled_from([(), ("Dara", "dara@example.test")]),
    tags=st.frozensets(st.one_of(st.sampled_from("tx"), ANY_TEXT), max_size=2),
    pipeline=ANY_TEXT,
    stage=st.one_of(st.sampled_from(["", "Offer", "offer"]), ANY_TEXT),
    has_lead=st.booleans(),
    deal=st.dictionaries(st.sampled_from(["size", "a"]), ANY_TEXT, max_size=2),
)


@st.composite
def sound_files(draw: st.DrawFn) -> str:
    """Rules that are read: three that may lead to the last one, by asking, choosing and going on."""
    rules: list[dict[str, object]] = []
    for id_ in "ab":
        rule = {
            "id": id_,
            "about": f"Matter {id_}",
            "when": draw(SOUND_WHEN),
            "interrupts": draw(st.sampled_from(["true", "false"])),
        }
        rules.append(
            {**rule, "do": [{"tag": id_}, *draw(st.lists(SOUND_STEP, max_size=4)), *draw(SOUND_END)]}
        )
    last = [{"set": {"size": "x"}}, {"ask": "text", "text": "?", "save": "wish"}]
    for number, event in enumerate(draw(st.lists(SOUND_EVENT, max_size=2))):
        steps = [{"tag": "e"}, *draw(st.lists(SOUND_STEP, max_size=3)), *draw(SOUND_END)]
        returns = draw(st.sampled_from(["true", "false"]))
        rules.append({"id": f"e{number}", "when": event, "returns": returns, "do": steps})
    rules.append({"id": "c", "when": "anything", "do": [*last, *draw(st.lists(SOUND_STEP, max_size=4))]})
    return json.dumps({"version": "1", "rules": rules}, ensure_ascii=False)


TURNS = st.builds(
    Turn,
    text=st.one_of(
        ANY_TEXT,
        WORDS,
        st.sampled_from(
            [
                "012 345 678",
                "1",
                "2",
                "០១២៣៤៥៦៧៨",
                "a@b.example",
                "stop",
                "оператор",
                "/start",
                "how much",
                "сколько стоит",
                "តម្លៃប៉ុន្មាន",
                "price of it",
                "31.12",
                "tomorrow",
                "0.5",
            ]
        ),
    ),
    choice=st.one_of(st.just(""), WORDS),
    kind=st.sampled_from(
        [
            "message",
            "message",
            "form",
            "command",
            "odd",
            "missed_call",
            "silence",
            "stage",
            "schedule",
            "page",
            "answer",
            "later",
        ]
    ),
    crm=CRMS,
    answer=ANSWERS,
    trigger=st.sampled_from(["", "", "a", "e0", "e1", "gone"]),
    page=st.one_of(st.sampled_from(["", "/prices/x"]), ANY_TEXT),
    channel=ANY_TEXT,
    connector=ANY_TEXT,
    language=st.one_of(st.sampled_from(["en", "km", "ru-RU", "", "zz"]), ANY_TEXT),
    region=st.one_of(st.sampled_from(["KH", "ru", ""]), ANY_TEXT),
    now=st.datetimes(timezones=st.just(UTC)),
    first_contact=st.booleans(),
    in_hours=st.booleans(),
    returning=st.booleans(),
    files=st.sampled_from([(), ("a.png",), ("a.png", "b.pdf")]),
    known=st.dictionaries(st.sampled_from(["name", "phone", "email", "size"]), ANY_TEXT, max_size=2),
    abilities=st.builds(
        Abilities,
        buttons=st.booleans(),
        contact_button=st.booleans(),
        max_text=st.integers(min_value=1, max_value=5000),
    ),
)
