"""Who is on the other side: what our own proxy says, never what a stranger says of himself."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from hub.peers import network_of, peer

PROXY, STRANGER = "10.0.0.7", "198.51.100.9"


@pytest.mark.parametrize(
    ("remote", "headers", "expected"),
    [
        (STRANGER, [], STRANGER),
        ("8.8.8.8", ["203.0.113.5"], "8.8.8.8"),
        (PROXY, ["203.0.113.5"], "203.0.113.5"),
        (PROXY, ["1.1.1.1, 203.0.113.5"], "203.0.113.5"),
        (PROXY, ["1.1.1.1", "203.0.113.5"], "203.0.113.5"),
        (PROXY, ["203.0.113.5:4711"], "203.0.113.5"),
        (PROXY, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (PROXY, ["2001:db8::1"], "2001:db8::1"),
        (PROXY, ["unknown"], PROXY),
        (PROXY, ["<script>"], PROXY),
        (PROXY, [""], PROXY),
        ("127.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("::1", ["203.0.113.5"], "203.0.113.5"),
    ],
)
def test_the_last_word_of_our_own_proxy_counts(remote: str, headers: list[str], expected: str) -> None:
    given = CIMultiDict([("X-Forwarded-For", value) for value in headers])
    request = make_mocked_request("GET", "/", headers=given).clone(remote=remote)
    assert peer(request) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_a_household_is_counted_once(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


def test_neighbours_are_counted_apart() -> None:
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("203.0.113.5") != network_of("203.0.113.6")
    assert network_of("") == ""
