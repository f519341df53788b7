"""The outcome of a verification: test by test, exchange by exchange, route by route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from migrator.verify.comparison import Difference
from migrator.verify.exchanges import Exchange

Kind = Literal["tests", "requests"]
Why = Literal["context", "replacement", "unstable"]

#: why a test is counted apart, and what that means
APART: Mapping[Why, str] = {
    "context": "read Flask's own context after a request that FastAPI served: outcome not compared, exchanges are",
    "replacement": "replace something whose copy on FastAPI's side is out of reach: answered by Flask, no evidence",
    "unstable": "do not agree with themselves on Flask alone: nothing compared",
}


@dataclass(frozen=True, slots=True)
class Apart:
    """A test that is counted apart, and what of it is the reason."""

    test: str
    why: Why
    reason: str


@dataclass(frozen=True, slots=True)
class ChangedOutcome:
    """A test that ends otherwise through the gateway than on Flask alone."""

    test: str
    flask: str
    gateway: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangedExchange:
    """An exchange whose answer differs, with both sides of it. One of them is None where only the other run had it."""

    test: str
    request: str
    flask: Exchange | None
    gateway: Exchange | None
    differences: tuple[Difference, ...]

    @property
    def served_by(self) -> str:
        """Who answered on the gateway."""
        return self.gateway.served_by if self.gateway else "nobody"


@dataclass(frozen=True, slots=True)
class RouteResult:
    """What was seen of one route: exchanges that FastAPI answered, and differences that count against it."""

    exchanges: int = 0
    differences: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a verification found. `routes` has every selected route, those that nothing reached included."""

    kind: Kind
    tests: int = 0
    exchanges: int = 0
    on_fastapi: int = 0
    noisy: int = 0
    outcomes: tuple[ChangedOutcome, ...] = ()
    changed: tuple[ChangedExchange, ...] = ()
    apart: tuple[Apart, ...] = ()
    routes: Mapping[str, RouteResult] = field(default_factory=dict)
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.outcomes and not self.changed

    @property
    def unreached(self) -> tuple[str, ...]:
        """Selected routes of which FastAPI answered nothing: they have no evidence."""
        return tuple(sorted(key for key, route in self.routes.items() if not route.exchanges))
