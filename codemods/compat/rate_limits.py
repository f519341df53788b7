"""How often a client may ask, counted by `limits`, the library below Flask-Limiter.

Preserves: what Flask-Limiter counts together, the order in which limits are tried, its 429 and its headers. Beside a
Flask application its counters are used, so that both sides count together.

To live without it: `slowapi`, or a limit of the proxy in front.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import STRATEGIES, RateLimiter

from .dates import parse_date
from .http_statuses import TooManyRequests

Function = Callable[..., Any]
SCOPE = "compat.rate_limits"


@dataclass(frozen=True, slots=True)
class Limit:
    """Limits such as `"2 per day; 1 per minute"`, and when they hold. The functions are given the request first."""

    text: str
    key: Function | None = None
    methods: Collection[str] = ()
    per_method: bool = False
    scope: str | None = None
    shared: bool = False
    error_message: str | None = None
    exempt_when: Function | None = None
    deduct_when: Function | None = None
    on_breach: Function | None = None
    cost: int = 1
    override_defaults: bool = True

    def is_for(self, request: Request) -> bool:
        """Whether the method is one of those that are limited."""
        return not self.methods or request.method.lower() in {one.lower() for one in self.methods}

    def scope_for(self, endpoint: str, method: str) -> str:
        """What is counted together."""
        scope = endpoint if not self.scope else self.scope if self.shared else f"{endpoint}:{self.scope}"
        return f"{scope}:{method.upper()}" if self.per_method else scope


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """A limit and what counts for it, as functions for breaches are given it."""

    limit: RateLimitItem
    key: str
    breached: bool


class RateLimitExceeded(TooManyRequests):
    """429: the client asked more often than the limit allows."""

    def __init__(self, limit: RateLimitItem, message: str | None, response: Response | None) -> None:
        super().__init__(message or str(limit), response)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Counted:
    """A limit that was tried: what it is counted by, and whether it is shared."""

    item: RateLimitItem
    arguments: tuple[str, ...]
    limit: Limit


class Limiter:
    """The limits of an application; `key` tells whom a request is counted for.

    `limited` are the endpoints with limits of their own, which are not counted before these are, `exempt` those that
    the default limits leave out; `blueprints` have limits for each of their endpoints.
    """

    def __init__(
        self,
        key: Function,
        *,
        default_limits: Sequence[str] = (),
        headers_enabled: bool = False,
        storage_uri: str = "memory://",
        strategy: str = "fixed-window",
        key_prefix: str = "",
        blueprints: Mapping[str, Sequence[Limit]] | None = None,
        limited: Collection[str] = (),
        exempt: Collection[str] = (),
    ) -> None:
        self.key, self.headers_enabled, self.key_prefix = key, headers_enabled, key_prefix
        self.defaults = [Limit(one) for one in default_limits]
        self.blueprints = blueprints or {}
        self.limited, self.exempt = frozenset(limited), frozenset(exempt)
        self.own = STRATEGIES[strategy](storage_from_string(storage_uri))

    def counters(self, request: Request) -> RateLimiter | None:
        """What counts: beside a Flask application its own; None where that counts nothing."""
        flask_app = getattr(request.app.state, "flask_app", None)
        if flask_app is None:
            return self.own
        found = next(iter(flask_app.extensions.get("limiter", ())), None)
        counters: RateLimiter | None = found.limiter if found is not None and found.enabled else None
        return counters

    def check(self, request: Request) -> None:
        """Count a request for the limits of all endpoints, ahead of every other check; raises `RateLimitExceeded`."""
        endpoint = request.scope.get("compat.endpoint")
        if endpoint and endpoint not in self.limited and endpoint.rpartition(".")[2] != "static":
            others = self.of_blueprint(endpoint)
            defaults = [] if any(one.override_defaults for one in others) else self.defaults_for(endpoint)
            self.count(request, endpoint, [*defaults, *others])

    def limit(self, text: str, **options: Any) -> Callable[[Request], None]:
        """A dependency: count a request for limits of the endpoint's own; raises `RateLimitExceeded`."""
        own = Limit(text, **options)

        def count(request: Request) -> None:
            endpoint = request.scope["compat.endpoint"]
            limits = [own] if own.override_defaults else [own, *self.of_blueprint(endpoint)]
            if not any(one.override_defaults for one in limits) or not any(one.is_for(request) for one in limits):
                limits = [*self.defaults_for(endpoint), *limits]
            self.count(request, endpoint, limits)

        return count

    def defaults_for(self, endpoint: str) -> list[Limit]:
        """The default limits, where an endpoint has them."""
        return [] if endpoint in self.exempt else self.defaults

    def of_blueprint(self, endpoint: str) -> Sequence[Limit]:
        """The limits of an endpoint's blueprint."""
        return self.blueprints.get(endpoint.rpartition(".")[0], ())

    def count(self, request: Request, endpoint: str, limits: Sequence[Limit]) -> None:
        """Count a request for these limits; raises `RateLimitExceeded` for the smallest that it exceeds."""
        counters = self.counters(request)
        if counters is None:
            return
        tried: list[Counted] = []
        failed: list[Counted] = []
        known = [(item, one) for one in limits for item in parse_many(one.text)]
        for item, one in sorted(known, key=lambda pair: pair[0]):
            if (one.exempt_when and one.exempt_when(request)) or not one.is_for(request):
                continue
            arguments = ((one.key or self.key)(request), one.scope_for(endpoint, request.method))
            if not all(arguments):
                continue
            counted = Counted(item, (self.key_prefix, *arguments) if self.key_prefix else arguments, one)
            tried.append(counted)
            method = counters.test if one.deduct_when else counters.hit
            if not method(item, *counted.arguments, cost=one.cost):
                failed.append(counted)
        later = [one for one in tried if one.limit.deduct_when]
        known_before = request.scope.get(SCOPE, ((), None, None))[0]
        shown = failed[-1:] or [one for one in tried if not one.limit.shared] or tried
        request.scope[SCOPE] = ([*known_before, *later], shown[0] if shown else None, self)
        if failed:
            raise self.exceeded(request, failed)

    def exceeded(self, request: Request, failed: Sequence[Counted]) -> RateLimitExceeded:
        """The error for limits that a request exceeds."""
        response = None
        for one in failed:
            if one.limit.on_breach:
                told = RequestLimit(one.item, one.item.key_for(*one.arguments), True)
                made = one.limit.on_breach(request, told)
                response = made if isinstance(made, Response) else response
        first = min(failed, key=lambda one: one.item)
        return RateLimitExceeded(first.item, first.limit.error_message, response)


def add_limit_headers(request: Request, response: Response) -> Response:
    """Count what only some answers are counted for, and tell of the limit in headers."""
    later, shown, limiter = request.scope.get(SCOPE, ((), None, None))
    counters = limiter.counters(request) if limiter is not None else None
    if counters is None:
        return response
    for one in later:
        if one.limit.deduct_when(request, response):
            counters.hit(one.item, *one.arguments, cost=one.limit.cost)
    if limiter.headers_enabled and shown is not None:
        ends, remaining = counters.get_window_stats(shown.item, *shown.arguments)
        reset = int(ends + 1)
        response.headers.append("X-RateLimit-Limit", str(shown.item.amount))
        response.headers.append("X-RateLimit-Remaining", str(remaining))
        response.headers.append("X-RateLimit-Reset", str(reset))
        response.headers["Retry-After"] = str(int(later_than(reset, response) - time.time()))
    return response


def later_than(reset: int, response: Response) -> int:
    """When to ask again: not before the answer itself says."""
    said = response.headers.get("Retry-After")
    if said is None:
        return reset
    date = parse_date(said)
    moment = time.mktime(date.timetuple()) if date is not None else time.time() + int(said)
    return max(int(moment), reset)


def remote_address(request: Request) -> str:
    """`flask_limiter.util.get_remote_address`: the address that the request comes from."""
    return (request.client.host if request.client else None) or "127.0.0.1"
