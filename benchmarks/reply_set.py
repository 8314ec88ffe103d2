"""Replies as mail programs write them in eighteen languages, and what is new in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`text` is plain text or HTML (`form`); `new` is what its writer wrote."""

    name: str
    source: str
    form: str
    text: str
    new: str


WORDS: Final = {
    "en": "Yes, we take twelve chairs.\n\nWhen can you deliver?",
    "ru": "Да, берём двенадцать стульев.\n\nКогда сможете привезти?",
    "uk": "Так, беремо дванадцять стільців.\n\nКоли зможете привезти?",
    "km": "បាទ យើងយកកៅអីដប់ពីរ។\n\nតើអ្នកអាចដឹកជញ្ជូននៅពេលណា?",
    "de": "Ja, wir nehmen zwölf Stühle.\n\nWann können Sie liefern?",
    "fr": "Oui, nous prenons douze chaises.\n\nQuand pouvez-vous livrer ?",
    "es": "Sí, nos llevamos doce sillas.\n\n¿Cuándo pueden entregarlas?",
    "it": "Sì, prendiamo dodici sedie.\n\nQuando potete consegnare?",
    "pt": "Sim, ficamos com doze cadeiras.\n\nQuando podem entregar?",
    "pl": "Tak, bierzemy dwanaście krzeseł.\n\nKiedy możecie dostarczyć?",
    "nl": "Ja, we nemen twaalf stoelen.\n\nWanneer kunt u leveren?",
    "sv": "Ja, vi tar tolv stolar.\n\nNär kan ni leverera?",
    "zh": "好的，我们要十二把椅子。\n\n什么时候可以送货？",
    "ja": "はい、椅子を十二脚お願いします。\n\nいつ届きますか。",
    "ko": "네, 의자 열두 개로 하겠습니다.\n\n언제 배송되나요?",
    "tr": "Evet, on iki sandalye alıyoruz.\n\nNe zaman teslim edebilirsiniz?",
    "vi": "Vâng, chúng tôi lấy mười hai cái ghế.\n\nKhi nào giao được?",
    "ar": "نعم، نأخذ اثني عشر كرسيًا.\n\nمتى يمكنكم التوصيل؟",
}
GMAIL: Final = {
    "en": "On Mon, Nov 2, 2026 at 10:15 AM Ann Lee <ann@example.com> wrote:",
    "ru": "пн, 2 нояб. 2026 г. в 10:15, Ann Lee <ann@example.com>:",
    "uk": "пн, 2 лист. 2026 р. о 10:15 Ann Lee <ann@example.com> пише:",
    "km": "នៅ ថ្ងៃចន្ទ ទី2 ខែវិច្ឆិកា ឆ្នាំ2026 ម៉ោង 10:15 Ann Lee <ann@example.com> បានសរសេរ៖",
    "de": "Am Mo., 2. Nov. 2026 um 10:15 Uhr schrieb Ann Lee <ann@example.com>:",
    "fr": "Le lun. 2 nov. 2026 à 10:15, Ann Lee <ann@example.com> a écrit :",
    "es": "El lun, 2 nov 2026 a las 10:15, Ann Lee (<ann@example.com>) escribió:",
    "it": "Il giorno lun 2 nov 2026 alle ore 10:15 Ann Lee <ann@example.com> ha scritto:",
    "pt": "Em seg., 2 de nov. de 2026 às 10:15, Ann Lee <ann@example.com> escreveu:",
    "pl": "pon., 2 lis 2026 o 10:15 Ann Lee <ann@example.com> napisał(a):",
    "nl": "Op ma 2 nov 2026 om 10:15 schreef Ann Lee <ann@example.com>:",
    "sv": "Den mån 2 nov. 2026 kl 10:15 skrev Ann Lee <ann@example.com>:",
    "zh": "Ann Lee <ann@example.com> 于2026年11月2日周一 10:15写道：",
    "ja": "2026年11月2日(月) 10:15 Ann Lee <ann@example.com>:",
    "ko": "2026년 11월 2일 (월) 오전 10:15, Ann Lee <ann@example.com>님이 작성:",
    "tr": "Ann Lee <ann@example.com>, 2 Kas 2026 Pzt, 10:15 tarihinde şunu yazdı:",
    "vi": "Vào Th 2, 2 thg 11, 2026 vào lúc 10:15 Ann Lee <ann@example.com> đã viết:",
    "ar": "في الاثنين، ٢ نوفمبر ٢٠٢٦ في ١٠:١٥ ص تمت كتابة ما يلي بواسطة Ann Lee <ann@example.com>:",
}
APPLE: Final = {
    "en": "On 2 Nov 2026, at 10:15, Ann Lee <ann@example.com> wrote:",
    "ru": "2 нояб. 2026 г., в 10:15, Ann Lee <ann@example.com> написал(а):",
    "uk": "2 лист. 2026 р. о 10:15 Ann Lee <ann@example.com> написав(ла):",
    "de": "Am 02.11.2026 um 10:15 schrieb Ann Lee <ann@example.com>:",
    "fr": "Le 2 nov. 2026 à 10:15, Ann Lee <ann@example.com> a écrit :",
    "es": "El 2 nov 2026, a las 10:15, Ann Lee <ann@example.com> escribió:",
    "it": "Il giorno 2 nov 2026, alle ore 10:15, Ann Lee <ann@example.com> ha scritto:",
    "pt": "No dia 2 de nov. de 2026, às 10:15, Ann Lee <ann@example.com> escreveu:",
    "pl": "Wiadomość napisana przez Ann Lee <ann@example.com> w dniu 2 lis 2026, o godz. 10:15:",
    "nl": "Op 2 nov 2026 om 10:15 heeft Ann Lee <ann@example.com> het volgende geschreven:",
    "sv": "2 nov. 2026 kl. 10:15 skrev Ann Lee <ann@example.com>:",
    "zh": "在 2026年11月2日，10:15，Ann Lee <ann@example.com> 写道：",
    "ja": "2026/11/02 10:15、Ann Lee <ann@example.com>のメール:",
    "ko": "2026. 11. 2. 오전 10:15, Ann Lee <ann@example.com> 작성:",
    "tr": "Ann Lee <ann@example.com> şunları yazdı (2 Kas 2026 10:15):",
    "vi": "Vào 2 thg 11, 2026, lúc 10:15, Ann Lee <ann@example.com> đã viết:",
    "ar": "في 2 نوفمبر 2026، الساعة 10:15 ص، كتب/كتبت Ann Lee <ann@example.com>:",
}
THUNDERBIRD: Final = {
    "en": "On 11/2/26 10:15, Ann Lee wrote:",
    "ru": "02.11.2026 10:15, Ann Lee пишет:",
    "uk": "02.11.26 10:15, Ann Lee пише:",
    "de": "Am 02.11.26 um 10:15 schrieb Ann Lee:",
    "fr": "Le 02/11/2026 à 10:15, Ann Lee a écrit :",
    "es": "El 2/11/26 a las 10:15, Ann Lee escribió:",
    "it": "Il 02/11/2026 10:15, Ann Lee ha scritto:",
    "pt": "Em 02/11/2026 10:15, Ann Lee escreveu:",
    "pl": "W dniu 02.11.2026 o 10:15, Ann Lee pisze:",
    "nl": "Op 02-11-2026 om 10:15 schreef Ann Lee:",
    "sv": "Den 2026-11-02 kl. 10:15, skrev Ann Lee:",
    "zh": "在 2026/11/2 10:15, Ann Lee 写道:",
    "ko": "2026-11-02 오전 10:15에 Ann Lee 이(가) 쓴 글:",
    "tr": "02.11.2026 10:15 tarihinde Ann Lee yazdı:",
    "vi": "Vào 02/11/2026 10:15, Ann Lee đã viết:",
}
WEBMAIL: Final = {
    "yandex-ru": '02.11.2026, 10:15, "Ann Lee" <ann@example.com>:',
    "mailru-ru": "Понедельник, 2 ноября 2026, 10:15 +03:00 от Ann Lee <ann@example.com>:",
    "yahoo-en": "On Monday, November 2, 2026 at 10:15:33 AM GMT+1, Ann Lee <ann@example.com> wrote:",
    "proton-en": "On Monday, November 2nd, 2026 at 10:15 AM, Ann Lee <ann@example.com> wrote:",
    "proton-de": "Am Montag, 2. November 2026 um 10:15, Ann Lee <ann@example.com> schrieb:",
    "netease-zh": "在 2026-11-02 10:15:33，“Ann Lee” <ann@example.com> 写道：",
    "roundcube-en": "On 2026-11-02 10:15, Ann Lee wrote:",
    "gmx-de": 'Am 02.11.26 um 10:15 schrieb "Ann Lee" <ann@example.com>',
}
OUTLOOK: Final = {
    "en": ("From", "Sent", "To", "Subject", "Monday, November 2, 2026 10:15 AM"),
    "ru": ("От", "Отправлено", "Кому", "Тема", "2 ноября 2026 г. 10:15"),
    "uk": ("Від", "Надіслано", "Кому", "Тема", "2 листопада 2026 р. 10:15"),
    "km": ("ពី", "បានផ្ញើ", "ជូន", "ប្រធានបទ", "ថ្ងៃចន្ទ 2 វិច្ឆិកា 2026 10:15"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Montag, 2. November 2026 10:15"),
    "fr": ("De", "Envoyé", "À", "Objet", "lundi 2 novembre 2026 10:15"),
    "es": ("De", "Enviado", "Para", "Asunto", "lunes, 2 de noviembre de 2026 10:15"),
    "it": ("Da", "Inviato", "A", "Oggetto", "lunedì 2 novembre 2026 10:15"),
    "pt": ("De", "Enviada em", "Para", "Assunto", "segunda-feira, 2 de novembro de 2026 10:15"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "poniedziałek, 2 listopada 2026 10:15"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "maandag 2 november 2026 10:15"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 2 november 2026 10:15"),
    "zh": ("发件人", "发送时间", "收件人", "主题", "2026年11月2日 10:15"),
    "ja": ("差出人", "送信日時", "宛先", "件名", "2026年11月2日 10:15"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2026년 11월 2일 월요일 오전 10:15"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu", "2 Kasım 2026 Pazartesi 10:15"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề", "Thứ Hai, 2 tháng 11, 2026 10:15"),
    "ar": ("من", "تاريخ الإرسال", "إلى", "الموضوع", "02 نوفمبر 2026 10:15"),
}
MOBILE: Final = {
    "en": "Sent from my iPhone",
    "ru": "Отправлено с iPhone",
    "uk": "Надіслано з iPhone",
    "km": "ផ្ញើពី iPhone របស់ខ្ញុំ",
    "de": "Von meinem iPhone gesendet",
    "fr": "Envoyé de mon iPhone",
    "es": "Enviado desde mi iPhone",
    "it": "Inviato da iPhone",
    "pt": "Enviado do meu iPhone",
    "pl": "Wysłane z iPhone'a",
    "nl": "Verstuurd vanaf mijn iPhone",
    "sv": "Skickat från min iPhone",
    "zh": "发自我的iPhone",
    "ja": "iPhoneから送信",
    "ko": "나의 iPhone에서 보냄",
    "tr": "iPhone'umdan gönderildi",
    "vi": "Đã gửi từ iPhone của tôi",
    "ar": "تم الإرسال من الـ iPhone",
}
DISCLAIMER: Final = {
    "en": "This email and any attachments are confidential and intended solely for the addressee. If you are not the"
    " intended recipient, please delete it.",
    "ru": "Настоящее сообщение и вложения к нему являются конфиденциальными и предназначены только для адресата."
    " Если Вы получили его по ошибке, удалите его.",
    "uk": "Це повідомлення є конфіденційним і призначене лише для адресата. Якщо Ви отримали його помилково,"
    " видаліть його.",
    "de": "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren"
    " Sie bitte den Absender und vernichten Sie diese E-Mail.",
    "fr": "Ce message et ses pièces jointes sont confidentiels et destinés exclusivement à leur destinataire. Si vous"
    " l'avez reçu par erreur, merci de le détruire.",
    "es": "Este mensaje es confidencial y va dirigido exclusivamente a su destinatario. Si lo ha recibido por error,"
    " elimínelo.",
    "it": "Questo messaggio è confidenziale e riservato al solo destinatario. Se lo avete ricevuto per errore, vi"
    " preghiamo di distruggerlo.",
    "pt": "Esta mensagem é confidencial e destina-se exclusivamente ao destinatário. Se a recebeu por engano, elimine-a.",
    "pl": "Ta wiadomość jest poufna i przeznaczona wyłącznie dla adresata. Jeśli otrzymali ją Państwo omyłkowo,"
    " prosimy o jej usunięcie.",
    "nl": "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Indien u dit bericht ten onrechte"
    " ontvangt, verwijder het dan.",
    "sv": "Detta meddelande är konfidentiellt och endast avsett för adressaten. Om du har fått det av misstag, radera det.",
    "zh": "本邮件及其附件为保密信息，仅供指定收件人使用。如果您误收本邮件，请立即删除。",
    "ja": "本メールは機密情報を含み、宛先の方のみを対象としています。誤って受信された場合は削除してください。",
    "ko": "본 메일은 기밀 정보를 포함하며 지정된 수신인만을 위한 것입니다. 잘못 수신하신 경우 삭제해 주십시오.",
    "tr": "Bu e-posta gizlidir ve yalnızca alıcısına yöneliktir. Yanlışlıkla aldıysanız lütfen siliniz.",
}
OLD: Final = "Good morning,\n\nhere is our offer: 12 chairs at 40 each.\n\nAnn"


def cases() -> list[Reply]:
    """All of them, in one order."""
    return [*_attributed(), *_outlook(), *_below(), *_pages()]


def _attributed() -> Iterator[Reply]:
    quoted = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))
    for source, table in (
        ("gmail", GMAIL),
        ("apple", APPLE),
        ("thunderbird", THUNDERBIRD),
        ("webmail", WEBMAIL),
    ):
        for name, line in table.items():
            new = WORDS[name.rpartition("-")[2]]
            yield _text(source, f"{name} quoted", f"{new}\n\n{line}\n\n{quoted}\n", new)
            if source in {"gmail", "webmail"}:
                yield _text(source, f"{name} not marked", f"{new}\n\n{line}\n\n{OLD}\n", new)
                first, _, rest = line.rpartition(" <")
                broken = f"{first}\n<{rest}" if first else line
                yield _text(source, f"{name} broken", f"{new}\n\n{broken}\n\n{quoted}\n", new)


def _outlook() -> Iterator[Reply]:
    for name, (sender, sent, to, subject, date) in OUTLOOK.items():
        head = f"{sender}: Ann Lee <ann@example.com>\n{sent}: {date}\n{to}: Bo <bo@example.org>\n{subject}: Chairs"
        new = WORDS[name]
        yield _text("outlook", name, f"{new}\n\n{head}\n\n{OLD}\n", new)
        yield _text("outlook", f"{name} ruled", f"{new}\n\n{'_' * 32}\n{head}\n\n{OLD}\n", new)
        stars = "\n".join(
            f"*{label}:*{value}" for label, _, value in (row.partition(":") for row in head.split("\n"))
        )
        yield _text("outlook", f"{name} stars", f"{new}\n\n{stars}\n\n{OLD}\n", new)


def _below() -> Iterator[Reply]:
    for name, line in MOBILE.items():
        yield _text("mobile", name, f"{WORDS[name]}\n\n{line}\n", WORDS[name])
        yield _text(
            "mobile",
            f"{name} replied",
            f"{WORDS[name]}\n\n{line}\n\n{GMAIL[name]}\n\n> {OLD[:13]}\n",
            WORDS[name],
        )
    for name, line in DISCLAIMER.items():
        yield _text("disclaimer", name, f"{WORDS[name]}\n\n{line}\n", WORDS[name])


def _pages() -> Iterator[Reply]:
    """The HTML that programs write, told by structure alone: no phrase here is in any table."""
    new = WORDS["en"]
    words = "".join(f"<p>{line}</p>" for line in new.split("\n\n"))
    old = "".join(f"<p>{line}</p>" for line in OLD.split("\n\n"))
    said = "2 xyz 2026 Ann Lee qqq"
    pages = {
        "gmail": f'{words}<div class="gmail_quote"><div class="gmail_attr">{said}</div><blockquote>{old}</blockquote></div>',
        "gmail-new": f'{words}<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{said}</div>'
        f'<blockquote class="gmail_quote">{old}</blockquote></div>',
        "outlook-web": f'{words}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{said}</div><div>{old}</div>',
        "outlook-desktop": f'{words}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f"<p>{said}</p></div></div>{old}",
        "outlook-mac": f'{words}<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in">{said}</div>{old}',
        "outlook-new": f'{words}<div id="mail-editor-reference-message-container"><div>{said}</div>{old}</div>',
        "apple": f'{words}<div><br><blockquote type="cite"><div>{said}</div>{old}</blockquote></div>',
        "thunderbird": f'{words}<div class="moz-cite-prefix">{said}<br></div><blockquote type="cite">{old}</blockquote>',
        "yahoo": f'{words}<div id="yahoo_quoted_123" class="yahoo_quoted"><div>{said}</div><div>{old}</div></div>',
        "proton": f'{words}<div class="protonmail_quote">{said}<blockquote type="cite">{old}</blockquote></div>',
        "zimbra": f'{words}<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{said}</div><div>{old}</div>',
        "qq": f'{words}<div><includetail><div style="font-size:12px">{said}</div>{old}</includetail></div>',
        "mailru": f'{words}<blockquote class="mail-quote-collapse"><div>{said}</div>{old}</blockquote>',
        "yandex": f"{words}<div>{said}:</div><blockquote>{old}</blockquote>",
        "gmx": f'{words}<div name="quote" style="margin:10px 5px 5px 10px">{said}{old}</div>',
        "zoho": f'{words}<div class="zmail_extra">{said}<blockquote>{old}</blockquote></div>',
        "spark": f'{words}<div name="messageReplySection">{said}<blockquote>{old}</blockquote></div>',
        "front": f'{words}<div class="front-blockquote">{said}<blockquote>{old}</blockquote></div>',
        "zendesk": f'{words}<div class="gmail_extra"><div class="quotedReply">{old}</div></div>',
        "samsung": f'{words}<div id="composer_signature">Sent xyz</div><div>-------- Original message --------</div>{old}',
        "evolution": f'{words}<div class="-x-evo-paragraph">{said}:</div><blockquote type="cite">{old}</blockquote>',
        "netease": f'{words}<div id="isReplyContent"><div>{said}</div>{old}</div>',
        "aol": f'{words}<div id="AOLMsgPart_2_1">{old}</div>',
        "icloud-signature": f'{words}<div class="gmail_signature">Bo Person<br>Director</div>',
        "outlook-signature": f'{words}<div id="Signature"><p>Bo Person</p></div><div id="divRplyFwdMsg">{said}</div>{old}',
        "ios-signature": f'{words}<div id="AppleMailSignature">Bo Person</div><blockquote type="cite">{old}</blockquote>',
    }
    for name, page in pages.items():
        yield Reply(
            name=f"html {name}", source="html", form="html", text=f"<html><body>{page}</body></html>", new=new
        )


def _text(source: str, name: str, text: str, new: str) -> Reply:
    return Reply(name=f"{source} {name}", source=source, form="text", text=text, new=new)
