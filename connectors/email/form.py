"""The form of a mail channel: every setting with its label and help."""

from __future__ import annotations

from typing import Final

from connectors.contract import Setting

SECURITY: Final = ("tls", "starttls", "none")
_IMAP: Final = ("imap_host", "imap_port", "imap_security", "imap_user")
_SMTP: Final = ("smtp_host", "smtp_port", "smtp_security", "smtp_user")

SETTINGS: Final = (
    Setting(
        name="address",
        label="Address of the mailbox",
        required=True,
        help="Customers write to it; replies come from it.",
    ),
    Setting(
        name="sender_name",
        label="Sender name",
        help="Shown before the address, for example the name of your shop.",
    ),
    Setting(
        name="receive",
        label="How mail comes in",
        type="choice",
        choices=("imap", "smtp_door"),
        default="imap",
        help="From an existing mailbox, or delivered to this hub by other mail servers.",
    ),
    Setting(
        name="auth_server",
        label="Server that checks senders",
        help="Its name at the start of Authentication-Results, for example mx.example.org; a - where they have none "
        "(Microsoft 365). Empty: nobody's address counts as proven.",
    ),
    Setting(name="imap_host", label="IMAP server", help="For example imap.example.org"),
    Setting(name="imap_port", label="IMAP port", type="number", help="Empty: 993 with TLS, 143 otherwise."),
    Setting(name="imap_security", label="IMAP security", type="choice", choices=SECURITY, default="tls"),
    Setting(name="imap_user", label="IMAP user", help="Empty: the address."),
    Setting(
        name="imap_password",
        label="IMAP password",
        type="secret",
        help="Where two-step sign-in is on: an app password.",
        goes_to=_IMAP,
        stands_in_for="smtp_password",
    ),
    Setting(
        name="sign_in",
        label="Sign-in",
        type="choice",
        choices=("password", "google", "microsoft", "oauth"),
        default="password",
        help="Google and Microsoft 365 for business take OAuth tokens instead of passwords.",
    ),
    Setting(name="oauth_client_id", label="OAuth client id"),
    Setting(
        name="oauth_client_secret",
        label="OAuth client secret",
        type="secret",
        goes_to=("oauth_token_url", "sign_in"),
    ),
    Setting(
        name="oauth_refresh_token",
        label="OAuth refresh token",
        type="secret",
        goes_to=("oauth_token_url", "sign_in", *_IMAP, *_SMTP),
        help="Filled in when the mailbox's owner agrees: save, then use the button above the settings.",
    ),
    Setting(
        name="oauth_token_url",
        label="OAuth token address",
        help="Empty for Google and Microsoft; needed for other providers.",
    ),
    Setting(
        name="oauth_authorize_url",
        label="OAuth consent address",
        help="Empty for Google and Microsoft; where the owner of the mailbox agrees.",
    ),
    Setting(name="oauth_scope", label="OAuth scope", help="Empty for Google and Microsoft."),
    Setting(name="imap_folders", label="Folders to read", type="list", default=("INBOX",)),
    Setting(
        name="sent_folder",
        label="Sent folder",
        help="Replies that colleagues send from their own mail program join the conversation. Empty: not read.",
    ),
    Setting(
        name="smtp_host",
        label="SMTP server",
        help="For example smtp.example.org. Empty: this channel cannot reply.",
    ),
    Setting(
        name="smtp_port",
        label="SMTP port",
        type="number",
        help="Empty: 465 with TLS, 587 with STARTTLS, else 25.",
    ),
    Setting(name="smtp_security", label="SMTP security", type="choice", choices=SECURITY, default="starttls"),
    Setting(name="smtp_user", label="SMTP user", help="Empty: the IMAP user."),
    Setting(
        name="smtp_password",
        label="SMTP password",
        type="secret",
        help="Empty: the IMAP password.",
        goes_to=_SMTP,
    ),
    Setting(
        name="certificate_authority",
        label="Certificate authority",
        type="long",
        help="Only for servers with a certificate of your own: PEM of who vouches for it, or of the certificate itself.",
    ),
    Setting(
        name="sender_style",
        label="Shown as sender",
        type="choice",
        choices=("user", "channel", "both"),
        default="user",
        help="The name of the user who writes, the sender name of the channel, or both.",
    ),
    Setting(
        name="signature",
        label="Signature",
        type="long",
        help="Shown below every reply. {me} is replaced by the writer's name, {signature} by their own signature, "
        "which otherwise replaces this one.",
    ),
    Setting(
        name="quote_answered",
        label="Quote the answered mail",
        type="flag",
        default=True,
        help="The customer's mail is quoted below the reply.",
    ),
    Setting(
        name="answer_within_hours",
        label="Bot answers mail of the last … hours",
        type="number",
        default=24,
        help="Older mail, found after a time away, goes to a manager. 0: any age.",
    ),
    Setting(
        name="archive_before",
        label="Archive before",
        help="YYYY-MM-DD. Older mail is stored and never answered.",
    ),
    Setting(
        name="plus_addressing",
        label="Replies to a plus-address",
        type="flag",
        default=False,
        help="Reply-To becomes address+token@…, so that an answer finds its conversation without headers.",
    ),
    Setting(
        name="dkim_domain",
        label="DKIM domain",
        help="Only where the SMTP server does not sign by itself.",
    ),
    Setting(name="dkim_selector", label="DKIM selector", help="The name before ._domainkey in the DNS."),
    Setting(
        name="dkim_key", label="DKIM private key", type="secret", goes_to=(), help="PEM, RSA or Ed25519."
    ),
)
