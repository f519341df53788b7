"""What a proxy has to know: the rules of an application in Werkzeug's terms, and which side answers them."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Side = Literal["flask", "fastapi"]

ANY_METHOD = "*"
"""The method of a rule that has none: it takes every request to its URL."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A side, and the addresses (`host:port` or `unix:/path`) at which it is served."""

    side: Side
    servers: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise ValueError on addresses that no configuration could hold."""
        for server in self.servers:
            if not server or any(character.isspace() or character in ";{}\"'\\$#" for character in server):
                raise ValueError(f"{server!r} is not the address of a server")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable part of a rule: `<int(min=1):page>` is `page`, `int` and `(("min", 1),)`.

    `is_builtin` is False where the application has put a converter of its own under that name.
    """

    name: str
    converter: str = "default"
    arguments: tuple[tuple[str, object], ...] = ()
    is_builtin: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One route: a method and a URL rule.

    `host` is the whole host name that the rule is for, None for all. `weight` is the share of clients in percent that
    FastAPI serves where `side` is `fastapi`. `rank` is the rule's place in Werkzeug's order, the lowest tried first.
    `always_legacy` says that a match is not all that decides: the rule redirects, is an alias, or another rule of its
    endpoint has defaults, so that Flask answers some requests with a redirect.
    """

    method: str
    rule: str
    endpoint: str
    variables: tuple[Variable, ...] = ()
    host: str | None = None
    side: Side = "flask"
    weight: int = 100
    rank: int = 0
    always_legacy: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError on what is not a route."""
        if not self.rule.startswith("/"):
            raise ValueError(f"rule {self.rule!r} does not begin with a slash")
        if self.method != ANY_METHOD and not (
            self.method.isascii() and self.method.isalpha() and self.method.isupper()
        ):
            raise ValueError(f"{self.method!r} is not a method")
        if not 0 <= self.weight <= 100:
            raise ValueError(f"weight {self.weight} of {self.key} is not a percentage")

    @property
    def key(self) -> str:
        """`GET /orders/<int:order_id>`, with the host in front of the rule where it has one."""
        return f"{self.method} {self.host or ''}{self.rule}"

    @property
    def identifier(self) -> str:
        """A name for the rule that any configuration can hold and that stays the same when others come and go."""
        return f"r_{hashlib.sha256(self.key.encode()).hexdigest()[:12]}"

    @property
    def is_promoted(self) -> bool:
        """Whether FastAPI serves the rule, at least for some clients."""
        return self.side == "fastapi" and self.weight > 0


@dataclass(frozen=True, slots=True)
class RouteTable:
    """All rules of an application, promoted or not, in Werkzeug's order, and where the two sides are.

    Rules that stay on Flask belong to it too: `/users/me` on Flask keeps `/users/<name>` on FastAPI from taking it.
    `listen` is the address at which the proxy is to serve, `name` what tells the application from others in one proxy.
    """

    upstreams: tuple[Upstream, ...]
    rules: tuple[Rule, ...]
    listen: str = "8080"
    name: str = "migrate"

    def __post_init__(self) -> None:
        """Raise ValueError when a side is there twice, or the rules are not in order."""
        sides = [upstream.side for upstream in self.upstreams]
        if len(set(sides)) != len(sides):
            raise ValueError("a side has more than one upstream")
        if not all(part.isalnum() or part in ".:[]-" for part in self.listen):
            raise ValueError(f"{self.listen!r} is not an address to listen at")
        if not re.fullmatch("[a-z][a-z0-9-]*", self.name):
            raise ValueError(f"{self.name!r} is no name: small letters, digits and hyphens")
        if list(self.rules) != sorted(self.rules, key=lambda rule: rule.rank):
            raise ValueError("the rules are not in the order of their ranks")

    @classmethod
    def of(
        cls, upstreams: Iterable[Upstream], rules: Iterable[Rule], listen: str = "8080", name: str = "migrate"
    ) -> "RouteTable":
        """A table of rules in any order."""
        return cls(tuple(upstreams), tuple(sorted(rules, key=lambda rule: (rule.rank, rule.key))), listen, name)
