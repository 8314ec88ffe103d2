"""When the classifier learns: once a process for the same examples, when they are first asked, never when they are read."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.understanding.classifier import Classifier, background
from chatbot.understanding.features import Seen, script
from chatbot.understanding.matters import matters

MOST = 2_500_000
"""Rules times sentences that are learnt: ten seconds of training, and no more."""
NEAR = 0.55
"""Score of the matcher from which a sentence of the background is one of the rules' own, and not learnt as nobody's."""
CLAIM = 0.1
"""Average share of a matter in a rule's examples from which the rule is about it."""
SURE = 0.5
"""The same for one example."""
KEPT = 4
"""Sets of rules that are remembered: those that run, those in the editor, and some before."""

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is learnt: the examples by rule, what is seen of a text (given its matters, if known), and how near it is to them."""

    key: Key
    examples: Mapping[str, Sequence[str]]
    seen: Callable[[str, Mapping[str, float] | None], Seen]
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
    examples = {rule: [lesson.seen(text, None) for text in texts] for rule, texts in lesson.examples.items()}
    written = {script(text) for texts in lesson.examples.values() for text in texts}
    nobody = [
        lesson.seen(text, shares)
        for text, shares in zip(background(), matters().of_background, strict=True)
        if script(text) in written and lesson.nearness(text) < NEAR
    ]
    return Classifier(examples, nobody, claimed=_claimed(examples.values()))


def _claimed(rules: Iterable[Sequence[Seen]]) -> frozenset[str]:
    """The matters that some rule is about."""
    claimed: set[str] = set()
    for seen in rules:
        shares = Counter[str]()
        for each in seen:
            shares.update(dict(each.matters))
            claimed |= {name for name, share in each.matters.items() if share >= SURE}
        claimed |= {name for name, share in shares.items() if share >= CLAIM * len(seen)}
    return frozenset(claimed)
