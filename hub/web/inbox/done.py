"""What was done with a conversation, in words, with a way back."""

from __future__ import annotations

from hub.web.flashes import Flash, Icon
from hub.web.formats import moment
from hub.web.naming import readable
from hub.wording.i18n import gettext
from inbox.views.model import ConversationRow


def flash_of(row: ConversationRow, act: str) -> Flash:
    """How the conversation stands now, and what takes that back."""
    text, icon = _said(row)
    return Flash(text=text, about=readable(row.contact_name or row.handle_value), act=act, icon=icon)


def _said(row: ConversationRow) -> tuple[str, Icon]:
    if row.state == "closed":
        return gettext("Conversation closed"), "check"
    if row.state == "snoozed" and row.snoozed_until:
        return gettext("Snoozed until %(at)s") % {"at": moment(row.snoozed_until)}, "moon"
    if row.assignee_id:
        return gettext("Assigned to %(name)s") % {"name": row.assignee_name}, "user-plus"
    return gettext("Handed back to the bot") if row.owner == "bot" else gettext("Unassigned"), "user-plus"
