"""A server of the Flask application as an ASGI application: requests are passed on, and answers back, as they come.

Nothing is held: a piece of a body is sent before the next is read, in both directions. A client that leaves ends the
connection to the server, so that its view ends too. A server that cannot be reached is a 503, one that breaks off
before it has answered a 502; after that the client's connection is cut, so that half an answer never passes for a whole
one.
"""

import asyncio
import contextlib
import logging

from starlette.types import Receive, Scope, Send

from .body import DisconnectedError, Inbox
from .bridge import body_message, refuse_websocket
from .environ import SAFE, Environ, build_environ, has_body
from .forwarding import CONNECTION_HEADERS, is_chunked, is_sound, request_headers, target_of
from .upstream import Address, BrokenAnswerError, Connection, Head, Headers, Pool, UnreachableError

logger = logging.getLogger(__name__)

# The server in front adds its own.
OF_THE_SERVER = CONNECTION_HEADERS | {b"date", b"server"}


class Relay:
    """Serves requests by a server at an address. WebSockets are refused before they are accepted, as on the bridge."""

    def __init__(self, address: Address) -> None:
        self.pool = Pool(address)
        self._is_down = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or refuse a WebSocket."""
        if scope["type"] == "websocket":
            await refuse_websocket(receive, send)
        elif scope["type"] == "http":
            await self.serve(build_environ(scope), scope, receive, send)

    async def serve(self, environ: Environ, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on whose environment has been built already.

        Raises BrokenAnswerError when the server breaks off after it has begun to answer.
        """
        if not is_sound(scope):
            await refuse(send, 400, "The request has a header or a target that HTTP/1.1 cannot carry.")
            return
        told = has_body(environ)
        inbox = Inbox(receive, more=told is not False)
        if told is None and scope["method"] in SAFE:
            # Hardly any has a body: without one it goes on a connection that is kept, and in no chunks.
            await inbox.receive_one()
        try:
            passing = await self.begin(scope, inbox)
        except UnreachableError as error:
            self._note(f"Flask cannot be reached: {error}")
            await refuse(send, 503, "The application cannot be reached. Try again in a moment.")
            return
        except BrokenAnswerError as error:
            if not inbox.gone:
                self._note(f"Flask has not answered {scope['method']} {scope['path']}: {error}")
                await refuse(send, 502, "The application has not answered.")
            return
        self._is_down = False
        await passing.answer(scope, send)

    async def begin(self, scope: Scope, inbox: Inbox) -> "Passing":
        """Send the request and wait for the head of the answer.

        A kept connection may be closed by the server at the moment it is used, so it carries only requests that can be
        sent again, which then happens on a new one. All others begin on a new one and are sent once.
        """
        if scope["method"] in SAFE and inbox.is_empty and (kept := self.pool.take()) is not None:
            with contextlib.suppress(BrokenAnswerError):
                return await Passing(self.pool, kept, inbox).begin(scope)
            if inbox.gone:
                raise BrokenAnswerError("the client has gone")
        return await Passing(self.pool, await self.pool.connect(), inbox).begin(scope)

    def _note(self, problem: str) -> None:
        """Log the first of a row of failures."""
        if not self._is_down:
            logger.error("%s", problem)
        self._is_down = True


class Passing:
    """One request on one connection."""

    def __init__(self, pool: Pool, connection: Connection, inbox: Inbox) -> None:
        self.pool = pool
        self.connection = connection
        self.inbox = inbox
        self.upload: asyncio.Task[None] | None = None
        self.head: Head | None = None
        self.is_sent = False

    async def begin(self, scope: Scope) -> "Passing":
        """Send the head and begin with the body; itself, once the head of the answer is there."""
        headers = request_headers(scope)
        framed = not any(name == b"content-length" for name, _ in headers)
        in_chunks = not self.inbox.is_empty and (framed or is_chunked(scope))
        if in_chunks:
            headers.append((b"transfer-encoding", b"chunked"))
        lines = [b"%s %s HTTP/1.1" % (scope["method"].encode(), target_of(scope))]
        lines += [b"%s: %s" % pair for pair in headers]
        self.connection.writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
        self.upload = asyncio.create_task(self.send_body(in_chunks))
        try:
            self.head = await self.connection.read_head()
        except BaseException as error:
            self.end()
            if isinstance(error, OSError) and not isinstance(error, BrokenAnswerError):
                raise BrokenAnswerError(str(error)) from error
            raise
        return self

    async def send_body(self, in_chunks: bool) -> None:
        """Send the body as it arrives, then wait for the client to leave; when it does, the connection ends."""
        writer = self.connection.writer
        try:
            while piece := await self.inbox.read():
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if in_chunks else piece)
                await writer.drain()
            if in_chunks:
                writer.write(b"0\r\n\r\n")
                await writer.drain()
            self.is_sent = True
            while not self.inbox.gone:
                await self.inbox.receive_one()
            self.connection.close()
        except DisconnectedError:
            self.connection.close()
        except OSError:
            # The server takes no more: it has answered already, or the reader will see that it has gone.
            pass

    async def answer(self, scope: Scope, send: Send) -> None:
        """Pass the answer on, piece by piece."""
        head = self.head
        assert head is not None
        trailers = "http.response.trailers" in scope.get("extensions", {}) and bool(head.values(b"trailer"))
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": head.status,
                    "headers": answer_headers(head),
                    **({"trailers": True} if trailers else {}),
                }
            )
            async for piece in self.connection.pieces(head, scope["method"]):
                await send(body_message(piece, more=True))
            await send(body_message(b""))
            if trailers:
                await send({"type": "http.response.trailers", "headers": self.connection.trailers})
        except OSError:
            self.end()
            if not self.inbox.gone:
                raise
            return
        except BaseException:
            self.end()
            raise
        self.end(keep=head.keeps_connection and self.is_sent and not self.inbox.gone and ends_itself(head, scope))

    def end(self, *, keep: bool = False) -> None:
        """Stop sending; keep the connection for another request, or close it."""
        if self.upload is not None:
            self.upload.cancel()
        if keep:
            self.pool.give_back(self.connection)
        else:
            self.connection.close()


def answer_headers(head: Head) -> Headers:
    """The headers for the client, without those of the connection that the answer came on."""
    named = set(head.values(b"connection"))
    chunked = head.is_chunked()
    return [
        (name, value)
        for name, value in head.headers
        if name not in OF_THE_SERVER and name not in named and not (chunked and name == b"content-length")
    ]


def ends_itself(head: Head, scope: Scope) -> bool:
    """Whether the end of the body is told by anything but the end of the connection."""
    without = scope["method"] == "HEAD" or head.status in (204, 304)
    return without or head.is_chunked() or head.length() is not None


async def refuse(send: Send, status: int, message: str) -> None:
    """Answer in place of a server that does not."""
    body = f"{message}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send(body_message(body))
