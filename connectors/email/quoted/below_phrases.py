"""What stands below the words and is none of them, by language: tables for `below`, all lower case."""

# fmt: off

from __future__ import annotations

import re
from typing import Final

MOBILE: Final = (
    "sent from my", "sent from mail", "sent from yahoo", "sent from outlook", "sent from proton",
    "sent from samsung", "get outlook for", "sent via", "sent with", "sent by", "sent using", "отправлено с ",
    "отправлено из ", "отправлено от ", "надіслано з", "ផ្ញើពី", "von meinem", "gesendet von", "gesendet mit",
    "envoyé de mon", "envoyé depuis", "enviado desde", "enviado de", "enviado do", "inviato da", "wysłane z",
    "wysłano z", "verzonden vanaf", "verstuurd vanaf", "skickat från", "sendt fra", "发自我的", "寄自",
    "iphoneから送信", "나의 iphone에서", "iphone'umdan", "gửi từ", "أرسلت من", "lähetetty ", "envoyé à partir de",
    "sent from ", "đã gửi từ", "được gửi từ", "تم الإرسال من", "أُرسلت من", "发送自", "傳送自", "androidから送信",
    "ipadから送信", "나의 ipad에서", "내 iphone에서", "내 갤럭시에서", "получить outlook для",
    "завантажити outlook для", "отримати outlook для", "outlook für", "téléchargez outlook pour",
    "obtenir outlook pour", "obtener outlook para", "scarica outlook per", "obter o outlook para", "pobierz outlook",
    "outlook voor", "hämta outlook för", "获取 outlook", "odesláno z", "trimis de pe", "ipad'imden", "android için",
    "надіслано із", "відправлено з", "odoslané z", "odoslane z", "poslano s", "poslano iz", "poslano z",
    "послато са", "trimis din", "trimis cu", "στάλθηκε από", "εστάλη από", "изпратено от", "изпратено с", "נשלח מ",
    "ส่งจาก", "dikirim dari", "dihantar dari", "saadetud minu", "nosūtīts no", "išsiųsta iš", "enviat des d",
    "sent on the go", "sent whilst", "sent while", "sent through", "composed on", "composed with", "typed on my",
    "written on my", "dictated", "mailed from", "get bluemail", "get typeapp", "get canary", "get spark",
    "get aqua mail", "gesendet über", "gesendet aus", "versendet mit", "versandt mit", "envoyé avec", "envoyé via",
    "envoyée de", "enviado con", "enviado com", "enviado a través", "inviato con", "inviato tramite",
    "wysłane przez", "verzonden met", "verzonden via", "skickat med", "sendt med", "sendt via", "lähetetty",
    "надіслано за допомогою", "отправлено через", "从我的", "由我的", "從我的", "由 iphone", "来自我的", "來自我的",
    "通过", "我的 iphone", "私の", "skickades från", "poslané z", "posláno z", "elküldve a", "yandex mail",
    "яндекс.почта", "gönderildi:",
)
"""How the line begins that a program adds below the words."""

DEVICE_LINE: Final = re.compile(
    r"(?:diese|die|dieses)\s(?:nachricht|e-mail|mail)\s(?:wurde|ist)\s(?:von|mit|über|aus)\s.{2,80}(?:gesendet|geschrieben|verschickt)"
    r"|(?:this|the)\s(?:message|e-?mail|mail)\s(?:was|is|has been)\s(?:sent|written|typed)\s"
    r"(?:from|on|with|by|using|via)\s.{0,40}(?:phone|mobile|ipad|android|tablet|device|blackberry|handheld|smartphone|app)\b"
    r"|(?:ce|cet|cette)\s(?:message|e-?mail|courriel)\sa\sété\s(?:envoyé|écrit)e?\s(?:de|depuis|avec)\s.{2,80}"
    r"|(?:это|данное)\s(?:письмо|сообщение)\s(?:было\s)?(?:отправлено|написано)\sс\s.{2,80}"
    r"|.{0,40}(?:iphone|ipad|android|galaxy|smartphone|mobil\w{0,10}|handy|telefon\w{0,6}|k-9|blackberry|xperia|huawei|xiaomi|outlook"
    r"|デバイス|スマートフォン|手机|手機).{0,40}"
    r"(?:gesendet|から送信|で送信|送信されました|에서 보냄|에서 보낸 메일|에서 전송|傳送|发送|發送|寄出|gönderildi"
    r"|küldve|küldtem|lähetetty|skickat)[\w ]{0,10}[.。]?\Z"
)
"""Lines whose verb stands at the end, or which say that the mail itself was sent so."""

DEVICES: Final = (
    "sent from my", "отправлено с ", "надіслано з", "ផ្ញើពី", "von meinem", "gesendet von meinem", "envoyé de mon",
    "enviado desde mi", "enviado do meu", "inviato da iphone", "inviato dal mio", "wysłane z ",
    "verzonden vanaf mijn", "verstuurd vanaf mijn", "skickat från min", "发自我的", "iphoneから送信",
    "나의 iphone에서", "iphone'umdan", "đã gửi từ", "تم الإرسال من",
)
"""Those after which nothing new comes, wherever they stand: an earlier mail follows without any mark."""

SECRET: Final = (
    "confidential", "privileged", "конфиденциальн", "конфіденційн", "សម្ងាត់", "vertraulich", "confidentiel",
    "confidencia", "riservat", "confidenzial", "poufn", "vertrouwelijk", "konfidentiell", "fortrolig",
    "luottamuksell", "保密", "机密", "機密", "기밀", "gizli", "bảo mật", "سري",
)
MEANT: Final = (
    "intended recipient", "intended solely", "intended only", "addressee", "addressed", "in error", "by mistake",
    "mistakenly", "адресат", "получател", "по ошибке", "помилково", "одержувач", "ច្រឡំ", "អ្នកទទួល", "adressat",
    "empfänger", "irrtümlich", "destinataire", "par erreur", "destinatario", "por error", "per errore",
    "destinatário", "por engano", "por erro", "adresat", "omyłkowo", "geadresseerde", "ten onrechte", "adressaten",
    "av misstag", "ved en fejl", "收件人", "误收", "誤收", "宛先", "誤って", "수신인", "수신자", "잘못", "alıcı",
    "yanlışlıkla", "người nhận", "nhầm", "المرسل إليه", "بالخطأ", "عن طريق الخطأ",
)
"""A paragraph with a word of each of these tables is a disclaimer, if it is long and stands near the end."""

NOTICES: Final = (
    "confidentiality notice", "disclaimer:", "legal notice:", "privileged/confidential", "haftungsausschluss",
    "avis de confidentialité", "aviso de confidencialidad", "aviso legal", "avviso di riservatezza",
    "aviso de confidencialidade", "уведомление о конфиденциальности", "please consider the environment before",
    "think before you print", "save a tree", "this email has been checked for viruses", "virus-free. www.avast",
    "virus-free.www.avast", "virenfrei. www.avast", "без вирусов. www.avast", "libre de virus. www.avast",
    "garanti sans virus. www.avast", "diese e-mail wurde von avast", "это сообщение проверено на вирусы",
)
"""Beginnings of paragraphs that programs and lawyers put below mail."""

LIST_FOOTER: Final = (
    "mailing list", "/listinfo", "you received this message because you are subscribed",
    "you are receiving this because", "to unsubscribe from this", "to unsubscribe send", "unsubscribe:",
    "reply to this email directly or view it on github", "list archives:", "вы получили это сообщение, поскольку",
    "sie erhalten diese nachricht, weil", "vous recevez ce message, car",
)
"""Words in the first lines below the rule that a mailing list puts under what it sends."""

CLOSINGS: Final = frozenset({
    "regards", "best regards", "kind regards", "warm regards", "best wishes", "yours sincerely", "sincerely",
    "sincerely yours", "yours faithfully", "with best regards", "with kind regards", "many thanks and kind regards",
    "best", "cheers", "br", "с уважением", "с наилучшими пожеланиями", "всего доброго", "з повагою",
    "з найкращими побажаннями", "ដោយក្តីគោរព", "ដោយការគោរព", "សូមគោរព", "mit freundlichen grüßen",
    "mit freundlichen grüssen", "mit freundlichem gruß", "freundliche grüße", "viele grüße", "beste grüße",
    "liebe grüße", "mfg", "lg", "vg", "cordialement", "bien cordialement", "bien à vous", "cdlt", "salutations",
    "meilleures salutations", "sincères salutations", "saludos", "un saludo", "saludos cordiales",
    "un cordial saludo", "atentamente", "cordiali saluti", "distinti saluti", "un cordiale saluto", "saluti",
    "atenciosamente", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos", "att", "pozdrawiam",
    "z poważaniem", "z wyrazami szacunku", "serdecznie pozdrawiam", "met vriendelijke groet",
    "met vriendelijke groeten", "mvg", "groeten", "vriendelijke groet", "med vänliga hälsningar",
    "vänliga hälsningar", "hälsningar", "mvh", "med venlig hilsen", "med vennlig hilsen", "ystävällisin terveisin",
    "此致", "敬礼", "祝好", "此致敬礼", "敬具", "よろしくお願いいたします", "宜しくお願い致します", "감사합니다",
    "saygılarımla", "saygılarımızla", "iyi çalışmalar", "trân trọng", "thân mến", "kính thư", "مع أطيب التحيات",
    "مع خالص التحية", "تحياتي", "وتفضلوا بقبول فائق الاحترام",
})
"""Lines that end a letter; with the few short lines below they are its signature."""
