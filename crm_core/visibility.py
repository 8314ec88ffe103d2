"""The one rule of who sees what: a living row that is nobody's or the viewer's; who sees everything sees all.

In every statement that uses a fragment `$1` is `Viewer.scope()`: null sees everything, otherwise the user's id. Those
that end in `_ROW` are the same for lists that are put together: `{t}` is the row. Those that begin with `BINNED_` are the same
for what lies in the bin, which is seen nowhere else.
"""

from __future__ import annotations

from typing import LiteralString

_OWNED: LiteralString = "($1::integer IS NULL OR coalesce({t}.owner_id, 0) IN (0, $1))"
_FOLLOWED: LiteralString = """($1::integer IS NULL OR coalesce({t}.owner_id, 0) IN (0, $1)
      OR EXISTS (SELECT 1 FROM crm_follower f WHERE f.user_id = $1 AND f.root_id = {t}.id))"""
_LIVES: LiteralString = "{t}.deleted_at IS NULL"
_LIES: LiteralString = "{t}.deleted_at IS NOT NULL"

OWNED_ROW: LiteralString = f"({_LIVES} AND {_OWNED})"
"""A company, a lead or a deal."""

CONTACT_ROW: LiteralString = f"({_LIVES} AND {_FOLLOWED})"
CONTACT: LiteralString = CONTACT_ROW.replace("{t}", "c")
"""`c` is the root row of crm_contact."""

COMPANY: LiteralString = OWNED_ROW.replace("{t}", "y")
"""`y` is crm_company."""

LEAD: LiteralString = OWNED_ROW.replace("{t}", "l")
"""`l` is crm_lead."""

DEAL: LiteralString = OWNED_ROW.replace("{t}", "d")
"""`d` is crm_deal."""

_SEEN: LiteralString = _FOLLOWED.replace("{t}", "c")
_ABOUT: LiteralString = f"""EXISTS (SELECT 1 FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
                            WHERE i.id = {{t}}.contact_id AND {_SEEN})"""
TASK_OF_NOBODY_ROW: LiteralString = f"""($1::integer IS NULL OR {{t}}.contact_id IS NULL OR {_ABOUT}
           OR EXISTS (SELECT 1 FROM crm_deal d WHERE d.id = {{t}}.deal_id AND d.owner_id = $1))"""
TASK_OF_NOBODY: LiteralString = TASK_OF_NOBODY_ROW.replace("{t}", "t")
"""`t` is crm_task without an assignee: it follows whom it is about, since it tells of them."""

_TASK: LiteralString = f"""($1::integer IS NULL OR {{t}}.assignee_id = $1
    OR (coalesce({{t}}.assignee_id, 0) = 0 AND {TASK_OF_NOBODY_ROW}))"""
TASK_ROW: LiteralString = f"({_LIVES} AND {_TASK})"
TASK: LiteralString = TASK_ROW.replace("{t}", "t")
"""`t` is crm_task."""

BINNED_CONTACT: LiteralString = f"({_LIES} AND {_FOLLOWED})".replace("{t}", "c")
BINNED_COMPANY: LiteralString = f"({_LIES} AND {_OWNED})".replace("{t}", "y")
BINNED_LEAD: LiteralString = f"({_LIES} AND {_OWNED})".replace("{t}", "l")
BINNED_DEAL: LiteralString = f"({_LIES} AND {_OWNED})".replace("{t}", "d")
BINNED_TASK: LiteralString = f"({_LIES} AND {_TASK})".replace("{t}", "t")
