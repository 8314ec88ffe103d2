"""How mail programs introduce a mail that is sent on, by language: tables for `forwards`, all lower case."""

# fmt: off

from __future__ import annotations

from typing import Final

FORWARDED: Final = (
    # English, French, German, Spanish, Italian, Portuguese, Catalan, Dutch
    "forwarded message", "begin forwarded message", "forwarded mail", "forwarded email", "forwarded by",
    "weitergeleitete nachricht", "weitergeleiteten nachricht", "weitergeleitete e-mail", "weitergeleitet von",
    "message transféré", "message réexpédié", "mail transféré", "courriel transféré", "message transmis",
    "mensaje reenviado", "correo reenviado", "messaggio inoltrato", "mail inoltrata", "mensagem encaminhada",
    "mensagem reencaminhada", "missatge reenviat", "doorgestuurd bericht", "doorgestuurde bericht",
    "doorgestuurde e-mail",
    # Scandinavian and Baltic languages, Finnish, Estonian, Icelandic
    "vidarebefordrat", "vidarebefordrat brev", "vidarebefordrat meddelande", "vidarebefordrade meddelandet",
    "videresendt meddelelse", "videresendt melding", "videresendt besked", "videresendt e-mail",
    "videresendte meddelelse", "videresendte melding", "välitetty viesti", "välitetty viesti alkaa",
    "edelleenlähetetty viesti", "edastatud kiri", "edastatud sõnum", "edastatud meil", "pārsūtīta ziņa",
    "pārsūtīts ziņojums", "pārsūtītā vēstule", "persiųstas laiškas", "persiųsta žinutė", "persiųstas pranešimas",
    "áframsend skilaboð", "framsend skilaboð",
    # Slavic languages
    "пересылаемое сообщение", "пересланное сообщение", "пересылаемое письмо", "пересылаемого письма",
    "переадресованное сообщение", "переадресованного сообщения", "перенаправленное сообщение",
    "пересылаемого сообщения", "пересланного сообщения", "переслане повідомлення", "пересланого повідомлення",
    "переадресоване повідомлення", "переадресованого повідомлення", "пересланий лист", "листа, що пересилається",
    "повідомлення, що пересилається", "перенаправлене повідомлення", "препратено съобщение",
    "препратеното съобщение", "прослеђена порука", "прослеђене поруке", "проследена порака", "przekazana wiadomość",
    "przesłana wiadomość", "przekazanej wiadomości", "przekazywanej wiadomości", "przesłanej wiadomości",
    "wiadomość przekazana dalej", "wiadomości przekazanej dalej", "přeposlaná zpráva", "přeposlané zprávy",
    "přeposílané zprávy", "předaná zpráva", "preposlaná správa", "preposlanej správy", "proslijeđena poruka",
    "proslijeđene poruke", "proslijeđenu poruku", "prosleđena poruka", "posredovano sporočilo",
    "posredovanega sporočila",
    # Hungarian, Romanian, Greek, Turkish
    "továbbított üzenet", "továbbított levél", "továbbított üzenet kezdete", "továbbított levél kezdete",
    "mesaj redirecționat", "mesajului redirecționat", "mesaj transmis", "mesaj retransmis", "mesaj redirecţionat",
    "προωθημένο μήνυμα", "προωθημένου μηνύματος", "μήνυμα που προωθήθηκε", "iletilen ileti", "iletilen mesaj",
    "i̇letilen ileti", "i̇letilen mesaj", "yönlendirilmiş ileti", "yönlendirilen ileti", "iletilmiş mesaj",
    "i̇letilmiş mesaj", "yönlendirilmiş mesaj",
    # Asia
    "សារដែលបានបញ្ជូនបន្ត", "សារបានបញ្ជូនបន្ត", "转发的邮件", "转发邮件信息", "转发邮件", "转发的消息",
    "被转发的邮件", "轉寄的郵件", "轉寄郵件", "轉寄的訊息", "轉發郵件", "转发信息", "転送メッセージ",
    "転送されたメッセージ", "転送メール", "전달된 편지", "전달된 메시지", "전달된 메일", "thư được chuyển tiếp",
    "tin nhắn được chuyển tiếp", "thư đã chuyển tiếp", "ข้อความที่ส่งต่อ", "ส่งต่อข้อความ", "pesan terusan",
    "pesan yang diteruskan", "mesej dimajukan", "mesej yang dimajukan",
    # Right to left
    "رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "رسالة تمت إعادة توجيهها", "پیام فوروارد شده", "پیام هدایت شده",
    "הודעה שהועברה", "ההודעה שהועברה", "הודעה מועברת",
)
"""The line above a mail that is sent on, which is news and stays."""

TAGS: Final = (
    "fwd?", "wg", "tr", "rv", "enc", "i", "vb", "vs", "vl", "ilt", "i̇lt", "iltt", "i̇ltt", "ilet", "i̇let", "yml",
    "pd", "trs", "doorst", "doorgest", "doorgestuurd", "videresendt?", "vidarebefordrat", "vidarebef", "redir",
    "redirecționat", "továbbítás", "tov", "πρθ", "προώθ", "προώθηση", "edasi", "edastatud", "pārs", "pārsūtīt",
    "pārsūtīts", "persiųsta", "persiuntimas", "pers", "posr", "posredovano", "prosl", "proslijeđeno", "prosleđeno",
    "прослеђено", "препр", "препратено", "препращане", "преп", "проследено", "пересл", "пер", "пересылка",
    "переслано", "fs", "framsent", "áframsent", "reenv", "reenviado", "encaminhado", "inoltro", "inoltrato",
    "weitergeleitet", "transf", "transféré", "předáno", "přeposláno", "přep", "preposlané", "转发", "转寄", "轉寄",
    "轉發", "转", "転送", "전달", "전달됨", "chuyển tiếp", "ส่งต่อ", "diteruskan", "បញ្ជូនបន្ត", "إعادة توجيه",
    "تحويل", "ارجاع", "הועבר", "העברה", "הע", "forwarded", "forward",
)
"""What programs put before the subject of a mail that is sent on; `vs` is an answer in Finnish, too."""
