"""How mail programs introduce quoted history, by language: tables for `replies`, all lower case."""

# fmt: off

from __future__ import annotations

from typing import Final

WROTE: Final = (
    "wrote", "writes", "said", "пишет", "написал", "написала", "писал", "писала", "написал(а)",
    "писал(а)", "сообщил", "сообщила", "пише", "написав", "писав", "пишуть", "បានសរសេរ", "សរសេរ",
    "បានសរសេរថា", "schrieb", "schreibt", "geschrieben", "a écrit", "écrit", "escribió", "escribio",
    "ha escrito", "ha scritto", "scrive", "escreveu", "wrote (escreveu)", "napisał", "napisała",
    "napisał(a)", "pisze", "schreef", "skrev", "kirjoitti", "napsal", "napsal(a)", "írta", "a scris",
    "έγραψε", "написа", "yazdı", "şunu yazdı", "đã viết", "viết", "写道", "寫道", "のメール", "書きました", "작성",
    "님이 작성", "كتب", "написав(ла)", "şunları yazdı", "쓴 글", "님이 작성한 글", "님이 쓴 글", "написав/ла",
    "het volgende geschreven", "كتب/كتبت", "написал/а",
)
"""Verbs that end an attribution line ("On … Ann wrote:"), or stand before its name."""

VERB_FIRST: Final = (
    "schrieb", "schreef", "skrev", "napisał", "napisał(a)", "pisze", "a écrit", "kirjoitti", "كتب",
    "пише", "пишет", "şunları yazdı", "wiadomość napisana przez", "napisał/a",
)
"""Those that may be followed by the name ("Am … schrieb Ann <…>:")."""

OPENERS: Final = frozenset({
    "on", "at", "am", "le", "el", "il", "em", "op", "den", "w", "dnia", "dne", "på", "vào", "tir",
    "ke", "pe", "ti", "to", "la", "su", "в", "во", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "пон",
    "у", "від", "នៅ", "在", "于", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "нд", "нед", "pon", "wt", "śr", "czw", "pt",
    "sob", "niedz", "no", "wiadomość", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота",
    "воскресенье", "понеділок", "вівторок", "середа", "четвер", "пʼятниця", "субота", "неділя", "في", "lun",
    "mar", "mer", "jeu", "ven", "sam", "dim", "seg", "ter", "qua", "qui", "sex", "sáb", "dom",
})
"""First words of an attribution that runs over several lines."""

LABELS: Final = {
    "from": (
        "from", "от", "від", "von", "de", "da", "od", "van", "från", "fra", "ពី", "发件人", "寄件者", "差出人",
        "보낸 사람", "kimden", "gönderen", "từ", "من", "от кого", "lähettäjä", "expéditeur", "remitente",
        "mittente",
    ),
    "date": (
        "date", "sent", "дата", "отправлено", "надіслано", "gesendet", "datum", "envoyé", "enviado",
        "enviado el", "fecha", "inviato", "data", "wysłano", "verzonden", "skickat", "sendt",
        "កាលបរិច្ឆេទ", "បានផ្ញើ", "ផ្ញើ", "发送时间", "日期", "送信日時", "보낸 날짜", "gönderildi", "tarih",
        "đã gửi", "ngày", "تاريخ", "enviada em", "lähetetty", "envoyé le", "message du",
        "تاريخ الإرسال", "发送日期", "寄件日期", "dato",
    ),
    "to": (
        "to", "кому", "an", "à", "para", "a", "do", "aan", "till", "til", "ជូន", "ទៅ", "收件人", "宛先",
        "받는 사람", "kime", "đến", "إلى", "vastaanottaja",
    ),
    "subject": (
        "subject", "тема", "betreff", "objet", "asunto", "oggetto", "assunto", "temat", "onderwerp",
        "ämne", "emne", "ប្រធានបទ", "主题", "主旨", "件名", "제목", "konu", "chủ đề", "الموضوع", "aihe",
        "sujet", "tárgy", "předmět",
    ),
    "cc": (
        "cc", "копия", "копія", "kopie", "kopia", "ចម្លង", "抄送", "참조", "bilgi", "reply-to",
        "importance",
    ),
}
"""Header labels that Outlook and others put above the quoted mail."""

SENT: Final = frozenset({
    "enviado", "envoyé", "gesendet", "inviato", "sendt", "sent", "skickat", "verzonden", "wysłano",
    "надіслано", "отправлено", "បានផ្ញើ", "发送时间", "送信日時",
})
"""Labels that only a mail's header has (a freight request has a Date, too)."""

KIND_OF: Final = {label: kind for kind, labels in LABELS.items() for label in labels}

ORIGINAL: Final = (
    "original message", "original email", "message original", "исходное сообщение", "исходное письмо",
    "первоначальное сообщение", "оригінальне повідомлення", "початкове повідомлення", "សារដើម",
    "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine",
    "mensaje original", "messaggio originale", "mensagem original", "oryginalna wiadomość",
    "oorspronkelijk bericht", "ursprungligt meddelande", "oprindelig meddelelse",
    "opprinnelig melding", "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "özgün ileti", "orijinal mesaj",
    "thư gốc", "الرسالة الأصلية", "alkuperäinen viesti", "reply message", "reply above this line",
    "oprindelig besked",
)
"""Lines between rules that head the quoted mail."""

FORWARDED: Final = (
    "forwarded message", "begin forwarded message", "пересылаемое сообщение", "пересланное сообщение",
    "пересылаемое письмо", "переслане повідомлення", "សារដែលបានបញ្ជូនបន្ត",
    "weitergeleitete nachricht", "message transféré", "mensaje reenviado", "messaggio inoltrato",
    "mensagem encaminhada", "przekazana wiadomość", "doorgestuurd bericht", "vidarebefordrat", "转发的邮件",
    "weitergeleiteten nachricht", "message réexpédié", "vidarebefordrat brev", "vidarebefordrat meddelande",
    "doorgestuurde bericht", "переадресованное сообщение", "переадресованного сообщения",
    "переадресованого повідомлення", "перенаправленное сообщение", "пересылаемого сообщения", "转发邮件信息",
    "轉寄的郵件", "轉寄郵件", "転送メッセージ", "전달된 편지", "przesłana wiadomość", "thư được chuyển tiếp",
    "tin nhắn được chuyển tiếp", "videresendt meddelelse", "videresendt melding", "iletilen ileti", "رسالة معاد توجيهها",
    "転送されたメッセージ", "전달된 메시지", "iletilen mesaj", "الرسالة المعاد توجيهها",
)
"""The same for a forwarded one, which is news and stays."""
