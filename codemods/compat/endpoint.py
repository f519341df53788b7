"""What a request says of the route that it took.

Preserves: `request.endpoint`, `request.blueprint`, `request.blueprints`, `request.view_args`, and `request.url_rule`
with the rule in Flask's spelling, in code that more than one endpoint runs, and where no route was found.

To live without it: Starlette's `request.scope["route"].name` and `request.path_params`.
"""

import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from .lifecycle import blueprints_of

PARAMETER = re.compile(r"{(?P<name>\w+)(?::(?P<convertor>\w+))?}")


def endpoint(request: Request) -> str | None:
    """`request.endpoint`, None where the URL is unknown."""
    found: str | None = request.scope.get("compat.endpoint")
    return found


def blueprint(request: Request) -> str | None:
    """`request.blueprint`, None for what is the application's own."""
    return next(iter(blueprints(request)), None)


def blueprints(request: Request) -> list[str]:
    """`request.blueprints`, the innermost first."""
    return list(blueprints_of(endpoint(request)))


@dataclass(frozen=True)
class UrlRule:
    """`request.url_rule`: the rule's text and its endpoint."""

    rule: str
    endpoint: str

    def __str__(self) -> str:
        return self.rule


def url_rule(request: Request) -> UrlRule | None:
    """`request.url_rule`, None where the URL is unknown."""
    name = endpoint(request)
    if name is None:
        return None
    return UrlRule(PARAMETER.sub(variable, request.scope["route"].path), name)


def variable(parameter: re.Match[str]) -> str:
    """A parameter of a path in Flask's spelling: `{id:int}` is `<int:id>`."""
    converter = (parameter["convertor"] or "").removeprefix("flask_")
    return f"<{converter}:{parameter['name']}>" if converter else f"<{parameter['name']}>"


def view_args(request: Request) -> dict[str, Any] | None:
    """`request.view_args`, None where the URL is unknown."""
    return None if endpoint(request) is None else request.path_params
