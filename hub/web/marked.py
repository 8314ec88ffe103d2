"""What people wrote in our small mark-up, as the pages show it."""

from __future__ import annotations

from markupsafe import Markup

from connectors.markup import read, to_html
from hub.web.formats import paragraphs


def marked(source: str) -> Markup:
    """Formatted, everything else escaped, web addresses clickable."""
    return Markup(to_html(read(source), text=paragraphs))  # noqa: S704 - to_html escapes all it does not write itself
