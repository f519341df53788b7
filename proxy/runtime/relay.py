"""A server of the Flask application as an ASGI application: requests are passed on, and answers back, as they come.

Nothing is held: a piece of a body is sent before the next is read, in both directions. A client that leaves ends the
connection to the server, so that its view ends too. A server that cannot be reached is a 503, one that breaks off
before it has answered a 502, one that keeps silent a 504; after that the client's connection is cut, so that half an
answer never passes for a whole one. Whatever has been sent and may not be repeated is sent once.
"""

import contextlib
import logging

from starlette.types import Receive, Scope, Send

from .body import Inbox
from .bridge import body_message, refuse_websocket
from .environ import SAFE, Environ, build_environ, has_body
from .forwarding import is_sound
from .passing import Passing
from .patience import SECONDS
from .upstream import CONNECTIONS, Address, BrokenAnswerError, Pool, SilentError, UnreachableError

logger = logging.getLogger(__name__)


class Relay:
    """Serves requests by a server at an address. WebSockets are refused before they are accepted, as on the bridge.

    The server is asked `connections` requests at once, and may be silent for `seconds` while it is its turn.
    """

    def __init__(self, address: Address, seconds: float = SECONDS, connections: int = CONNECTIONS) -> None:
        self.pool = Pool(address, connections)
        self.seconds = seconds
        self._is_down = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or refuse a WebSocket."""
        if scope["type"] == "websocket":
            await refuse_websocket(receive, send)
        elif scope["type"] == "http":
            await self.serve(build_environ(scope), scope, receive, send)

    async def serve(self, environ: Environ, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on whose environment has been built already.

        Raises BrokenAnswerError when the server breaks off, or falls silent, after it has begun to answer.
        """
        if not is_sound(scope):
            await refuse(send, 400, "The request has a header or a target that HTTP/1.1 cannot carry.")
            return
        told = has_body(environ)
        inbox = Inbox(receive, more=told is not False)
        if told is None and scope["method"] in SAFE:
            # Hardly any has a body: without one it goes on a connection that is kept, and in no chunks.
            while inbox.more and not inbox.pieces and not inbox.gone:
                await inbox.receive_one()
        try:
            async with self.pool.place():
                await self.pass_on(scope, inbox, send)
        except UnreachableError as error:
            self._note(f"Flask cannot be reached: {error}")
            await refuse(send, 503, "The application cannot be reached. Try again in a moment.")

    async def pass_on(self, scope: Scope, inbox: Inbox, send: Send) -> None:
        """Ask the server, and pass its answer on. Raises UnreachableError where it could not be asked."""
        try:
            passing = await self.begin(scope, inbox)
        except (BrokenAnswerError, SilentError) as error:
            if inbox.gone:
                return
            self._note(f"Flask has not answered {scope['method']} {scope['path']}: {error}")
            if isinstance(error, SilentError):
                await refuse(send, 504, "The application has not answered in time.")
            else:
                await refuse(send, 502, "The application has not answered.")
            return
        self._is_down = False
        await passing.answer(scope, send)

    async def begin(self, scope: Scope, inbox: Inbox) -> Passing:
        """Send the request and wait for the head of the answer.

        A kept connection may be closed by the server at the moment it is used, so it carries only requests that can be
        sent again, which then happens on a new one. All others begin on a new one and are sent once; so is everything
        to which the server has kept silent.
        """
        if scope["method"] in SAFE and inbox.is_empty and (kept := self.pool.take()) is not None:
            with contextlib.suppress(BrokenAnswerError):
                return await Passing(self.pool, kept, inbox, self.seconds).begin(scope)
            if inbox.gone:
                raise BrokenAnswerError("the client has gone")
        return await Passing(self.pool, await self.pool.connect(), inbox, self.seconds).begin(scope)

    def _note(self, problem: str) -> None:
        """Log the first of a row of failures."""
        if not self._is_down:
            logger.error("%s", problem)
        self._is_down = True


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer in place of a server that does not."""
    body = f"{message}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(body_message(body))
