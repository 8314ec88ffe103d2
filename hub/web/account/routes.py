"""The addresses of signing in and out, the session, the own profile and its second step."""

from __future__ import annotations

from hub.web.account import profile, signin, whoami
from hub.web.addresses import ANYBODY, get, open_to, post

ROUTES = (
    *open_to(
        "profile",
        get("/", signin.home),
        post("/sign-out", signin.sign_out),
        get("/profile", profile.show, "profile"),
        post("/profile", profile.save),
        post("/profile/password", profile.change_password),
        post("/profile/second-step", profile.start_second_step),
        post("/profile/second-step/code", profile.confirm_second_step),
        post("/profile/second-step/removal", profile.remove_second_step),
        post("/profile/sessions/removal", profile.end_sessions),
        post("/profile/presence", profile.set_available),
    ),
    *open_to(
        ANYBODY,
        get("/sign-in", signin.show, "signin"),
        post("/sign-in", signin.submit),
        get("/sign-in/code", signin.show_code, "signin-code"),
        post("/sign-in/code", signin.submit_code),
        get("/sign-in/link/{token}", signin.show_link),
        post("/sign-in/link/{token}", signin.use_link),
        get("/session", whoami.show),
        post("/language", signin.choose_language),
    ),
)
