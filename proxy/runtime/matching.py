"""Which rule a request is for, asked of the Flask application's own URL map."""

from typing import Any

from .environ import Environ

CACHED = 256
"""How many bound maps are kept: one for each host that requests are sent to, and clients may invent more."""


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

    def match(self, environ: Environ) -> tuple[Any, str] | None:
        """The rule of a request and the method it counts as; None for all but a plain match.

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
            return rule, "GET"
        return rule, method

    def key(self, rule: Any, method: str) -> str:
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
