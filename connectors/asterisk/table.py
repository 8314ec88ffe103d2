"""The table of channels, bridges and calls: what an event of Asterisk is to a call with somebody outside. No I/O.

Asterisk tells of channels, not of calls. A call is what hangs together by its linked id; who talks is seen by who
shares a bridge with the person outside, also through the two halves of a Local channel. So every kind of transfer is told alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from connectors.asterisk.channels import BY_US, Channel, Channels
from connectors.asterisk.model import AnnotatedEvent, Known, Note, Snapshot
from connectors.asterisk.names import is_noise, number_dialled, number_shown, person_name
from connectors.asterisk.settings import LONGEST_EXTENSION, Lines
from connectors.asterisk.talking import talking

GONE = "OmnihubCallGone"
"""The event that we write ourselves for a call that ended while the line to Asterisk was lost."""


class Table:
    """Fed with every event in order, it says what each one means; `resume` begins anew from a list of channels."""

    def __init__(self, lines: Lines, snapshot: Snapshot | None = None) -> None:
        self._lines = lines
        self._calls: dict[str, Known] = dict(snapshot.calls) if snapshot else {}
        self._channels = Channels(lines, iter(snapshot.phones if snapshot else ()))
        self._at = snapshot.at if snapshot else 0.0
        self._readers: dict[str, Callable[[Mapping[str, str]], list[Note]]] = {
            "Newchannel": self._appeared,
            "Newstate": self._changed,
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

    def annotate(self, event: dict[str, str]) -> AnnotatedEvent | None:
        """What is journaled of this event; None for one that says nothing of calls."""
        reader = self._readers.get(event.get("Event", ""))
        if reader is None or is_noise(event):
            return None
        notes = reader(event)
        if not notes and event["Event"] == "Newstate":
            return None
        # What is known changes later on; what is journaled must not.
        return AnnotatedEvent(event, msgspec.convert(msgspec.to_builtins(notes), list[Note]))

    def snapshot(self, at: float) -> Snapshot:
        self._at = at
        return Snapshot(self._calls, at, sorted(self._channels.phones))

    def resume(self, channels: Sequence[dict[str, str]]) -> list[AnnotatedEvent]:
        """After a gap: what began and what ended meanwhile, from the channels that there are now."""
        listed = [each for each in channels if each.get("Uniqueid")]
        self._channels.replace(listed, {each["Uniqueid"]: self._id(each) for each in listed})
        ended = [id_ for id_ in self._calls if not self._is_alive(id_)]
        told = [self._gone(id_) for id_ in ended]
        for each in sorted(listed, key=lambda each: each.get("Uniqueid") != each.get("Linkedid")):
            if self._id(each) not in ended and self._is_news(each):
                told.append(AnnotatedEvent(each, [self._begun_meanwhile(each)]))
        for each in listed:
            channel = self._channels.get(each["Uniqueid"])
            bridge = channel.bridge if channel else ""
            if notes := talking(self._calls, self._channels, self._lines, bridge):
                told.append(AnnotatedEvent(each, notes))
        return msgspec.convert(msgspec.to_builtins(told), list[AnnotatedEvent])

    # ------------------------------------------------------------ events

    def _appeared(self, event: Mapping[str, str]) -> list[Note]:
        if self._channels.is_gone(event.get("Uniqueid", "")):
            return []
        channel = self._channels.seen(event, self._id(event))
        return [] if event.get("ChannelState") in BY_US else self._begun(channel, event)

    def _changed(self, event: Mapping[str, str]) -> list[Note]:
        """A channel that was Down rings us (Ring); one that we ring is Ringing. chan_sip tells it so."""
        unique = event.get("Uniqueid", "")
        if event.get("ChannelState") != "4" or self._channels.is_gone(unique):
            return []
        known = self._channels.get(unique)
        channel = known or self._channels.seen(event, self._id(event))
        if known is not None and not known.is_dialled:
            known.is_phone = known.is_phone or self._channels.betrays(event, known.name)
        return self._begun(channel, event)

    def _begun(self, channel: Channel, event: Mapping[str, str]) -> list[Note]:
        """The call of somebody outside who rings us; none where this channel is not theirs."""
        id_, unique = channel.call, channel.unique
        if unique != event.get("Linkedid") or channel.is_dialled or not self._channels.is_outside(channel):
            return []
        if (known := self._calls.get(id_)) is None:
            known = self._calls[id_] = _inbound(event)
        return [Note(id=id_, call=known, is_start=True)] if known.line == unique else []

    def _renamed(self, event: Mapping[str, str]) -> list[Note]:
        if channel := self._channels.get(event.get("Uniqueid", "")):
            channel.name = event.get("Newname", "")
            channel.user = self._channels.user_of(channel.name)
        return []

    def _dialled(self, event: Mapping[str, str]) -> list[Note]:
        unique, name = event.get("DestUniqueid", ""), event.get("DestChannel", "")
        if self._channels.is_gone(unique):
            return []
        dialler = self._dialler(event)
        id_ = dialler.call if dialler else self._id(event, prefix="Dest")
        dest = self._channels.dialled(event, id_)
        if not self._lines.is_real(name):
            return []
        number = number_dialled(event) if self._channels.is_outside(dest) else ""
        is_start = bool(number) and self._wants_line(id_) and self._is_placed_by_us(event, dialler, id_)
        if is_start:
            user = self._caller(event)
            known = Known(
                customer=number, line=unique, outbound=True, user=user, number=number_shown(event, user=user)
            )
            self._calls[id_] = known
        if not (known := self._calls.get(id_)):
            return []
        user = known.user if known.outbound else dest.user
        return [Note(id=id_, call=known, is_start=is_start, leg=name, user=user)]

    def _dialler(self, event: Mapping[str, str]) -> Channel | None:
        """Who dials; somebody outside who does rings us, also where their first events were not heard."""
        if not event.get("Channel"):
            return None
        unique = event.get("Uniqueid", "")
        dialler = self._channels.get(unique) or self._channels.seen(event, self._id(event))
        self._begun(dialler, event)
        return dialler

    def _is_placed_by_us(self, event: Mapping[str, str], dialler: Channel | None, id_: str) -> bool:
        """Whether one of us rings somebody outside: not a forwarding of a call that came in to a colleague's mobile."""
        if dialler is None:
            return event.get("DestUniqueid") == event.get("DestLinkedid")
        if self._channels.is_outside(dialler):
            return False
        if self._lines.is_real(dialler.name) and dialler.unique == id_:
            return True
        first = self._channels.get(id_)
        name = self._channels.name_of(id_)
        return bool(name) and not (
            self._channels.is_outside(first) if first else self._channels.is_trunk(name)
        )

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
        if self._channels.is_gone(unique) or event.get("BridgeType") == "holding":
            return []
        channel = self._channels.get(unique) or self._channels.seen(event, self._id(event))
        channel.bridge = bridge
        return talking(self._calls, self._channels, self._lines, bridge)

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
        if self._channels.is_gone(unique):
            return []
        channel = self._channels.leave(unique)
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
        user = known.user if known.outbound else (channel.user if channel else self._channels.user_of(name))
        return [Note(id=id_, call=known, leg=name, user=user, has_talked=name in known.talked)]

    # ------------------------------------------------------------ what hangs together

    def _is_over(self, id_: str, known: Known, unique: str) -> bool:
        """The person outside has gone; unless nobody took our call and the dial plan may try another line."""
        is_customer = unique == known.line
        if is_customer and (known.talked or not known.outbound):
            return True
        return known.outbound and known.line not in self._channels and not self._channels.of_call(id_)

    def _wants_line(self, id_: str) -> bool:
        known = self._calls.get(id_)
        return known is None or (known.outbound and not known.talked and known.line not in self._channels)

    # ------------------------------------------------------------ after a gap

    def _is_alive(self, id_: str) -> bool:
        known = self._calls[id_]
        waits = known.outbound and not known.talked
        return known.line in self._channels or (waits and bool(self._channels.of_call(id_)))

    def _gone(self, id_: str) -> AnnotatedEvent:
        event = {"Event": GONE, "Linkedid": id_, "Timestamp": f"{self._at:.6f}"}
        return AnnotatedEvent(event, [Note(id=id_, call=self._calls.pop(id_), is_over=True)])

    def _is_news(self, each: Mapping[str, str]) -> bool:
        channel = self._channels.get(each["Uniqueid"])
        if channel is None or not self._channels.is_outside(channel) or self._id(each) in self._calls:
            return False
        return not channel.is_dialled or self._is_placed_before(channel)

    def _is_placed_before(self, channel: Channel) -> bool:
        """Whether we rang this person outside: whoever did is there, or they talk with one of our telephones."""
        first = self._channels.get(channel.call)
        if first is not None:
            return not self._channels.is_outside(first) or first is channel
        others = (self._channels.get(unique) for unique in self._channels.together(channel.bridge))
        return any(
            other and self._lines.is_real(other.name) and not self._channels.is_outside(other)
            for other in others
        )

    def _begun_meanwhile(self, each: Mapping[str, str]) -> Note:
        id_ = self._id(each)
        channel = self._channels.get(each["Uniqueid"])
        if channel is not None and not channel.is_dialled:
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

    def _caller(self, event: Mapping[str, str]) -> str:
        """Who of us places this call: by the telephone, or by the number behind a Local channel."""
        number, dialler = event.get("CallerIDNum", ""), self._channels.get(event.get("Uniqueid", ""))
        own = dialler.user if dialler and not self._channels.is_outside(dialler) else ""
        return own or (number if number.isdecimal() and len(number) <= LONGEST_EXTENSION else "")


def _inbound(event: Mapping[str, str]) -> Known:
    return Known(
        customer=event.get("CallerIDNum", ""),
        line=event.get("Uniqueid", ""),
        name=person_name(event.get("CallerIDName", "")),
        number=event.get("Exten", ""),
    )
