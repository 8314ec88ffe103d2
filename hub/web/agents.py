"""A browser's own description of itself, in words that its owner recognises: Chrome on Windows."""

from __future__ import annotations

import re
from typing import Final

from hub.wording.i18n import gettext

_BROWSERS: Final = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|OPT/|Opera", "Opera"),
    (r"YaBrowser/", "Yandex Browser"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Vivaldi/", "Vivaldi"),
    (r"UCBrowser/", "UC Browser"),
    (r"DuckDuckGo/|Ddg/", "DuckDuckGo"),
    (r"FxiOS/|Firefox/", "Firefox"),
    (r"CriOS/|Chrome/|Chromium/", "Chrome"),
    (r"Version/[\d.]+ .*Safari/", "Safari"),
    (r"(?i)^(?:curl|wget|python|aiohttp|okhttp|go-http|java)", "Program"),
)
"""In this order: most call themselves Chrome or Safari as well."""
_SYSTEMS: Final = (
    (r"Windows", "Windows"),
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"Linux|X11", "Linux"),
)


def browser(agent: str) -> str:
    """What is known of it; the description itself where nothing is."""
    name, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if name == "Program":
        return gettext("A program")
    if name and system:
        return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or agent or gettext("Unknown browser")


def is_handheld(agent: str) -> bool:
    return bool(re.search(r"iPhone|iPad|iPod|Android|Mobile", agent))


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, agent)), "")
