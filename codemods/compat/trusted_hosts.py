"""Requests for hosts that are not trusted.

Preserves: with `TRUSTED_HOSTS` a request for any other host is a 400 for which hooks and error handlers run, and its
URL an unknown one; a hook or handler that reads the host meets that error.

To live without it: Starlette's `TrustedHostMiddleware`, whose 400 neither hooks nor handlers see.
"""

from collections.abc import Collection
from typing import cast

from fastapi import FastAPI, Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from .http_statuses import BadRequest
from .request_info import UNTRUSTED, VALID_HOST, asked_host
from .routing import REFUSED


class SecurityError(BadRequest):
    """A request for a host that is not trusted."""


class OtherHosts(BaseRoute):
    """The route of requests for hosts that are not trusted; it is the first one."""

    def __init__(self, trusted: Collection[str]) -> None:
        """A name that starts with a dot stands for all hosts below it, too."""
        names = [trusted] if isinstance(trusted, str) else trusted
        known = [(one.removeprefix(".").partition(":")[0], one.startswith(".")) for one in names]
        self._trusted = [(name.encode("idna").decode("ascii"), below) for name, below in known]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for a host that is not trusted."""
        asked = asked_host(Request(scope)) if scope["type"] == "http" else None
        return (Match.NONE if asked is None or self.trusts(asked) else Match.FULL), {}

    def trusts(self, asked: str) -> bool:
        """Whether a host, with its port, is one that is trusted (`werkzeug.sansio.utils.host_is_trusted`)."""
        valid = VALID_HOST.fullmatch(asked)
        if valid is None or int(valid[1] or 0) > 65535:
            return False
        name = asked.removesuffix(f":{valid[1]}")
        return any(name == known or (below and name.endswith(f".{known}")) for known, below in self._trusted)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as to a URL that nobody has."""
        asked = asked_host(Request(scope))
        scope[REFUSED] = scope[UNTRUSTED] = SecurityError(f"Host {asked!r} is not trusted.")
        await cast(FastAPI, scope["app"]).state.unknown_url(scope, receive, send)


def trust_only(app: FastAPI, trusted: Collection[str] | None) -> None:
    """Have requests for other hosts refused; None or nothing trusts all."""
    if trusted:
        app.router.routes.insert(0, OtherHosts(trusted))
