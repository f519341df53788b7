"""One request that is passed on over one connection, and its answer."""

import asyncio

from starlette.types import Scope, Send

from .body import DisconnectedError, Inbox
from .bridge import body_message
from .forwarding import CONNECTION_HEADERS, is_chunked, request_headers, target_of
from .patience import Patience
from .upstream import BrokenAnswerError, Connection, Head, Headers, Pool, SilentError

# The server in front adds its own.
OF_THE_SERVER = CONNECTION_HEADERS | {b"date", b"server"}


class Passing:
    """One request on one connection.

    While it lasts the client is watched, whoever is waited for: when it leaves, the connection is closed, and so
    ends the view behind it.
    """

    def __init__(self, pool: Pool, connection: Connection, inbox: Inbox, seconds: float) -> None:
        self.pool = pool
        self.connection = connection
        self.inbox = inbox
        self.patience = Patience(seconds, connection.close)
        self.tasks: list[asyncio.Task[None]] = []
        self.answering: asyncio.Timeout | None = None
        self.head: Head | None = None
        self.is_sent = inbox.is_empty

    async def begin(self, scope: Scope) -> "Passing":
        """Send the head and begin with the body; itself, once the head of the answer is there.

        Raises BrokenAnswerError and SilentError.
        """
        headers = request_headers(scope)
        framed = not any(name == b"content-length" for name, _ in headers)
        in_chunks = not self.inbox.is_empty and (framed or is_chunked(scope))
        if in_chunks:
            headers.append((b"transfer-encoding", b"chunked"))
        lines = [b"%s %s HTTP/1.1" % (scope["method"].encode(), target_of(scope))]
        lines += [b"%s: %s" % pair for pair in headers]
        self.connection.writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
        if not self.is_sent:
            self.tasks.append(asyncio.create_task(self.send_body(in_chunks)))
        self.tasks.append(asyncio.create_task(self.watch()))
        try:
            self.head = await self.connection.read_head()
        except BaseException as error:
            self.end()
            if self.patience.is_over:
                raise SilentError("it has kept silent") from error
            if isinstance(error, OSError) and not isinstance(error, BrokenAnswerError):
                raise BrokenAnswerError(str(error)) from error
            raise
        self.patience.heard()
        return self

    async def send_body(self, in_chunks: bool) -> None:
        """Send the body as it arrives."""
        writer = self.connection.writer
        try:
            while True:
                with self.patience:
                    piece = await self.inbox.read()
                if not piece:
                    break
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if in_chunks else piece)
                await writer.drain()
            if in_chunks:
                writer.write(b"0\r\n\r\n")
                await writer.drain()
            self.patience.heard()
            self.is_sent = True
        except DisconnectedError:
            self.connection.close()
        except OSError:
            # The server takes no more: it has answered already, or the reader will see that it has gone.
            pass

    async def watch(self) -> None:
        """Wait for the client to leave; then the connection ends, also where the client is waited for to receive."""
        await self.inbox.watch()
        self.connection.close()
        if self.answering is not None:
            self.answering.reschedule(asyncio.get_running_loop().time())

    async def answer(self, scope: Scope, send: Send) -> None:
        """Pass the answer on, piece by piece. Raises BrokenAnswerError where it will never be whole."""
        head = self.head
        assert head is not None
        try:
            if self.inbox.gone:
                raise DisconnectedError("the client has gone before its answer has begun")
            async with asyncio.timeout(None) as self.answering:
                await self.pass_back(head, scope, send)
        except OSError as error:
            self.end()
            if self.inbox.gone:
                return
            if self.patience.is_over:
                raise BrokenAnswerError("the server has fallen silent within its answer") from error
            raise
        except BaseException:
            self.end()
            raise
        finally:
            self.answering = None
        self.end(keep=head.keeps_connection and self.is_sent and not self.inbox.gone and ends_itself(head, scope))

    async def pass_back(self, head: Head, scope: Scope, send: Send) -> None:
        """Send the answer to the client, whose turn it then is until it has taken it."""
        trailers = "http.response.trailers" in scope.get("extensions", {}) and bool(head.values(b"trailer"))
        start = {"type": "http.response.start", "status": head.status, "headers": answer_headers(head)}
        with self.patience:
            await send({**start, "trailers": True} if trailers else start)
        async for piece in self.connection.pieces(head, scope["method"]):
            with self.patience:
                await send(body_message(piece, more=True))
        with self.patience:
            await send(body_message(b""))
            if trailers:
                await send({"type": "http.response.trailers", "headers": self.connection.trailers})

    def end(self, *, keep: bool = False) -> None:
        """Stop sending; keep the connection for another request, or close it."""
        self.patience.end()
        for task in self.tasks:
            task.cancel()
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
