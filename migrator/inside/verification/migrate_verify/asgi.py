"""Runs one request on an ASGI application from a WSGI environment, in the calling thread and with its context.

An application context that a test has pushed is current for the endpoint too, and what is bound to a thread (an SQLite
connection, a `threading.local`) is reached from the thread that made it, as with Flask's own test client. So the
functions that Starlette and FastAPI would run in worker threads run here as well.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from .environ import read_body, scope_of

_local = threading.local()


def loop_of_thread() -> asyncio.AbstractEventLoop:
    """This thread's event loop for requests: made once, never the current one outside of a request."""
    loop: asyncio.AbstractEventLoop | None = getattr(_local, "loop", None)
    if loop is None or loop.is_closed():
        loop = _local.loop = asyncio.new_event_loop()
        loop.migrate_verify = True  # type: ignore[attr-defined]  # a mark on our own loop
        # A test may drop a stream that it has not read to its end; nobody wants to hear of its task.
        loop.set_exception_handler(lambda _loop, _context: None)
        loop.run_in_executor = _executing_here(loop)  # type: ignore[method-assign, assignment]  # this loop
    return loop


def _executing_here(loop: asyncio.AbstractEventLoop) -> Callable[..., asyncio.Future[Any]]:
    """`run_in_executor`, which runs what a bridged route hands to its request's thread (`Context.run`) in this one."""
    original = loop.run_in_executor

    def run_in_executor(executor: Any, function: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        if not isinstance(getattr(function, "__self__", None), contextvars.Context):
            return original(executor, function, *args)
        done: asyncio.Future[Any] = loop.create_future()
        asyncio._set_running_loop(None)
        try:
            done.set_result(function(*args))
        except BaseException as error:
            done.set_exception(error)
        finally:
            asyncio._set_running_loop(loop)
        return done

    return run_in_executor


def run_here(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, also where the test itself runs in another event loop."""
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return loop.run_until_complete(coroutine)
    finally:
        asyncio._set_running_loop(outer)


def run_workers_here() -> None:
    """Run what is meant for AnyIO's worker threads in the calling thread, on our loops only.

    The function sees a copy of the context and no running event loop, as it would in a worker thread: it may call
    `asyncio.run`.
    """
    import anyio.to_thread

    original = anyio.to_thread.run_sync

    async def run_sync(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        loop = asyncio.get_running_loop()
        if not getattr(loop, "migrate_verify", False):
            return await original(function, *args, **options)
        context = contextvars.copy_context()
        asyncio._set_running_loop(None)
        try:
            return context.run(function, *args)
        finally:
            asyncio._set_running_loop(loop)

    anyio.to_thread.run_sync = run_sync  # type: ignore[assignment]  # as loosely typed as it is used


class Call:
    """One request on an ASGI application. `mark` is the scope's entry by which a bridge hands back."""

    def __init__(self, application: Any, environ: dict[str, Any], state: dict[str, Any]) -> None:
        self.loop = loop_of_thread()
        self.mark: dict[str, bool] = {}
        self.messages: deque[dict[str, Any]] = deque()
        self._environ = environ
        self._is_received = False
        self._arrived: asyncio.Event
        self._wanted: asyncio.Event
        self._gone: asyncio.Event
        self._scope = scope_of(environ)
        self._scope["state"] = state
        self._scope["migrate.verify"] = self.mark
        self.task = self.loop.create_task(self._serve(application))

    async def _serve(self, application: Any) -> None:
        self._arrived, self._wanted, self._gone = asyncio.Event(), asyncio.Event(), asyncio.Event()
        await application(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._is_received:
            self._is_received = True
            return {"type": "http.request", "body": read_body(self._environ), "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if self._gone.is_set():
            raise OSError("the client has gone")
        self.messages.append(message)
        self._arrived.set()
        if message["type"] == "http.response.body" and message.get("more_body"):
            await self._wanted.wait()
            self._wanted.clear()

    def next_message(self) -> dict[str, Any] | None:
        """The next message of the application; None when it has returned. Raises what it raised."""
        if not self.messages and not self.task.done():
            run_here(self.loop, self._until_message())
        if self.messages:
            return self.messages.popleft()
        self.task.result()
        return None

    async def _until_message(self) -> None:
        await asyncio.sleep(0)  # the first step of the task makes its events
        while not self.messages and not self.task.done():
            self._arrived.clear()
            waiting = asyncio.ensure_future(self._arrived.wait())
            await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()

    def want_more(self) -> None:
        """Let a stream go on to its next piece."""
        self._wanted.set()

    def finish(self) -> None:
        """Run the application to its end, its background tasks included. Raises what it raised."""
        if not self.task.done():
            run_here(self.loop, self._ended())
        self.task.result()

    @property
    def unhandled(self) -> Exception | None:
        """The exception behind a 500, which the target's route class leaves in the scope."""
        error: Exception | None = self._scope.get("compat.unhandled")
        return error

    async def _ended(self) -> None:
        await asyncio.wait({self.task})

    def leave(self) -> None:
        """Be a client that has gone: a stream that is still under way is told and, should it not listen, cancelled."""
        if not self.task.done():
            run_here(self.loop, self._left())

    async def _left(self) -> None:
        self._gone.set()
        self._wanted.set()
        _, pending = await asyncio.wait({self.task}, timeout=1)
        if pending:
            self.task.cancel()
            await asyncio.wait(pending)


class StreamedBody:
    """The body of a streamed answer, each piece made when it is asked for."""

    def __init__(self, call: Call, first: bytes) -> None:
        self._call = call
        self._pieces = self._read(first)

    def _read(self, first: bytes) -> Iterator[bytes]:
        yield first
        while True:
            self._call.want_more()
            message = self._call.next_message()
            if message is None:
                return
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                self._call.finish()
                return

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Leave, as a client does that has read enough."""
        self._pieces.close()  # type: ignore[attr-defined]  # a generator
        self._call.leave()
