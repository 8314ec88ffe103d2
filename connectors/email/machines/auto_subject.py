"""Out-of-office notes that only their subject gives away, by language."""

from __future__ import annotations

import re
from typing import Final

from connectors.email.machines.look import Look

SUBJECTS: Final = (
    *(
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "auto-response",
        "autoresponse",
    ),
    *("automated response", "automated reply", "vacation reply", "on vacation:", "on holiday:"),
    *("автоответ", "автоматический ответ", "автоматическое уведомление"),
    *("автоматична відповідь", "автовідповідь"),
    *("відсутній на робочому місці", "відсутність на робочому місці"),
    *("ឆ្លើយតបស្វ័យប្រវត្តិ", "ការឆ្លើយតបដោយស្វ័យប្រវត្តិ", "ការឆ្លើយតបស្វ័យប្រវត្តិ"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsassistent"),
    *("réponse automatique", "message d'absence", "notification d'absence"),
    *("respuesta automática", "respuesta automatica", "risposta automatica"),
    *("resposta automática", "resposta automatica"),
    *("automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź"),
    *("automatisch antwoord", "afwezigheidsbericht"),
    *("autosvar", "automatiskt svar", "automatisk svar", "automaattinen vastaus"),
    *(
        "automatická odpověď",
        "automatická odpoveď",
        "automatikus válasz",
        "răspuns automat",
        "αυτόματη απάντηση",
    ),
    *("otomatik yanıt", "otomatik cevap", "trả lời tự động", "balasan otomatis"),
    *("自动答复", "自動回覆", "自动回复", "自動答覆", "自動応答", "自動返信", "不在通知"),
    *("자동 회신", "자동 응답", "자동회신", "رد تلقائي", "الرد التلقائي", "תשובה אוטומטית", "ตอบกลับอัตโนมัติ"),
)
"""What nobody calls a letter of his own."""
ABSENCES: Final = (
    *(
        "out of office",
        "out of the office",
        "out-of-office",
        "i am out of the office",
        "away from the office",
    ),
    *("on annual leave", "нет на месте", "вне офиса", "я в отпуске", "abwesend", "ich bin nicht im büro"),
    *("absence du bureau", "absent du bureau", "fuera de la oficina", "ausente de la oficina"),
    *("fuori sede", "fuori ufficio", "assente dall'ufficio"),
    *("ausência temporária", "fora do escritório", "ausente do escritório"),
    *(
        "poza biurem",
        "nieobecność",
        "afwezig",
        "niet aanwezig",
        "frånvaro",
        "poissa",
        "ofis dışında",
        "vắng mặt",
    ),
    *("外出中", "不在办公室", "休暇中", "부재중", "خارج المكتب"),
)
"""What a person may begin with, too: a note if nothing or a stop follows, or if another sign says so."""
BRACKETS: Final = " [(*【<#"
STOP: Final = re.compile(r"\s*(?:$|[:：\-–—,.!|/\])】>…*(])")


def asks(look: Look) -> bool:
    """A customer's "Re: Out of office" is a person's, and so is "Out of office chairs"."""
    subject = look.subject.lower().strip(BRACKETS)
    if subject.startswith(SUBJECTS):
        return True
    absence = next((words for words in ABSENCES if subject.startswith(words)), "")
    if not absence:
        return False
    return STOP.match(subject, len(absence)) is not None or _is_answer(look)


def _is_answer(look: Look) -> bool:
    """Whether it answers something of ours, or asks that nothing automatic be answered: neither is enough alone."""
    return "in-reply-to" in look.headers or look.value("x-auto-response-suppress") not in {"", "none"}
