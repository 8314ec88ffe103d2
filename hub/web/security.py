"""The headers that every page carries."""

from __future__ import annotations

from aiohttp import web

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Omnihub": "1",  # an answer of ours: what a proxy or a hotel's sign-in page says with 200 carries none
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def protect(response: web.StreamResponse, *, secure: bool) -> None:
    """Add what is not there yet: a handler that shows foreign content brings its own, stricter policy."""
    if response.prepared:
        return
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cache-Control", "no-store")
    if secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
