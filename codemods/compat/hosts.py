"""The hosts that routes are bound to.

Preserves: a rule with `host=` or `subdomain=` is one for that host only, whatever else has its path; variables of the
host are values of the URL; the URL of a route on another host is absolute.

To live without it: an application for each host, behind Starlette's `Host` route or the proxy. On a route of FastAPI's
own class `OnHost` still answers 404 on any other host.
"""

import re
from collections.abc import Collection
from typing import Any

from fastapi import Request
from starlette.convertors import Convertor
from starlette.routing import compile_path
from starlette.types import Scope

from .http_statuses import NotFound
from .request_info import host
from .routing import Condition, conditions

INVALID = "<invalid>"
"""The subdomain of a host that is not below the server's name (`werkzeug.routing.map.Map.bind_to_environ`)."""

PARAMETER = re.compile(r"{([^}]*)}")


class OnHost(Condition):
    """The host that a route is for: `Depends(OnHost("{tenant}.example.com"))`, its variables written as in a path."""

    def __init__(self, pattern: str) -> None:
        """A pattern without variables is one host."""
        # Starlette takes a text that does not start with a slash for a host of its own kind, without port.
        self._regex, self._format, self._convertors = compile_path(f"/{pattern}")

    async def __call__(self, request: Request) -> None:
        """Raise a 404 on any other host."""
        if self.values(request.scope) is None:
            raise NotFound

    def values(self, scope: Scope) -> dict[str, Any] | None:
        """The values of the host's variables, None on another host; raises `NotThisRouteError` as a path does."""
        found = self._regex.match(f"/{self.asked(Request(scope))}")
        if found is None:
            return None
        return {name: self._convertors[name].convert(value) for name, value in found.groupdict().items()}

    @property
    def variables(self) -> Collection[str]:
        """The names of the host's variables."""
        return self._convertors.keys()

    def asked(self, request: Request) -> str:
        """What the pattern is about, of this request's host."""
        return host(request).lower()

    def built(self, request: Request, values: dict[str, Any]) -> str:
        """The host of a URL; takes what its variables stand for out of the values."""
        pieces = PARAMETER.split(self._format[1:])
        for index in range(1, len(pieces), 2):
            convertor: Convertor[Any] = self._convertors[pieces[index]]
            pieces[index] = convertor.to_string(values.pop(pieces[index]))
        return "".join(pieces)


class OnSubdomain(OnHost):
    """The part of the host ahead of the server's name that a route is for; "" is the server itself.

    Where the application does not look at subdomains (`app.state.matches_subdomains`) every host counts as the server
    itself, and a route of a subdomain is never reached.
    """

    def asked(self, request: Request) -> str:
        """The subdomain."""
        name = server_name(request)
        if name is None or not getattr(request.app.state, "matches_subdomains", False):
            return ""
        labels, ours = host(request).lower().split("."), name.split(".")
        if labels[-len(ours) :] != ours:
            return INVALID
        return ".".join(filter(None, labels[: -len(ours)]))

    def built(self, request: Request, values: dict[str, Any]) -> str:
        """The host of a URL."""
        subdomain = super().built(request, values)
        name = server_name(request) or host(request).lower()
        return f"{subdomain}.{name}" if subdomain else name


def host_of(route: Any) -> OnHost | None:
    """What a route says of its host."""
    return next((one for one in conditions(route) if isinstance(one, OnHost)), None)


def is_on_this_host(request: Request, route: Any, values: dict[str, Any]) -> bool:
    """Whether a route that is bound to a whole host is one of the request's host, with these values."""
    domain = host_of(route)
    return type(domain) is OnHost and domain.built(request, dict(values)) == host(request).lower()


def server_name(request: Request) -> str | None:
    """`SERVER_NAME`, without the scheme's own port."""
    name: str | None = getattr(request.app.state, "server_name", None)
    return name.lower().removesuffix(":443" if request.scope["scheme"] == "https" else ":80") if name else None
