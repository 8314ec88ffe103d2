"""A linear classifier over the examples of the rules and over sentences that no rule should answer.

It is multinomial logistic regression, trained by CRFsuite (a sequence of one item is just that), which is here already as
what cuts Khmer into words: scikit-learn would weigh 260 MB more on every machine and a second at every start, and
the same in plain Python would take minutes for 150 rules. Training lets other threads run and always gives the same.
"""

from __future__ import annotations

import base64
import math
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pycrfsuite

from chatbot.understanding.features import Seen, Vectors

crfsuite: Any = pycrfsuite  # a module of C: its names are not told
LANGUAGES = ("en", "ru", "km")
SETTINGS = {"c1": 0.0, "max_iterations": 25}
"""Steps of L-BFGS; with more of them it answers no better."""
HELD = 0.05
"""How strongly weights are held down, by their squares."""
EVEN = 0.35
"""Log-odds that make a likelihood of one half where there are as many examples as sentences of the background."""
FEW = 0.35
"""Part of what fewer examples weigh less against the background that is given back to them."""
SMALL = 0.5
"""The same for a rule of fewer examples than the others have."""
ELSEWHERE = 2.0
"""What the log-odds lose where a text is surely about a matter of which no rule is."""
NEGLIGIBLE = 1e-4
NOBODY = "-"
"""The label of the background; rules are numbered."""


@cache
def background() -> tuple[str, ...]:
    """Sentences of every kind that no rule should answer: stories, complaints, small talk, other trades, advertising."""
    folder = files("chatbot.understanding").joinpath("background")
    texts = [folder.joinpath(f"{language}.txt").read_text(encoding="utf-8") for language in LANGUAGES]
    return tuple(line for text in texts for line in text.splitlines() if line)


class Classifier:
    """Learnt when it is made, which takes from a fifth of a second (ten rules) to some seconds (150 rules)."""

    def __init__(
        self,
        examples: Mapping[str, Sequence[Seen]],
        nobody: Sequence[Seen],
        *,
        claimed: frozenset[str] = frozenset(),
        held: float = HELD,
    ) -> None:
        self._claimed = claimed
        examples = {rule: texts for rule, texts in examples.items() if texts}
        self._vectors = Vectors([seen for texts in (*examples.values(), nobody) for seen in texts])
        self._rules = {str(number): rule for number, rule in enumerate(examples)}
        labelled = [(label, seen) for label, rule in self._rules.items() for seen in examples[rule]]
        even = EVEN + FEW * math.log((1 + len(nobody)) / (1 + len(labelled)))
        usual = len(labelled) / len(examples)
        self._even = {rule: even + SMALL * math.log(usual / len(texts)) for rule, texts in examples.items()}
        self._open(self._learn([*labelled, *((NOBODY, seen) for seen in nobody)], held=held))

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Classifier:
        """One that `written` told of: `shares` alone can be asked of it."""
        found = cls.__new__(cls)
        found._vectors = Vectors.read(written["weights"], written["rarest"])
        found._rules = written["rules"]
        found._open(base64.b64decode(written["model"]))
        return found

    def written(self) -> Mapping[str, Any]:
        return {
            "weights": self._vectors.weights,
            "rarest": self._vectors.rarest,
            "rules": self._rules,
            "model": base64.b64encode(self._model).decode(),
        }

    def likelihoods(self, seen: Seen) -> dict[str, float]:
        """How likely each rule is meant, from 0 to 1; a half is the point at which it may well be."""
        elsewhere = sum(share for name, share in seen.matters.items() if name not in self._claimed)
        return {
            rule: _likelihood(share, even=self._even[rule] - ELSEWHERE * elsewhere)
            if share > NEGLIGIBLE
            else 0.0
            for rule, share in self.shares(seen).items()
        }

    def shares(self, seen: Seen) -> dict[str, float]:
        """As they were learnt, all of them and the background's being 1 together."""
        item = self._item(seen)
        with self._asking:
            self._tagger.set(item)
            return {rule: self._tagger.marginal(label, 0) for label, rule in self._rules.items()}

    def _open(self, model: bytes) -> None:
        self._model = model
        self._tagger: Any = crfsuite.Tagger()
        self._tagger.open_inmemory(model)
        self._asking = threading.Lock()

    def _item(self, seen: Seen) -> Any:
        return crfsuite.ItemSequence([{**dict(sorted(self._vectors.of(seen).items())), "always": 1.0}])

    def _learn(self, labelled: Sequence[tuple[str, Seen]], *, held: float) -> bytes:
        """The model, by way of a file: the library writes nothing else."""
        trainer: Any = crfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params({**SETTINGS, "c2": held})
        for label, seen in labelled:
            trainer.append(self._item(seen), [label])
        with TemporaryDirectory() as folder:
            path = Path(folder, "rules")
            trainer.train(str(path))
            return path.read_bytes()


def _likelihood(share: float, *, even: float) -> float:
    odds = math.log(share) - math.log(max(1 - share, 1e-12))
    return 1 / (1 + math.exp(-(odds + even)))
