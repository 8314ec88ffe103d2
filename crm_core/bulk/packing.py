"""Ids in few bytes: ascending, as distances, compressed. Pure."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from itertools import accumulate, pairwise


def packed(ids: Iterable[int]) -> bytes:
    """Distinct ids; their order is lost."""
    ordered = [0, *sorted(set(ids))]
    return zlib.compress(_little(array("q", [b - a for a, b in pairwise(ordered)])).tobytes(), 1)


def unpacked(content: bytes) -> tuple[int, ...]:
    distances = array("q")
    distances.frombytes(zlib.decompress(content))
    return tuple(accumulate(_little(distances)))


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
