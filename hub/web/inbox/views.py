"""The views of the conversation list: their names, their order, and which conversation stands in which."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from hub.wording.i18n import N_
from inbox.views.model import VIEWS, ConversationRow

DEFAULT = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view as it is drawn. `empty` is said when nothing stands in it."""

    name: str
    label: str
    icon: str
    empty_title: str
    empty_text: str


KNOWN = {
    view.name: view
    for view in (
        View(
            name="mine",
            label=N_("Mine"),
            icon="user",
            empty_title=N_("Nothing is waiting for you"),
            empty_text=N_("Conversations assigned to you, or that you answer, appear here."),
        ),
        View(
            name="unassigned",
            label=N_("Unassigned"),
            icon="hand",
            empty_title=N_("Everything is assigned"),
            empty_text=N_("New conversations that are not assigned yet appear here."),
        ),
        View(
            name="all",
            label=N_("All open"),
            icon="inbox",
            empty_title=N_("No open conversations"),
            empty_text=N_(
                "As soon as a customer writes or calls on one of your channels, the conversation appears here."
            ),
        ),
        View(
            name="waiting",
            label=N_("Waiting"),
            icon="clock",
            empty_title=N_("Nobody is waiting for an answer"),
            empty_text=N_("Customers waiting for an answer appear here, the longest waiting first."),
        ),
        View(
            name="snoozed",
            label=N_("Snoozed"),
            icon="moon",
            empty_title=N_("Nothing is snoozed"),
            empty_text=N_("A snoozed conversation comes back at its time, or when the customer writes."),
        ),
        View(
            name="closed",
            label=N_("Closed"),
            icon="check",
            empty_title=N_("Nothing is closed yet"),
            empty_text=N_("Closed conversations appear here and reopen when the customer writes."),
        ),
    )
}
assert tuple(KNOWN) == VIEWS


def chosen(request: web.Request) -> View:
    """The view a request names, or the usual one."""
    return KNOWN.get(request.query.get("view", DEFAULT), KNOWN[DEFAULT])


def stands_in(row: ConversationRow, view: str, user_id: int) -> bool:
    """Whether a conversation belongs to a view of this user; the list's SQL says the same."""
    if view in ("snoozed", "closed"):
        return row.state == view
    if row.state != "open":
        return False
    if view == "mine":
        return row.assignee_id == user_id
    if view == "unassigned":
        return row.assignee_id is None
    return row.waiting_since is not None if view == "waiting" else True


def order(row: ConversationRow, view: str) -> int:
    """Where a row stands in its list: milliseconds, larger is higher."""
    if view == "waiting" and row.waiting_since:
        return -int(row.waiting_since.timestamp() * 1000)
    return int(row.last_at.timestamp() * 1000)
