"""The small mark-up that people write in: read once, written the way each channel can carry it. Pure."""

from __future__ import annotations

from connectors.markup.read import Marked, Span, read
from connectors.markup.write import to_html, to_marks, to_plain

__all__ = ["Marked", "Span", "read", "to_html", "to_marks", "to_plain"]
