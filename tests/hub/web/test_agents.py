"""Browsers in words that their owner recognises."""

from __future__ import annotations

import pytest

from hub.web.agents import browser, is_handheld

MOZ = "Mozilla/5.0 "
KIT = "AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = f"{MOZ}(iPhone; CPU iPhone OS 18_1 like Mac OS X) {KIT}"


@pytest.mark.parametrize(
    ("agent", "shown", "handheld"),
    [
        (f"{MOZ}(Windows NT 10.0; Win64; x64) {KIT}Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows", False),
        (f"{MOZ}(Windows NT 10.0; Win64; x64) {KIT}Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows", False),
        (f"{MOZ}(Windows NT 10.0) {KIT}Chrome/130.0 YaBrowser/24.12 Safari/537.36", "Yandex Browser on Windows", False),
        (f"{MOZ}(X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux", False),
        (f"{MOZ}(Macintosh; Intel Mac OS X 10_15_7) {KIT}Version/18.1 Safari/605.1", "Safari on Mac", False),
        (f"{IPHONE}Version/18.1 Mobile/15E148 Safari/604", "Safari on iPhone", True),
        (f"{IPHONE}CriOS/131.0 Mobile/15E148 Safari/604", "Chrome on iPhone", True),
        (f"{MOZ}(Linux; Android 14) {KIT}SamsungBrowser/27 Chrome/125.0 Mobile Safari/537", "Samsung Internet on Android", True),
        (f"{MOZ}(Linux; Android 10; K) {KIT}Chrome/131.0.0.0 Mobile Safari/537.36 OPR/85.0", "Opera on Android", True),
        ("curl/8.5.0", "A program", False),
        ("python-requests/2.32", "A program", False),
        ("test", "test", False),
        ("", "Unknown browser", False),
    ],
)  # fmt: skip
def test_browser(agent: str, shown: str, handheld: bool) -> None:
    assert browser(agent) == shown
    assert is_handheld(agent) is handheld
