"""Templates as Flask renders them, from the folders that the Flask application has.

Preserves: the names that Flask gives to templates (`request`, `session`, `g`, `config`, `url_for`,
`get_flashed_messages`), in macros too; context processors; autoescaping by suffix; `tojson` as `jsonify` writes JSON.

To live without it: Starlette's `Jinja2Templates(directory)`, once templates use what endpoints hand them.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from os import PathLike
from typing import Any

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, Template

from .flash import get_flashed_messages
from .lifecycle import APPLICATION, blueprints_of
from .responses import json_default
from .template_names import TemplateRequest, TemplateSession, TemplateState
from .urls import url_for

ESCAPED = (".html", ".htm", ".xml", ".xhtml", ".svg")

Processor = Callable[[Request], Mapping[str, Any]]

_request: ContextVar[Request] = ContextVar("compat.template_request")


class Templates:
    """An environment and the context processors by blueprint ("" is the application)."""

    def __init__(self, environment: Environment, processors: Mapping[str, Sequence[Processor]] | None = None) -> None:
        self.environment = environment
        self.processors = processors or {}

    def render(self, request: Request, name: str | Sequence[str], /, **context: Any) -> str:
        """`flask.render_template`; of several names the first that there is. Raises `TemplateNotFound`."""
        return self.rendered(request, self.environment.get_or_select_template(name), context)  # type: ignore[arg-type]  # jinja2 says list

    def render_string(self, request: Request, source: str, /, **context: Any) -> str:
        """`flask.render_template_string`."""
        return self.rendered(request, self.environment.from_string(source), context)

    def stream(self, request: Request, name: str | Sequence[str], /, **context: Any) -> Iterator[str]:
        """`flask.stream_template`."""
        return self.streamed(request, self.environment.get_or_select_template(name), context)  # type: ignore[arg-type]  # likewise

    def stream_string(self, request: Request, source: str, /, **context: Any) -> Iterator[str]:
        """`flask.stream_template_string`."""
        return self.streamed(request, self.environment.from_string(source), context)

    def attribute(self, request: Request, name: str, attribute: str, /) -> Any:
        """`flask.get_template_attribute`: a macro or a variable that a template exports."""
        with answering(request):
            found = getattr(self.environment.get_template(name).module, attribute)
        return inside(request, found) if callable(found) else found

    def rendered(self, request: Request, template: Template, context: Mapping[str, Any]) -> str:
        """The text of a template; what the endpoint gives wins over the names that every template has."""
        with answering(request):
            return template.render({**self.context(request), **context})

    def streamed(self, request: Request, template: Template, context: Mapping[str, Any]) -> Iterator[str]:
        """The pieces of a template; the context is made now, the pieces when they are sent."""
        request.scope["compat.streams"] = True  # as behind `stream_with_context`, the request ends once more
        with answering(request):
            pieces = template.generate({**self.context(request), **context})
        following = inside(request, partial(next, pieces, None))
        return iter(following, None)

    def context(self, request: Request) -> dict[str, Any]:
        """The names that a template has without being given them."""
        names: dict[str, Any] = {
            "request": TemplateRequest(request),
            "session": TemplateSession(request),
            "g": request.scope.get("compat.g") or TemplateState(request),
        }
        for level in (APPLICATION, *reversed(blueprints_of(request.scope.get("compat.endpoint")))):
            for processor in self.processors.get(level, ()):
                names |= processor(request)
        return names


@contextmanager
def answering(request: Request) -> Iterator[None]:
    """Let what a template calls find the request that is being answered."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def inside(request: Request, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is called as from a template of this request."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        with answering(request):
            return function(*arguments, **keywords)

    return call


def with_request(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter, test or global that takes the request as a keyword, for the environment."""

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        return function(*arguments, **keywords, request=_request.get())

    return call


def environment(*folders: str | PathLike[str], **options: Any) -> Environment:
    """An environment as Flask makes it, of folders, the first of which wins; `options` are Flask's `jinja_options`."""
    options = {"autoescape": escapes, "auto_reload": False, **options}
    made = Environment(loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]), **options)
    made.policies["json.dumps_function"] = dumps
    made.globals |= {"g": Current(TemplateState), "config": Current(settings)}
    return with_names(made)


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


def settings(request: Request) -> Mapping[str, Any]:
    """`config` in a template: the settings at `app.state.settings`, where an application has any."""
    found: Mapping[str, Any] = getattr(request.app.state, "settings", {})
    return found


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
