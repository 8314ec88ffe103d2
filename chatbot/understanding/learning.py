"""When the classifier learns: once a process for the same examples, when they are first asked, never when they are read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.understanding.classifier import Classifier, background
from chatbot.understanding.features import Seen, look

MOST = 2_500_000
"""Rules times sentences that are learnt: ten seconds of training, and no more."""
NEAR = 0.55
"""Score of the matcher from which a sentence of the background is one of the rules' own, and not learnt as nobody's."""
KEPT = 4
"""Sets of rules that are remembered: those that run, those in the editor, and some before."""

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is learnt: the examples by rule, how a text becomes words, and how near it is to the examples by these."""

    key: Key
    examples: Mapping[str, Sequence[str]]
    words: Callable[[str], Sequence[str]]
    nearness: Callable[[str], float]

    @property
    def is_too_large(self) -> bool:
        sentences = sum(map(len, self.examples.values())) + len(background())
        return len(self.examples) * sentences > MOST


known: OrderedDict[Key, Classifier] = OrderedDict()
_learning = threading.Lock()


def learnt(lesson: Lesson) -> Classifier:
    """The classifier of these examples; whoever asks while it is being learnt waits for it."""
    with _learning:
        found = known.get(lesson.key)
        if found is None:
            found = known[lesson.key] = teach(lesson)
            while len(known) > KEPT:
                known.popitem(last=False)
        known.move_to_end(lesson.key)
        return found


def teach(lesson: Lesson) -> Classifier:
    """A classifier that learns, whatever is known."""

    def seen(text: str) -> Seen:
        return look(text, lesson.words(text))

    nobody = [seen(text) for text in background() if lesson.nearness(text) < NEAR]
    examples = {rule: [seen(text) for text in texts] for rule, texts in lesson.examples.items()}
    return Classifier(examples, nobody)
