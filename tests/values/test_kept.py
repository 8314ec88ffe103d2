"""Sentences in the database: English first, then what they are made of; words of people are never one."""

from __future__ import annotations

import copy
import pickle

import orjson
import pytest

from values.kept import MARK, english_of, kept, read, read_kept, read_kept_in, written
from values.sentences import Sentence, Value, changed, filled, joined, phrase, tidied

NESTED = phrase(
    "Given up after {attempts} tries: {reason}",
    attempts=8,
    reason=phrase("Known: {names}.", names=["a", phrase("email"), "ខ្មែរ"]),
)


def parts(sentence: str) -> tuple[str, dict[str, Value]]:
    assert isinstance(sentence, Sentence)
    return sentence.id, dict(sentence.values)


@pytest.mark.parametrize(
    "sentence",
    [
        NESTED,
        phrase("“{name}” is empty.", name="a {name} of \x00\ud800 and \x02{}"),
        phrase("“{name}” is empty.", name=""),
        joined(["own words", NESTED, phrase("Replied.")], by="; "),
        phrase("Replied."),
    ],
)
def test_a_sentence_comes_back_as_it_was(sentence: str) -> None:
    for column in (
        kept(sentence, among_words=True),
        orjson.loads(orjson.dumps(kept(sentence, among_words=True))),
    ):
        again = read_kept(column)
        assert english_of(column) == again
        assert parts(again)[0] == parts(sentence)[0]
        assert kept(again, among_words=True) == column
    assert parts(pickle.loads(pickle.dumps(sentence))) == parts(copy.deepcopy(sentence)) == parts(sentence)


def test_a_sentence_without_values_is_its_id() -> None:
    assert kept(phrase("Replied.")) == "Replied."
    assert type(read_kept("Replied.")) is str
    assert parts(read_kept(kept(phrase("Replied."), among_words=True))) == ("Replied.", {})


@pytest.mark.parametrize(
    "words",
    [
        "Replied.",
        "",
        "There is no channel “shop”.",
        f'Pay me{MARK}{{"id":"Replied.","values":{{}}}}',
        f"Replied.{MARK}",
        "\x00\ud800",
    ],
)
def test_words_never_become_a_sentence(words: str) -> None:
    assert not isinstance(read_kept(kept(words, among_words=True)), Sentence)
    assert not isinstance(
        read(written({"words": words.encode("utf-8", "replace").decode()}))["words"], Sentence
    )


@pytest.mark.parametrize(
    "column",
    [
        f"Pay me{MARK}[]",
        f"Pay me{MARK}{{",
        f'Pay me{MARK}{{"id":"Replied.","values":{{}}}}',
        f'Pay me{MARK}{{"id":3}}',
    ],
)
def test_a_damaged_column_says_its_english(column: str) -> None:
    assert read_kept(column) == "Pay me"


def test_english_is_cut_and_the_sentence_stays_whole() -> None:
    sentence = phrase("Cannot be read: {error}", error="x" * 600)
    assert len(english_of(kept(sentence, 500))) == 500
    assert read_kept(kept(sentence, 500)) == sentence
    endless = phrase("Cannot be read: {error}", error="x" * 9_000)
    assert kept(endless, 500) == endless[:500]


def test_json_keeps_its_sentences() -> None:
    data = {"why": NESTED, "words": f"a{MARK}b", "more": [phrase("Replied."), {"n": 1, "none": None}]}
    again = read(written(data))
    assert parts(again["why"]) == parts(NESTED)
    assert parts(again["more"][0]) == ("Replied.", {})
    assert again["words"] == "ab"
    assert orjson.dumps(again) == orjson.dumps(data | {"words": "ab"})


def test_rows_are_told_by_column() -> None:
    row = {"id": 1, "reason": kept(NESTED), "text": kept(NESTED), "note": None}
    found = read_kept_in(row, "reason", "note")
    assert parts(found["reason"]) == parts(NESTED)
    assert type(found["text"]) is str
    assert found["note"] == ""


def test_a_template_is_filled_and_nothing_else() -> None:
    assert filled("{a} {b} {c.d}", {"a": "{b}", "b": 2}) == "{b} 2 {c.d}"
    assert tidied(" x ", str.strip) == "x"
    assert tidied(NESTED, str.upper) is NESTED


def test_a_secret_is_taken_out_of_every_value() -> None:
    told_of = phrase("Known: {names}.", names=["key=s3cret", phrase("“{name}” is empty.", name="s3cret")])
    hidden = changed(told_of, lambda text: text.replace("s3cret", "…"))
    assert hidden == "Known: key=…, “…” is empty.."
    assert "s3cret" not in kept(hidden)
    assert parts(hidden)[0] == told_of.id
    assert changed("s3cret", lambda text: "…") == "…"
