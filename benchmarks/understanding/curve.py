"""Draws shares over the threshold as an SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.understanding.score import Point

LEFT, TOP, WIDTH, HEIGHT = 60, 30, 560, 300
LINES: tuple[tuple[str, str, Callable[[Point], float]], ...] = (
    ("answered", "#2563eb", lambda point: point.answered),
    ("right among answered", "#15803d", lambda point: point.right),
    ("answered falsely (out of scope)", "#b91c1c", lambda point: point.false),
)


def draw(points: Sequence[Point], *, default: float) -> str:
    """The curve, with the default threshold marked."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {TOP + HEIGHT + 70}">',
        '<g font-family="sans-serif" font-size="12" role="img" aria-label="Understanding by threshold">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for share in range(0, 101, 20):
        y = _y(share / 100)
        parts.append(f'<path d="M{LEFT} {y:.1f}h{WIDTH}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share} %</text>')
    for tenth in range(1, 10):
        x = _x(tenth / 10)
        parts.append(f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{tenth / 10}</text>')
    mark = _x(default)
    parts.append(f'<path d="M{mark:.1f} {TOP}v{HEIGHT}" stroke="#6b7280" stroke-dasharray="4 4"/>')
    parts.append(f'<text x="{mark + 4:.1f}" y="{TOP - 8}">default {default}</text>')
    for place, (name, colour, share) in enumerate(LINES):
        line = " ".join(f"{_x(point.threshold):.1f},{_y(share(point)):.1f}" for point in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x = LEFT + place * 190
        parts.append(f'<text x="{x}" y="{TOP + HEIGHT + 48}" fill="{colour}">— {name}</text>')
    return "\n".join([*parts, "</g></svg>", ""])


def _x(threshold: float) -> float:
    return LEFT + WIDTH * (threshold - 0.1) / 0.8


def _y(share: float) -> float:
    return TOP + HEIGHT * (1 - share)
