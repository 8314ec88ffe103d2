"""How mail programs introduce quoted history, by language: tables for `replies`, all lower case."""

# fmt: off

from __future__ import annotations

from typing import Final

WROTE: Final = (
    "wrote", "writes", "said", "пишет", "написал", "написала", "писал", "писала", "написал(а)", "писал(а)",
    "сообщил", "сообщила", "пише", "написав", "писав", "пишуть", "បានសរសេរ", "សរសេរ", "បានសរសេរថា", "schrieb",
    "schreibt", "geschrieben", "a écrit", "écrit", "escribió", "escribio", "ha escrito", "ha scritto", "scrive",
    "escreveu", "wrote (escreveu)", "napisał", "napisała", "napisał(a)", "pisze", "schreef", "skrev", "kirjoitti",
    "napsal", "napsal(a)", "írta", "a scris", "έγραψε", "написа", "yazdı", "şunu yazdı", "đã viết", "viết", "写道",
    "寫道", "のメール", "書きました", "작성", "님이 작성", "كتب", "написав(ла)", "şunları yazdı", "쓴 글",
    "님이 작성한 글", "님이 쓴 글", "написав/ла", "het volgende geschreven", "كتب/كتبت", "написал/а",
)
"""Verbs that end an attribution line ("On … Ann wrote:"), or stand before its name."""

VERB_FIRST: Final = (
    "schrieb", "schreef", "skrev", "napisał", "napisał(a)", "pisze", "a écrit", "kirjoitti", "كتب", "пише", "пишет",
    "şunları yazdı", "wiadomość napisana przez", "napisał/a",
)
"""Those that may be followed by the name ("Am … schrieb Ann <…>:")."""

VERB_AMID: Final = (
    "wrote", "schreibt", "escribió", "ha scritto", "escreveu", "написал", "написала", "написал(а)", "написав",
    "написала", "a scris", "napsal", "napsal(a)", "írta", "έγραψε", "yazdı", "đã viết", "skrifaði", "kirjutas",
    "rakstīja", "rašė",
)
"""Those that may be followed by the date, in lines that name an address ("Ann <…> wrote on …:")."""

OPENERS: Final = frozenset({
    "on", "at", "am", "le", "el", "il", "em", "op", "den", "w", "dnia", "dne", "på", "vào", "tir", "ke", "pe", "ti",
    "to", "la", "su", "в", "во", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "пон", "у", "від", "នៅ", "在", "于",
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "нд", "нед", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "no", "wiadomość",
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", "понеділок", "вівторок",
    "середа", "четвер", "пʼятниця", "субота", "неділя", "في", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "seg",
    "ter", "qua", "qui", "sex", "sáb", "dom",
})
"""First words of an attribution that runs over several lines."""

LABELS: Final = {
    "from": (
        "from", "от", "від", "von", "de", "da", "od", "van", "från", "fra", "ពី", "发件人", "寄件者", "寄件人",
        "差出人", "送信者", "보낸 사람", "보낸사람", "kimden", "gönderen", "từ", "người gửi", "من", "от кого",
        "від кого", "lähettäjä", "expéditeur", "remitente", "remetente", "mittente", "отправитель", "відправник",
        "подател", "изпращач", "nadawca", "odesílatel", "odosielateľ", "pošiljatelj", "feladó", "expeditor", "de la",
        "από", "αποστολέας", "saatja", "nuo", "siuntėjas", "sūtītājs", "מאת", "از", "فرستنده", "المرسل", "จาก",
        "ผู้ส่ง", "dari", "daripada", "pengirim", "absender", "afzender", "afsender", "avsändare", "avsender", "frá",
        "remitent", "од", "ពីសំណាក់", "អ្នកផ្ញើ",
    ),
    "date": (
        "date", "sent", "дата", "отправлено", "надіслано", "відправлено", "gesendet", "datum", "envoyé", "enviado",
        "enviado el", "enviada", "enviat", "fecha", "fecha de envío", "inviato", "data", "wysłano", "wysłane",
        "verzonden", "skickat", "sendt", "កាលបរិច្ឆេទ", "បានផ្ញើ", "ផ្ញើ", "发送时间", "日期", "时间", "時間",
        "送信日時", "日時", "日付", "보낸 날짜", "날짜", "gönderildi", "gönderme tarihi", "gönderilme tarihi",
        "tarih", "đã gửi", "ngày", "تاريخ", "التاريخ", "enviada em", "enviado em", "lähetetty", "envoyé le",
        "message du", "تاريخ الإرسال", "发送日期", "寄件日期", "dato", "dátum", "elküldve", "küldve", "odesláno",
        "odoslané", "odoslal", "trimis", "trimisă", "στάλθηκε", "ημερομηνία", "ημ/νία", "изпратено", "poslano",
        "послато", "датум", "kuupäev", "saadetud", "datums", "nosūtīts", "išsiųsta", "תאריך", "נשלח", "ارسال شده",
        "วันที่", "ส่งเมื่อ", "ส่ง", "tanggal", "dikirim", "tarikh", "päivämäärä", "päiväys", "dagsetning",
        "sent on", "sendingsdato", "sendetdato",
    ),
    "to": (
        "to", "кому", "an", "à", "para", "a", "do", "aan", "till", "til", "ជូន", "ទៅ", "收件人", "收件者", "宛先",
        "받는 사람", "받는사람", "kime", "alıcı", "đến", "tới", "người nhận", "إلى", "vastaanottaja", "adresat",
        "adresaci", "odbiorca", "komu", "pre", "címzett", "către", "προς", "до", "za", "prima", "kellele", "saaja",
        "kam", "gavėjas", "אל", "به", "ถึง", "kepada", "untuk", "destinataire", "destinataires", "destinatario",
        "destinatari", "destinatarios", "destinatários", "empfänger", "mottaker", "modtager", "mottagare",
        "ontvanger", "geadresseerde", "получатель", "одержувач", "получател", "per a",
    ),
    "subject": (
        "subject", "тема", "betreff", "objet", "asunto", "oggetto", "assunto", "temat", "onderwerp", "ämne", "emne",
        "ប្រធានបទ", "主题", "主旨", "主題", "件名", "제목", "konu", "chủ đề", "tiêu đề", "الموضوع", "موضوع", "aihe",
        "sujet", "tárgy", "předmět", "predmet", "subiect", "θέμα", "относно", "zadeva", "naslov", "наслов", "teema",
        "temats", "tēma", "tema", "נושא", "הנדון", "เรื่อง", "หัวเรื่อง", "perihal", "subjek", "judul", "efni",
        "assumpte",
    ),
    "cc": (
        "cc", "копия", "копія", "копие", "kopie", "kopia", "kopija", "kopi", "kopio", "kópia", "koopia", "copia",
        "copie", "cópia", "másolat", "másolatot kap", "κοιν", "κοινοποίηση", "ចម្លង", "抄送", "副本", "참조",
        "bilgi", "สำเนา", "สำเนาถึง", "tembusan", "đồng kính gửi", "עותק", "נסכה", "نسخة", "reply-to", "bcc",
        "importance", "priority", "wichtigkeit", "priorität", "antwort an", "répondre à", "responder a",
        "rispondi a", "odpowiedz do", "odpowiedź do", "svar til", "svara till", "antwoord aan", "ответить",
        "кому ответить", "обратный адрес", "attachments", "anlagen", "anhänge", "вложения", "вкладення",
        "pièces jointes", "datos adjuntos", "adjuntos", "allegati", "anexos", "załączniki", "bijlagen", "message-id",
        "organization", "organisation", "sender", "resent-from", "resent-to", "resent-date", "list-id", "x-mailer",
        "return-path", "важность", "返信先", "回复", "回覆", "附件", "添付ファイル", "첨부", "ек",
    ),
}
"""Header labels that Outlook and others put above the quoted mail."""

SENT: Final = frozenset({
    "enviado", "envoyé", "gesendet", "inviato", "sendt", "sent", "skickat", "verzonden", "wysłano", "надіслано",
    "відправлено", "отправлено", "បានផ្ញើ", "发送时间", "送信日時",
})
"""Labels that only a mail's header has (a freight request has a Date, too)."""

KIND_OF: Final = {label: kind for kind, labels in LABELS.items() for label in labels}

ORIGINAL: Final = (
    "original message", "original email", "message original", "исходное сообщение", "исходное письмо",
    "первоначальное сообщение", "оригінальне повідомлення", "початкове повідомлення", "សារដើម",
    "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine", "mensaje original",
    "messaggio originale", "mensagem original", "oryginalna wiadomość", "oorspronkelijk bericht",
    "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding", "原始邮件", "原始郵件",
    "元のメッセージ", "원본 메시지", "özgün ileti", "orijinal mesaj", "thư gốc", "الرسالة الأصلية",
    "alkuperäinen viesti", "reply message", "reply above this line", "oprindelig besked",
)
"""Lines between rules that head the quoted mail."""
