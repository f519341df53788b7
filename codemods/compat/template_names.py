"""What templates know of the request that is being answered.

Preserves: `request`, `session` and `g` in templates under the names that Flask's have.

To live without it: hand templates the values that they show.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request

from .lifecycle import blueprints_of
from .request import FormValues
from .request_info import base_url, full_path, host, host_url, path, remote_addr, root_path, url, url_root


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

    @property
    def permanent(self) -> bool:
        """Whether the cookie has an end of its own."""
        return bool(self.get("_permanent", False))


class TemplateState:
    """`g` in a template: `request.state`, which has no `get`."""

    def __init__(self, request: Request) -> None:
        self._state = request.state

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    def __contains__(self, name: str) -> bool:
        return name in self._state

    def __iter__(self) -> Iterator[str]:
        return iter(self._state)

    def get(self, name: str, default: Any = None) -> Any:
        """A value that may be missing."""
        return getattr(self._state, name, default)


class TemplateUserAgent:
    """`request.user_agent` in a template: its text, which Werkzeug takes apart no longer."""

    browser = language = platform = version = None

    def __init__(self, string: str) -> None:
        self.string = string

    def __str__(self) -> str:
        return self.string

    def __bool__(self) -> bool:
        return False

    def to_header(self) -> str:
        """The text."""
        return self.string


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

    @property
    def blueprints(self) -> list[str]:
        """The blueprint of the route and those around it."""
        return list(blueprints_of(self.endpoint))

    @property
    def user_agent(self) -> TemplateUserAgent:
        """What the client calls itself."""
        return TemplateUserAgent(self._request.headers.get("user-agent", ""))

    path = property(lambda self: path(self._request))
    full_path = property(lambda self: full_path(self._request))
    url = property(lambda self: url(self._request))
    base_url = property(lambda self: base_url(self._request))
    host_url = property(lambda self: host_url(self._request))
    url_root = root_url = property(lambda self: url_root(self._request))
    root_path = script_root = property(lambda self: root_path(self._request))
    referrer = property(lambda self: self._request.headers.get("referer"))
    query_string = property(lambda self: self._request.scope["query_string"])
    host = property(lambda self: host(self._request))
    remote_addr = property(lambda self: remote_addr(self._request))
    scheme = property(lambda self: self._request.scope["scheme"])
    is_secure = property(lambda self: self._request.scope["scheme"] == "https")
