"""The environment of the Flask application, for pages of bridged routes.

Preserves: everything that the Flask application's templates are given: its filters, tests, globals and loaders; the
names that need Flask's request have the request that is being answered instead.

To live without it: `compat.templates` and an environment of your own, as pages of native routes have.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from jinja2 import Environment

from .templates import Templates, with_names


def shared_environment(flask_app: Any, **tables: Mapping[str, Callable[..., Any]]) -> Environment:
    """A Flask application's environment: its filters, globals and loaders, with names that need no Flask request.

    `tables` are `filters`, `tests` and `globals` that stand for its own.
    """
    made = with_names(flask_app.jinja_env.overlay())
    for table, functions in tables.items():
        setattr(made, table, {**getattr(made, table), **functions})  # the overlay's is the application's own
    return made


def render_template(request: Request, name: str | Sequence[str], /, **context: Any) -> str:
    """`flask.render_template` with the templates at `app.state.templates`. Raises `TemplateNotFound`."""
    templates: Templates = request.app.state.templates
    return templates.render(request, name, **context)


def render_template_string(request: Request, source: str, /, **context: Any) -> str:
    """`flask.render_template_string`."""
    templates: Templates = request.app.state.templates
    return templates.render_string(request, source, **context)


def stream_template(request: Request, name: str | Sequence[str], /, **context: Any) -> Iterator[str]:
    """`flask.stream_template`."""
    templates: Templates = request.app.state.templates
    return templates.stream(request, name, **context)


def stream_template_string(request: Request, source: str, /, **context: Any) -> Iterator[str]:
    """`flask.stream_template_string`."""
    templates: Templates = request.app.state.templates
    return templates.stream_string(request, source, **context)


def get_template_attribute(request: Request, name: str, attribute: str, /) -> Any:
    """`flask.get_template_attribute`."""
    templates: Templates = request.app.state.templates
    return templates.attribute(request, name, attribute)
