"""Which rules a message may concern, found by its words: the cost does not grow with the number of rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.when import When
from chatbot.words import Heard, Keywords

Places = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Places of rules in the file: those that are always asked, and those found by a word, a beginning or a piece."""

    always: tuple[int, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict[str, int])
    choices: Places = field(default_factory=dict[str, Sequence[int]])
    words: Places = field(default_factory=dict[str, Sequence[int]])
    starts: Places = field(default_factory=dict[str, Sequence[int]])
    pieces: Places = field(default_factory=dict[str, Sequence[int]])
    start_lengths: tuple[int, ...] = ()
    piece_lengths: tuple[int, ...] = ()

    def candidates(self, heard: Heard, choice: str, meant: Iterable[str]) -> list[int]:
        """Places of all rules that can match, in the order of the file; whether they do is asked then."""
        found = set(self.always)
        found.update(self.choices.get(choice, ()))
        found.update(self.places[rule] for rule in meant if rule in self.places)
        for word in heard.words:
            found.update(self.words.get(word, ()))
            for length in self.start_lengths:
                if length <= len(word):
                    found.update(self.starts.get(word[:length], ()))
        if heard.squashed and self.pieces:
            for piece in _pieces(heard.squashed, self.piece_lengths):
                found.update(self.pieces.get(piece, ()))
        return sorted(found)


def listen_for(rules: Sequence[tuple[str, When | None]]) -> Listening:
    """The index of a file's rules, each with its id and what it waits for."""
    always: list[int] = []
    choices, words, starts, pieces = (defaultdict[str, list[int]](list) for _ in range(4))
    for place, (_, when) in enumerate(rules):
        if when is None or when.event:
            continue
        if not when.is_about_content or when.patterns or when.commands:
            always.append(place)
            continue
        for choice in when.choices:
            choices[choice].append(place)
        if when.keywords:
            _add(when.keywords, place, words=words, starts=starts, pieces=pieces)
    return Listening(
        always=tuple(always),
        places={rule: place for place, (rule, _) in enumerate(rules)},
        choices=dict(choices),
        words=dict(words),
        starts=dict(starts),
        pieces=dict(pieces),
        start_lengths=tuple(sorted({len(start) for start in starts})),
        piece_lengths=tuple(sorted({len(piece) for piece in pieces})),
    )


def _add(
    keywords: Keywords,
    place: int,
    *,
    words: defaultdict[str, list[int]],
    starts: defaultdict[str, list[int]],
    pieces: defaultdict[str, list[int]],
) -> None:
    for word in keywords.words:
        words[word].append(place)
    for phrase in keywords.phrases:
        first, *more = phrase.split()
        is_beginning = not more and not phrase.endswith(" ")
        (starts if is_beginning else words)[first].append(place)
    for piece in keywords.pieces:
        pieces[piece].append(place)


def _pieces(text: str, lengths: Sequence[int]) -> Iterator[str]:
    for length in lengths:
        for start in range(len(text) - length + 1):
            yield text[start : start + length]
