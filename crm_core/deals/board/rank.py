"""Where a card stands in its column: a number between its neighbours'. Pure."""

from __future__ import annotations

from itertools import pairwise

STEP = 1024.0


def between(above: float | None, below: float | None) -> float | None:
    """A rank after `above` and before `below`; None where no number is left between them."""
    if above is None:
        return 0.0 if below is None else below - STEP
    if below is None:
        return above + STEP
    middle = above + (below - above) / 2
    return middle if above < middle < below else None


def spread(count: int, *, above: float | None, below: float) -> list[float] | None:
    """`count` ranks in order between two others; None where they do not fit."""
    if above is None:
        return [below - STEP * (count - n) for n in range(count)]
    step = (below - above) / (count + 1)
    ranks = [above + step * (n + 1) for n in range(count)]
    bounds = [above, *ranks, below]
    is_rising = all(low < high for low, high in pairwise(bounds))
    return ranks if is_rising else None
