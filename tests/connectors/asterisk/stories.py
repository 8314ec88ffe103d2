"""Event streams as Asterisk 18 to 22 write them, by the field lists of its documentation; each is one telephone story."""

from __future__ import annotations

from tests.connectors.asterisk.exchange import AGENT, CUSTOMER, MOBILE, OTHER, TRUNK, Exchange


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
