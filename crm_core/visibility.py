"""The one rule of who sees what: a row that is nobody's or the viewer's; who sees everything sees all.

In every statement that uses a fragment `$1` is `Viewer.scope()`: null sees everything, otherwise the user's id.
"""

from __future__ import annotations

from typing import LiteralString

CONTACT: LiteralString = """($1::integer IS NULL OR coalesce(c.owner_id, 0) IN (0, $1)
      OR EXISTS (SELECT 1 FROM crm_follower f WHERE f.user_id = $1 AND f.root_id = c.id))"""
"""`c` is the root row of crm_contact."""

COMPANY: LiteralString = "($1::integer IS NULL OR coalesce(y.owner_id, 0) IN (0, $1))"
"""`y` is crm_company."""

LEAD: LiteralString = "($1::integer IS NULL OR coalesce(l.owner_id, 0) IN (0, $1))"
"""`l` is crm_lead."""

DEAL: LiteralString = "($1::integer IS NULL OR coalesce(d.owner_id, 0) IN (0, $1))"
"""`d` is crm_deal."""

_ABOUT: LiteralString = f"""EXISTS (SELECT 1 FROM crm_contact i JOIN crm_contact c ON c.id = i.root_id
                            WHERE i.id = t.contact_id AND {CONTACT})"""
TASK_OF_NOBODY: LiteralString = f"""($1::integer IS NULL OR t.contact_id IS NULL OR {_ABOUT}
           OR EXISTS (SELECT 1 FROM crm_deal d WHERE d.id = t.deal_id AND d.owner_id = $1))"""
"""`t` is crm_task without an assignee: it follows whom it is about, since it tells of them."""

TASK: LiteralString = (
    f"($1::integer IS NULL OR t.assignee_id = $1 OR (coalesce(t.assignee_id, 0) = 0 AND {TASK_OF_NOBODY}))"
)
"""`t` is crm_task."""
