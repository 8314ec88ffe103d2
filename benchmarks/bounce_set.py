"""Bounces in the manner of today's servers, in several languages, and mail that only looks like one."""

from __future__ import annotations

from benchmarks.flufl_data import Case

TO = "bob@client.example"
DSN = """\
Return-Path: <>
From: {sender}
To: support@our.example
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: text/plain; charset=utf-8

{text}
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
{blocks}
--r
Content-Type: message/rfc822

From: support@our.example
To: bob@client.example
Message-ID: <m1@our.example>
Subject: Your order

Hello
--r--
"""
PLAIN = """\
Return-Path: {envelope}
From: {sender}
To: support@our.example
Subject: {subject}
Content-Type: text/plain; charset=utf-8
{more}
{text}
"""
TAIL = "\n\nMessage-ID: <m1@our.example>\nFrom: support@our.example\nTo: bob@client.example\nSubject: Your order\n\nHello\n"
GOOGLE = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"


def block(status: str, *, action: str = "failed", to: str = TO, diagnostic: str = "") -> str:
    told = f"\nFinal-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
    return told + (f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else "")


def dsn(
    name: str, sender: str, subject: str, text: str, blocks: str, *, to: set[str], late: bool = False
) -> Case:
    mail = DSN.format(sender=sender, subject=subject, text=text, blocks=blocks)
    return Case(name, mail.encode(), frozenset(to), late)


def plain(
    name: str, sender: str, subject: str, text: str, *, to: set[str], late: bool = False, more: str = "", envelope: str = "<>"
) -> Case:  # fmt: skip
    mail = PLAIN.format(
        envelope=envelope, sender=sender, subject=subject, text=text, more=more + "\n" if more else ""
    )
    return Case(name, mail.encode(), frozenset(to), late)


def cases() -> list[Case]:
    """A case with no recipients is no bounce."""
    return [*_reports(), *_letters(), *_delays(), *_others()]


def _reports() -> list[Case]:
    other = "eve@client.example"
    exchange = "postmaster@our.onmicrosoft.example"
    return [
        dsn("gmail: no such user", GOOGLE, "Delivery Status Notification (Failure)",
            f"** Address not found **\n\nYour message wasn't delivered to {TO} because the address couldn't be found.",
            block("5.1.1", diagnostic="550-5.1.1 The email account that you tried to reach does not exist."), to={TO}),
        dsn("gmail: inbox full", GOOGLE, "Delivery Status Notification (Failure)",
            f"** Recipient inbox full **\n\nYour message couldn't be delivered to {TO}. Their inbox is full.",
            block("4.2.2", diagnostic="452-4.2.2 The recipient's inbox is out of storage space."), to={TO}),
        dsn("exchange online", f"Microsoft Outlook <{exchange}>", "Undeliverable: Your order",
            f"Your message to {TO} couldn't be delivered.\n\nbob wasn't found at client.example.",
            block("5.1.10", diagnostic="550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"), to={TO}),
        dsn("postfix: two of three", "MAILER-DAEMON@mx.example (Mail Delivery System)",
            "Undelivered Mail Returned to Sender", "This is the mail system at host mx.example.",
            block("5.1.1") + block("5.2.2", to=other) + block("2.0.0", action="delivered", to="ok@client.example"),
            to={TO, other}),
        dsn("exim with a report", "Mail Delivery System <Mailer-Daemon@mx.example>",
            "Mail delivery failed: returning message to sender", "A message that you sent could not be delivered.",
            "\nAction: failed\nFinal-Recipient: rfc822;bob@client.example\nStatus: 5.0.0\n", to={TO}),
        dsn("report with utf-8 addresses", "MAILER-DAEMON@mx.example", "Undeliverable", "Sorry.",
            "\nFinal-Recipient: utf-8; bob@client.example\nAction: failed\nStatus: 5.1.1\n", to={TO}),
        dsn("original recipient differs", "MAILER-DAEMON@mx.example", "Undeliverable", "Sorry.",
            f"\nOriginal-Recipient: rfc822;{TO}\nFinal-Recipient: rfc822;b.smith@inner.example\nAction: failed\nStatus: 5.1.1\n",
            to={TO}),
        dsn("success is no failure", "MAILER-DAEMON@mx.example", "Successful Mail Delivery Report", "Delivered.",
            block("2.0.0", action="delivered"), to=set()),
    ]  # fmt: skip


def _letters() -> list[Case]:
    return [
        plain("qmail", "MAILER-DAEMON@mx.example", "failure notice",
              f"Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the\n"
              f"following addresses. This is a permanent error; I've given up.\n\n<{TO}>:\nSorry, no mailbox here by that name."
              f" (#5.1.1)\n\n--- Below this line is a copy of the message.{TAIL}", to={TO}),
        plain("exim in words", "Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender",
              f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered"
              f" to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {TO}\n"
              f"    host mx.client.example [192.0.2.1]\n    SMTP error: 550 unknown user\n\n------ This is a copy of the message ------{TAIL}",
              to={TO}, more=f"X-Failed-Recipients: {TO}"),
        plain("mail.ru", "Mail Delivery System <mailer-daemon@corp.mail.ru>", "Ваше сообщение не доставлено",
              f"Это письмо создано автоматически сервером Mail.Ru.\n\nК сожалению, Ваше письмо не может быть доставлено:\n\n"
              f"{TO}\n  Такой пользователь не найден{TAIL}", to={TO}),
        plain("yandex", "mailer-daemon@yandex.ru", "Недоставленное сообщение",
              f"Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше"
              f" письмо не может\nбыть отправлено одному или нескольким адресатам. Причины указаны ниже.\n\n"
              f"<{TO}>: host mx.client.example said: 550 5.1.1 user unknown (in reply to RCPT TO command){TAIL}", to={TO}),
        plain("qq", "PostMaster@qq.com", "系统退信", f"抱歉，您的邮件被退回来了……\n收件人（{TO}）的邮箱地址不存在，邮件无法送达。{TAIL}", to={TO}),
        plain("163", "postmaster@163.com", "系统退信", f"很抱歉，您的邮件无法投递到以下收件人：\n\n{TO}\n\n退信原因：收件人邮箱已满{TAIL}", to={TO}),
        plain("japanese", "MAILER-DAEMON@mx.example.jp", "メールを配信できません",
              f"次の宛先にメールを配信できませんでした。\n\n<{TO}>\n\n宛先のアドレスが存在しません。{TAIL}", to={TO}),
        plain("german", "Mail Delivery System <mailer-daemon@kunden.example>", "Nachricht konnte nicht zugestellt werden",
              f"Ihre Nachricht konnte an folgende Empfänger nicht zugestellt werden:\n\n{TO}:\nPostfach ist voll{TAIL}", to={TO}),
        plain("french", "postmaster@orange.example", "Échec de la remise",
              f"Votre message n'a pas pu être remis aux destinataires suivants :\n\n{TO}\n\nCette adresse n'existe pas.{TAIL}", to={TO}),
        plain("spanish", "postmaster@correo.example", "No se puede entregar: Your order",
              f"No se pudo entregar el mensaje a:\n\n  {TO}\n\nEl buzón está lleno.{TAIL}", to={TO}),
        plain("gateway without daemon's name", "Security Gateway <gateway@client.example>", "Undeliverable: Your order",
              f"Your message could not be delivered to <{TO}>.\n550 5.7.1 message content rejected{TAIL}", to={TO}),
        plain("only the returned head", "MAILER-DAEMON@mx.example", "Returned mail: see transcript for details",
              f"Your mail could not be delivered.\n\n--- Original message follows ---{TAIL}", to={TO}),
        plain("address in brackets", "postmaster@mailenable.example", "Message Delivery Failure",
              f"MailEnable: Message could not be delivered to some recipients.\n\tRecipient: [SMTP:{TO}]\n\tReason: 550 not local{TAIL}",
              to={TO}),
    ]  # fmt: skip


def _delays() -> list[Case]:
    return [
        dsn("postfix: delayed", "MAILER-DAEMON@mx.example", "Delayed Mail (still being retried)",
            "THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
            block("4.4.1", action="delayed", diagnostic="connect timed out"), to={TO}, late=True),
        dsn("gmail: incomplete", GOOGLE, "Delivery Status Notification (Delay)",
            f"There was a temporary problem delivering your message to {TO}. Gmail will retry for 47 more hours.",
            block("4.4.1", action="delayed"), to={TO}, late=True),
        plain("exim: warning", "Mail Delivery System <Mailer-Daemon@mx.example>", "Warning: message 1abc delayed 24 hours",
              f"A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours.\n\n"
              f"The address to which the message has not yet been delivered is:\n\n  {TO}\n\nNo action is required on your part."
              f" Delivery attempts will continue.", to={TO}, late=True),
        plain("sendmail: warning", "MAILER-DAEMON@mx.example", "Warning: could not send message for past 4 hours",
              f"    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n"
              f"    ** YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n   ----- Transcript of session follows -----\n"
              f"<{TO}>... Deferred: Connection timed out\nWill keep trying until message is 5 days old", to={TO}, late=True),
    ]  # fmt: skip


def _others() -> list[Case]:
    ann = "Ann <ann@client.example>"
    return [
        plain("a customer tells of a bounce", ann, "Undelivered mail?",
              f"Hello, my mail to {TO} could not be delivered. User unknown. Can you help?", to=set(), envelope="<ann@client.example>"),
        plain("a forwarded bounce", ann, "Fwd: Undelivered Mail Returned to Sender",
              f"See below.\n\n> <{TO}>: 550 5.1.1 user unknown", to=set(), envelope="<ann@client.example>"),
        plain("an answer about a parcel", ann, "Re: Delivery failed",
              "The courier says the delivery failed, please send the parcel again.", to=set(), envelope="<ann@client.example>",
              more="In-Reply-To: <m0@our.example>"),
        plain("a newsletter of delivery", "News <news@couriers.example>", "Delivery failure rates in 2026",
              "Read how many parcels were returned.", to=set(), envelope="<n@couriers.example>", more="List-Unsubscribe: <mailto:u@x.example>"),
        plain("a person at postmaster", "Post Master <postmaster@client.example>", "Question about your offer",
              "Hello, what does the blue one cost?", to=set(), envelope="<postmaster@client.example>"),
        plain("away until Monday", ann, "Automatic reply: Your order", f"I am away. Write to {TO}.", to=set(), more="Auto-Submitted: auto-replied"),
    ]  # fmt: skip
