"""HEAD for every GET route.

Preserves: Flask answers HEAD by running the GET view and dropping the body, unless the view has a function of its own
for HEAD; FastAPI answers 405.

To live without it: remove the middleware. HEAD then answers 405 where no route takes it.
"""

from fastapi.routing import iter_route_contexts
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: a HEAD request is routed as GET where no route of its own takes it, and answered without body.

    `scope["compat.method"]` still says HEAD, as does `FlaskRequest.method`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route the request as the method that it is answered like."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        method = "HEAD" if takes_head(scope) else "GET"
        await self.app({**scope, "method": method, "compat.method": "HEAD"}, receive, send_without_body)


def takes_head(scope: Scope) -> bool:
    """Whether the URL whose route is the first to take GET or HEAD has one for HEAD."""
    routes = [(one, one.methods) for one in iter_route_contexts(scope["app"].routes) if one.methods]
    paths = {route.path for route, methods in routes if "HEAD" in methods}
    if not paths:
        return False
    for route, methods in routes:
        method = "HEAD" if "HEAD" in methods else "GET"
        if method in methods and route.matches({**scope, "method": method})[0] is Match.FULL:
            return route.path in paths
    return False
