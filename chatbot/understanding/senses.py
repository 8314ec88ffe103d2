"""What words are about: a small vector for each of the commonest, so that texts without a common word can be near."""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

HEAD = struct.Struct("<III")


class Senses:
    """Vectors of whole numbers, one after the other, and how much each word tells: 255 for the rarest."""

    def __init__(self, data: bytes) -> None:
        count, self.length, size = HEAD.unpack_from(data)
        at = HEAD.size + size
        self._places = {word: n for n, word in enumerate(data[HEAD.size : at].decode().split("\n"))}
        self._weights = data[at : at + count]
        self._numbers = array("b", data[at + count :])

    def of(self, stems: Iterable[str]) -> tuple[float, ...]:
        """The direction that the words have together; nothing where none is known."""
        total = [0.0] * self.length
        for word in dict.fromkeys(stems):
            place = self._places.get(word)
            if place is not None:
                weight = self._weights[place]
                begin = place * self.length
                numbers = self._numbers[begin : begin + self.length]
                total = [sofar + weight * number for sofar, number in zip(total, numbers, strict=True)]
        length = math.sqrt(sum([each * each for each in total]))
        return tuple([each / length for each in total]) if length else ()


@cache
def senses() -> Senses:
    """Those that come with the bot."""
    return Senses(files("chatbot.understanding").joinpath("senses.bin").read_bytes())
