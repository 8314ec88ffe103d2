"""What is wrong with a filter, and where."""

from __future__ import annotations

from values.errors import Invalid


class FilterInvalid(Invalid):
    """The filter cannot be used as it is; `place` is where in it, as in `all[2].any[0]`, empty for the whole."""

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence, field=f"filter.{place}" if place else "filter")
        self.place = place
