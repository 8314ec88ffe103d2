"""Rules as a drawn graph: boxes in layers from left to right, and the ways between them as curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from fast_sugiyama import from_edges

from chatbot.outline import Edge, Outline, RuleOutline

WIDTH, HEIGHT = 208, 74
BETWEEN_X, BETWEEN_Y, MARGIN = 72, 20, 12
MOST_RULES, MOST_EDGES, A_ROW = 120, 300, 4
"""What is drawn at most: a larger graph takes too long to lay out, and nobody reads it."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rule and the upper left corner of its box."""

    rule: RuleOutline
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A curve from box to box, as the `d` of an SVG path; `kind` is goto, call or button, whichever comes first."""

    kind: str
    path: str
    start: str
    end: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A laid-out graph; `left_out` rules were too many."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    width: float
    height: float
    left_out: int = 0


def draw(outline: Outline) -> Drawing:
    """Lay the rules out; those that lead nowhere and are led to by none stand below, in rows."""
    rules = {rule.id: rule for rule in outline.rules[:MOST_RULES] if rule.id}
    joined = _joined(edge for edge in outline.edges if edge.start in rules and edge.end in rules)
    names = list(rules)
    number = {name: n for n, name in enumerate(names)}
    pairs = [(number[start], number[end]) for start, end in joined]
    at, ways = _laid_out(pairs)
    depth = max((y for _, y in at.values()), default=-1.0) + 1
    alone = [n for n in range(len(names)) if n not in at]
    for place, n in enumerate(alone):
        at[n] = (place % A_ROW, depth + place // A_ROW)
    boxes = [Box(rule=rules[names[n]], x=_x(at[n]), y=_y(at[n])) for n in range(len(names))]
    return Drawing(
        boxes=tuple(boxes),
        ways=tuple(
            Way(
                kind=_kind(edges),
                path=_curve([at[each] for each in ways[number[start], number[end]]]),
                start=rules[start].title,
                end=rules[end].title,
                labels=tuple(dict.fromkeys(edge.label for edge in edges if edge.label)),
            )
            for (start, end), edges in joined.items()
        ),
        width=max((box.x for box in boxes), default=0) + WIDTH + MARGIN,
        height=max((box.y for box in boxes), default=0) + HEIGHT + MARGIN,
        left_out=max(0, len(outline.rules) - MOST_RULES),
    )


def _joined(edges: Iterable[Edge]) -> dict[tuple[str, str], list[Edge]]:
    """All ways of a pair of rules together; a rule that leads to itself needs no arrow."""
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        if edge.start != edge.end and (len(found) < MOST_EDGES or (edge.start, edge.end) in found):
            found.setdefault((edge.start, edge.end), []).append(edge)
    return found


def _kind(edges: Sequence[Edge]) -> str:
    kinds = {edge.kind for edge in edges}
    return "button" if kinds == {"button"} else "call" if kinds <= {"call", "button"} else "goto"


def _laid_out(
    pairs: Sequence[tuple[int, int]],
) -> tuple[dict[int, Point], dict[tuple[int, int], list[int]]]:
    """Layer and place of every node (those that edges bend at included), and each edge as the nodes it runs through.

    The library comes to no end on some graphs with circles: it is given none.
    """
    forward = _without_circles(pairs)
    nodes = sorted({node for pair in pairs for node in pair})
    dense = {node: n for n, node in enumerate(nodes)}
    at: dict[int, Point] = {}
    bends: dict[int, list[int]] = {}
    below, names = 0.0, count(-1, -1)
    for positions, _, height, edges in from_edges(
        sorted({(dense[start], dense[end]) for start, end in forward.values()}),
        vertex_spacing=1,
        dummy_vertices=True,
        dummy_size=0.5,
        ranking_type="minimize",
    ):
        # Whatever is no node of ours is a bend, and gets a number below nought.
        places = {int(node): place for node, place in positions}
        name = {node: nodes[node] if node < len(nodes) else next(names) for node in places}
        top = min(x for x, _ in places.values())
        for node, (x, y) in places.items():
            at[name[node]] = (height - y, below + x - top)
        for start, end in edges or ():
            bends.setdefault(name[int(start)], []).append(name[int(end)])
        below = max(y for _, y in at.values()) + 1
    runs = {pair: _run(pair, bends) for pair in set(forward.values())}
    return at, {
        pair: runs[turned] if turned == pair else runs[turned][::-1] for pair, turned in forward.items()
    }


def _run(pair: tuple[int, int], bends: Mapping[int, Sequence[int]]) -> list[int]:
    """The nodes of an edge from its start through its bends to its end."""
    start, end = pair
    for first in bends.get(start, ()):
        run = [start, first]
        while run[-1] < 0:
            run.append(bends[run[-1]][0])
        if run[-1] == end:
            return run
    return [start, end]


def _without_circles(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Each pair, turned round where it would close a circle."""
    after: dict[int, list[int]] = {}
    for start, end in pairs:
        after.setdefault(start, []).append(end)
    order: dict[int, int] = {}
    for root in sorted(after):
        path = [(root, iter(after[root]))] if root not in order else []
        seen = {root}
        while path:
            node, rest = path[-1]
            step = next((each for each in rest if each not in order and each not in seen), None)
            if step is None:
                order[node] = len(order)
                path.pop()
            else:
                seen.add(step)
                path.append((step, iter(after.get(step, ()))))
    return {(start, end): (start, end) if order[start] > order[end] else (end, start) for start, end in pairs}


def _x(place: Point) -> float:
    return MARGIN + place[0] * (WIDTH + BETWEEN_X)


def _y(place: Point) -> float:
    return MARGIN + place[1] * (HEIGHT + BETWEEN_Y)


def _curve(run: Sequence[Point]) -> str:
    """A smooth line from the side of one box to the side of another; on the way it passes level between the layers."""
    forward = run[0][0] < run[-1][0]
    points = [(_x(place), _y(place) + HEIGHT / 2) for place in run]
    out, into = (WIDTH, 0) if forward else (0, WIDTH)
    path = [f"M{points[0][0] + out:.0f} {points[0][1]:.0f}"]
    for n, (x, y) in enumerate(points[1:], 1):
        before_x, before_y = points[n - 1]
        begin = before_x + out
        arrive = x + into
        middle = (begin + arrive) / 2
        path.append(f"C{middle:.0f} {before_y:.0f} {middle:.0f} {y:.0f} {arrive:.0f} {y:.0f}")
        if n < len(points) - 1:
            path.append(f"H{x + out:.0f}")
    return "".join(path)
