"""HEAD for every GET route.

Preserves: Flask answers HEAD by running the GET view and dropping the body; FastAPI answers 405.

To live without it: remove the middleware. HEAD then answers 405.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: a HEAD request is routed as GET and answered without its body.

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

        await self.app({**scope, "method": "GET", "compat.method": "HEAD"}, receive, send_without_body)
