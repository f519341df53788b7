"""Which origins may read answers, as Flask-CORS tells browsers.

Preserves: the headers of `CORS(app, ...)` on every answer, also without an `Origin` (`always_send`), errors and
preflights included; origins, header names and resources as texts or patterns; `Vary: Origin` where that matters.

To live without it: FastAPI's `CORSMiddleware` with the same origins. It says nothing to requests without an `Origin`,
refuses a preflight it does not like with 400, and knows no resources.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import unquote, unquote_plus

from fastapi import Request, Response

from .fallback import allowed_methods
from .request_info import path
from .responses import text

Pattern = str | re.Pattern[str]

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
SPECIAL = frozenset("*\\]?$^[]()")
"""Characters by which a text is taken for a regular expression."""


class CrossOrigin:
    """`CORS(app, resources=..., **options)`: the options are those of Flask-CORS, those of a resource win.

    With `ignores_case` resources are looked for as before version 6: the longest first, whatever the case of the path,
    in which a plus is a blank.
    """

    def __init__(self, resources: Any = r"/*", ignores_case: bool = False, **options: Any) -> None:
        pairs = resources.items() if isinstance(resources, Mapping) else [(one, {}) for one in listed(resources)]
        fixed = [(".*" if pattern == "*" else pattern, own) for pattern, own in pairs]
        if isinstance(resources, Mapping):
            fixed.sort(key=lambda pair: (-len(text_of(pair[0])),) if ignores_case else specificity(pair[0]))
        flags = re.IGNORECASE if ignores_case else 0
        self.resources = [(compiled(pattern, flags), Options.of({**options, **own})) for pattern, own in fixed]
        self.ignores_case = ignores_case

    def add_headers(self, request: Request, response: Response) -> Response:
        """The response with the headers of the first resource that the path belongs to."""
        if response.headers.get("Access-Control-Allow-Origin") or getattr(response, "has_cross_origin", False):
            return response
        where = unquote_plus(path(request)) if self.ignores_case else unquote(path(request))
        for pattern, options in self.resources:
            if self.is_at(pattern, where):
                for name, value in options.headers(request):
                    response.headers.append(name, value)
                break
        return response

    def is_at(self, resource: Pattern, where: str) -> bool:
        """Whether a path belongs to a resource."""
        if not isinstance(resource, str):
            return resource.match(where) is not None
        return resource.lower() == where.lower() if self.ignores_case else resource == where


@dataclass(frozen=True, slots=True)
class Options:
    """What is allowed for one resource."""

    origins: tuple[Pattern, ...]
    any_origin: bool
    methods: str | None
    allow_headers: tuple[Pattern, ...]
    expose_headers: str | None
    supports_credentials: bool
    max_age: str | None
    send_wildcard: bool
    vary_header: bool
    always_send: bool
    allow_private_network: bool | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Options":
        """The options as Flask-CORS is given them; raises `ValueError` for what the specification forbids."""
        origins = [".*" if one == "*" else one for one in listed(given.get("origins", "*"))]
        headers = [".*" if one == "*" else one for one in listed(given.get("allow_headers", "*"))]
        credentials, wildcard = bool(given.get("supports_credentials")), bool(given.get("send_wildcard"))
        if ".*" in origins and credentials and wildcard:
            raise ValueError("credentials cannot be supported where every origin is answered with '*'")
        methods, max_age = joined(given.get("methods", METHODS)), given.get("max_age")
        if isinstance(max_age, timedelta):
            max_age = int(max_age.total_seconds())
        return cls(
            origins=tuple(compiled(one, re.IGNORECASE) for one in origins),
            any_origin=".*" in origins,
            methods=methods.upper() if methods else None,
            allow_headers=tuple(compiled(one, re.IGNORECASE) for one in headers),
            expose_headers=joined(given.get("expose_headers")),
            supports_credentials=credentials,
            max_age=str(max_age) if max_age else None,
            send_wildcard=wildcard,
            vary_header=bool(given.get("vary_header", True)),
            always_send=bool(given.get("always_send", True)),
            allow_private_network=given.get("allow_private_network", False),
        )

    def headers(self, request: Request) -> list[tuple[str, str]]:
        """The headers to add to the answer of a request."""
        origins = self.allowed_origins(request.headers.get("Origin"))
        if not origins:
            return []
        found: list[tuple[str, str | None]] = [
            ("Access-Control-Allow-Origin", origins[0]),
            ("Access-Control-Expose-Headers", self.expose_headers),
            ("Access-Control-Allow-Credentials", "true" if self.supports_credentials else None),
        ]
        asks_privately = request.headers.get("Access-Control-Request-Private-Network") == "true"
        if asks_privately and self.allow_private_network is not None:
            found.append(("Access-Control-Allow-Private-Network", str(bool(self.allow_private_network)).lower()))
        if request.method == "OPTIONS":
            found += self.preflight(request)
        varies = len(self.origins) > 1 or len(origins) > 1 or any(not isinstance(one, str) for one in self.origins)
        if self.vary_header and origins[0] != "*" and varies:
            found.append(("Vary", "Origin"))
        return [(name, value) for name, value in found if value]

    def allowed_origins(self, origin: str | None) -> list[str]:
        """What the origin is answered with; without one, what would be allowed."""
        if origin:
            if self.any_origin and self.send_wildcard:
                return ["*"]
            return [origin] if matches(origin, self.origins) else []
        if not self.always_send:
            return []
        if self.any_origin:
            return [] if self.supports_credentials else ["*"]
        return sorted(one for one in self.origins if isinstance(one, str))

    def preflight(self, request: Request) -> list[tuple[str, str | None]]:
        """The headers for a request that asks whether another would be allowed."""
        method = request.headers.get("Access-Control-Request-Method", "").upper()
        if not method or not self.methods or method not in self.methods:
            return []
        asked = request.headers.get("Access-Control-Request-Headers", "")
        names = sorted(name for one in asked.split(",") if matches(name := one.strip(), self.allow_headers))
        return [
            ("Access-Control-Allow-Headers", ", ".join(names) if asked else None),
            ("Access-Control-Max-Age", self.max_age),
            ("Access-Control-Allow-Methods", self.methods),
        ]


def cross_origin(automatic_options: bool = True, **options: Any) -> Callable[..., Callable[..., Any]]:
    """A decorator of endpoints that are given the request: `@cross_origin(...)`, whose headers no other adds to.

    With `automatic_options` it answers OPTIONS itself.
    """
    allowed = Options.of(options)

    def told(request: Request, response: Response) -> Response:
        for name, value in allowed.headers(request):
            response.headers.append(name, value)
        vars(response)["has_cross_origin"] = True
        return response

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def answered(*args: Any, request: Request, **kwargs: Any) -> Response:
            asks = automatic_options and request.method == "OPTIONS"
            return told(request, options_of(request) if asks else endpoint(*args, request=request, **kwargs))

        return answered

    return decorate


def options_of(request: Request) -> Response:
    """The answer to OPTIONS: beside a Flask application with the methods of its routes, too."""
    flask_app = getattr(request.app.state, "flask_app", None)
    where = path(request)
    if flask_app is None:
        return text("", headers={"Allow": ", ".join(allowed_methods(request, where))})
    return text("", headers={"Allow": ", ".join(flask_app.url_map.bind("").allowed_methods(where))})


def listed(value: Any) -> list[Any]:
    """One or several values as a list."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


def joined(value: Any) -> str | None:
    """One or several values as the value of a header, sorted."""
    if value is None or isinstance(value, str):
        return value
    return ", ".join(str(one) for one in sorted(value)) if isinstance(value, Iterable) else str(value)


def looks_like_pattern(value: Pattern) -> bool:
    """Whether a text is meant as a regular expression."""
    return not isinstance(value, str) or not SPECIAL.isdisjoint(value)


def compiled(value: Any, flags: int) -> Any:
    """A pattern where a text looks like one; anything else as it is."""
    return re.compile(value, flags) if isinstance(value, str) and looks_like_pattern(value) else value


def text_of(value: Pattern) -> str:
    """A text, or that of a pattern."""
    return value if isinstance(value, str) else value.pattern


def specificity(value: Pattern) -> tuple[int, ...]:
    """The order in which resources are tried: texts first, then patterns, longer ones ahead."""
    text = text_of(value)
    kind = (1, 0) if not isinstance(value, str) else (1, 1) if looks_like_pattern(value) else (0, 0)
    return (*kind, -text.count("/"), -len(text))


def matches(value: str, patterns: Iterable[Pattern]) -> bool:
    """Whether a value is among texts and patterns, whatever its case."""
    return any(
        value.casefold() == one.casefold() if isinstance(one, str) else one.match(value) is not None for one in patterns
    )
