"""The drawn graph: boxes never overlap, every way ends at its boxes, and size and circles do no harm."""

from __future__ import annotations

import random
import re

import pytest

from chatbot.outline import Edge, Outline, RuleOutline
from hub.web.bot.flow.graph import HEIGHT, MOST_RULES, WIDTH, Box, Drawing, draw


def _rule(id_: str) -> RuleOutline:
    return RuleOutline(
        id=id_, title=id_.upper(), line=1, column=1, is_asked=True, interrupts=False, when=(), steps=()
    )


def _drawn(names: str, *ways: str) -> Drawing:
    edges = tuple(Edge(start=way[0], end=way[1], kind="goto") for way in ways)
    return draw(Outline(rules=tuple(_rule(name) for name in names), edges=edges))


def _apart(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT


def test_a_chain_runs_from_left_to_right() -> None:
    drawing = _drawn("abc", "ab", "bc", "ac")
    assert [box.rule.id for box in sorted(drawing.boxes, key=lambda box: box.x)] == ["a", "b", "c"]
    assert {(way.start, way.end) for way in drawing.ways} == {("A", "B"), ("B", "C"), ("A", "C")}


def test_a_way_that_skips_a_layer_goes_round_the_box_between() -> None:
    drawing = _drawn("abc", "ab", "bc", "ac")
    between = next(box for box in drawing.boxes if box.rule.id == "b")
    long = next(way for way in drawing.ways if (way.start, way.end) == ("A", "C"))
    level = re.search(r" (\d+)H", long.path)
    assert level
    assert not between.y <= int(level[1]) <= between.y + HEIGHT


@pytest.mark.parametrize("ways", [("ab", "ba"), ("ab", "bc", "ca"), ("aa",), ("aa", "ab", "bb"), ()])
def test_circles_are_drawn(ways: tuple[str, ...]) -> None:
    drawing = _drawn("abc", *ways)
    assert len(drawing.boxes) == 3
    assert len(drawing.ways) == sum(way[0] != way[1] for way in ways)


def test_rules_on_their_own_stand_below() -> None:
    drawing = _drawn("abxyz", "ab")
    lowest = max(box.y for box in drawing.boxes if box.rule.id in "ab")
    assert all(box.y > lowest for box in drawing.boxes if box.rule.id in "xyz")


@pytest.mark.parametrize("seed", range(25))
def test_boxes_never_overlap(seed: int) -> None:
    dice = random.Random(seed)
    many = dice.choice([1, 2, 7, 30, MOST_RULES + 9])
    edges = tuple(
        Edge(start=f"r{dice.randrange(many)}", end=f"r{dice.randrange(many)}", kind="goto")
        for _ in range(dice.randrange(2 * many + 1))
    )
    drawing = draw(Outline(rules=tuple(_rule(f"r{n}") for n in range(many)), edges=edges))
    assert len(drawing.boxes) == min(many, MOST_RULES)
    assert drawing.left_out == max(0, many - MOST_RULES)
    boxes = drawing.boxes
    assert all(_apart(one, other) for n, one in enumerate(boxes) for other in boxes[:n])
    assert all(box.x + WIDTH <= drawing.width and box.y + HEIGHT <= drawing.height for box in boxes)
