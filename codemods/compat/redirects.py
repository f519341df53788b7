"""Routes that only redirect, all of them or those with some values.

Preserves: `redirect_to`: 308 to an absolute URL, without the query; the 308 to the URL that stands for a rule's where
`defaults` has the same values, or that an `alias` stands for. For hooks such URLs are unknown ones.

To live without it: an ordinary route that returns `RedirectResponse(…, status_code=308)`, if need be for some values.
"""

from typing import Any
from urllib.parse import urljoin

from fastapi import Request, Response
from starlette.types import Scope

from .fallback import location
from .request import FlaskRequest
from .request_info import own_host, root_path
from .responses import redirect
from .routing import ASKED, Answer, Condition, FlaskRoute


class RedirectRoute(FlaskRoute):
    """A route whose URL has moved."""

    def endpoint_name(self, request: FlaskRequest) -> str | None:
        """None: Werkzeug redirects before there is an endpoint."""
        return None


def moved(request: Request, where: str) -> Response:
    """The redirect to a path, which counts from where the application is mounted unless it starts with a slash."""
    return redirect(urljoin(f"{request.scope['scheme']}://{own_host(request)}{root_path(request)}/", where), 308)


class CanonicalUrl(Condition):
    """Where a route is only another address of a URL: `Depends(CanonicalUrl("/users/", page=1))`.

    The other values of the route are written into the path by their names: `"/{user}/"`.
    """

    def __init__(self, path: str, /, **values: object) -> None:
        """Without values all that the route takes is sent there."""
        self._path, self._values = path, values

    async def __call__(self, request: Request) -> None:
        """Redirect a request on a route of FastAPI's own class."""
        response = None if ASKED in request.scope else self.moved(request.scope, request.path_params)
        if response is not None:
            raise Answer(response)

    def values(self, scope: Scope) -> dict[str, Any]:
        """Nothing of its own: the route is for any request."""
        return {}

    def moved(self, scope: Scope, values: dict[str, Any]) -> Response | None:
        """The redirect, where the route has these values."""
        if any(values[name] != value for name, value in self._values.items()):
            return None
        return redirect(location(Request(scope), self._path.format_map(values)), 308)


class AliasOf(CanonicalUrl):
    """Where a route is never the one that URLs are built with: `Depends(AliasOf("/users/"))`."""

    is_alias = True
