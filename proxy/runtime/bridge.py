"""A WSGI application as an ASGI application.

One request is one hand-over to a thread and back where the answer is complete; a streamed answer is sent piece by
piece as it is made, and made no further ahead of the client than `outbox.AHEAD` says. Compared with Starlette's and
a2wsgi's bridges: chunked request bodies arrive, a client that leaves ends the stream and frees the thread, `X_Name`
does not pass for `X-Name`.
"""

import asyncio
import contextlib
import contextvars
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from .body import Body, DisconnectedError, Inbox
from .environ import Environ, build_environ, has_body
from .outbox import Outbox
from .threads import Threads

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]
WSGIApplication = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

WATCH_SECONDS = 0.05
"""Of a stream, before it is watched whether its client leaves."""

# A server adds these for its own connection; those of the application would contradict them (PEP 3333).
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def thread_count() -> int:
    """How many threads serve the WSGI application: `MIGRATE_THREADS`, or 10. Raises ValueError for no number."""
    text = os.environ.get("MIGRATE_THREADS") or "10"
    try:
        return max(1, int(text))
    except ValueError:
        raise ValueError(f"MIGRATE_THREADS={text!r} is not a number of threads") from None


@dataclass(slots=True)
class Started:
    """What a WSGI application has said about its response so far."""

    head: Message | None = None
    is_sent: bool = False
    written: list[bytes] = field(default_factory=list)

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExceptionInfo | None = None
    ) -> Callable[[bytes], Any]:
        """PEP 3333's `start_response`: a second call is an error unless it reports one and nothing has been sent."""
        if exc_info is not None:
            try:
                if self.is_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.head is not None:
            raise AssertionError("start_response was called twice without exc_info")
        self.head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers
                if name.lower() not in HOP_BY_HOP
            ],
        }
        return self.written.append

    def take_written(self) -> bytes:
        """What the application has passed to `write` since the last call."""
        if not self.written:
            return b""
        data = b"".join(self.written)
        self.written.clear()
        return data

    def content_length(self) -> int | None:
        """The length that the response has declared, if it has."""
        assert self.head is not None
        for name, value in self.head["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return None


class WSGIBridge:
    """An ASGI application that runs a WSGI application in threads of its own.

    An exception of the application before its headers is raised to the server, as is one after them: the server
    then answers 500 or cuts the connection. WebSockets are refused before they are accepted (the client sees 403).
    `in_flight` requests have a thread or wait for one.
    """

    def __init__(self, application: WSGIApplication, threads: int | None = None) -> None:
        self.application = application
        self.threads = threads or thread_count()
        self.in_flight = 0
        self._pool = Threads(self.threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request, or refuse a WebSocket."""
        if scope["type"] == "websocket":
            await refuse_websocket(receive, send)
        elif scope["type"] == "http":
            await self.serve(build_environ(scope), scope, receive, send)

    async def serve(self, environ: Environ, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request whose environment has been built already."""
        environ["asgi.scope"] = scope
        inbox = Inbox(receive, more=has_body(environ) is not False)
        await add_input(environ, inbox)
        if inbox.gone:
            return
        self.in_flight += 1
        try:
            await Exchange(self.application, environ, inbox, send).run(self._pool)
        finally:
            self.in_flight -= 1


async def refuse_websocket(receive: Receive, send: Send) -> None:
    """Close a WebSocket that has not been accepted: WSGI has none."""
    await receive()
    await send({"type": "websocket.close", "code": 1000, "reason": ""})


async def add_input(environ: Environ, inbox: Inbox) -> None:
    """Add `wsgi.input`. A small body is received here; the rest of a large one when the view reads it.

    A client that asks before it sends (`Expect: 100-continue`) is told to go on by the first `receive`, so that
    is left to the view, which may refuse the request by its headers.
    """
    if inbox.is_empty:
        environ["wsgi.input"] = io.BytesIO()
        return
    if "CONTENT_LENGTH" not in environ or "HTTP_TRANSFER_ENCODING" in environ:
        # Without it Werkzeug takes a body of unknown length as empty.
        environ["wsgi.input_terminated"] = True
    if "HTTP_EXPECT" not in environ:
        await inbox.receive_one()
        if not inbox.more:
            environ["wsgi.input"] = io.BytesIO(b"".join(inbox.pieces))
            inbox.pieces.clear()
            return
    environ["wsgi.input"] = io.BufferedReader(Body(asyncio.get_running_loop(), inbox), 64 * 1024)


class Exchange:
    """One request and its response, between the event loop and the thread that runs the application."""

    def __init__(self, application: WSGIApplication, environ: Environ, inbox: Inbox, send: Send) -> None:
        self.application = application
        self.environ = environ
        self.inbox = inbox
        self.send = send
        self.started = Started()
        self.loop = asyncio.get_running_loop()
        self.last: asyncio.Future[tuple[Message, ...]] = self.loop.create_future()
        self.closed: asyncio.Future[None] = self.loop.create_future()
        self.watcher: asyncio.Task[None] | asyncio.TimerHandle | None = None
        self.outbox: Outbox | None = None  # for most answers, which are complete at once, there is none
        self.is_abandoned = False

    async def run(self, pool: Threads) -> None:
        """Run the application in a thread, send what it answers, and wait until it has cleaned up."""
        # What one request sets in a ContextVar is not seen by the next on the same thread; what is set around
        # the gateway, such as an application context that a test has pushed, is seen as under Flask's own client.
        pool.run(contextvars.copy_context(), self.work)
        try:
            try:
                last = await self.last
                if self.outbox is not None:
                    await self.outbox.emptied()
                await self.deliver(*last)
            except Exception:
                self.abandon()
                await asyncio.wait({self.closed})
                raise
            await self.closed
        except DisconnectedError:
            pass
        finally:
            self.abandon()
            if self.watcher is not None:
                self.watcher.cancel()

    def abandon(self) -> None:
        """Send nothing any more."""
        self.is_abandoned = True
        if self.outbox is not None:
            self.outbox.close()

    async def deliver(self, *messages: Message) -> None:
        """Send messages. Raises `DisconnectedError` when nobody is there to receive them."""
        for message in messages:
            if self.is_abandoned or self.inbox.gone:
                raise DisconnectedError("the client has gone before its response was complete")
            try:
                await self.send(message)
            except OSError as error:  # from servers of ASGI 2.4; others ignore what is sent to nobody
                raise DisconnectedError(str(error)) from error

    def watch(self) -> None:
        """Watch for the client to leave, soon: most streams are over by then."""
        if self.watcher is None and not self.is_abandoned:
            self.watcher = self.loop.call_later(WATCH_SECONDS, self.watch_now)

    def watch_now(self) -> None:
        """Watch for the client to leave, from now on."""
        self.watcher = self.loop.create_task(self.until_gone())

    async def until_gone(self) -> None:
        """When the client leaves, send no more: not every server wakes who waits for it to take something."""
        await self.inbox.watch()
        self.abandon()

    def work(self) -> None:
        """In the thread: call the application, iterate over its answer, close it.

        The end of the answer is on its way before `close` is called, which may run what the application wants
        to happen after the response. What `close` raises, `run` raises.
        """
        iterable: Iterable[bytes] | None = None
        try:
            iterable = self.application(self.environ, self.started.start_response)
            last = self.iterate(iterable)
        except Exception as error:
            self.tell(self.finish, error)
        except BaseException as error:
            # A future cannot carry StopIteration, and SystemExit would end the server.
            self.tell(self.finish, RuntimeError(f"the application raised {error!r}"))
        else:
            self.tell(self.finish, last)
        failure: Exception | None = None
        try:
            close = getattr(iterable, "close", None)
            if close is not None:
                close()
        except Exception as error:
            failure = error
        except BaseException as error:
            failure = RuntimeError(f"the application raised {error!r}")
        self.tell(self.end, failure)

    def tell(self, callback: Callable[[Any], None], result: Any) -> None:
        """In the thread: hand a result over; nobody wants it any more when the server has shut down meanwhile."""
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(callback, result)

    def end(self, failure: Exception | None) -> None:
        """Tell `run` that the application has cleaned up, or what it raised."""
        if self.closed.done():
            return
        if failure is None:
            self.closed.set_result(None)
        elif isinstance(failure, StopIteration):
            self.closed.set_exception(RuntimeError(f"the application raised {failure!r}"))
        else:
            self.closed.set_exception(failure)

    def finish(self, result: tuple[Message, ...] | Exception) -> None:
        """Hand the end of the response, or what the application raised, to `run`; nobody waits if that is cancelled."""
        if self.last.done():
            return
        if isinstance(result, StopIteration):
            self.last.set_exception(RuntimeError(f"the application raised {result!r}"))
        elif isinstance(result, Exception):
            self.last.set_exception(result)
        else:
            self.last.set_result(result)

    def iterate(self, iterable: Iterable[bytes]) -> tuple[Message, ...]:
        """In the thread: send all of a streamed answer but its end; the messages that are left to send."""
        started = self.started
        pieces = iter(iterable)
        first = next((piece for piece in pieces if piece), None)
        if started.head is None:
            raise RuntimeError("the application did not call start_response")
        body = started.take_written() + (first or b"")
        if first is None or self.is_complete(iterable, body):
            if isinstance(iterable, list | tuple):
                body += b"".join(pieces)
            return started.head, body_message(body)
        started.is_sent = True
        self.loop.call_soon_threadsafe(self.watch)
        self.put(started.head, body_message(body, more=True))
        for piece in pieces:
            if data := started.take_written() + piece:
                self.put(body_message(data, more=True))
        return (body_message(started.take_written()),)

    def is_complete(self, iterable: Iterable[bytes], body: bytes) -> bool:
        """Whether `body` with the rest of a list is all that the application has to say."""
        return (
            isinstance(iterable, list | tuple)
            or self.environ["REQUEST_METHOD"] == "HEAD"
            or self.started.content_length() == len(body)
        )

    def put(self, *messages: Message) -> None:
        """In the thread: send messages, and wait until there is room for more."""
        if self.outbox is None:  # before it is looked whether it is to be closed
            self.outbox = Outbox(self.loop, self.deliver)
        if self.is_abandoned or self.inbox.gone:
            raise DisconnectedError("nobody is there to receive the rest")
        self.outbox.put(*messages)


def body_message(body: bytes, *, more: bool = False) -> Message:
    """A piece of a response's body, the last one unless there is more."""
    return {"type": "http.response.body", "body": body, "more_body": more}
