"""Plain parts that say nothing but that there is HTML: a mailer's default, which nobody wrote. Pure."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 600
FEWEST: Final = 3
"""Words of HTML that can be the mail; a picture's description is none."""
SHARED: Final = 0.35
"""Share of its words that a plain part has in common with the HTML if it is a version of that."""
WORD: Final = re.compile(r"[^\W\d_]{2,40}")
PICTURE: Final = re.compile(r"\[(?:image|cid|bild|изображение|inline image)\b[^\[\]]{0,200}\]", re.IGNORECASE)
SEARCHED: Final = 50_000
# fmt: off
TOLD: Final = re.compile(
    r"\bhtml\b|\brich.?text\b|\bmime\b|multi-?part|webversion|web version|\bbrowser\b|navigateur|navegador|браузер|przegl\w*dar"
    r"|浏览器|瀏覽器|ブラウザ|브라우저|tarayıc|trình duyệt"
    r"|(?:e-?mail|mail) (?:client|viewer|reader|program)|почтов\w+ (?:клиент|программ)"
    r"|поштов\w+ (?:клієнт|програм)|view (?:this|the) (?:e-?mail|message|mail)"
    r"|(?:read|see|open) (?:this|the) (?:e-?mail|message|mail) (?:online|in)"
    r"|(?:e-?mail|nachricht) (?:online )?ansehen|afficher ce (?:message|mail|courriel)|ver este (?:correo|mensaje|e-?mail)"
    r"|(?:no|without|kein|sans|sin|senza|bez|без) (?:plain )?(?:text|texte?|texto|testo|tekstu|текст\w*)\b"
    r"|plain.?text (?:version|part|content)|text version|textversion|version texte",
    re.IGNORECASE,
)
# fmt: on


def is_placeholder(plain: str, drawn: str) -> bool:
    """Whether the HTML's text `drawn` is the mail, and `plain` only speaks of mail programs and versions."""
    plain = plain.strip()
    if len(plain) > LONGEST:
        return False
    there = set(WORD.findall(drawn[:SEARCHED].lower()))
    words = WORD.findall(PICTURE.sub("", plain).lower())
    if not words:
        return len(there) >= FEWEST and not any(map(str.isdigit, plain))
    if len(there) < FEWEST or sum(word in there for word in words) >= SHARED * len(words):
        return False
    return bool(TOLD.search(plain)) or _is_link(plain)


def _is_link(plain: str) -> bool:
    return plain.startswith(("http://", "https://")) and " " not in plain
