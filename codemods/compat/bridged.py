"""Routes that run beside a Flask application, because code below them needs `current_app`, `g` or its database session.

Preserves: one application context for all of a request: its dependencies, endpoint, hooks and error handlers see the
same `flask.g`, and `teardown_appcontext` functions run once at its end, with the exception that nobody handled. A
context of the same application that is current already is used and left alone. The sync parts of a request run in one
thread, as under Flask: what is bound to a thread (a `sqlite3` connection) serves all of them, and a teardown closes it.

To live without it: hand what the code takes from `current_app` and `g` to it as parameters, then make the route's class
`FlaskRoute` or FastAPI's own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, ContextVar, copy_context
from functools import partial, wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, ParamSpec, TypeVar, cast

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from flask import Flask, current_app, has_app_context
from flask.ctx import AppContext
from starlette.datastructures import State

from .foreign import from_foreign, is_foreign
from .http_errors import HTTPError
from .lifecycle import Hooks, Lifecycle
from .request import FlaskRequest
from .responses import Stream, encoded
from .routing import FlaskRoute

P = ParamSpec("P")
T = TypeVar("T")

# As many as AnyIO gives to sync endpoints.
MAX_THREADS = 40

MISSING: Any = object()


class Threads:
    """The worker threads of an event loop, of which a request takes one for itself."""

    def __init__(self) -> None:
        self.limiter = CapacityLimiter(MAX_THREADS)
        self.idle: list[ThreadPoolExecutor] = []


_threads: RunVar[Threads] = RunVar("compat.threads")
_request_thread: ContextVar["RequestThread | None"] = ContextVar("compat.request_thread", default=None)


class RequestThread:
    """The one thread in which the sync parts of a request run, taken when the first of them comes."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._threads: Threads | None = None

    async def run(self, context: Context, function: Callable[[], T]) -> T:
        """Call a function in the thread and in a context; raises what it raises."""
        if self._executor is None:
            self._executor = await self._take()
        return await asyncio.get_running_loop().run_in_executor(self._executor, context.run, function)

    async def _take(self) -> ThreadPoolExecutor:
        threads = _threads.get(None)
        if threads is None:
            threads = Threads()
            _threads.set(threads)
        await threads.limiter.acquire_on_behalf_of(self)
        self._threads = threads
        return threads.idle.pop() if threads.idle else ThreadPoolExecutor(1, "request")

    def release(self) -> None:
        """Leave the thread to other requests."""
        if self._executor is not None and self._threads is not None:
            self._threads.idle.append(self._executor)
            self._threads.limiter.release_on_behalf_of(self)


def in_request_thread(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run a sync function in its request's own thread: the decorator of sync dependencies of bridged routes.

    A context variable that the function sets is seen by what follows in the request, as under Flask. For a route
    that is not bridged it runs in any worker thread. Raises `TypeError` for a function that is async or yields: what
    such a dependency does at its end belongs into `Lifecycle.teardown`, which runs inside the context.
    """
    if not is_sync(function):
        raise TypeError(f"'{function.__name__}' must be a plain function")

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await run_in_request_thread(function, *args, **kwargs)

    return call


async def run_in_request_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function as `in_request_thread` does."""
    thread = _request_thread.get()
    if thread is None:
        return await run_in_threadpool(function, *args, **kwargs)
    context = copy_context()
    try:
        return await thread.run(context, partial(without_stop, function, *args, **kwargs))
    finally:
        for variable, value in context.items():
            if variable.get(MISSING) is not value:
                variable.set(value)


def is_sync(function: Callable[..., Any]) -> bool:
    """Whether a function is neither async nor a generator."""
    return not (iscoroutinefunction(function) or isgeneratorfunction(function) or isasyncgenfunction(function))


def without_stop(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function; raises `RuntimeError` for a `StopIteration`, which would leave a future waiting for ever."""
    try:
        return function(*args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("a view or hook raised StopIteration") from error


class BridgedRoute(FlaskRoute):
    """A `FlaskRoute` inside an application context of `app.state.flask_app`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Register an endpoint; a sync one runs in its request's thread."""
        super().__init__(path, in_request_thread(endpoint) if is_sync(endpoint) else endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a `FlaskRoute`, inside an application context."""
        handle = super().get_route_handler()

        async def handle_bridged(request: Request) -> Response:
            flask_app: Flask = request.scope["app"].state.flask_app
            thread = RequestThread()
            token = _request_thread.set(thread)
            try:
                is_current = has_app_context() and current_app._get_current_object() is flask_app  # type: ignore[attr-defined]  # a proxy
                context = None if is_current else flask_app.app_context()
                response = await in_context(context, request, handle, thread)
                if stream := request.scope.pop("compat.stream", None):
                    return await in_context(context, request, stream, thread)
                return response
            finally:
                _request_thread.reset(token)
                thread.release()

        return handle_bridged

    def lifecycle(self, state: State) -> Lifecycle:
        """The hooks and handlers around this route: those for bridged ones, where they are not the same for all."""
        found: Lifecycle | None = getattr(state, "bridged_lifecycle", None)
        return super().lifecycle(state) if found is None else found

    def http_error(self, error: Exception) -> HTTPError | None:
        """What handlers see of an HTTP error, which may be one of Werkzeug's."""
        return from_foreign(error) if is_foreign(error) else super().http_error(error)

    async def call(self, function: Callable[..., T | Awaitable[T]], *arguments: Any) -> T:
        """Call a hook or handler; a sync one in the request's thread."""
        if iscoroutinefunction(function):
            return cast(T, await function(*arguments))
        return await run_in_request_thread(cast(Callable[..., T], function), *arguments)

    async def streamed(self, request: FlaskRequest, response: Response, lifecycle: Lifecycle, hooks: Hooks) -> Response:
        """Leave a stream to `handle_bridged`, which makes the context current once more for it."""
        if isinstance(response, Stream):
            response.body_iterator = chunks_in_request_thread(response.iterable)
        send = super().streamed
        request.scope["compat.stream"] = lambda _: send(request, response, lifecycle, hooks)
        return response


async def chunks_in_request_thread(iterable: Iterable[str | bytes]) -> AsyncIterator[bytes]:
    """The chunks of a stream, each made in the request's thread."""
    iterator = iter(iterable)
    while (chunk := await run_in_request_thread(next, iterator, MISSING)) is not MISSING:
        yield encoded(chunk)


async def in_context(
    context: AppContext | None,
    request: Request,
    handle: Callable[[Request], Awaitable[Response]],
    thread: RequestThread,
) -> Response:
    """Handle a request in an application context, which is torn down in the request's thread; None: in the current one.

    A context ends with its first `push`, in the `contextvars.Context` of that push. So the first is made in a copy, in
    which the thread can end it; the second makes the context current here, where it can be popped without a teardown.
    """
    if context is None:
        return await handle(request)
    request.scope["compat.g"] = context.g
    ending = copy_context()
    ending.run(context.push)
    context.push()
    try:
        return await handle(request)
    finally:
        context.pop()
        end = partial(context.pop, request.scope.get("compat.unhandled"))
        if context.app.teardown_appcontext_funcs:
            await thread.run(ending, end)
        else:
            ending.run(end)
