"""What is said of understanding holds: enough is answered, nearly all of it rightly, and hardly anything falsely."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.understanding.curve import draw
from benchmarks.understanding.score import held_out, labelled, measure


def test_at_the_defaults_enough_is_answered_and_hardly_anything_falsely() -> None:
    beyond = [text for kind, text in labelled("beyond.txt") if kind == "test"]
    point = measure(labelled("test.txt"), beyond)
    assert point.answered >= 0.6
    assert point.right >= 0.95
    assert point.false <= 0.05


def test_the_defaults_are_those_of_the_training_set() -> None:
    point = held_out()
    assert point.answered >= 0.6
    assert point.right >= 0.9
    assert point.false <= 0.01


def test_train_and_test_do_not_share_sentences() -> None:
    seen = {text.casefold() for _, text in labelled("train.txt")}
    assert not seen & {text.casefold() for _, text in labelled("test.txt")}
    dev = {text for kind, text in labelled("beyond.txt") if kind == "dev"}
    assert not dev & {text for kind, text in labelled("beyond.txt") if kind == "test"}


def test_the_curve_is_drawn() -> None:
    points = [measure(labelled("test.txt")[:5], ["hello"], threshold=step / 10) for step in range(1, 10)]
    assert ElementTree.fromstring(draw(points, default=0.4)).tag.endswith("svg")
