"""The one rule of who sees what: a row that is nobody's or the viewer's; who sees everything sees all.

In every statement that uses a fragment `$1` is `Viewer.scope()`: null sees everything, otherwise the user's id. Those
that end in `_ROW` are the same for lists that are put together: `{t}` is the row.
"""

from __future__ import annotations

from typing import LiteralString

OWNED_ROW: LiteralString = "($1::integer IS NULL OR coalesce({t}.owner_id, 0) IN (0, $1))"
"""A company, a lead or a deal."""

CONTACT_ROW: LiteralString = """($1::integer IS NULL OR coalesce({t}.owner_id, 0) IN (0, $1)
      OR EXISTS (SELECT 1 FROM crm_follower f WHERE f.user_id = $1 AND f.root_id = {t}.id))"""
CONTACT: LiteralString = CONTACT_ROW.replace("{t}", "c")
"""`c` is the root row of crm_contact."""

COMPANY: LiteralString = OWNED_ROW.replace("{t}", "y")
"""`y` is crm_company."""

LEAD: LiteralString = OWNED_ROW.replace("{t}", "l")
"""`l` is crm_lead."""

DEAL: LiteralString = OWNED_ROW.replace("{t}", "d")
"""`d` is crm_deal."""

_ABOUT: LiteralString = f"""EXISTS (SELECT 1 FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
                            WHERE i.id = {{t}}.contact_id AND {CONTACT})"""
TASK_OF_NOBODY_ROW: LiteralString = f"""($1::integer IS NULL OR {{t}}.contact_id IS NULL OR {_ABOUT}
           OR EXISTS (SELECT 1 FROM crm_deal d WHERE d.id = {{t}}.deal_id AND d.owner_id = $1))"""
TASK_OF_NOBODY: LiteralString = TASK_OF_NOBODY_ROW.replace("{t}", "t")
"""`t` is crm_task without an assignee: it follows whom it is about, since it tells of them."""

TASK_ROW: LiteralString = f"""($1::integer IS NULL OR {{t}}.assignee_id = $1
    OR (coalesce({{t}}.assignee_id, 0) = 0 AND {TASK_OF_NOBODY_ROW}))"""
TASK: LiteralString = TASK_ROW.replace("{t}", "t")
"""`t` is crm_task."""
