"""The routing decision: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_core.users.rota import OnDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What routing knows of a user: teams and skills, languages (none: any), absence, deputy, minutes to answer in."""

    user_id: int
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    away_from: datetime | None = None
    away_until: datetime | None = None
    deputy_id: int | None = None
    answer_within: int = 0

    def is_away(self, now: datetime) -> bool:
        if self.away_from is None and self.away_until is None:
            return False
        begun = self.away_from is None or self.away_from <= now
        return begun and (self.away_until is None or now < self.away_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What waits for a person: its contact's manager, whom the rules named, its language, who did not answer it."""

    owner_id: int | None = None
    to: str = ""
    language: str = ""
    tried: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who takes a conversation, and why in words; `user_id` None leaves it in the queue."""

    user_id: int | None
    why: str


NOBODY_ABOUT: Mapping[int, About] = {}


def choose(
    requests: Sequence[Request],
    *,
    on_duty: Sequence[OnDuty],
    load: Mapping[int, int],
    now: datetime,
    about: Mapping[int, About] = NOBODY_ABOUT,
) -> list[Choice]:
    """One choice per conversation: whom the rules name, the contact's manager or their deputy, a speaker, in turn.

    Only the contact's manager and a person who is named are given more than they take.
    """
    present = [user for user in on_duty if user.id not in about or not about[user.id].is_away(now)]
    desk = _Desk(sorted(present, key=lambda user: (user.routed_at, user.id)), load, about, now)
    return [desk.give(request) for request in requests]


class _Desk:
    def __init__(
        self, turn: list[OnDuty], load: Mapping[int, int], about: Mapping[int, About], now: datetime
    ) -> None:
        self._turn = turn
        self._names = {user.id: user.name for user in turn}
        self._busy = dict(load)
        self._about = about
        self._now = now

    def give(self, request: Request) -> Choice:
        named = self._named(request)
        if named:
            return named
        if request.owner_id and (found := self._owner(request.owner_id, request.tried)):
            return found
        free = [user for user in self._free() if user.id not in request.tried]
        speaker = next((user for user in free if self._speaks(user, request.language)), None)
        if speaker and speaker is not free[0]:
            return self._take(speaker, f"{speaker.name} was next in turn who speaks this language.")
        if free:
            return self._take(free[0], f"{free[0].name} was next in turn.")
        return Choice(user_id=None, why=self._nobody(request.tried))

    def _named(self, request: Request) -> Choice | None:
        wanted = request.to.strip().casefold()
        if not wanted:
            return None
        for user in self._turn:
            if wanted in (user.name.casefold(), user.email) and user.id not in request.tried:
                return self._take(user, f"The bot's rules name {user.name}.")
        for user in self._free():
            if user.id not in request.tried and wanted in _folded(self._of(user.id).teams):
                return self._take(user, f"{user.name} was next in turn in {request.to}.")
        return None

    def _owner(self, owner_id: int, tried: Collection[int]) -> Choice | None:
        if owner_id in self._names and owner_id not in tried:
            return self._take_id(owner_id, f"{self._names[owner_id]} is the contact's manager and is in.")
        deputy = self._of(owner_id)
        if deputy.deputy_id in self._names and deputy.deputy_id not in tried and deputy.is_away(self._now):
            name = self._names[deputy.deputy_id]
            return self._take_id(
                deputy.deputy_id, f"{name} stands in for the contact's manager, who is away."
            )
        return None

    def _free(self) -> list[OnDuty]:
        return [user for user in self._turn if self._busy.get(user.id, 0) < user.capacity]

    def _speaks(self, user: OnDuty, language: str) -> bool:
        languages = self._of(user.id).languages
        return not language or not languages or language.split("-")[0].casefold() in _folded(languages)

    def _of(self, user_id: int) -> About:
        return self._about.get(user_id) or About(user_id=user_id)

    def _take(self, user: OnDuty, why: str) -> Choice:
        self._turn.remove(user)
        self._turn.append(user)
        return self._take_id(user.id, why)

    def _take_id(self, user_id: int, why: str) -> Choice:
        self._busy[user_id] = self._busy.get(user_id, 0) + 1
        return Choice(user_id=user_id, why=why)

    def _nobody(self, tried: Collection[int]) -> str:
        if any(user.id not in tried for user in self._turn):
            return "Everybody who is in has as many conversations as they take; it waits in the queue."
        return "Nobody is in; it waits in the queue."


def _folded(words: Iterable[str]) -> set[str]:
    return {word.strip().casefold() for word in words}
