"""Which advertisement a number of ours stands in: whoever rings it comes from there (call tracking)."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.phones import number_of
from inbox.calls.number_source_store import NumberSource
from values.errors import Invalid
from values.sentences import phrase
from values.texts import one_line, storable

UTM = ("utm_source", "utm_medium", "utm_campaign")
MOST = 500
LENGTH = 100


def read(typed: str, *, region: str) -> list[NumberSource]:
    """Lines such as `+12025550100 = billboard, outdoor, spring`: number, then source, medium and campaign. Raises Invalid."""
    found: dict[str, NumberSource] = {}
    for line, text in enumerate(typed.splitlines(), 1):
        if not text.strip():
            continue
        left, equals, right = text.partition("=")
        number = number_of(left, channel_region=region)
        words = [one_line(storable(word), LENGTH) for word in right.split(",")]
        if not equals or not number or not words[0] or len(words) > len(UTM):
            raise Invalid(
                phrase(
                    "Line {line} is not a number and its source; write +12025550100 = billboard, outdoor, "
                    "spring.",
                    line=line,
                ),
                field="sources",
            )
        if number in found:
            raise Invalid(phrase("The number {number} is there twice.", number=number), field="sources")
        marks = {name: word for name, word in zip(UTM, words, strict=False) if word}
        found[number] = NumberSource(number=number, utm=marks)
    if len(found) > MOST:
        raise Invalid(phrase("There are more than {most} numbers.", most=MOST), field="sources")
    return list(found.values())


def written(sources: Sequence[NumberSource]) -> str:
    """The lines that `read` reads."""
    return "\n".join(
        f"{each.number} = {', '.join(each.utm.get(name, '') for name in UTM).rstrip(', ')}"
        for each in sources
    )
