"""The entries of the side bar, and who gets which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from crm_core.access.abilities import Ability
from crm_core.users.model import User
from hub.wording.i18n import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, for who has the ability `needs`.

    `route` names a page of routes.py; an entry whose page is not there is left out."""

    route: str
    label: str
    icon: str
    needs: Ability
    group: str
    under: tuple[str, ...] = ()


@dataclass(slots=True)
class GuideState:
    """Whether the first-run guide is still shown; kept up to date beside the pages."""

    is_open: bool = False


GUIDE = web.AppKey("guide", GuideState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry as it is drawn. `is_current` marks where the reader is."""

    label: str
    icon: str
    href: str
    group: str
    is_current: bool
    route: str


ENTRIES = (
    Entry(route="guide", label=N_("Get started"), icon="hand", needs="guide", group="work"),
    Entry(
        route="inbox",
        label=N_("Inbox"),
        icon="inbox",
        needs="customers",
        group="work",
        under=("/conversations",),
    ),
    Entry(route="search", label=N_("Search"), icon="search", needs="customers", group="work"),
    Entry(route="calls", label=N_("Calls"), icon="phone", needs="customers", group="work"),
    Entry(route="deals", label=N_("Deals"), icon="columns", needs="customers", group="work"),
    Entry(route="leads", label=N_("Leads"), icon="spark", needs="customers", group="work"),
    Entry(route="contacts", label=N_("Contacts"), icon="people", needs="customers", group="work"),
    Entry(route="companies", label=N_("Companies"), icon="building", needs="customers", group="work"),
    Entry(route="tasks", label=N_("Tasks"), icon="check-circle", needs="customers", group="work"),
    Entry(route="reports", label=N_("Reports"), icon="chart", needs="customers", group="work"),
    Entry(route="bin", label=N_("Bin"), icon="trash", needs="customers", group="work"),
    Entry(route="channels", label=N_("Channels"), icon="plug", needs="channels", group="operate"),
    Entry(route="journal", label=N_("Journal"), icon="list", needs="operations", group="operate"),
    Entry(route="quarantine", label=N_("Quarantine"), icon="alert", needs="operations", group="operate"),
    Entry(route="alarms", label=N_("Alarms"), icon="bell", needs="operations", group="operate"),
    Entry(route="outbox", label=N_("Not sent"), icon="send", needs="operations", group="operate"),
    Entry(
        route="jobs", label=N_("Jobs"), icon="clock", needs="operations", group="operate", under=("/runs",)
    ),
    Entry(route="ledger", label=N_("Ledger"), icon="scale", needs="operations", group="operate"),
    Entry(route="rules", label=N_("Bot rules"), icon="bot", needs="bot", group="operate"),
    Entry(route="routing", label=N_("Routing"), icon="merge", needs="routing", group="operate"),
    Entry(route="users", label=N_("Users"), icon="key", needs="users", group="operate"),
    Entry(route="fields", label=N_("Fields"), icon="list", needs="settings", group="operate"),
    Entry(
        route="settings",
        label=N_("Settings"),
        icon="gear",
        needs="settings",
        group="operate",
        under=("/tokens", "/webhooks", "/audit"),
    ),
)


def for_user(request: web.Request, user: User) -> Sequence[Shown]:
    """The entries this user gets on this page."""
    routes = request.app.router.named_resources()
    shown: list[Shown] = []
    for entry in ENTRIES:
        if not user.can(entry.needs) or entry.route not in routes:
            continue
        if entry.route == "guide" and not request.app[GUIDE].is_open:
            continue
        href = str(routes[entry.route].url_for())
        places = (href, *entry.under)
        shown.append(
            Shown(
                label=entry.label,
                icon=entry.icon,
                href=href,
                group=entry.group,
                is_current=any(
                    request.path == place or request.path.startswith(place + "/") for place in places
                ),
                route=entry.route,
            )
        )
    return shown


def home(user: User) -> str:
    """Where a user lands after signing in."""
    return "/inbox" if user.can("customers") else "/channels"
