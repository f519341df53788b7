"""What a request says of the route that it took.

Preserves: `request.endpoint`, `request.blueprint`, `request.blueprints` and `request.view_args`, in code that more than
one endpoint runs, and where no route was found.

To live without it: Starlette's `request.scope["route"].name` and `request.path_params`.
"""

from typing import Any

from fastapi import Request

from .lifecycle import blueprints_of


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


def view_args(request: Request) -> dict[str, Any] | None:
    """`request.view_args`, None where the URL is unknown."""
    return None if endpoint(request) is None else request.path_params
