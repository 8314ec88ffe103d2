"""The addresses of channels: their list, their forms, their tests, what they asked."""

from __future__ import annotations

from hub.web.addresses import get, open_to, post
from hub.web.channels import alarming, beside, call_rules, chooser, consent, exchanges, form, listing

CHANNEL = r"/channels/{slug:[a-z0-9][a-z0-9_-]*}"
ROUTES = (
    *open_to(
        "channels",
        get("/channels", listing.show, "channels"),
        get("/channels/new", chooser.show, "channel-choose"),
        get(r"/channels/new/{connector:[\w-]+}", form.new, "channel-create"),
        post(r"/channels/new/{connector:[\w-]+}", form.create),
        get(CHANNEL, form.show, "channel"),
        post(CHANNEL, form.save),
        get(CHANNEL + "/consent", consent.ask),
        get("/oauth/back", consent.back),
        get(CHANNEL + "/calls", call_rules.show),
        post(CHANNEL + "/calls", call_rules.save),
        post(CHANNEL + "/pause", listing.pause),
        post(CHANNEL + "/checker", beside.name_checker),
        post(CHANNEL + "/pause/removal", listing.resume),
        post(CHANNEL + "/test", listing.test),
        post(CHANNEL + "/removal", listing.remove),
        post(CHANNEL + "/silence", alarming.save),
        get(CHANNEL + "/requests", exchanges.show, "channel-requests"),
        get(r"/messages/{id:\d+}/requests", exchanges.of_message),
    ),
)
