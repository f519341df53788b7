"""Hooks around every request: an id, the time it took, and headers browsers want."""

import re

from flask import current_app, g, request

from shop.helpers import clock, tokens

_REQUEST_ID = re.compile(r"^[\w.-]{6,64}$")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def assign_request_id():
    """Take the caller's request id if it is a sane one, else make our own."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.match(given) else tokens.new_request_id()


def start_timer():
    """Remember when the request began."""
    g.started = clock.monotonic()


def add_request_headers(response):
    """Send the request id and the time taken back, and log what was slow."""
    elapsed = clock.monotonic() - g.started
    response.headers["X-Request-ID"] = g.request_id
    response.headers["Server-Timing"] = f"app;dur={elapsed * 1000:.0f}"
    if elapsed > current_app.config["SLOW_REQUEST_SECONDS"]:
        current_app.logger.warning("slow request %s: %s %s", g.request_id, request.method, request.path)
    return response


def add_security_headers(response):
    """Add the security headers that a view has not set itself."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def log_failed_request(error):
    """Say in the log which request ended with an exception."""
    if error is not None:
        current_app.logger.error("request %s failed: %r", g.get("request_id", "-"), error)


def register_hooks(app):
    """Attach the hooks; after-request functions run in reverse order."""
    app.before_request(assign_request_id)
    app.before_request(start_timer)
    app.after_request(add_request_headers)
    app.after_request(add_security_headers)
    app.teardown_request(log_failed_request)
