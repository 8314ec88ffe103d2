"""Understanding scored on a labelled set: how much is answered, how much of that is right, and the curve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.understanding import loose, score
from benchmarks.understanding.curve import draw
from benchmarks.understanding.score import Point, held_out, labelled
from benchmarks.understanding.trades import SIZES, measured
from chatbot.meaning import MARGIN, THRESHOLD

CURVE = Path(__file__).with_name("curve.svg")


def measure(*, draws: bool = True) -> list[dict[str, Any]]:
    """Scores at the default threshold, by language and by number of rules; draws the curve beside this file."""
    asked = labelled("test.txt")
    beyond = [text for kind, text in labelled("beyond.txt") if kind == "test"]
    rows = [
        _row(language or "all", score.measure(asked, beyond, language=language))
        for language in ("", "en", "ru", "km")
    ]
    rows.append(_row("training set, 5 folds", held_out()))
    for size in SIZES:
        whole, others = measured(size)
        rows.append(_row(f"{size} rules of many trades", whole))
        if others:
            rows.append(_row(f"{size} rules, asked for other trades", others))
    rows += [
        {
            "questions": f"{trade}, loose words",
            "asked": found.asked,
            "answered": found.right + found.wrong,
            "wrongly": found.wrong,
            "out of scope": found.beyond,
            "answered falsely": found.false,
        }
        for trade, found in loose.measured().items()
    ]
    if draws:
        steps = [step / 100 for step in range(10, 91, 2)]
        points = [score.measure(asked, beyond, threshold=step) for step in steps]
        CURVE.write_text(draw(points, default=THRESHOLD), encoding="utf-8")
    return rows


def _row(name: str, point: Point) -> dict[str, Any]:
    return {
        "questions": name,
        "threshold": THRESHOLD,
        "margin": MARGIN,
        "asked": point.asked,
        "answered": f"{point.answered:.1%}",
        "right among answered": f"{point.right:.1%}",
        "out of scope": point.beyond,
        "answered falsely": f"{point.false:.1%}",
    }
