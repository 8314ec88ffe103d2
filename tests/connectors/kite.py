"""A made-up provider with all that a manifest has: signed requests with their time, receipts, files, outcomes, a probe."""

from __future__ import annotations

from pathlib import Path

MANIFEST = """\
id: kite_sms
title: Kite SMS
summary: Text messages of a Kite number, both directions, with receipts.
handle_kind: phone

settings:
  api_key: {label: API key, type: secret, required: true, help: "In Kite's console under Developers."}
  signing_secret: {label: Signing secret, type: secret, required: true}
  sender: {label: Sender, required: true, help: The number that messages come from.}

abilities: {receipts: true, max_text: 1530, per_second: 5}

api:
  base: https://api.kite.example/v1
  headers: {Authorization: "Bearer {{ settings.api_key }}"}

verify:
  - type: hmac
    algorithm: sha256
    name: X-Kite-Signature
    prefix: "v1="
    over: "{timestamp}.{body}"
    timestamp: X-Kite-Time
    max_age: 300
    secret: signing_secret

receive:
  split: "body.events[]"
  cases:
    - if: "event.type == 'message'"
      message:
        id: event.id
        at: event.time
        sender: {value: event.from, name: event.contact.name}
        text: event.text
        attachments:
          - {each: "event.media", url: item.url, mime: item.type, name: item.name}
    - if: "event.type == 'status'"
      receipt:
        id: event.message_id
        state:
          value: event.status
          map: {sent: [ACCEPTED, SENT], delivered: DELIVRD, failed: [UNDELIV, EXPIRED]}
        reason: event.reason
    - if: "event.type == 'ping'"
      ignore: A ping of Kite.

send:
  - request:
      url: /messages
      json:
        to: "{{ to }}"
        from: "{{ settings.sender }}"
        text: "{{ text|with_numbered(buttons) }}"
        reference: "{{ delivery_id }}"

outcomes:
  ok: "status == `202` && body.id"
  external_id: body.id
  reason: body.error.message
  unreachable: ["contains([`21`, `22`], body.error.code)"]

probe:
  request: {url: /account}
  ok: "status == `200` && body.active"
"""

RECEIVED = """\
{
  "request": {
    "headers": {"content-type": "application/json"},
    "body": {
      "events": [
        {
          "type": "message", "id": "k-1", "time": 1767603600000, "from": "+12025550123", "text": "Like this?",
          "contact": {"name": "Ann Lee"},
          "media": [{"url": "https://media.kite.example/1.jpg", "type": "image/jpeg", "name": "1.jpg"}]
        }
      ]
    }
  },
  "expected": [
    {
      "event": "InboundMessage",
      "external_id": "k-1",
      "sender": {
        "handles": [
          {"kind": "phone", "value": "+12025550123", "trust": "proven", "evidence": "caller_id", "raw": "+12025550123"}
        ],
        "name": "Ann Lee"
      },
      "at": "2026-01-05T09:00:00Z",
      "text": "Like this?",
      "attachments": [{"name": "1.jpg", "mime": "image/jpeg", "url": "https://media.kite.example/1.jpg"}],
      "kind": "message"
    }
  ]
}
"""

SENT = """\
{
  "message": {"to": {"kind": "phone", "value": "+12025550123"}, "text": "Yes."},
  "answers": [{"status": 400, "body": {"error": {"code": 21, "message": "Not a mobile number"}}}],
  "requests": [{"method": "POST", "path": "/v1/messages"}],
  "outcome": {"is": "unreachable", "reason": "Not a mobile number (400)"}
}
"""


def write(folder: Path) -> Path:
    """The connector's folder."""
    (folder / "fixtures" / "send").mkdir(parents=True)
    (folder / "connector.yaml").write_text(MANIFEST)
    (folder / "fixtures" / "message_with_picture.json").write_text(RECEIVED)
    (folder / "fixtures" / "send" / "not_a_mobile.json").write_text(SENT)
    (folder / "README.md").write_text("API key, signing secret and sender stand in the console of Kite. " * 4)
    return folder
