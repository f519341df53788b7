"""The gateway with Flask in a process of its own: its rules are known from a table, its answers come over HTTP."""

import math
import os
import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Scope

from .dispatch import Dispatcher
from .environ import Environ
from .matching import Matched
from .patience import SECONDS
from .relay import Relay
from .upstream import CONNECTIONS, Address

DEFAULT_ADDRESS = "127.0.0.1:8001"


class RuleTable:
    """Matches requests as Werkzeug does, by the shapes of the rules that `migrate apply` has written down.

    Each shape is an anchored expression that leaves the literals of a path, which are looked up together with method
    and host: the cost grows with the number of shapes, not of rules. What readers might read differently (dot
    segments, doubled or encoded slashes, bytes beyond ASCII) is in no shape, and Flask's.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._refused = [re.compile(text) for text in document["refused"]]
        self._plain = re.compile(document["plain"])
        self._changes = [f"HTTP_{name.upper().replace('-', '_')}" for name in document["changes"]]
        self._hosts = frozenset(document["hosts"])
        self._shapes = [
            (
                None if regex is None else re.compile(regex),
                re.sub(r"\$([0-9])", r"\\g<\1>", template),
                {key: route and (route[0], route[1]) for key, route in routes.items()},
            )
            for regex, template, routes in document["shapes"]
        ]

    def match(self, environ: Environ) -> Matched | None:
        """The route that a request is for; None for all but a plain match."""
        target = environ.get("RAW_URI", "")
        if not self._plain.search(target) or any(pattern.search(target) for pattern in self._refused):
            return None
        if any(name in environ for name in self._changes):
            return None
        path: str = environ["PATH_INFO"]
        method: str = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
        host = environ.get("HTTP_HOST", "").lower()
        prefix = f"{method} {host if host in self._hosts else ''}"
        for regex, template, routes in self._shapes:
            looked_up = path
            if regex is not None:
                found = regex.match(path)
                if found is None:
                    continue
                looked_up = found.expand(template)
            route = routes.get(prefix + looked_up, self)
            if route is not self:
                return Matched(route[0], route[1], method) if route else None
        return None

    def asked(self, scope: Scope) -> Hashable | None:
        """Nothing is remembered: a match depends on the whole target, and there are more of these than paths."""
        return None


class ApartGateway(Dispatcher):
    """The gateway over a FastAPI application and a Flask application that is served at `MIGRATE_FLASK`."""

    def __init__(self, rules: Mapping[str, Any], fastapi_app: ASGIApp, *, package: Path) -> None:
        address = Address.parse(os.environ.get("MIGRATE_FLASK") or DEFAULT_ADDRESS)
        seconds = number("MIGRATE_FLASK_TIMEOUT", SECONDS, least=0)
        connections = int(number("MIGRATE_FLASK_CONNECTIONS", CONNECTIONS, least=1))
        super().__init__(Relay(address, seconds, connections), RuleTable(rules), fastapi_app, package=package)


def number(name: str, default: float, least: float) -> float:
    """A variable's number. Raises ValueError for what is none."""
    text = os.environ.get(name)
    if not text:
        return default
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not least <= found < math.inf:
        raise ValueError(f"{name}={text!r} is not a number of {least:g} or more")
    return found
