"""What a field is for, told by its name or label in the languages that forms are written in. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

TARGETS: Final = ("name", "email", "phone", "message", "company", "subject", "first_name", "last_name")
# fmt: off
NAMES: Final = {
    "name": "name fullname yourname contactname customername contactperson clientname namn naam imie nimi isim nome nom nombre "
            "nombrecompleto nombreyapellidos nombreyapellido nomcomplet nometprénom nometprenom prénometnom prenometnom "
            "vorundnachname vornamenachname vollständigername ansprechpartner ansprechperson kontaktperson "
            "fio фио имя вашеимя имяифамилия фамилияимя фамилияимяотчество каквасзовут контактноелицо ім'я імя піб "
            "ឈ្មោះ ឈ្មោះពេញ ឈ្មោះរបស់អ្នក នាមត្រកូលនិងនាមខ្លួន នាម 姓名 名前 お名前 氏名 이름 성함 ชื่อ họtên hovaten hoten "
            "họvàtên họtênđầyđủ nomeecognome nomecompleto imięinazwisko volledigenaam adsoyad adınızsoyadınız ชื่อนามสกุล",
    "first_name": "firstname fname givenname forename vorname prénom prenom nombredepila primernombre imię förnamn voornaam "
                  "នាមខ្លួន",
    "last_name": "lastname lname surname familyname secondname nachname familienname zuname nomdefamille apellido apellidos "
                 "cognome sobrenome nazwisko efternamn achternaam фамилия прізвище នាមត្រកូល គោត្តនាម",
    "email": "email mail emailaddress mailaddress youremail contactemail emailid emailadresse mailadresse eml "
             "correo correoelectrónico correoelectronico direccióndecorreo direccióndecorreoelectrónico email1 "
             "courriel adressemail adresseemail adressedemessagerie adresseélectronique mél posta почта электроннаяпочта "
             "элпочта эпочта имейл емейл емайл емэйл мейл адресэлектроннойпочты пошта електроннапошта "
             "អ៊ីមែល អ៊ីម៉ែល អុីមែល អីុមែល សារអេឡិចត្រូនិក សំបុត្រអេឡិចត្រូនិក 邮箱 电子邮件 メール メールアドレス 이메일 อีเมล "
             "indirizzoemail indirizzomail địachỉemail eposta epostaadresi 电子邮箱",
    "phone": "phone tel telephone phonenumber phoneno telephonenumber mobile mobilephone mobilenumber mobileno cell cellphone "
             "cellphonenumber yourphone contactphone contactnumber whatsapp whatsappnumber viber callback callmeat telno "
             "telefon telefonnummer telefonnr rufnummer handy handynummer mobil mobilnummer mobiltelefon rückrufnummer festnetz "
             "teléfono telefono móvil movil celular teléfonomóvil númerodeteléfono numerodetelefono "
             "téléphone téléphoneportable numérodetéléphone numerodetelephone portable mobiletéléphone gsm telefone "
             "телефон тел номертелефона мобильный мобильныйтелефон контактныйтелефон номердлясвязи "
             "ទូរស័ព្ទ លេខទូរស័ព្ទ ទូរសព្ទ លេខទូរសព្ទ លេខទំនាក់ទំនង លេខទូរស័ព្ទដៃ 电话 手机 電話番号 전화번호 เบอร์โทร sốđiệnthoại "
             "điệnthoại cellulare numeroditelefono telefoonnummer numertelefonu telefonnumaranız 手机号码 携帯電話 휴대폰 연락처",
    "message": "message msg comment comments text body question questions enquiry inquiry description yourmessage details "
               "textarea remark remarks request howcanwehelp howcanwehelpyou howmaywehelp note notes feedback requirements "
               "nachricht mitteilung anfrage kommentar bemerkung bemerkungen frage fragen anliegen ihrenachricht "
               "mensaje comentario comentarios consulta pregunta solicitud mensagem messaggio bericht wiadomość "
               "commentaire commentaires demande votremessage сообщение комментарий комментарии вопрос "
               "текст сообщения вашесообщение вашвопрос описание запрос пожелания повідомлення коментар "
               "សារ សំណួរ មតិ មតិយោបល់ សំណើ សាររបស់អ្នក ព័ត៌មានលម្អិត 留言 内容 メッセージ お問い合わせ内容 메시지 ข้อความ "
               "nộidung nộidungtinnhắn tinnhắn lờinhắn richiesta domanda iltuomessaggio vraag opmerking pytanie treśćwiadomości "
               "mesaj mesajınız pergunta dúvida ご質問 문의내용",
    "company": "company organisation organization companyname yourcompany business businessname firma firmenname unternehmen "
               "empresa nombredelaempresa société societe entreprise nomdelasociété компания организация названиекомпании фирма "
               "компанія ក្រុមហ៊ុន ឈ្មោះក្រុមហ៊ុន ស្ថាប័ន",
    "subject": "subject yoursubject topic betreff asunto sujet objet objetdelademande тема темасообщения ប្រធានបទ",
}
FILLER_WORDS: Final = (
    "your my our the a an of for to please enter type write give leave us contact customer client user visitor person full "
    "complete what whats is are how can we i you me required optional field number no nr primary main best own private "
    "personal work address addr input "
    "ihr ihre ihren dein deine bitte ein eine der die das und oder von wie kontakt kunde nummer adresse "
    "su sus tu tus el la los las de del y e por favor número dirección direccion "
    "votre vos le les du des et s il vous plait plaît numéro adresse "
    "ваш ваше ваша ваши свой введите укажите напишите пожалуйста и или для номер адрес вас как обязательно"
)
FILLERS: Final = frozenset(FILLER_WORDS.split())
"""Words that do not change what a label asks for."""
# fmt: on
KNOWN: Final = {name: target for target, names in NAMES.items() for name in names.split()}
SCRIPTS: Final = tuple(
    sorted(
        ((name, target) for name, target in KNOWN.items() if name[0] > "\u0e00" and len(name) > 1),
        key=lambda known: -len(known[0]),
    )
)
"""Names in scripts that put no spaces between words, longest first."""
WRAPPED: Final = re.compile(r"(?:[\w-]{1,40})((?:\[[^\[\]]{0,100}\]){1,4})")
NUMBERED: Final = re.compile(
    r"\A(?:q\d{1,4}_|field:|input_|fld_|wpforms_)|[-_ ]\d{1,6}\Z|(?<=[a-z])\d{1,3}\Z", re.IGNORECASE
)
CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
ASIDES: Final = re.compile(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|\*")
OTHER_WORDS: Final = (
    "user username login file product form page site business project event pet child dog domain brand model list type kind "
    "preferred consent newsletter confirm method time best subscribe agree policy"
)
NO_PERSON: Final = frozenset(OTHER_WORDS.split())
"""With one of these beside it, a word asks for something else."""


@lru_cache(maxsize=4096)
def target_of(label: str) -> str:
    """What a name or label certainly asks for, or empty."""
    bare = plain(label)
    if (found := KNOWN.get(_squeezed(bare))) or (found := KNOWN.get(_squeezed(label.lower()))):
        return found
    words = [word for word in _words(bare) if word not in FILLERS]
    targets = {KNOWN.get(word, "") for word in words}
    if targets and targets <= {"first_name", "last_name", "name"}:
        return "name" if len(targets) > 1 else targets.pop()
    return targets.pop() if len(targets) == 1 else ""


@lru_cache(maxsize=4096)
def likely_target(label: str) -> str:
    """What a longer label seems to ask for, or empty: the value has to bear it out."""
    bare = plain(label)
    words = set(_words(bare))
    if words & NO_PERSON:
        return ""
    for target in ("email", "phone", "message", "name"):
        if any(KNOWN.get(word) == target for word in words):
            return target
    squeezed = _squeezed(bare)
    return next((target for name, target in SCRIPTS if name in squeezed), "")


def plain(label: str) -> str:
    """A label as its words: without the wrapping of builders, stars, brackets and numbers behind it."""
    text = unicodedata.normalize("NFKC", label[:200]).strip()
    if wrapped := WRAPPED.fullmatch(text):
        inner = [part for part in re.findall(r"\[([^\[\]]*)\]", wrapped[1]) if part]
        text = inner[-1] if inner else text
    text = NUMBERED.sub("", text)
    return ASIDES.sub(" ", CAMEL.sub(" ", text)).lower().strip(" .:?!;-_–—/")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w']+|_", text) if word and not word.isdigit()]


def _squeezed(text: str) -> str:
    return "".join(
        char for char in text if char.isalnum() or unicodedata.category(char)[0] == "M" or char == "'"
    )
