"""The route class of the application.

Preserves: requests read as Flask reads them (`compat.request`); hooks and error handlers around the endpoint
(`compat.lifecycle`), on error answers too; guards ahead of the body, the body ahead of its validation; 400 and 415
where FastAPI says 422; an unhandled exception logged and answered with a 500 that hooks and handlers see; a URL with a
value that a convertor refuses is unknown.

To live without it: drop `route_class=FlaskRoute`, and give `Answer` an exception handler that returns its response.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast, get_origin

from fastapi import Request, Response
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends, File
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from .http_errors import HTTPError
from .http_statuses import (
    BadRequest,
    BadRequestKeyError,
    InternalServerError,
    NotFound,
    UnsupportedMediaType,
    as_http_error,
)
from .lifecycle import Answer, Hooks, Lifecycle, NoResponseError, as_raised, under_way
from .request import NOT_JSON, FlaskRequest, mimetype_is_json

__all__ = ["Answer", "FlaskRoute"]

T = TypeVar("T")
Own = tuple[Response | None, Exception]
Handle = Callable[[Request], Coroutine[Any, Any, Response]]

NO_HOOKS = Lifecycle()
REFUSED = "compat.refused"
"""Where the scope of a request has what is raised for its URL: an error where it is refused, or the answer."""

ASKED = "compat.asked"
"""Where the scope notes that the conditions of its route were asked, whose values hooks may change afterwards."""

STARLETTES = "starlette.convertors"
"""Where the convertors are defined that take whatever their pattern takes."""


class NotThisRouteError(ValueError):
    """Raised by a convertor for a value that its pattern takes and the route does not: the URL is unknown."""


class Condition(ABC):
    """A dependency that decides, while routes are matched, whether a route is one for the request at all.

    Raises a 404, as a dependency, where it is not.
    """

    @abstractmethod
    async def __call__(self, request: Request) -> None:
        """Raise a 404 for a request that the route is not for."""

    @abstractmethod
    def values(self, scope: Scope) -> dict[str, Any] | None:
        """What the request has for the URL's values, None for one that the route is not for."""

    def merged(self, own: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
        """All values of a URL, of which this condition has its own, and the path and other conditions the others."""
        return {**own, **others}

    is_alias = False
    """Whether no URLs are built with the route where another one has its name."""

    def moved(self, scope: Scope, values: dict[str, Any]) -> Response | None:
        """What sends a request with these values to another URL, where that is the route's answer to all such."""
        return None


def conditions(route: Any) -> tuple[Condition, ...]:
    """The conditions among the dependencies of a route; one of Starlette's has none."""
    dependencies: Sequence[Depends] = getattr(route, "dependencies", ())
    return tuple(one.dependency for one in dependencies if isinstance(one.dependency, Condition))


class FlaskRoute(APIRoute):
    """An `APIRoute` with Flask's reading of requests, order of refusals, hooks and error handlers."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Register an endpoint."""
        super().__init__(path, endpoint, **options)
        self.conditions = conditions(self)
        if self.conditions or any(type(one).__module__ != STARLETTES for one in self.param_convertors.values()):
            # On the instance: most routes have neither, and a request asks one after the other.
            self.__dict__.update(matches=self.matches_or_refuses, handle=self.handle_or_refuse)

    def matches_or_refuses(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the route decides about a request, be it that a convertor refuses its value."""
        try:
            found = [(one, one.values(scope)) for one in self.conditions]
            if any(own is None for _, own in found):
                return Match.NONE, {}
            match, child_scope = APIRoute.matches(self, scope)
        except NotThisRouteError:
            takes = scope["method"] in cast(set[str], self.methods)
            return Match.FULL if takes else Match.PARTIAL, {REFUSED: NotFound()}
        for one, own in found if match is not Match.NONE else ():
            child_scope["path_params"] = one.merged(own or {}, child_scope["path_params"])
        for one in self.conditions if match is Match.FULL else ():
            if (response := one.moved(scope, child_scope["path_params"])) is not None:
                return match, {REFUSED: Answer(response)}
            child_scope[ASKED] = True
        return match, child_scope

    async def handle_or_refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a URL with a value that was refused is an unknown one."""
        if scope.get(REFUSED):
            await scope["app"].state.unknown_url(scope, receive, send)
        else:
            await APIRoute.handle(self, scope, receive, send)

    def get_route_handler(self) -> Handle:
        """FastAPI's handler of this route, inside the application's lifecycle."""
        handle = super().get_route_handler()
        annotation = self.body_field.field_info.annotation if self.body_field else None
        if hasattr(get_origin(annotation) or annotation, "defers_body"):
            handle = with_body_deferred(handle)
        file_fields = frozenset(one.alias for one in self.dependant.body_params if isinstance(one.field_info, File))

        app: Any = None
        lifecycle = NO_HOOKS

        async def handle_as_flask(plain: Request) -> Response:
            nonlocal app, lifecycle
            scope = plain.scope
            if scope["app"] is not app:  # once: `Starlette.state` is slow to ask for what it may not have
                app = scope["app"]
                lifecycle = self.lifecycle(app.state)
            request = FlaskRequest(scope, plain.receive, plain._send)
            if file_fields:
                request.file_fields = file_fields
            endpoint = scope["compat.endpoint"] = self.endpoint_name(request)
            scope["compat.lifecycle"] = lifecycle
            hooks = lifecycle.hooks(endpoint)
            response = await self.run(request, handle, lifecycle, hooks)
            if "compat.streams" in scope and scope.get("compat.method") != "HEAD":
                return await self.streamed(request, response, lifecycle, hooks)
            return response

        return handle_as_flask

    def lifecycle(self, state: State) -> Lifecycle:
        """The hooks and handlers around this route, of all that the application has."""
        found: Lifecycle = getattr(state, "lifecycle", NO_HOOKS)
        return found

    def endpoint_name(self, request: FlaskRequest) -> str | None:
        """The Flask endpoint that a request is for: the route's name."""
        return self.name

    async def run(self, request: FlaskRequest, handle: Handle, lifecycle: Lifecycle, hooks: Hooks) -> Response:
        """Answer a request; nothing that fails on the way leaves this method, but for hooks of a failed teardown."""
        unhandled: Exception | None = None
        try:
            try:
                response = await (self.led(request, handle, hooks) if hooks.leads else handle(request))
            except Answer as answer:
                response = answer.response
            except NoResponseError as error:
                raise await thrown_into_dependencies(request, error) from None
            except Exception as error:
                response = await self.refused(request, error, lifecycle, hooks)
            if hooks.follows or "compat.after" in request.scope:
                response = await self.followed(request, response, hooks)
            if "compat.check_session" in request.scope:
                request.scope["compat.check_session"]()
        except Exception as error:
            unhandled = error.error if isinstance(error, NoResponseError) else as_raised(error)
            request.scope["compat.unhandled"] = unhandled
            response = await self.server_error(request, unhandled, lifecycle, hooks)
        finally:
            if hooks.ends or lifecycle.closing:
                await self.ended(request, unhandled, lifecycle, hooks)
        if response.status_code in (204, 304) or response.status_code < 200:
            return without_body(response)
        return response

    async def ended(
        self, request: FlaskRequest, unhandled: Exception | None, lifecycle: Lifecycle, hooks: Hooks
    ) -> None:
        """Call what is called at the end of a request."""
        try:
            for teardown in hooks.teardown:
                await self.call(teardown, request, unhandled)
        finally:
            for teardown in reversed(lifecycle.closing):
                await self.call(teardown, request, unhandled)

    async def streamed(self, request: FlaskRequest, response: Response, lifecycle: Lifecycle, hooks: Hooks) -> Response:
        """Send a stream that uses what the request has; under Flask the request ends once more behind it."""
        try:
            await response(request.scope, request.receive, request._send)  # what Starlette itself would send it with
        finally:
            await self.ended(request, None, lifecycle, hooks)
        return Sent()

    async def followed(self, request: FlaskRequest, response: Response, hooks: Hooks) -> Response:
        """The response that the hooks after make of this one, those for this request alone first."""
        for function in request.scope.get("compat.after", ()):
            response = await self.call(function, response)
        for hook in hooks.after:
            response = await self.call(hook, request, response)
        for receiver in hooks.finished:
            await self.call(receiver, request, response)
        return response

    async def led(self, request: FlaskRequest, handle: Handle, hooks: Hooks) -> Response:
        """The response of a before hook, or of the endpoint."""
        for preprocess in hooks.preprocess:
            await self.call(preprocess, request)
        for hook in hooks.before:
            early = await self.call(hook, request)
            if early is not None:
                return early
        return await handle(request)

    async def refused(self, request: FlaskRequest, error: Exception, lifecycle: Lifecycle, hooks: Hooks) -> Response:
        """The application's answer to what a hook or the endpoint raised; raises it again where there is none."""
        problem = as_raised(await thrown_into_dependencies(request, error))
        if isinstance(problem, RequestValidationError):
            if is_for_fastapi(request, problem):
                return await request_validation_exception_handler(request, problem)
            problem = refusal(request, problem)
        return await self.handled(request, problem, lifecycle, hooks)

    async def handled(self, request: FlaskRequest, error: Exception, lifecycle: Lifecycle, hooks: Hooks) -> Response:
        """The application's answer to an error; raises it again where there is none."""
        own, error = await self.own_answer(request, error, lifecycle)
        return own if own is not None else await self.by_handlers(request, error, lifecycle, hooks)

    async def by_handlers(
        self, request: FlaskRequest, error: Exception, lifecycle: Lifecycle, hooks: Hooks
    ) -> Response:
        """The answer of the application's error handlers; raises the error again where there is none."""
        shown = self.http_error(error)
        if shown is not None and not shown.status_code:
            return shown.get_response()
        if isinstance(shown, BadRequestKeyError) and BadRequest in lifecycle.trapped:
            shown.name_key()
        is_failure = isinstance(shown, InternalServerError) and shown.original_exception is not None
        if found := lifecycle.handlers.find(error, shown, hooks.blueprints):
            handler, given = found
            at_hand = error.__cause__ if is_failure else given.with_traceback(error.__traceback__)
            return await self.call(under_way(handler, at_hand), request, given)
        if shown is not None and (is_failure or not isinstance(shown, lifecycle.trapped)):
            if shown.response is None and adopts(request, "error-pages"):
                said = vars(shown).get("description")  # not that of its class, which is Werkzeug's
                return await http_exception_handler(request, HTTPException(shown.status_code, said, shown.headers))
            return shown.get_response()
        raise error

    async def own_answer(self, request: FlaskRequest, error: Exception, lifecycle: Lifecycle) -> Own:
        """The answer of what is asked ahead of all error handlers, and the error for which these are asked then."""
        if found := lifecycle.handlers.ahead(error, self.http_error(error)):
            handler, given = found
            return await self.call(under_way(handler, error), request, given), error
        own = lifecycle.own_errors.get(self.error_owner(request)) if lifecycle.own_errors else None
        shown = self.http_error(error)
        handled: tuple[type[Exception], ...] = getattr(own, "handled", ())
        if own is None or (shown is None and lifecycle.propagates and not isinstance(error, handled)):
            return None, error
        try:
            return await self.call(own, request, error, shown), error
        except Exception as failure:  # under Flask, too, the application's handlers are next
            return None, failure if getattr(own, "hands_failures_on", False) else error

    def error_owner(self, request: FlaskRequest) -> str | None:
        """The endpoint whose errors these are."""
        return self.endpoint_name(request)

    def http_error(self, error: Exception) -> HTTPError | None:
        """What handlers see of an HTTP error; None for any other exception."""
        return as_http_error(error) if isinstance(error, HTTPException) else None

    async def server_error(
        self, request: FlaskRequest, error: Exception, lifecycle: Lifecycle, hooks: Hooks
    ) -> Response:
        """Log an exception that nobody handled, and answer 500, unless it is the server's.

        A hook after that fails here is logged and passed over.
        """
        own, error = await self.own_answer(request, error, lifecycle)
        if own is not None:
            return own
        for receiver in hooks.failed:
            await self.call(receiver, request, error)
        if lifecycle.propagates:
            raise error
        lifecycle.logger.error("Exception on %s [%s]", request.scope["path"], request.method, exc_info=error)
        wrapped = InternalServerError(original_exception=self.http_error(error) or error)
        wrapped.__cause__ = error
        response = await self.by_handlers(request, wrapped, lifecycle, hooks)
        try:
            response = await self.followed(request, response, hooks)
        except Exception:
            lifecycle.logger.exception("Request finalizing failed with an error while handling an error")
        return response

    async def call(self, function: Callable[..., T | Awaitable[T]], *arguments: Any) -> T:
        """Call a hook or handler, which is awaited where it is async and runs in a worker thread where it is not."""
        if iscoroutinefunction(function):
            return cast(T, await function(*arguments))
        return await run_in_threadpool(cast(Callable[..., T], function), *arguments)


class Sent(Response):
    """A response that was sent already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do nothing."""


def with_body_deferred(handle: Handle) -> Handle:
    """Let FastAPI, which asks for the body ahead of every dependency, have it undecoded (see `FlaskRequest.body`)."""

    async def handle_deferred(request: Request) -> Response:
        cast(FlaskRequest, request).defers_body = True
        return await handle(request)

    return handle_deferred


async def thrown_into_dependencies(request: FlaskRequest, error: Exception) -> Exception:
    """End dependencies with `yield` by the error, as FastAPI does for one that leaves the route; the last one raised.

    Otherwise they would end as after a success once the error's answer is sent, and commit what should be rolled back.
    """
    for name in ("fastapi_function_astack", "fastapi_inner_astack"):
        stack: AsyncExitStack = request.scope[name]
        try:
            await stack.__aexit__(type(error), error, error.__traceback__)
        except Exception as raised:
            error = raised
    return error


def adopts(request: Request, kind: str) -> bool:
    """Whether the team takes FastAPI's own behaviour on a kind of difference."""
    return kind in getattr(request.app.state, "adopted", ())


def is_for_fastapi(request: FlaskRequest, error: RequestValidationError) -> bool:
    """Whether FastAPI answers what it refuses, with 422: a value of the query or a body of JSON, where adopted."""
    place = error.errors()[0]["loc"][0]
    kind = {"query": "lenient-query", "body": "validation-errors"}.get(place, "")
    return adopts(request, kind) and not (place == "body" and request.form_values is not None)


def refusal(request: FlaskRequest, error: RequestValidationError) -> HTTPError:
    """Flask's error for what a view could not read: 415 for another type than JSON, else 400."""
    problem = error.errors()[0]
    place, *names = problem["loc"]
    if request.form_values is not None or place != "body":
        return BadRequestKeyError(str(names[-1])) if problem["type"] == "missing" and names else BadRequest()
    if not mimetype_is_json(request.mimetype):
        return UnsupportedMediaType(NOT_JSON)
    return BadRequest()


def without_body(response: Response) -> Response:
    """The response for a status that has none (204, 304); Flask keeps a 204's content type and drops a 304's."""
    dropped = {b"content-length"}
    if response.status_code == 304:
        dropped |= ENTITY_HEADERS
    response.raw_headers[:] = [header for header in response.raw_headers if header[0].lower() not in dropped]
    if isinstance(response, StreamingResponse):
        response.body_iterator = iterate_in_threadpool(())
    else:
        response.body = b""
    return response


ENTITY_HEADERS = {
    b"allow",
    b"content-encoding",
    b"content-language",
    b"content-length",
    b"content-md5",
    b"content-range",
    b"content-type",
    b"last-modified",
}
