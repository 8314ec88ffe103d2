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

TASK: LiteralString = "($1::integer IS NULL OR coalesce(t.assignee_id, 0) IN (0, $1))"
"""`t` is crm_task."""
