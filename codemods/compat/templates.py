"""Templates that a Flask application shares.

Preserves: the names that Flask gives to templates (`request`, `session`, `g`, `config`, `url_for`,
`get_flashed_messages`), in macros too; context processors; autoescaping by suffix; `tojson` as `jsonify` writes JSON.

To live without it: Starlette's `Jinja2Templates(directory)`, once templates use what endpoints hand them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from os import PathLike
from typing import Any

from fastapi import Request
from jinja2 import BaseLoader, Environment, FileSystemLoader

from .flash import get_flashed_messages
from .lifecycle import APPLICATION, blueprints_of
from .request import FormValues
from .request_info import base_url, full_path, host, path, remote_addr, root_path, url, url_root
from .responses import json_default
from .urls import url_for

ESCAPED = (".html", ".htm", ".xml", ".xhtml", ".svg")

Processor = Callable[[Request], Mapping[str, Any]]

_request: ContextVar[Request] = ContextVar("compat.template_request")


class Templates:
    """An environment and the context processors by blueprint ("" is the application); kept at `app.state.templates`."""

    def __init__(self, environment: Environment, processors: Mapping[str, Sequence[Processor]] | None = None) -> None:
        self.environment = environment
        self.processors = processors or {}

    def context(self, request: Request) -> dict[str, Any]:
        """The names that a template has without being given them."""
        names: dict[str, Any] = {
            "request": TemplateRequest(request),
            "session": TemplateSession(request),
            "g": request.scope.get("compat.g") or request.state,
        }
        for level in (APPLICATION, *reversed(blueprints_of(request.scope.get("compat.endpoint")))):
            for processor in self.processors.get(level, ()):
                names |= processor(request)
        return names


def render_template(request: Request, name: str | Sequence[str], /, **context: Any) -> str:
    """`flask.render_template`; of several names the first that there is. Raises `TemplateNotFound`."""
    templates: Templates = request.app.state.templates
    names = [name] if isinstance(name, str) else list(name)
    return rendered(request, templates.environment.select_template(names), context)


def render_template_string(request: Request, source: str, /, **context: Any) -> str:
    """`flask.render_template_string`."""
    templates: Templates = request.app.state.templates
    return rendered(request, templates.environment.from_string(source), context)


def rendered(request: Request, template: Any, context: Mapping[str, Any]) -> str:
    """The text of a template; what the endpoint gives wins over the names that every template has."""
    token = _request.set(request)
    try:
        text: str = template.render({**request.app.state.templates.context(request), **context})
    finally:
        _request.reset(token)
    return text


def environment(*folders: str | PathLike[str], loader: BaseLoader | None = None, **options: Any) -> Environment:
    """An environment as Flask makes it, of folders or another loader; `options` are Flask's `jinja_options`."""
    options.setdefault("autoescape", escapes)
    made = Environment(loader=loader or FileSystemLoader(folders), **options)
    made.policies["json.dumps_function"] = dumps
    return with_names(made)


def shared_environment(flask_app: Any) -> Environment:
    """A Flask application's environment: its filters, globals and loaders, with names that need no Flask request."""
    return with_names(flask_app.jinja_env.overlay())


def with_names(made: Environment) -> Environment:
    """Give the functions that Flask's templates call; macros, which see no context, find them too."""
    made.globals = {
        **made.globals,
        "url_for": template_url_for,
        "get_flashed_messages": template_flashed_messages,
        "request": Current(TemplateRequest),
        "session": Current(TemplateSession),
    }
    return made


def escapes(name: str | None) -> bool:
    """Whether Flask escapes what is printed in a template of this name; None is a string."""
    return name is None or name.endswith(ESCAPED)


def dumps(value: Any, **options: Any) -> str:
    """`app.json.dumps`, for the filter `tojson`."""
    return json.dumps(value, **{"default": json_default, "sort_keys": True, **options})


def template_url_for(endpoint: str, /, **values: Any) -> str:
    """`url_for` in a template."""
    return url_for(_request.get(), endpoint, **values)


def template_flashed_messages(with_categories: bool = False, category_filter: Sequence[str] = ()) -> list[Any]:
    """`get_flashed_messages` in a template."""
    return get_flashed_messages(_request.get(), with_categories, category_filter)


class Current:
    """What a macro that is imported without context sees of the request that is being answered."""

    def __init__(self, kind: Callable[[Request], Any]) -> None:
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind(_request.get()), name)

    def __getitem__(self, key: str) -> Any:
        return self._kind(_request.get())[key]

    def __contains__(self, key: str) -> bool:
        return key in self._kind(_request.get())


class TemplateSession(Mapping[str, Any]):
    """`session` in a template; only a look at it makes the answer vary by the cookie."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __getitem__(self, key: str) -> Any:
        return self._request.session[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._request.session)

    def __len__(self) -> int:
        return len(self._request.session)


class TemplateRequest:
    """`request` in a template: FastAPI's, with what templates ask Flask's for."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    @property
    def args(self) -> Mapping[str, str]:
        """The query."""
        return self._request.query_params

    @property
    def form(self) -> Mapping[str, Any]:
        """The form, where the endpoint has read one."""
        return getattr(self._request, "form_values", None) or FormValues()

    @property
    def view_args(self) -> Mapping[str, Any]:
        """The values of the path."""
        return self._request.path_params

    @property
    def endpoint(self) -> str | None:
        """The name of the route."""
        endpoint: str | None = self._request.scope.get("compat.endpoint")
        return endpoint

    @property
    def blueprint(self) -> str | None:
        """The blueprint of the route."""
        return next(iter(blueprints_of(self.endpoint)), None)

    path = property(lambda self: path(self._request))
    full_path = property(lambda self: full_path(self._request))
    url = property(lambda self: url(self._request))
    base_url = property(lambda self: base_url(self._request))
    url_root = property(lambda self: url_root(self._request))
    root_path = property(lambda self: root_path(self._request))
    host = property(lambda self: host(self._request))
    remote_addr = property(lambda self: remote_addr(self._request))
    scheme = property(lambda self: self._request.scope["scheme"])
    is_secure = property(lambda self: self._request.scope["scheme"] == "https")
