"""A channel whose manifest asks a scripted provider."""

from __future__ import annotations

from typing import Any

from connectors.conformance.server import Provider
from connectors.contract import (
    Context,
)
from hub.http import HttpClient
from tests.connectors.manifest.samples import channel

API = 'api: {base: "{{ settings.base }}", headers: {X-Key: "{{ settings.key }}"}}\n'

OUTCOMES = """
outcomes:
  ok: "status == `200` && body.id"
  external_id: body.id
  reason: body.why
  retry_after: body.wait
  credentials: ["body.code == 'key'"]
  unreachable: ["body.code == 'gone'"]
  retry: ["body.code == 'later'"]
  refused: ["body.code == 'no'"]
probe: {request: {url: /me}, ok: "body.me"}
"""


def context(provider: Provider, client: HttpClient, **settings: Any) -> Context:
    given = channel(**{"base": provider.base, "trusted_hosts": "127.0.0.1", **settings})
    return Context(channel=given, http=client.for_channel(given))


SENDING = API + "send:\n  - request: {url: /send, json: {a: '{{ text }}'}}\n" + OUTCOMES
