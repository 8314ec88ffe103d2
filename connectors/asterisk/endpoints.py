"""Whether the lines outside have to be named: an Asterisk whose telephones have no short numbers does not tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.asterisk.client import AmiLine
from connectors.asterisk.settings import Lines, endpoint
from connectors.contract import Refused

LISTS = ("PJSIPShowEndpoints", "SIPpeers")
MOST_NAMED = 5


async def telephones_like_trunks(
    line: AmiLine, lines: Lines, channels: list[dict[str, str]]
) -> tuple[str, ...]:
    """Names of endpoints that would count as lines outside though they are most likely telephones; some of them."""
    if lines.trunks:
        return ()
    found = dict.fromkeys(_running(channels, lines))
    for name in LISTS:
        try:
            listed = await line.listed(name)
        except Refused:  # chan_sip or PJSIP is not loaded, or the user may not see it
            continue
        found |= dict.fromkeys(each["ObjectName"] for each in listed if _is_doubtful(each, lines))
    return tuple(sorted(found))[:MOST_NAMED]


def _running(channels: list[dict[str, str]], lines: Lines) -> Iterator[str]:
    for each in channels:
        name = each.get("Channel", "")
        if lines.is_trunk(name) and endpoint(name).isdecimal():
            yield endpoint(name)


def _is_doubtful(each: Mapping[str, str], lines: Lines) -> bool:
    """A telephone signs in at Asterisk; a trunk is one where Asterisk signs in, or that is known by its address."""
    name = each.get("ObjectName", "").partition("/")[0]
    if not name or not lines.is_trunk(f"PJSIP/{name}-0"):
        return False
    if each.get("OutboundAuths"):
        return False
    return name.isdecimal() or each.get("Dynamic", "").lower() == "yes" or bool(each.get("Auths"))
