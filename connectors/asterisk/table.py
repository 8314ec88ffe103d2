"""The table of channels, bridges and calls: what an event of Asterisk is to a call with somebody outside. No I/O.

Asterisk tells of channels, not of calls. A call is what hangs together by its linked id; who talks is seen by who
shares a bridge with the person outside, also through the two halves of a Local channel. So every kind of transfer is told alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from connectors.asterisk.model import Known, Note, Snapshot, Told
from connectors.asterisk.names import is_noise, number_dialled, number_shown, other_half, person_name
from connectors.asterisk.settings import Lines, endpoint

GONE = "OmnihubCallGone"
"""The event that we write ourselves for a call that ended while the line to Asterisk was lost."""


@dataclass(slots=True)
class Channel:
    """A channel: its name, its call's id, and how it is known to people."""

    name: str
    call: str
    user: str
    bridge: str = ""


class Table:
    """Fed with every event in order, it says what each one means; `resume` begins anew from a list of channels."""

    def __init__(self, lines: Lines, snapshot: Snapshot | None = None) -> None:
        self._lines = lines
        self._calls: dict[str, Known] = dict(snapshot.calls) if snapshot else {}
        self._channels: dict[str, Channel] = {}
        self._at = snapshot.at if snapshot else 0.0
        self._readers: dict[str, Callable[[Mapping[str, str]], list[Note]]] = {
            "Newchannel": self._appeared,
            "Rename": self._renamed,
            "DialBegin": self._dialled,
            "DialEnd": self._dial_ended,
            "QueueCallerJoin": self._plain,
            "QueueCallerAbandon": self._plain,
            "BlindTransfer": self._plain,
            "AttendedTransfer": self._plain,
            "Cdr": self._plain,
            "BridgeEnter": self._entered,
            "BridgeLeave": self._left,
            "VarSet": self._set,
            "Newexten": self._stepped,
            "Hangup": self._hung_up,
        }

    def tell(self, event: dict[str, str]) -> Told | None:
        """What is journaled of this event; None for one that says nothing of calls."""
        reader = self._readers.get(event.get("Event", ""))
        if reader is None or is_noise(event):
            return None
        # What is known changes later on; what is journaled must not.
        return Told(event, msgspec.convert(msgspec.to_builtins(reader(event)), list[Note]))

    def snapshot(self, at: float) -> Snapshot:
        self._at = at
        return Snapshot(self._calls, at)

    def resume(self, channels: Sequence[dict[str, str]]) -> list[Told]:
        """After a gap: what began and what ended meanwhile, from the channels that there are now."""
        self._channels = {
            each["Uniqueid"]: Channel(
                each.get("Channel", ""),
                self._id(each),
                self._user(each.get("Channel", "")),
                each.get("BridgeId", ""),
            )
            for each in channels
            if each.get("Uniqueid")
        }
        told = [self._gone(id_) for id_ in list(self._calls) if not self._is_alive(id_)]
        for each in sorted(channels, key=lambda each: each.get("Uniqueid") != each.get("Linkedid")):
            if self._is_news(each):
                told.append(Told(each, [self._begun_meanwhile(each)]))
        for each in channels:
            if notes := self._talking(each.get("BridgeId", "")):
                told.append(Told(each, notes))
        return msgspec.convert(msgspec.to_builtins(told), list[Told])

    # ------------------------------------------------------------ events

    def _appeared(self, event: Mapping[str, str]) -> list[Note]:
        unique, name, id_ = event.get("Uniqueid", ""), event.get("Channel", ""), self._id(event)
        self._channels[unique] = Channel(name, id_, self._user(name))
        is_ours = event.get("ChannelState") == "0"  # "Down": we are about to ring it
        if unique != event.get("Linkedid") or is_ours or not self._lines.is_trunk(name):
            return []
        self._calls[id_] = _inbound(event)
        return [Note(id=id_, call=self._calls[id_], is_start=True)]

    def _renamed(self, event: Mapping[str, str]) -> list[Note]:
        if channel := self._channels.get(event.get("Uniqueid", "")):
            channel.name, channel.user = event.get("Newname", ""), self._user(event.get("Newname", ""))
        return []

    def _dialled(self, event: Mapping[str, str]) -> list[Note]:
        unique, name = event.get("DestUniqueid", ""), event.get("DestChannel", "")
        dialler = self._channels.get(event.get("Uniqueid", ""))
        id_ = dialler.call if dialler else self._id(event, prefix="Dest")
        is_trunk = self._lines.is_trunk(name)
        number = number_dialled(event)
        self._channels[unique] = Channel(name, id_, number if is_trunk else self._user(name))
        if not self._lines.is_real(name):
            return []
        is_start = is_trunk and bool(number) and self._wants_line(id_)
        if is_start:
            user = self._caller(event)
            known = Known(
                customer=number, line=unique, outbound=True, user=user, number=number_shown(event, user=user)
            )
            self._calls[id_] = known
        if not (known := self._calls.get(id_)):
            return []
        user = known.user if known.outbound else self._channels[unique].user
        return [Note(id=id_, call=known, is_start=is_start, leg=name, user=user)]

    def _dial_ended(self, event: Mapping[str, str]) -> list[Note]:
        channel = self._channels.get(event.get("DestUniqueid", ""))
        known = self._calls.get(channel.call) if channel else None
        if channel is None or known is None or not self._lines.is_real(channel.name):
            return []
        return [Note(id=channel.call, call=known, leg=channel.name, user=known.user or channel.user)]

    def _plain(self, event: Mapping[str, str]) -> list[Note]:
        id_ = self._id(event)
        return [Note(id=id_, call=self._calls[id_])] if id_ in self._calls else []

    def _entered(self, event: Mapping[str, str]) -> list[Note]:
        unique, bridge = event.get("Uniqueid", ""), event.get("BridgeUniqueid", "")
        name = event.get("Channel", "")
        channel = self._channels.setdefault(unique, Channel(name, self._id(event), self._user(name)))
        channel.bridge = bridge
        return self._talking(bridge)

    def _left(self, event: Mapping[str, str]) -> list[Note]:
        channel = self._channels.get(event.get("Uniqueid", ""))
        if channel and channel.bridge == event.get("BridgeUniqueid"):
            channel.bridge = ""
        return []

    def _set(self, event: Mapping[str, str]) -> list[Note]:
        notes = self._plain(event)
        for note in notes:
            note.call.recording = event.get("Value", "")
        return notes

    def _stepped(self, event: Mapping[str, str]) -> list[Note]:
        notes = self._plain(event)
        for note in notes:
            note.call.is_mailbox = True
        return notes

    def _hung_up(self, event: Mapping[str, str]) -> list[Note]:
        unique = event.get("Uniqueid", "")
        channel = self._channels.pop(unique, None)
        id_ = channel.call if channel else self._id(event)
        known = self._calls.get(id_)
        if known is None:
            return []
        name = channel.name if channel else event.get("Channel", "")
        if self._is_over(id_, known, unique):
            del self._calls[id_]
            return [Note(id=id_, call=known, is_over=True)]
        if not self._lines.is_real(name):
            return []
        user = known.user if known.outbound else (channel.user if channel else self._user(name))
        return [Note(id=id_, call=known, leg=name, user=user, has_talked=name in known.talked)]

    # ------------------------------------------------------------ what hangs together

    def _is_over(self, id_: str, known: Known, unique: str) -> bool:
        """The person outside has gone; unless nobody took our call and the dial plan may try another line."""
        is_customer = unique == known.line
        if is_customer and (known.talked or not known.outbound):
            return True
        others = [one for one in self._channels.values() if one.call == id_]
        return known.outbound and known.line not in self._channels and not others

    def _wants_line(self, id_: str) -> bool:
        known = self._calls.get(id_)
        return known is None or (known.outbound and not known.talked and known.line not in self._channels)

    def _talking(self, bridge: str) -> list[Note]:
        """Who is newly heard by the person outside."""
        together = self._together(bridge)
        outside = {known.line: id_ for id_, known in self._calls.items()}
        notes: list[Note] = []
        for unique in together & outside.keys():
            id_ = outside[unique]
            known, talk = self._calls[id_], list[tuple[str, str]]()
            for other in sorted(together - outside.keys()):
                channel = self._channels[other]
                if self._lines.is_real(channel.name) and channel.name not in known.talked:
                    channel.call = id_
                    known.talked.append(channel.name)
                    talk.append((channel.name, channel.user))
            if talk:
                notes.append(Note(id=id_, call=known, talk=talk))
        return notes

    def _together(self, bridge: str) -> set[str]:
        """The channels of a bridge and of those that Local channels join to it."""
        found: set[str] = set()
        seen, waiting = {""}, [bridge]
        while waiting:
            if (here := waiting.pop()) in seen:
                continue
            seen.add(here)
            members = {unique: one for unique, one in self._channels.items() if one.bridge == here}
            found |= members.keys()
            halves = {other_half(one.name) for one in members.values()} - {""}
            waiting += [one.bridge for one in self._channels.values() if one.name in halves]
        return found

    # ------------------------------------------------------------ after a gap

    def _is_alive(self, id_: str) -> bool:
        known = self._calls[id_]
        waits = known.outbound and not known.talked
        return known.line in self._channels or (
            waits and any(one.call == id_ for one in self._channels.values())
        )

    def _gone(self, id_: str) -> Told:
        event = {"Event": GONE, "Linkedid": id_, "Timestamp": f"{self._at:.6f}"}
        return Told(event, [Note(id=id_, call=self._calls.pop(id_), is_over=True)])

    def _is_news(self, each: Mapping[str, str]) -> bool:
        return self._lines.is_trunk(each.get("Channel", "")) and self._id(each) not in self._calls

    def _begun_meanwhile(self, each: Mapping[str, str]) -> Note:
        id_ = self._id(each)
        if each.get("Uniqueid") == each.get("Linkedid"):
            self._calls[id_] = _inbound(each)
        else:
            owner = self._channels.get(id_)
            self._calls[id_] = Known(
                customer=each.get("CallerIDNum", ""),
                line=each["Uniqueid"],
                outbound=True,
                user=owner.user if owner else "",
            )
        return Note(id=id_, call=self._calls[id_], is_start=True, user=self._calls[id_].user)

    # ------------------------------------------------------------ names

    def _id(self, event: Mapping[str, str], *, prefix: str = "") -> str:
        for name in (f"{prefix}Linkedid", "Linkedid", f"{prefix}Uniqueid", "Uniqueid", "UniqueID"):
            if event.get(name):
                return event[name]
        return ""

    def _user(self, channel: str) -> str:
        return endpoint(channel) if self._lines.is_real(channel) and not self._lines.is_trunk(channel) else ""

    def _caller(self, event: Mapping[str, str]) -> str:
        """Who of us places this call: by the telephone, or by the number behind a Local channel."""
        number = event.get("CallerIDNum", "")
        return self._user(event.get("Channel", "")) or (
            number if number.isdecimal() and len(number) <= 6 else ""
        )


def _inbound(event: Mapping[str, str]) -> Known:
    return Known(
        customer=event.get("CallerIDNum", ""),
        line=event.get("Uniqueid", ""),
        name=person_name(event.get("CallerIDName", "")),
        number=event.get("Exten", ""),
    )
