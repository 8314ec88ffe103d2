"""The verbs of deals."""

from __future__ import annotations

from crm_core.deals.routed import create_for_routed

__all__ = ["create_for_routed"]
