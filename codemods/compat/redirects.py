"""Routes that only redirect.

Preserves: `redirect_to`: 308 to an absolute URL, without the query; for hooks such a URL is an unknown one.

To live without it: an ordinary route that returns `RedirectResponse(…, status_code=308)`.
"""

from urllib.parse import urljoin

from fastapi import Request, Response

from .request import FlaskRequest
from .request_info import own_host, root_path
from .responses import redirect
from .routing import FlaskRoute


class RedirectRoute(FlaskRoute):
    """A route whose URL has moved."""

    def endpoint_name(self, request: FlaskRequest) -> str | None:
        """None: Werkzeug redirects before there is an endpoint."""
        return None


def moved(request: Request, where: str) -> Response:
    """The redirect to a path, which counts from where the application is mounted unless it starts with a slash."""
    return redirect(urljoin(f"{request.scope['scheme']}://{own_host(request)}{root_path(request)}/", where), 308)
