"""Which route of a FastAPI application would serve a request, known before it is asked to."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.routing import Match
from starlette.types import Scope

# A parameter whose convertor may match a slash: `path`, or one that the application has registered.
UNBOUNDED = re.compile(r"\{\w+:(?!(?:str|int|float|uuid)\})")

LIBRARIES = ("starlette.routing", "fastapi.routing")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route as the application's router meets it, in its order."""

    name: str
    methods: frozenset[str] | None
    segments: tuple[str, ...] | None
    route: Any

    @property
    def is_plain(self) -> bool:
        """Whether what it takes depends on method, path and host alone: nothing of it is the application's own."""
        original = getattr(self.route, "original_route", self.route)
        # Those of the prefix under which a router is included are known to the context of its route only.
        convertors = [
            one for route in (self.route, original) for one in getattr(route, "param_convertors", {}).values()
        ]
        return (
            "matches" not in vars(original)
            and type(original).matches.__module__ in LIBRARIES
            and all(type(one).__module__ == "starlette.convertors" for one in convertors)
        )

    def takes(self, scope: Scope) -> bool:
        """Whether the route matches path and method, and what a class of its own looks at besides."""
        if self.route.matches(scope)[0] is not Match.FULL:
            return False
        original = getattr(self.route, "original_route", self.route)
        if original is self.route or "matches" not in vars(original):
            return True
        asked = {**scope, "fastapi": {"effective_route_context": self.route}}
        return bool(original.matches(asked)[0] is Match.FULL)


def effective_routes(routes: Iterable[Any]) -> Iterator[Any]:
    """The routes in the order in which they are tried; those of a router that FastAPI has included, with its prefix.

    FastAPI 0.165 keeps an included router as one entry of `routes` that yields its routes' contexts; earlier ones
    copied the routes. The contexts match as the routes do.
    """
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route
            continue
        for context in contexts():
            yield getattr(context, "starlette_route", None) or context


def candidates(application: Any) -> tuple[Candidate, ...]:
    """The routes of a FastAPI or Starlette application; mounts and hosts have no segments and take what they match."""
    return tuple(
        Candidate(
            name=getattr(route, "name", None) or "",
            methods=frozenset(route.methods) if getattr(route, "methods", None) else None,
            segments=segments(route),
            route=route,
        )
        for route in effective_routes(application.routes)
    )


def segments(route: Any) -> tuple[str, ...] | None:
    """The path of a plain route, cut at slashes; None where its path does not bound what it matches."""
    path = getattr(route, "path", None)
    if path is None or getattr(route, "methods", None) is None or UNBOUNDED.search(path):
        return None
    return tuple(path.split("/"))


def may_overlap(one: Candidate, other: Candidate) -> bool:
    """Whether some request might be taken by both; True where that cannot be told from their paths."""
    if one.methods is not None and other.methods is not None and one.methods.isdisjoint(other.methods):
        return False
    if one.segments is None or other.segments is None:
        return True
    if len(one.segments) != len(other.segments):
        return False
    return all(
        left == right or "{" in left or "{" in right for left, right in zip(one.segments, other.segments, strict=True)
    )


class Served:
    """The routes of an application that serve one endpoint for one method, and those that come before them."""

    def __init__(self, all_candidates: tuple[Candidate, ...], endpoint: str, method: str) -> None:
        self._steps: list[tuple[bool, Candidate]] = []
        wanted = [one for one in all_candidates if one.name == endpoint and one.methods and method in one.methods]
        for candidate in all_candidates:
            if any(candidate is one for one in wanted):
                self._steps.append((True, candidate))
            elif any(may_overlap(candidate, one) for one in wanted):
                self._steps.append((False, candidate))
        self.is_plain = all(candidate.is_plain for _, candidate in self._steps)

    def takes(self, scope: Scope) -> bool:
        """Whether the first route that takes this request is one of the endpoint."""
        return next((is_wanted for is_wanted, candidate in self._steps if candidate.takes(scope)), False)


def routed_scope(application: Any, scope: Scope, method: str) -> Scope:
    """The scope that the application's router will see: the application itself, whose state a route may ask for,
    FastAPI's own `root_path`, and HEAD routed as GET."""
    root_path = getattr(application, "root_path", "") or scope.get("root_path", "")
    return {**scope, "app": application, "root_path": root_path, "method": method}
