"""Which rule a request is for, asked of the Flask application's own URL map."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope

from .environ import REPLACEMENT, Environ

CACHED = 256
"""How many bound maps are kept: one for each host that requests are sent to, and clients may invent more."""

LONGEST = 512
"""The longest path or header that is worth remembering; clients may invent longer ones."""

INTERVAL = 0.5
"""Seconds between two counts of the rules."""

DECIDING = frozenset({b"host", b"upgrade", b"connection"})
"""The headers that the map is bound by, as ASGI spells them."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A route: its key in the manifest, its endpoint, and the method that a request counts as."""

    key: str
    endpoint: str
    method: str


class Matcher:
    """Matches requests as a Flask application would.

    The map is bound as Flask binds it for a request, by `create_url_adapter`: trusted hosts, subdomains and hosts
    count. What that reads of a request is the same for most of them, so the bound map is kept for the next; where the
    application has a `create_url_adapter` of its own it is bound for each.
    """

    def __init__(self, flask_app: Any) -> None:
        self._flask_app = flask_app
        self._is_cached = flask_app.create_url_adapter.__module__ in ("flask.app", "flask.sansio.app")
        self._adapters: dict[tuple[object, ...], Any] = {}
        self._places: dict[int, tuple[Any, str]] = {}
        self._rules = -1
        self._next_count = 0.0
        self._is_plain = False

    def match(self, environ: Environ) -> Matched | None:
        """The route that a request is for; None for all but a plain match.

        A redirect, 404, 405 or bad host is an exception of Werkzeug's, and Flask's to answer. So is whatever else a
        converter raises that wants a context.
        """
        method = environ["REQUEST_METHOD"]
        try:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            rule, _ = self._adapter(environ).match(path, method, return_rule=True)
        except Exception:
            return None
        if method == "HEAD" and (rule.methods is None or "GET" in rule.methods):
            method = "GET"
        return Matched(self._key(rule, method), rule.endpoint, method)

    def asked(self, scope: Scope) -> Hashable | None:
        """What the match of a request depends on; None where that is more than is worth remembering, or not known."""
        path = scope["path"]
        if len(path) > LONGEST or REPLACEMENT in path or not self._is_repeatable():
            return None
        host: bytes | None = None
        others: tuple[bytes, ...] = ()
        for name, value in scope["headers"]:
            if name in DECIDING:
                if len(value) > LONGEST:
                    return None
                if host is None and name == b"host":
                    host = value
                else:
                    others += name, value
        if host is None:
            return None
        config = self._flask_app.config
        return (
            self._rules,
            scope["method"],
            path,
            host,
            others,
            scope.get("root_path"),
            scope.get("scheme"),
            tuple(scope.get("server") or ()),
            config.get("SERVER_NAME"),
            tuple(config.get("TRUSTED_HOSTS") or ()),
        )

    def _is_repeatable(self) -> bool:
        """Whether a match comes out the same each time: bound maps are kept, and all converters are Werkzeug's own.

        Asked again when a rule has been added: their number is part of what is asked, so that earlier answers are void.
        The map tells of a new one until somebody matches with it, so that its rules are counted too: twice a second,
        since it makes a list of them all for that.
        """
        if not self._is_cached:
            return False
        url_map = self._flask_app.url_map
        now = time.monotonic()
        if now < self._next_count and not url_map._remap:
            return self._is_plain
        self._next_count = now + INTERVAL
        rules = url_map._rules
        if len(rules) != self._rules:
            self._rules = len(rules)
            self._is_plain = all(
                type(converter).__module__ == "werkzeug.routing.converters"
                for rule in rules
                for converter in rule._converters.values()
            )
        return self._is_plain

    def _key(self, rule: Any, method: str) -> str:
        """The key under which the manifest has a rule and a method; what does not change is kept."""
        known = self._places.get(id(rule))
        if known is None or known[0] is not rule:
            domain = rule.host if rule.map.host_matching else rule.subdomain
            known = self._places[id(rule)] = rule, f"{domain or ''}{rule.rule}"
        return f"{method} {known[1]}"

    def _adapter(self, environ: Environ) -> Any:
        """The map bound for a request. Raises what Flask raises for a host that is not trusted."""
        if not self._is_cached:
            return self._bind(environ)
        config = self._flask_app.config
        read = (
            environ.get("HTTP_HOST"),
            environ["SERVER_NAME"],
            environ["SERVER_PORT"],
            environ["SCRIPT_NAME"],
            environ["wsgi.url_scheme"],
            environ.get("HTTP_UPGRADE"),
            environ.get("HTTP_CONNECTION"),
            config.get("SERVER_NAME"),
            tuple(config.get("TRUSTED_HOSTS") or ()),
        )
        adapter = self._adapters.get(read)
        if adapter is None:
            if len(self._adapters) >= CACHED:
                self._adapters.clear()
            adapter = self._adapters[read] = self._bind(environ)
        return adapter

    def _bind(self, environ: Environ) -> Any:
        try:
            return self._flask_app.create_url_adapter(self._flask_app.request_class(environ))
        finally:
            environ.pop("werkzeug.request", None)
