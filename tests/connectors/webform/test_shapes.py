# ruff: noqa: E501 (entries as they come)
"""Entries in the shapes of form services and builders, with labels in many languages; what they say is understood or kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from time import process_time
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from connectors.contract import ChannelConfig, InboundMessage, RawInput
from connectors.webform.connector import WebForm

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
URLENCODED = "application/x-www-form-urlencoded"
CHANNEL = ChannelConfig(
    id=1,
    slug="form",
    name="Form",
    settings={},
    region="KH",
    public_url="https://hub.example",
    secret=b"s" * 32,
)


def request(body: Any, kind: str = "") -> RawInput:
    """A dict of texts goes as a form, anything else that is no bytes as JSON."""
    if isinstance(body, bytes):
        raw, named = body, kind or URLENCODED
    elif isinstance(body, dict) and kind == URLENCODED:
        raw, named = urlencode(body).encode(), kind
    else:
        raw, named = json.dumps(body).encode(), kind or "application/json"
    headers = {"content-type": named}
    return RawInput(
        transport="http", body=raw, received_at=AT, headers=headers, peer="192.0.2.1", method="POST"
    )


def taken(body: Any, kind: str = "") -> InboundMessage:
    form, raw = WebForm(), request(body, kind)
    form.verify(raw, CHANNEL)
    [message] = form.parse(raw, CHANNEL)
    assert isinstance(message, InboundMessage)
    assert form.answer(raw, CHANNEL, 1).status == 200
    return message


def told(message: InboundMessage) -> tuple[str, list[str], str]:
    return message.sender.name, [handle.value for handle in message.sender.handles], message.text


ADA, MAIL, PHONE = "Ada Stone", "ada@stone.example", "+85512345678"
LABELS: dict[str, dict[str, str]] = {
    "stars and brackets": {"Your Name *": ADA, "Your Email Address *": MAIL, "Mobile Number": PHONE, "Your Message (required)": "Two"},
    "a mobile number alone": {"Full Name": ADA, "Mobile Number": "012 345 678", "Message": "Two"},
    "first and last": {"First name": "Ada", "Last name": "Stone", "E-mail": MAIL, "Phone no.": PHONE, "Comments": "Two"},
    "German": {"Vorname": "Ada", "Name": "Stone", "E-Mail-Adresse": MAIL, "Telefonnummer": PHONE, "Ihre Nachricht": "Two"},
    "German, one field": {"Vor- und Nachname": ADA, "Ihre E-Mail": MAIL, "Handynummer": PHONE, "Anfrage": "Two"},
    "French": {"Prénom": "Ada", "Nom": "Stone", "Courriel": MAIL, "Téléphone": PHONE, "Votre message": "Two"},
    "French, one field": {"Nom et prénom": ADA, "Adresse e-mail": MAIL, "Numéro de téléphone": PHONE, "Commentaire": "Two"},
    "Spanish": {"Nombre": "Ada", "Apellidos": "Stone", "Correo electrónico": MAIL, "Móvil": PHONE, "Mensaje": "Two"},
    "Spanish, one field": {"Nombre completo": ADA, "Tu correo": MAIL, "Teléfono móvil": PHONE, "Consulta": "Two"},
    "Russian": {"Имя": "Ada", "Фамилия": "Stone", "Электронная почта": MAIL, "Номер телефона": PHONE, "Вопрос": "Two"},
    "Russian, one field": {"Ваше имя *": ADA, "Ваш e-mail": MAIL, "Телефон": PHONE, "Ваше сообщение": "Two"},
    "Khmer": {"ឈ្មោះពេញ": ADA, "អ៊ីមែល": MAIL, "លេខទូរស័ព្ទ": PHONE, "សំណួរ": "Two"},
    "Khmer, yours": {"ឈ្មោះរបស់អ្នក": ADA, "អ៊ីមែលរបស់អ្នក": MAIL, "លេខទូរស័ព្ទរបស់អ្នក": PHONE, "សាររបស់អ្នក": "Two"},
    "Contact Form 7": {"your-name": ADA, "your-email": MAIL, "tel-123": PHONE, "textarea-456": "Two"},
    "Tilda": {"Name": ADA, "Email": MAIL, "Phone": PHONE, "Textarea": "Two", "tranid": "1:2", "formid": "form1", "COOKIES": "x"},
    "Rails": {"contact[lead][full_name]": ADA, "contact[lead][email]": MAIL, "contact[lead][phone]": PHONE, "contact[lead][body]": "Two"},
    "questions": {"What is your name?": ADA, "Where can we mail you?": MAIL, "Your WhatsApp?": PHONE, "How can we help?": "Two"},
    "Portuguese, by the values": {"Qual é o seu nome?": ADA, "Seu melhor e-mail": MAIL, "Seu WhatsApp": PHONE, "Mensagem": "Two"},
    "Vietnamese": {"Họ và tên": ADA, "Địa chỉ email": MAIL, "Số điện thoại": PHONE, "Nội dung": "Two"},
    "Italian": {"Nome e cognome": ADA, "Indirizzo email": MAIL, "Cellulare": PHONE, "Richiesta": "Two"},
    "Polish": {"Imię i nazwisko": ADA, "E-mail": MAIL, "Numer telefonu": PHONE, "Treść wiadomości": "Two"},
    "Khmer, with its colon": {"ឈ្មោះពេញ៖": ADA, "អ៊ីមែល៖": MAIL, "លេខទូរសព្ទ៖": PHONE, "សំណួរ៖": "Two"},
    "no words at all": {"f1": ADA, "f2": MAIL, "f3": PHONE, "f4": "I want two doors"},
}  # fmt: skip


@pytest.mark.parametrize("labels", LABELS)
def test_labels(labels: str) -> None:
    fields = LABELS[labels]
    mail = [MAIL] if MAIL in fields.values() else []
    text = "Two" if "Two" in fields.values() else "I want two doors"
    assert told(taken(fields, URLENCODED)) == (ADA, [*mail, PHONE], text)
    assert told(taken(fields)) == (ADA, [*mail, PHONE], text), "as JSON, too"


def cell(name: str, kind: str, title: str, value: str) -> dict[str, str]:
    return {
        f"fields[{name}][{part}]": said
        for part, said in (("type", kind), ("title", title), ("value", value), ("raw_value", value))
    }


SHAPES: dict[str, tuple[Any, str]] = {
    "Elementor, advanced": (
        {
            "form[id]": "a1", "form[name]": "Contact", **cell("name", "text", "Name", ADA), **cell("email", "email", "Email", MAIL),
            **cell("field_1a2b", "tel", "Field_1A2B", PHONE), **cell("message", "textarea", "Message", "Two"),
            "meta[page_url][value]": "https://shop.example/contact", "meta[remote_ip][value]": "203.0.113.7",
        },
        URLENCODED,
    ),
    "Jotform": (
        {
            "formID": "261", "submissionID": "6123456789", "pretty": "Name:Ada", "type": "WEB", "rawRequest": json.dumps({
                "slug": "submit/261", "q3_fullName3": {"first": "Ada", "last": "Stone"}, "q4_email": MAIL,
                "q5_phoneNumber": {"area": "012", "phone": "345 678"}, "q6_message": "Two",
            }),
        },
        URLENCODED,
    ),
    "Gravity": (
        {"form_id": "1", "id": "77", "ip": "203.0.113.1", "1.3": "Ada", "1.6": "Stone", "2": MAIL, "3": "(012) 345-678", "4": "Two of the oak doors"},
        "",
    ),
    "Typeform": (
        {
            "event_id": "01AAAA", "form_response": {
                "token": "00112233", "hidden": {"utm_source": "fb"},
                "definition": {"fields": [
                    {"id": "n", "title": "What is your name?", "type": "short_text"}, {"id": "e", "title": "Your email?", "type": "email"},
                    {"id": "p", "title": "Phone?", "type": "phone_number"}, {"id": "c", "title": "Which?", "type": "multiple_choice"},
                    {"id": "l", "title": "Tell us", "type": "long_text"},
                ]},
                "answers": [
                    {"type": "text", "text": ADA, "field": {"id": "n", "type": "short_text"}},
                    {"type": "email", "email": MAIL, "field": {"id": "e", "type": "email"}},
                    {"type": "phone_number", "phone_number": PHONE, "field": {"id": "p", "type": "phone_number"}},
                    {"type": "choices", "choices": {"labels": ["Oak", "Ash"]}, "field": {"id": "c", "type": "multiple_choice"}},
                    {"type": "text", "text": "Two", "field": {"id": "l", "type": "long_text"}},
                ],
            },
        },
        "",
    ),
    "Tally": (
        {
            "eventId": "0000-1111", "data": {"formName": "Contact", "fields": [
                {"key": "question_1", "label": "Name", "type": "INPUT_TEXT", "value": ADA},
                {"key": "question_2", "label": "Email", "type": "INPUT_EMAIL", "value": MAIL},
                {"key": "question_3", "label": "Call us on", "type": "INPUT_PHONE_NUMBER", "value": PHONE},
                {"key": "question_4", "label": "Which?", "type": "CHECKBOXES", "value": ["1", "3"],
                 "options": [{"id": "1", "text": "Oak"}, {"id": "2", "text": "Elm"}, {"id": "3", "text": "Ash"}]},
                {"key": "question_5", "label": "Message", "type": "TEXTAREA", "value": "Two"},
            ]},
        },
        "",
    ),
    "Webflow": (
        {"triggerType": "form_submission", "payload": {"name": "Contact Form", "siteId": "654", "formId": "65", "id": "6321", "data": {
            "Name": ADA, "Email": MAIL, "Phone": PHONE, "Message": "Two"}}},
        "",
    ),
    "a nested lead": ({"event": "lead.created", "lead": {"name": ADA, "email": MAIL, "phone": PHONE, "message": "Two"}}, ""),
    "a lead with its contact apart": (
        {"event": "lead.created", "data": {"contact": {"name": ADA, "email": MAIL, "phone": PHONE}, "message": "Two"}}, ""),
    "a contact apart": ({"contact": {"full_name": ADA, "email": MAIL, "phone": PHONE}, "message": "Two"}, ""),
    "keys and vals": ({"data": [{"key": "Name", "val": ADA}, {"key": "Email", "val": MAIL}, {"key": "Phone", "val": PHONE},
                                {"key": "Message", "val": "Two"}]}, ""),
    "names and values": ({"submittedAt": 1764400000000, "fields": [
        {"name": "firstname", "value": "Ada"}, {"name": "lastname", "value": "Stone"}, {"name": "email", "value": MAIL},
        {"name": "phone", "value": PHONE}, {"name": "message", "value": "Two"}]}, ""),
    "a list alone": ([{"name": "your-name", "value": ADA}, {"name": "your-email", "value": MAIL},
                      {"name": "your-phone", "value": PHONE}, {"name": "your-message", "value": "Two"}], ""),
    "an advertisement's form": ({"lead_id": "x", "api_version": "1.0", "user_column_data": [
        {"column_name": "Full Name", "string_value": ADA, "column_id": "FULL_NAME"},
        {"column_name": "User Email", "string_value": MAIL, "column_id": "EMAIL"},
        {"column_name": "User Phone", "string_value": PHONE, "column_id": "PHONE_NUMBER"},
        {"column_name": "Question", "string_value": "Two", "column_id": "Q"}]}, ""),
    "WPForms": ({"form_id": "12", "fields": {
        "1": {"name": "Name", "value": ADA, "id": 1, "type": "name"}, "2": {"name": "E-mail", "value": MAIL, "id": 2, "type": "email"},
        "3": {"name": "Line", "value": PHONE, "id": 3, "type": "phone"}, "4": {"name": "Comment", "value": "Two", "id": 4, "type": "textarea"}}}, ""),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape: str) -> None:
    body, kind = SHAPES[shape]
    name, handles, text = told(taken(body, kind))
    assert (name, handles) == (ADA, [MAIL, PHONE])
    assert text == ("Two of the oak doors" if shape == "Gravity" else "Two")


def test_choices_are_told_in_words_and_the_campaign_is_the_source() -> None:
    assert taken(*SHAPES["Tally"]).fields == {"Which?": "Oak, Ash"}
    typeform = taken(*SHAPES["Typeform"])
    assert typeform.fields == {"Which?": "Oak, Ash"}
    assert typeform.source
    assert typeform.source.utm == {"utm_source": "fb"}
    elementor = taken(*SHAPES["Elementor, advanced"])
    assert elementor.source
    assert elementor.source.page == "https://shop.example/contact"


NAME, QUESTION = "Ольга Петрова", "Сколько стоит дверь?"


def test_what_is_written_in_beside_the_choices_is_told() -> None:
    asked = [{"id": "a", "title": "Wood?"}, {"id": "b", "title": "Colour?"}, {"id": "c", "title": "Size?"}]
    given: list[dict[str, Any]] = [
        {"type": "choices", "choices": {"labels": ["Oak", "Ash"], "other": "Yew"}, "field": {"id": "a"}},
        {"type": "choice", "choice": {"other": "Teal"}, "field": {"id": "b"}},
        {"type": "choice", "choice": {"label": "Large"}, "field": {"id": "c"}},
        {"type": "email", "email": MAIL, "field": {"id": "d"}},
    ]
    message = taken({"form_response": {"definition": {"fields": asked}, "answers": given}})
    assert message.fields == {"Wood?": "Oak, Ash, Yew", "Colour?": "Teal", "Size?": "Large"}


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("cp1251", "windows-1251"),
        ("cp1251", ""),
        ("cp1251", "utf-8"),
        ("koi8-r", ""),
        ("koi8-r", "koi8-r"),
        ("utf-8", "windows-1251"),
        ("utf-8", ""),
    ],
)
def test_charsets(charset: str, declared: str) -> None:
    fields = {"name": NAME, "email": MAIL, "message": QUESTION}
    body = "&".join(f"{name}={quote(value.encode(charset))}" for name, value in fields.items()).encode()
    kind = f"{URLENCODED}; charset={declared}" if declared else URLENCODED
    assert told(taken(body, kind)) == (NAME, [MAIL], QUESTION)


@pytest.mark.parametrize(
    "declared", ["punycode", "idna", "undefined", "unicode_escape", "zlib", "rot13", "x" * 500]
)
def test_no_codec_of_a_strangers_choice(declared: str) -> None:
    body = b"email=ada%40stone.example&message=q-" + b"a" * 400_000
    began = process_time()
    message = taken(body, f"{URLENCODED}; charset={declared}")
    assert message.text.startswith("q-aaa")
    parts = f"--b\r\nContent-Disposition: form-data; name=email\r\nContent-Type: text/plain; charset={declared}\r\n\r\n{MAIL}\r\n--b--\r\n"
    assert taken(parts.encode(), "multipart/form-data; boundary=b").sender.handles[0].value == MAIL
    assert process_time() - began < 5
