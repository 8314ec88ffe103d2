"""Where a request came from: campaign, referrer, landing page and visits, told by the page or read off its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from connectors.contract import Source
from values.texts import one_line

MAX_VISITS: Final = 20
MAX_ADDRESS: Final = 500
MAX_UTM: Final = 200
CLICK_IDS: Final = ("gclid", "fbclid")


def source_of(control: Mapping[str, str], *, referer: str = "") -> Source | None:
    """What the form's page told (`_source` as JSON, or single fields), else the Referer; None when nothing is known."""
    told = _told(control.get("source", ""))
    page = web_address(told.get("page") or control.get("page") or referer)
    landing = web_address(told.get("landing_page") or control.get("landing_page"))
    referrer = web_address(told.get("referrer") or control.get("referrer"))
    visits = _visits(told.get("visits") or _parsed(control.get("visits", "")))
    utm = _utm(control) or _utm(told.get("utm")) or _utm(_query(landing)) or _utm(_query(page))
    if not (utm or page or landing or referrer or visits):
        return None
    return Source(utm=utm, referrer=referrer, landing_page=landing, page=page, visits=visits)


def _told(text: str) -> dict[str, Any]:
    data = _parsed(text)
    return data if isinstance(data, dict) else {}


def _parsed(text: str) -> Any:
    if not text or len(text) > 64 * 1024:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def web_address(given: Any) -> str:
    """A web address without its fragment; anything else is left out."""
    text = str(given or "").strip()[:MAX_ADDRESS]
    return text.partition("#")[0] if text.lower().startswith(("http://", "https://")) else ""


def _query(address: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(address).query, max_num_fields=100))
    except ValueError:
        return {}


def _utm(given: Any) -> dict[str, str]:
    """The `utm_` fields and the advertisers' click ids."""
    if not isinstance(given, Mapping):
        return {}
    found = {
        str(name)[:40]: str(value).strip()[:MAX_UTM]
        for name, value in given.items()
        if (str(name).startswith("utm_") or name in CLICK_IDS) and str(value or "").strip()
    }
    return dict(sorted(found.items())[:12])


def _visits(given: Any) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(given, list):
        return ()
    found: list[tuple[str, str, str]] = []
    for item in given[-MAX_VISITS:]:
        if isinstance(item, list) and len(item) >= 2 and web_address(item[1]):
            title = str(item[2]) if len(item) > 2 else ""
            found.append((str(item[0])[:40], web_address(item[1]), one_line(title, 200)))
    return tuple(found)
