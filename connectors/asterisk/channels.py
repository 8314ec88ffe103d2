"""The channels that there are: whose they are, what they are joined with, and which telephones their own calls betray. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.asterisk.names import number_dialled, other_half
from connectors.asterisk.settings import LONGEST_EXTENSION, Lines, endpoint

MOST_GONE = 5_000
HOLDING = frozenset(
    {"park", "parkandannounce", "parkedcall", "stasishold", "musiconhold", "agentlogin", "bridgewait"}
)
"""Applications whose bridge joins nobody: who is parked hears music, not the others."""
BY_US = ("0", "3", "5")
"""States of a channel that we ring or are about to ring: Down, Dialing, Ringing."""


@dataclass(slots=True)
class Channel:
    """A channel: its name, its call's id, and how it is known to people. `is_dialled`: we rang it, it rings nobody."""

    name: str
    unique: str
    call: str
    user: str = ""
    bridge: str = ""
    is_dialled: bool = False
    is_phone: bool = False


class Channels:
    """By unique id. An event that is told twice changes nothing, one of a channel that has gone brings none back."""

    def __init__(self, lines: Lines, phones: Iterator[str]) -> None:
        self._lines = lines
        self._all: dict[str, Channel] = {}
        self._gone: dict[str, str] = {}
        self.phones = set(phones)

    def __contains__(self, unique: str) -> bool:
        return unique in self._all

    def get(self, unique: str) -> Channel | None:
        return self._all.get(unique)

    def of_call(self, id_: str) -> list[Channel]:
        return [one for one in self._all.values() if one.call == id_]

    def is_gone(self, unique: str) -> bool:
        return unique in self._gone

    def name_of(self, unique: str) -> str:
        """The name of a channel that is there or was there."""
        found = self._all.get(unique)
        return found.name if found else self._gone.get(unique, "")

    def seen(self, event: Mapping[str, str], call: str, *, prefix: str = "") -> Channel:
        """The channel that an event is about, new or known."""
        unique, name = event.get(f"{prefix}Uniqueid", ""), event.get(f"{prefix}Channel", "")
        known = self._all.get(unique)
        if known is not None and known.name == name:
            return known
        made = Channel(name, unique, call)
        if known is not None:
            made.bridge = known.bridge
        if event.get(f"{prefix}ChannelState") not in BY_US and not prefix and unique == call:
            made.is_phone = self.betrays(event, name)
        made.user = self._called(made, event, prefix)
        if unique:
            self._all[unique] = made
        return made

    def dialled(self, event: Mapping[str, str], call: str) -> Channel:
        """The channel that a dialling rings: a telephone of ours, or a line outside on which a number is dialled."""
        name = event.get("DestChannel", "")
        if not self._lines.trunks and _is_dialled_by_name(event.get("DialString", ""), endpoint(name)):
            self.phones.add(endpoint(name).lower())
        found = self.seen(event, call, prefix="Dest")
        found.call, found.is_dialled = call, True
        found.user = number_dialled(event) if self.is_outside(found) else self._called(found, event, "Dest")
        return found

    def leave(self, unique: str) -> Channel | None:
        found = self._all.pop(unique, None)
        if unique:
            self._gone[unique] = found.name if found else ""
            while len(self._gone) > MOST_GONE:
                del self._gone[next(iter(self._gone))]
        return found

    def replace(self, listed: Sequence[Mapping[str, str]], call_of: Mapping[str, str]) -> None:
        """Begin anew from a list of channels; `call_of` their calls by unique id."""
        self._all = {}
        for each in listed:
            unique, application = each.get("Uniqueid", ""), each.get("Application", "").lower()
            channel = self.seen(each, call_of[unique])
            channel.is_dialled = unique != each.get("Linkedid") or application.startswith("appdial")
            channel.bridge = "" if application in HOLDING else each.get("BridgeId", "")
            if channel.is_dialled and self.is_outside(channel):
                channel.user = each.get("CallerIDNum", "")

    def is_outside(self, channel: Channel) -> bool:
        return not channel.is_phone and self.is_trunk(channel.name)

    def is_trunk(self, name: str) -> bool:
        return self._lines.is_trunk(name) and endpoint(name).lower() not in self.phones

    def user_of(self, name: str) -> str:
        return endpoint(name) if self._lines.is_real(name) and not self.is_trunk(name) else ""

    def together(self, bridge: str) -> set[str]:
        """The channels of a bridge and of those that Local channels join to it."""
        found: set[str] = set()
        seen, waiting = {""}, [bridge]
        while waiting:
            if (here := waiting.pop()) in seen:
                continue
            seen.add(here)
            members = {unique: one for unique, one in self._all.items() if one.bridge == here}
            found |= members.keys()
            halves = {other_half(one.name) for one in members.values()} - {""}
            waiting += [one.bridge for one in self._all.values() if one.name in halves]
        return found

    def betrays(self, event: Mapping[str, str], name: str) -> bool:
        """Whether a channel that places a call is a telephone of ours, where nobody named the lines outside.

        It shows its own name as its number, dials where our telephones dial, or shows a number that is an extension.
        """
        if self._lines.trunks or not self._lines.is_trunk(name):
            return False
        number, own = event.get("CallerIDNum", ""), endpoint(name)
        if (number == own and own.isdecimal()) or event.get("Context", "") == self._lines.context:
            self.phones.add(own.lower())
            return True
        return number.isdecimal() and len(number) <= LONGEST_EXTENSION

    def _called(self, channel: Channel, event: Mapping[str, str], prefix: str) -> str:
        if channel.is_phone and not endpoint(channel.name).isdecimal():
            return event.get("CallerIDNum", "") or endpoint(channel.name)
        if channel.is_phone:
            return endpoint(channel.name)
        is_rung = event.get(f"{prefix}Uniqueid") != event.get(f"{prefix}Linkedid")
        if self.is_trunk(channel.name):
            number = event.get(f"{prefix}CallerIDNum", "")
            return number if is_rung and any(char.isdigit() for char in number) else ""
        return self.user_of(channel.name)


def _is_dialled_by_name(dialled: str, name: str) -> bool:
    """`2070010021`, or `2070010021/sip:2070010021@10.0.0.5:5060` for a telephone that registered there."""
    first, _, rest = dialled.partition("/")
    if not name or not name.isdecimal() or first != name:
        return False
    return not rest or rest.removeprefix("sips:").removeprefix("sip:").partition("@")[0] == name
