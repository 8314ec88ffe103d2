"""Calendar parts as facts for people: what, when, where, who asks; or who accepted what. Never raises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from connectors.email.read.decode import text_of
from connectors.email.read.mime import Part
from values.sentences import phrase
from values.texts import readable

SIZE: Final = 64 * 1024
LENGTH: Final = 300
INVITATION: Final = phrase("Invitation")
TITLES: Final = {
    "CANCEL": phrase("Cancelled invitation"),
    "REPLY": phrase("Answer to the invitation"),
    "COUNTER": phrase("Another time proposed for"),
}
ANSWERS: Final = {
    "ACCEPTED": phrase("Accepted the invitation"),
    "DECLINED": phrase("Declined the invitation"),
    "TENTATIVE": phrase("May come to"),
}
WHEN: Final = phrase("When")
WHERE: Final = phrase("Where")
ORGANISER: Final = phrase("Organiser")
REPEATS: Final = phrase("Repeats")
COMMENT: Final = phrase("Comment")
ASIDE: Final = ("X-RESPONSE-COMMENT", "X-CALENDARSERVER-ATTENDEE-COMMENT")
"""Where calendars of Apple and others keep what an attendee adds to the answer."""
WORDS: Final = 8_000
CALENDARS: Final = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
FAULTS: Final = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
)


def facts_of(parts: Sequence[Part]) -> dict[str, str]:
    """The facts of the first event of the first calendar part; nothing where there is none that can be read."""
    part = next((part for part in parts if part.mime in CALENDARS), None)
    if part is None:
        return {}
    data = part.content()
    return {} if len(data) > SIZE else facts(text_of(data, part.charset or "utf-8"))


def words_of(parts: Sequence[Part]) -> str:
    """What a person wrote into the calendar part: the comment on an answer, the description of an invitation."""
    part = next((part for part in parts if part.mime in CALENDARS), None)
    data = part.content() if part else b""
    event = None if part is None or len(data) > SIZE else _event(text_of(data, part.charset or "utf-8"))[1]
    if event is None:
        return ""
    return _words(_comment(event) or event.get("DESCRIPTION"))


def facts(text: str) -> dict[str, str]:
    """The facts of a calendar's first event, in the order in which they are shown."""
    calendar, event = _event(text)
    if event is None:
        return {}
    try:
        found = {
            _title(calendar, event): _line(event.get("SUMMARY")) or "-",
            WHEN: _when(event),
            WHERE: _line(event.get("LOCATION")),
            ORGANISER: _person(event.get("ORGANIZER")),
            REPEATS: _line(_rule(event)),
            COMMENT: _words(_comment(event)),
        }
    except FAULTS:
        return {}
    return {key: value for key, value in found.items() if value}


def _event(text: str) -> tuple[Any, Any]:
    """The calendar and its first event, or None for both."""
    from icalendar import Calendar  # only here: most mail has no calendar

    try:
        calendar: Any = Calendar.from_ical(text)
        event: Any = next(iter(calendar.walk("VEVENT")), None) or next(iter(calendar.walk("VTODO")), None)
    except FAULTS:
        return None, None
    return (calendar, event) if event is not None else (None, None)


def _comment(event: Any) -> Any:
    """What somebody says to an invitation; of several comments all."""
    comments = event.get("COMMENT")
    if comments:
        return comments
    attendees = event.get("ATTENDEE")
    for attendee in attendees[:50] if isinstance(attendees, list) else [attendees]:
        given: Any = getattr(attendee, "params", {})
        if said := next((given[name] for name in ASIDE if given.get(name)), None):
            return said
    return None


def _words(value: Any) -> str:
    """Paragraphs as they are; several texts below each other."""
    if value is None:
        return ""
    texts = value if isinstance(value, list) else [value]
    return readable("\n".join(str(text).strip() for text in texts[:20]))[:WORDS].strip()


def _title(calendar: Any, event: Any) -> str:
    method = _line(calendar.get("METHOD")).upper()
    if method == "REPLY":
        attendee = event.get("ATTENDEE")
        attendee = attendee[0] if isinstance(attendee, list) else attendee
        answer = str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper()
        return ANSWERS.get(answer, TITLES["REPLY"])
    if _line(event.get("STATUS")).upper() == "CANCELLED":
        method = "CANCEL"
    return TITLES.get(method, INVITATION)


def _when(event: Any) -> str:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if start is None:
        return ""
    if not isinstance(start, datetime):
        return f"{start:%Y-%m-%d}"
    told = f"{start:%Y-%m-%d %H:%M}"
    if isinstance(end, datetime):
        told += f"–{end:%H:%M}" if end.date() == start.date() else f" – {end:%Y-%m-%d %H:%M}"
    zone = _zone(start)
    return f"{told} ({zone})" if zone else told


def _moment(event: Any, name: str) -> date | None:
    found = getattr(event.get(name), "dt", None)
    return found if isinstance(found, date) else None


def _zone(at: datetime) -> str:
    zone = at.tzinfo
    if zone is None:
        return ""
    return str(getattr(zone, "key", "") or at.tzname() or "")[:60]


def _person(value: Any) -> str:
    name = str(getattr(value, "params", {}).get("CN", "")).strip('" ')
    address = _line(value)
    address = address[7:] if address.lower().startswith("mailto:") else address
    return _line(f"{name} <{address}>" if name and address and name != address else name or address)


def _rule(event: Any) -> str:
    rule = event.get("RRULE")
    return "" if rule is None or isinstance(rule, list) else rule.to_ical().decode("utf-8", "replace")


def _line(value: Any) -> str:
    if value is None:
        return ""
    value = value[0] if isinstance(value, list) and value else value
    return readable(" ".join(str(value).split()))[:LENGTH]
