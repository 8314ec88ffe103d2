"""More telephone stories: channels that begin Down, colleagues' mobiles, Local channels, parking, calls at a click."""

from __future__ import annotations

from collections.abc import Callable

from tests.connectors.asterisk.exchange import AGENT, CUSTOMER, DID, MOBILE, OTHER, TRUNK, Exchange

ACCOUNT = "PJSIP/2070010021-00000021"
NAMED = "PJSIP/anna-00000022"
MOBILE_LEG = "SIP/itsp-0000000e"
SIP_TRUNK, SIP_AGENT = "SIP/itsp-0000000a", "SIP/11-0000000b"
Story = Callable[[Exchange], None]


def begins_down(x: Exchange, channel: str = SIP_TRUNK, *, number: str = CUSTOMER, exten: str = DID) -> None:
    """chan_sip makes a channel Down and lets it ring a moment later."""
    x.appears(channel, number=number, exten=exten)
    x.becomes(channel, "4")


def rung(
    x: Exchange, channel: str = SIP_AGENT, *, by: str = SIP_TRUNK, string: str = "", number: str = ""
) -> None:
    x.rings(channel, by=by, string=string, number=number)
    x.becomes(channel, "5")


def down_answered(x: Exchange) -> None:
    begins_down(x)
    rung(x)
    x.wait(5)
    x.becomes(SIP_AGENT, "6")
    x.takes(SIP_AGENT, by=SIP_TRUNK)
    x.wait(30)
    x.hangs_up(SIP_TRUNK)
    x.hangs_up(SIP_AGENT)


def down_missed(x: Exchange) -> None:
    begins_down(x)
    rung(x)
    x.wait(20)
    x.dialled(SIP_TRUNK, SIP_AGENT, "CANCEL")
    x.hangs_up(SIP_AGENT, "26")
    x.hangs_up(SIP_TRUNK)


def down_withheld(x: Exchange) -> None:
    begins_down(x, number="<unknown>")
    rung(x)
    x.wait(20)
    x.dialled(SIP_TRUNK, SIP_AGENT, "CANCEL")
    x.hangs_up(SIP_AGENT, "26")
    x.hangs_up(SIP_TRUNK)


def down_to_mobile(x: Exchange) -> None:
    begins_down(x)
    rung(x, MOBILE_LEG, string=f"itsp/{MOBILE}", number=MOBILE)
    x.wait(5)
    x.becomes(MOBILE_LEG, "6")
    x.takes(MOBILE_LEG, by=SIP_TRUNK)
    x.wait(40)
    x.hangs_up(SIP_TRUNK)
    x.hangs_up(MOBILE_LEG)


def up_at_once(x: Exchange) -> None:
    """A menu answers the line; it is never seen to ring."""
    x.appears("IAX2/itsp-0000000a", number=CUSTOMER, exten=DID)
    x.becomes("IAX2/itsp-0000000a", "6")
    x.wait(9)
    x.rings(AGENT, by="IAX2/itsp-0000000a")
    x.wait(3)
    x.takes(AGENT, by="IAX2/itsp-0000000a")
    x.wait(30)
    x.hangs_up(AGENT)
    x.hangs_up("IAX2/itsp-0000000a")


def group_begins_down(x: Exchange) -> None:
    """A ring group of a macro: two telephones and a mobile at once."""
    other = "SIP/12-0000000c"
    begins_down(x)
    for channel, string, number in (
        (SIP_AGENT, "", ""),
        (other, "", ""),
        (MOBILE_LEG, f"itsp/{MOBILE}", MOBILE),
    ):
        rung(x, channel, string=string, number=number)
    x.wait(6)
    for channel in (SIP_AGENT, MOBILE_LEG):
        x.dialled(SIP_TRUNK, channel, "CANCEL")
        x.hangs_up(channel, "26")
    x.takes(other, by=SIP_TRUNK)
    x.wait(30)
    x.hangs_up(other)
    x.hangs_up(SIP_TRUNK)


def followed_to_mobile(x: Exchange) -> None:
    """Follow-me: the telephone's place is taken by a Local channel whose other half dials the mobile."""
    one, two = "Local/FMPR-11@from-internal-00000003;1", "Local/FMPR-11@from-internal-00000003;2"
    begins_down(x)
    x.appears(one, of=SIP_TRUNK)
    x.appears(two, of=SIP_TRUNK)
    x.dials(SIP_TRUNK, one)
    rung(x, MOBILE_LEG, by=two, string=f"{MOBILE}@itsp", number=MOBILE)
    x.wait(10)
    x.takes(MOBILE_LEG, by=two, bridge="b2")
    x.takes(one, by=SIP_TRUNK, bridge="b1")
    x.wait(40)
    for channel in (MOBILE_LEG, two, one, SIP_TRUNK):
        x.hangs_up(channel)


def blind_to_mobile(x: Exchange) -> None:
    begins_down(x)
    rung(x)
    x.takes(SIP_AGENT, by=SIP_TRUNK)
    x.wait(20)
    x.leaves(SIP_TRUNK, "b1")
    x.leaves(SIP_AGENT, "b1")
    x.hangs_up(SIP_AGENT)
    rung(x, MOBILE_LEG, string=f"{MOBILE}@itsp", number=MOBILE)
    x.wait(5)
    x.takes(MOBILE_LEG, by=SIP_TRUNK, bridge="b2")
    x.wait(30)
    x.hangs_up(MOBILE_LEG)
    x.hangs_up(SIP_TRUNK)


def parked(x: Exchange) -> None:
    """11 parks the customer, beside somebody else's customer; 12 fetches them."""
    x.rings_in()
    x.rings(AGENT)
    x.takes(AGENT)
    x.wait(10)
    x.leaves(AGENT, "b1")
    x.leaves(TRUNK, "b1")
    x.hangs_up(AGENT)
    x.enters(TRUNK, "lot", kind="holding")
    x.appears(OTHER, number="12", exten="701", state="4")
    x.wait(15)
    x.leaves(TRUNK, "lot")
    x.enters(TRUNK, "b2")
    x.enters(OTHER, "b2")
    x.wait(25)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def out_transferred(x: Exchange) -> None:
    """11 rings a customer, asks 12 on a second line, and hands over."""
    second = "PJSIP/11-0000000d"
    x.appears(AGENT, number="11", exten=CUSTOMER[1:], state="4")
    x.rings(TRUNK, by=AGENT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.takes(TRUNK, by=AGENT)
    x.wait(20)
    x.appears(second, number="11", exten="12", state="4")
    x.rings(OTHER, by=second)
    x.wait(3)
    x.takes(OTHER, by=second, bridge="b2")
    x.wait(5)
    x.leaves(OTHER, "b2")
    x.enters(OTHER, "b1")
    x.leaves(AGENT, "b1")
    x.hangs_up(second)
    x.hangs_up(AGENT)
    x.wait(25)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def out_blind_transferred(x: Exchange) -> None:
    x.appears(AGENT, number="11", exten=CUSTOMER[1:], state="4")
    x.rings(TRUNK, by=AGENT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.takes(TRUNK, by=AGENT)
    x.wait(20)
    x.leaves(TRUNK, "b1")
    x.leaves(AGENT, "b1")
    x.hangs_up(AGENT)
    x.rings(OTHER)
    x.wait(5)
    x.takes(OTHER, bridge="b2")
    x.wait(25)
    x.hangs_up(OTHER)
    x.hangs_up(TRUNK)


def out_begins_down(x: Exchange) -> None:
    x.appears(SIP_AGENT, number="11", exten=CUSTOMER[1:])
    x.becomes(SIP_AGENT, "4")
    rung(x, SIP_TRUNK, by=SIP_AGENT, string=f"itsp/{CUSTOMER[1:]}", number=CUSTOMER[1:])
    x.wait(5)
    x.becomes(SIP_TRUNK, "6")
    x.takes(SIP_TRUNK, by=SIP_AGENT)
    x.wait(30)
    x.hangs_up(SIP_TRUNK)
    x.hangs_up(SIP_AGENT)


def at_a_click(x: Exchange) -> None:
    """Originate: our telephone rings first (a dialling by nobody), then the dial plan rings the customer."""
    x.appears(AGENT, number=CUSTOMER[1:], exten="s")
    x.dials("", AGENT)
    x.becomes(AGENT, "5")
    x.wait(4)
    x.dialled("", AGENT, "ANSWER")
    x.becomes(AGENT, "6")
    x.rings(TRUNK, by=AGENT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=AGENT)
    x.wait(30)
    x.hangs_up(AGENT)
    x.hangs_up(TRUNK)


def at_a_click_through_local(x: Exchange) -> None:
    one, two = "Local/11@from-internal-00000007;1", "Local/11@from-internal-00000007;2"
    x.appears(one, number="11", exten=CUSTOMER[1:])
    x.appears(two, of=one, number="11", exten="11")
    x.rings(AGENT, by=two)
    x.wait(4)
    x.takes(AGENT, by=two, bridge="b1")
    x.rings(TRUNK, by=one, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=one, bridge="b2")
    x.wait(30)
    for channel in (AGENT, two, one, TRUNK):
        x.hangs_up(channel)


def long_account(x: Exchange) -> None:
    x.appears(ACCOUNT, number="2070010021", exten=CUSTOMER[1:], state="4")
    x.rings(TRUNK, by=ACCOUNT, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=ACCOUNT)
    x.wait(30)
    x.hangs_up(TRUNK)
    x.hangs_up(ACCOUNT)


def long_account_rung(x: Exchange) -> None:
    x.rings_in()
    x.rings(ACCOUNT, string="2070010021/sip:2070010021@10.0.0.9:5060", number="2070010021")
    x.wait(8)
    x.takes(ACCOUNT)
    x.wait(30)
    x.hangs_up(TRUNK)
    x.hangs_up(ACCOUNT)


def named_telephone(x: Exchange) -> None:
    x.appears(NAMED, number="103", exten=CUSTOMER[1:], state="4", context="from-internal")
    x.rings(TRUNK, by=NAMED, string=f"{CUSTOMER[1:]}@itsp", number=CUSTOMER[1:])
    x.wait(8)
    x.takes(TRUNK, by=NAMED)
    x.wait(30)
    x.hangs_up(TRUNK)
    x.hangs_up(NAMED)


FURTHER: dict[Story, tuple[str, bool, tuple[str, ...], int | None, bool]] = {
    # story: (outcome, missed, users, talk, outbound)
    down_answered: ("answered", False, ("11",), 30, False),
    down_missed: ("missed", True, (), None, False),
    down_withheld: ("missed", True, (), None, False),
    down_to_mobile: ("answered", False, (MOBILE,), 40, False),
    up_at_once: ("answered", False, ("11",), 30, False),
    group_begins_down: ("answered", False, ("12",), 30, False),
    followed_to_mobile: ("answered", False, (MOBILE,), 40, False),
    blind_to_mobile: ("answered", False, ("11", MOBILE), 55, False),
    parked: ("answered", False, ("11", "12"), 50, False),
    out_transferred: ("answered", False, ("11", "12"), 53, True),
    out_blind_transferred: ("answered", False, ("11", "12"), 50, True),
    out_begins_down: ("answered", False, ("11",), 30, True),
    at_a_click: ("answered", False, ("11",), 30, True),
    at_a_click_through_local: ("answered", False, ("11",), 30, True),
    long_account: ("answered", False, ("2070010021",), 30, True),
    long_account_rung: ("answered", False, ("2070010021",), 30, False),
    named_telephone: ("answered", False, ("103",), 30, True),
}
