"""Out-of-office notes that only their subject gives away, by language."""

from __future__ import annotations

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
    *(
        "automated response",
        "automated reply",
        "out of office",
        "out of the office",
        "out-of-office",
        "vacation reply",
    ),
    *("i am out of the office", "away from the office", "on vacation:", "on holiday:", "on annual leave"),
    *(
        "автоответ",
        "автоматический ответ",
        "автоматическое уведомление",
        "нет на месте",
        "вне офиса",
        "я в отпуске",
    ),
    *(
        "відсутній на робочому місці",
        "відсутність на робочому місці",
        "автоматична відповідь",
        "автовідповідь",
    ),
    *("ឆ្លើយតបស្វ័យប្រវត្តិ", "ការឆ្លើយតបដោយស្វ័យប្រវត្តិ", "ការឆ្លើយតបស្វ័យប្រវត្តិ"),
    *(
        "automatische antwort",
        "abwesenheitsnotiz",
        "abwesend",
        "abwesenheitsmeldung",
        "ich bin nicht im büro",
    ),
    *(
        "réponse automatique",
        "absence du bureau",
        "absent du bureau",
        "message d'absence",
        "notification d'absence",
    ),
    *("respuesta automática", "fuera de la oficina", "ausente de la oficina", "respuesta automatica"),
    *("risposta automatica", "fuori sede", "fuori ufficio", "assente dall'ufficio"),
    *(
        "resposta automática",
        "ausência temporária",
        "fora do escritório",
        "resposta automatica",
        "ausente do escritório",
    ),
    *("automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "poza biurem", "nieobecność"),
    *("automatisch antwoord", "afwezigheidsbericht", "afwezig", "niet aanwezig"),
    *("autosvar", "automatiskt svar", "automatisk svar", "frånvaro", "automaattinen vastaus", "poissa"),
    *(
        "automatická odpověď",
        "automatická odpoveď",
        "automatikus válasz",
        "răspuns automat",
        "αυτόματη απάντηση",
    ),
    *("otomatik yanıt", "otomatik cevap", "ofis dışında", "trả lời tự động", "vắng mặt", "balasan otomatis"),
    *(
        "自动答复",
        "自動回覆",
        "自动回复",
        "自動答覆",
        "外出中",
        "不在办公室",
        "自動応答",
        "自動返信",
        "不在通知",
        "休暇中",
    ),
    *(
        "자동 회신",
        "자동 응답",
        "자동회신",
        "부재중",
        "رد تلقائي",
        "الرد التلقائي",
        "خارج المكتب",
        "תשובה אוטומטית",
        "ตอบกลับอัตโนมัติ",
    ),
)
BRACKETS: Final = " [(*【<#"


def asks(look: Look) -> bool:
    """A customer's "Re: Out of office" is a person's."""
    return look.subject.lower().strip(BRACKETS).startswith(SUBJECTS)
