"""What customers of every trade come with, in loose words: how likely each of these matters is what a text is about.

`python -m chatbot.understanding.matters` learns them from the sentences in `matters/` and writes what it learnt beside them, so
that no process has to. It does the same for each quarter of the background by the other three: what the rules learn from is
judged as a stranger's text would be, not as what is known to be nobody's.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from chatbot.understanding.classifier import LANGUAGES, Classifier, background
from chatbot.understanding.features import Seen, compared, look
from chatbot.understanding.stems import words_of
from chatbot.understanding.thesaurus import bundled

Shares = Mapping[str, float]
LEARNT = "learnt.json.gz"
FOLDS = 4
HELD = 0.1
"""How strongly weights are held down; more than with the rules, so that shares stay cautious."""
LEAST = 0.01
"""Smaller shares are not told."""


class Matters:
    """What was learnt, ready to be asked in any thread."""

    def __init__(self, classifier: Classifier, of_background: Sequence[Shares]) -> None:
        self.classifier = classifier
        self.of_background = of_background

    def of(self, seen: Seen) -> Shares:
        """The matters that a text may be about, with their shares."""
        return _told(self.classifier, seen)


@cache
def matters() -> Matters:
    """Those that come with the bot."""
    data: Any = json.loads(gzip.decompress(_folder().joinpath(LEARNT).read_bytes()))
    return Matters(Classifier.read(data["classifier"]), data["background"])


def sentences() -> Mapping[str, Sequence[str]]:
    """By matter, in all languages."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    name = ""
    for language in LANGUAGES:
        for line in _folder().joinpath(f"{language}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                name = line[2:]
            elif line:
                found[name].append(line)
    return dict(found)


def learn() -> Matters:
    """Learns them anew, which takes some seconds."""
    texts = [(name, text) for name, found in sentences().items() for text in found]
    texts += [("", text) for text in background()]
    known = [(name, _seen(text)) for name, text in texts]
    told: dict[int, Shares] = {}
    for fold in range(FOLDS):
        of_rest = _taught([each for place, each in enumerate(known) if place % FOLDS != fold])
        told |= {place: _told(of_rest, known[place][1]) for place in range(fold, len(known), FOLDS)}
    nobody = [told[place] for place, (name, _) in enumerate(known) if not name]
    return Matters(_taught(known), nobody)


def _taught(known: Sequence[tuple[str, Seen]]) -> Classifier:
    examples: defaultdict[str, list[Seen]] = defaultdict(list)
    for name, seen in known:
        examples[name].append(seen)
    nobody = examples.pop("")
    return Classifier(examples, nobody, held=HELD)


def _told(classifier: Classifier, seen: Seen) -> Shares:
    return {name: round(share, 4) for name, share in classifier.shares(seen).items() if share >= LEAST}


def _seen(text: str) -> Seen:
    return look(text, [compared(word) for word in bundled().meanings(words_of(text))])


def _folder() -> Any:
    return files("chatbot.understanding").joinpath("matters")


def _write(path: Path) -> None:
    learnt = learn()
    data = {"classifier": learnt.classifier.written(), "background": learnt.of_background}
    path.write_bytes(gzip.compress(json.dumps(data, ensure_ascii=False, sort_keys=True).encode(), mtime=0))


if __name__ == "__main__":
    _write(Path(str(_folder()), LEARNT))
