"""Event streams as Asterisk 18 to 22 write them, by the field lists of its documentation; each is one telephone story."""

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


def answered(x: Exchange) -> None:
    x.rings_in()
    x.wait(1)
    x.rings(AGENT)
    x.wait(4)
    x.takes(AGENT)
    x.write(
        "VarSet",
        Variable="MIXMONITOR_FILENAME",
        Value="/var/spool/asterisk/monitor/2026/a b.wav",
        **x.lines[TRUNK],
    )
    x.wait(60)
    x.leaves(AGENT, "b1")
    x.hangs_up(AGENT)
    x.leaves(TRUNK, "b1")
    x.hangs_up(TRUNK)


def ringing_group(x: Exchange) -> None:
    x.rings_in()
    x.rings(AGENT)
    x.rings(OTHER)
    x.wait(6)
    x.dialled(TRUNK, AGENT, "CANCEL")
    x.hangs_up(AGENT, "26")
    x.takes(OTHER)
    x.wait(30)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def given_up_in_queue(x: Exchange) -> None:
    x.rings_in()
    x.write("QueueCallerJoin", **x.lines[TRUNK], Queue="sales", Position="1", Count="1")
    for number in range(2):
        agent = f"PJSIP/11-000000{number}f"
        x.wait(2)
        x.rings(agent)
        x.wait(15)
        x.dialled(TRUNK, agent, "NOANSWER")
        x.hangs_up(agent, "19")
    x.write("QueueCallerAbandon", **x.lines[TRUNK], Queue="sales", HoldTime="34")
    x.hangs_up(TRUNK)


def queue_through_local_channels(x: Exchange) -> None:
    """FreePBX rings the members of a queue through Local channels that stay."""
    one, two = "Local/11@from-queue-00000001;1", "Local/11@from-queue-00000001;2"
    x.rings_in()
    x.write("QueueCallerJoin", **x.lines[TRUNK], Queue="sales", Position="1", Count="1")
    x.appears(one, of=TRUNK)
    x.appears(two, of=TRUNK)
    x.dials(TRUNK, one)
    x.rings(AGENT, by=two)
    x.wait(5)
    x.takes(AGENT, by=two, bridge="b2")
    x.takes(one, bridge="b1")
    x.wait(40)
    for channel in (AGENT, two, one, TRUNK):
        x.hangs_up(channel)


def busy(x: Exchange) -> None:
    x.rings_in()
    x.rings(AGENT)
    x.dialled(TRUNK, AGENT, "BUSY")
    x.hangs_up(AGENT, "17")
    x.hangs_up(TRUNK, "17")


def telephone_switched_off(x: Exchange) -> None:
    x.rings_in()
    x.rings(AGENT)
    x.dialled(TRUNK, AGENT, "CHANUNAVAIL")
    x.hangs_up(AGENT, "20")
    x.hangs_up(TRUNK, "20")


def voicemail(x: Exchange) -> None:
    x.rings_in()
    x.rings(AGENT)
    x.wait(20)
    x.dialled(TRUNK, AGENT, "NOANSWER")
    x.hangs_up(AGENT, "19")
    x.write("Newexten", **x.lines[TRUNK], Extension="vmu11", Application="VoiceMail", AppData="11@default,u")
    x.wait(25)
    x.hangs_up(TRUNK)


def blind_transfer(x: Exchange) -> None:
    x.rings_in()
    x.rings(AGENT)
    x.wait(2)
    x.takes(AGENT)
    x.wait(20)
    x.write(
        "BlindTransfer",
        Result="Success",
        Extension="12",
        **{f"Transferer{k}": v for k, v in x.lines[AGENT].items()},
    )
    x.leaves(TRUNK, "b1")
    x.leaves(AGENT, "b1")
    x.hangs_up(AGENT)
    x.rings(OTHER)
    x.wait(5)
    x.takes(OTHER, bridge="b2")
    x.wait(30)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def attended_transfer(x: Exchange) -> None:
    """11 asks 12 on a second line, then joins the customer with 12: 12 takes the place of 11 in the first bridge."""
    second = "PJSIP/11-0000000d"
    x.rings_in()
    x.rings(AGENT)
    x.wait(2)
    x.takes(AGENT)
    x.wait(10)
    x.appears(second, number="11", exten="12", state="4")
    x.rings(OTHER, by=second)
    x.wait(3)
    x.takes(OTHER, by=second, bridge="b2")
    x.wait(10)
    x.write(
        "AttendedTransfer",
        Result="Success",
        DestType="Bridge",
        **{f"OrigTransferer{k}": v for k, v in x.lines[AGENT].items()},
    )
    x.leaves(OTHER, "b2")
    x.lines[OTHER]["Linkedid"] = x.lines[TRUNK]["Linkedid"]
    x.enters(OTHER, "b1")
    x.leaves(AGENT, "b1")
    x.hangs_up(AGENT)
    x.hangs_up(second)
    x.wait(40)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def mobile_nobody_confirmed(x: Exchange) -> None:
    """Forwarded to a mobile whose mailbox takes it; nobody presses the key that the exchange asks for."""
    mobile = "PJSIP/itsp-0000000e"
    x.rings_in()
    x.rings(mobile, string=f"{MOBILE}@itsp", number=MOBILE)
    x.wait(12)
    x.dialled(TRUNK, mobile, "ANSWER")
    x.wait(10)
    x.hangs_up(mobile)
    x.hangs_up(TRUNK)


def mobile_taken(x: Exchange) -> None:
    mobile = "PJSIP/itsp-0000000e"
    x.rings_in()
    x.rings(mobile, string=f"{MOBILE}@itsp", number=MOBILE)
    x.wait(12)
    x.takes(mobile)
    x.wait(33)
    x.hangs_up(mobile)
    x.hangs_up(TRUNK)


def dialled_out(x: Exchange) -> None:
    x.appears(AGENT, number="11", exten=CUSTOMER[1:], state="4")
    x.rings(TRUNK, by=AGENT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=AGENT)
    x.wait(45)
    x.hangs_up(TRUNK)
    x.hangs_up(AGENT)


def dialled_out_second_line(x: Exchange) -> None:
    """The first trunk is full; the dial plan goes on with the next one."""
    first = "PJSIP/cheap-00000009"
    x.appears(AGENT, number="11", exten=CUSTOMER[1:], state="4")
    x.rings(first, by=AGENT, string=f"{CUSTOMER[1:]}@cheap", number=CUSTOMER[1:])
    x.dialled(AGENT, first, "CONGESTION")
    x.hangs_up(first, "34")
    x.rings(TRUNK, by=AGENT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=AGENT)
    x.wait(10)
    x.hangs_up(AGENT)
    x.hangs_up(TRUNK)


def dialled_out_busy(x: Exchange) -> None:
    x.appears(AGENT, number="11", exten=CUSTOMER[1:], state="4")
    x.rings(TRUNK, by=AGENT, string=f"itsp/sip:{CUSTOMER[1:]}@sip.example", number=CUSTOMER[1:])
    x.dialled(AGENT, TRUNK, "BUSY")
    x.hangs_up(TRUNK, "17")
    x.hangs_up(AGENT, "17")


def withheld(x: Exchange) -> None:
    x.rings_in(number="anonymous")
    x.rings(AGENT)
    x.dialled(TRUNK, AGENT, "CANCEL")
    x.hangs_up(AGENT)
    x.hangs_up(TRUNK)


def among_ourselves(x: Exchange) -> None:
    x.appears(AGENT, number="11", exten="12", state="4")
    x.rings(OTHER, by=AGENT)
    x.takes(OTHER, by=AGENT)
    x.hangs_up(OTHER)
    x.hangs_up(AGENT)


STORIES = {
    # story: (outcome, missed, user, users, talk, outbound)
    answered: ("answered", False, "11", ("11",), 60, False),
    ringing_group: ("answered", False, "12", ("12",), 30, False),
    given_up_in_queue: ("missed", True, "11", (), None, False),
    queue_through_local_channels: ("answered", False, "11", ("11",), 40, False),
    busy: ("busy", True, "11", (), None, False),
    telephone_switched_off: ("missed", True, "11", (), None, False),
    voicemail: ("voicemail", True, "11", (), None, False),
    blind_transfer: ("answered", False, "12", ("11", "12"), 55, False),
    attended_transfer: ("answered", False, "12", ("11", "12"), 63, False),
    mobile_nobody_confirmed: ("missed", True, MOBILE, (), None, False),
    mobile_taken: ("answered", False, MOBILE, (MOBILE,), 33, False),
    dialled_out: ("answered", False, "11", ("11",), 45, True),
    dialled_out_second_line: ("answered", False, "11", ("11",), 10, True),
    dialled_out_busy: ("busy", False, "11", (), None, True),
    withheld: ("missed", True, "11", (), None, False),
}
