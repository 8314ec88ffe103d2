"""An exchange that writes events with all the headers of a channel's snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

T0 = 1_767_603_600
CUSTOMER, DID, MOBILE = "+12025550123", "12025550100", "12025550177"
TRUNK, AGENT, OTHER = "PJSIP/itsp-0000000a", "PJSIP/11-0000000b", "PJSIP/12-0000000c"
STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}


@dataclass(kw_only=True)
class Exchange:
    """Writes events with all the headers of a channel's snapshot; `wait` moves its clock."""

    events: list[dict[str, str]] = field(default_factory=list)
    lines: dict[str, dict[str, str]] = field(default_factory=dict)
    now: float = T0
    begins: int = T0
    numbers: count[int] = field(default_factory=lambda: count(1))
    watch: Callable[[], None] = lambda: None

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def write(self, event: str, **fields: str) -> None:
        head = {"Event": event, "Privilege": "call,all", "Timestamp": f"{self.now:.6f}"}
        self.events.append({**head, **fields})
        self.watch()

    def appears(
        self,
        channel: str,
        *,
        of: str = "",
        number: str = "",
        exten: str = "s",
        state: str = "0",
        context: str = "from-trunk",
    ) -> None:
        unique = f"{self.begins}.{next(self.numbers)}"
        linked = self.lines[of]["Linkedid"] if of else unique
        self.lines[channel] = {
            "Channel": channel,
            "ChannelState": state,
            "ChannelStateDesc": STATES[state],
            "CallerIDNum": number or "<unknown>",
            "CallerIDName": "<unknown>",
            "ConnectedLineNum": "<unknown>",
            "ConnectedLineName": "<unknown>",
            "Language": "en",
            "AccountCode": "",
            "Context": context,
            "Exten": exten,
            "Priority": "1",
            "Uniqueid": unique,
            "Linkedid": linked,
        }
        self.write("Newchannel", **self.lines[channel])

    def becomes(self, channel: str, state: str) -> None:
        """Another state; a channel whose peer is not told."""
        self.lines[channel]["ChannelState"], self.lines[channel]["ChannelStateDesc"] = state, STATES[state]
        self.write("Newstate", **self.lines[channel])

    def dials(self, channel: str, dest: str, *, string: str = "") -> None:
        given = {f"Dest{name}": value for name, value in self.lines[dest].items()}
        said = string or dest.partition("/")[2].rpartition("-")[0]
        self.write("DialBegin", **self.lines.get(channel, {}), **given, DialString=said)

    def dialled(self, channel: str, dest: str, status: str) -> None:
        given = {f"Dest{name}": value for name, value in self.lines[dest].items()}
        self.write("DialEnd", **self.lines.get(channel, {}), **given, DialStatus=status)

    def enters(self, channel: str, bridge: str, *, kind: str = "basic") -> None:
        self.lines[channel]["ChannelState"], self.lines[channel]["ChannelStateDesc"] = "6", "Up"
        self.write("BridgeEnter", BridgeUniqueid=bridge, BridgeType=kind, **self.lines[channel])

    def leaves(self, channel: str, bridge: str) -> None:
        self.write("BridgeLeave", BridgeUniqueid=bridge, BridgeType="basic", **self.lines[channel])

    def hangs_up(self, channel: str, cause: str = "16") -> None:
        self.write("Hangup", **self.lines[channel], Cause=cause, **{"Cause-txt": "Normal Clearing"})
        del self.lines[channel]

    # ------------------------------------------------------------ what most stories share

    def rings_in(self, number: str = CUSTOMER) -> None:
        self.appears(TRUNK, number=number, exten=DID, state="4")

    def rings(self, dest: str, *, by: str = TRUNK, string: str = "", number: str = "") -> None:
        self.appears(dest, of=by, number=number or dest.partition("/")[2].rpartition("-")[0])
        self.dials(by, dest, string=string)

    def takes(self, dest: str, *, by: str = TRUNK, bridge: str = "b1") -> None:
        self.dialled(by, dest, "ANSWER")
        self.enters(dest, bridge)
        self.enters(by, bridge)

    def listed(self) -> list[dict[str, str]]:
        """What CoreShowChannels would say now."""
        bridges: dict[str, str] = {}
        for event in self.events:
            if event["Event"] in ("BridgeEnter", "BridgeLeave"):
                is_in = event["Event"] == "BridgeEnter"
                bridges[event["Channel"]] = event["BridgeUniqueid"] if is_in else ""
        return [
            {**line, "Application": "Dial", "Duration": "00:00:20", "BridgeId": bridges.get(name, "")}
            for name, line in self.lines.items()
        ]
