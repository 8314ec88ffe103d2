"""The routing decision: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from crm_core.users.model import OnDuty
from inbox.routing.model import NOBODY_ABOUT, About, Choice, Request
from inbox.routing.rules import Rule, is_for
from values.sentences import phrase


def choose(
    requests: Sequence[Request],
    *,
    on_duty: Sequence[OnDuty],
    load: Mapping[int, int],
    now: datetime,
    about: Mapping[int, About] = NOBODY_ABOUT,
) -> list[Choice]:
    """One choice per conversation: whom the bot names, the contact's manager or their deputy, whom the rules name, a
    speaker, anybody, each in turn by weight.

    Only the contact's manager and a person who is named are given more than they take.
    """
    desk = Allocator(on_duty, load=load, about=about, now=now)
    return [desk.allocate(request) for request in requests]


class Allocator:
    """Who is there, how much they have, and whose turn it is; each choice changes it."""

    def __init__(
        self, on_duty: Sequence[OnDuty], *, load: Mapping[int, int], about: Mapping[int, About], now: datetime
    ) -> None:
        self._about, self._now, self._busy = about, now, dict(load)
        present = [user for user in on_duty if not self._of(user.id).is_away(now)]
        self._users = {user.id: user for user in present}
        turns = {user.id: self._of(user.id).turn for user in present}
        floor = max(turns.values(), default=0.0) - 1.0  # who comes back is not given all that they missed
        self._turns = {id_: max(turn, floor) for id_, turn in turns.items()}
        self._order = sorted(present, key=lambda user: (user.routed_at, user.id))

    @property
    def turns(self) -> Mapping[int, float]:
        """Where everybody's turn stands now."""
        return self._turns

    def allocate(self, request: Request) -> Choice:
        for choice in self._wishes(request):
            return choice
        rule = request.rule
        if rule and rule.is_strict and self._users:
            return Choice(
                user_id=None,
                why=phrase(
                    "Rule “{name}”: nobody in {to} is free; it waits in the queue.",
                    name=rule.name,
                    to=rule.to,
                ),
            )
        free = [user for user in self._free() if user.id not in request.tried]
        if rule and free:
            user = next((user for user in free if self._speaks(user, request.language)), free[0])
            return self._take(
                user,
                why=phrase(
                    "Rule “{name}”: nobody in {to} has capacity; assigned to {name2} (round robin).",
                    name=rule.name,
                    to=rule.to,
                    name2=user.name,
                ),
            )
        speaker = next((user for user in free if self._speaks(user, request.language)), None)
        if speaker and speaker is not free[0]:
            return self._take(
                speaker,
                why=phrase(
                    "Assigned to {name} (round robin among speakers of this language).", name=speaker.name
                ),
            )
        if free:
            return self._take(free[0], why=phrase("Assigned to {name} (round robin).", name=free[0].name))
        return Choice(user_id=None, why=self._nobody(request.tried))

    def _wishes(self, request: Request) -> Iterator[Choice]:
        """What is found by the first of those that name somebody."""
        rule = request.rule
        if request.to and (user := self._person(request.to, request.tried)):
            yield self._take(user, why=phrase("The bot's rules name {name}.", name=user.name))
        if request.to and (user := self._of_team(request.to, request.tried, request.language)):
            yield self._take(
                user, why=phrase("Assigned to {name} (round robin in {to}).", name=user.name, to=request.to)
            )
        if rule and rule.escalate_to and len(request.tried) >= rule.escalate_after:
            user = self._person(rule.escalate_to, request.tried) or self._of_team(
                rule.escalate_to, request.tried, request.language
            )
            if user:
                count = len(request.tried)
                yield self._take(
                    user,
                    why=phrase(
                        "Rule “{name}”: not answered by {count}, so {name2} is asked.",
                        name=rule.name,
                        count=count,
                        name2=user.name,
                    ),
                )
        if rule and rule.over_manager:
            yield from self._by_rule(rule, request)
        if request.owner_id:
            yield from self._owner(request.owner_id, request.tried)
        if rule and not rule.over_manager:
            yield from self._by_rule(rule, request)

    def _by_rule(self, rule: Rule, request: Request) -> Iterator[Choice]:
        if user := self._person(rule.to, request.tried):
            yield self._take(
                user, why=phrase("Rule “{name}” names {name2}.", name=rule.name, name2=user.name)
            )
        if user := self._of_team(rule.to, request.tried, request.language, least=rule.way == "least"):
            has, most = self._busy.get(user.id, 0), user.capacity
            if rule.way == "least":
                yield self._take(
                    user,
                    why=phrase(
                        "Rule “{name}”: assigned to {name2} of {to} (least busy, {has} of {most}).",
                        name=rule.name,
                        name2=user.name,
                        to=rule.to,
                        has=has,
                        most=most,
                    ),
                )
            yield self._take(
                user,
                why=phrase(
                    "Rule “{name}”: assigned to {name2} (round robin in {to}, {has} of {most}).",
                    name=rule.name,
                    name2=user.name,
                    to=rule.to,
                    has=has,
                    most=most,
                ),
            )

    def _owner(self, owner_id: int, tried: Collection[int]) -> Iterator[Choice]:
        owner = self._users.get(owner_id)
        if owner and owner_id not in tried:
            yield self._keep(owner, why=phrase("Assigned to {name}, the contact's manager.", name=owner.name))
        about = self._of(owner_id)
        deputy = self._users.get(about.deputy_id or 0)
        if deputy and deputy.id not in tried and about.is_away(self._now):
            yield self._keep(
                deputy,
                why=phrase(
                    "Assigned to {name}, deputy of the contact's manager, who is away.", name=deputy.name
                ),
            )

    def _person(self, target: str, tried: Collection[int]) -> OnDuty | None:
        """Somebody by name or mail; they are given more than they take."""
        wanted = target.strip().casefold()
        people = (user for user in self._order if user.id not in tried)
        return next(
            (user for user in people if wanted in (user.name.casefold(), user.email.casefold())), None
        )

    def _of_team(
        self, target: str, tried: Collection[int], language: str, *, least: bool = False
    ) -> OnDuty | None:
        """Who of a team has room: speakers of the language before others."""
        team = [
            user
            for user in self._free()
            if user.id not in tried
            and is_for(name="", email="", teams=self._of(user.id).teams, target=target)
        ]
        team = [user for user in team if self._speaks(user, language)] or team
        if least:
            team.sort(key=lambda user: self._busy.get(user.id, 0) / max(1, self._of(user.id).weight))
        return team[0] if team else None

    def _free(self) -> list[OnDuty]:
        """Who takes more, whose turn is next first."""
        free = [user for user in self._order if self._busy.get(user.id, 0) < user.capacity]
        return sorted(free, key=lambda user: self._turns[user.id])

    def _speaks(self, user: OnDuty, language: str) -> bool:
        languages = self._of(user.id).languages
        return not language or not languages or language.split("-")[0].casefold() in _folded(languages)

    def _of(self, user_id: int) -> About:
        return self._about.get(user_id) or About(user_id=user_id)

    def _take(self, user: OnDuty, *, why: str) -> Choice:
        self._order.remove(user)
        self._order.append(user)
        self._turns[user.id] += 1 / max(1, self._of(user.id).weight)
        return self._keep(user, why=why)

    def _keep(self, user: OnDuty, *, why: str) -> Choice:
        """Their own customer: no turn of theirs."""
        self._busy[user.id] = self._busy.get(user.id, 0) + 1
        return Choice(user_id=user.id, why=why)

    def _nobody(self, tried: Collection[int]) -> str:
        if any(id_ not in tried for id_ in self._users):
            reason = phrase("Everybody available is at capacity; it waits in the queue.")
        else:
            reason = phrase("Nobody is available; it waits in the queue.")
        return reason


def _folded(words: Iterable[str]) -> set[str]:
    return {word.strip().casefold() for word in words}
