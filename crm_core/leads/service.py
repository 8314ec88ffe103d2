"""The verbs of leads."""

from __future__ import annotations

from crm_core.leads.opening import open_for

__all__ = ["open_for"]
