"""What an application does around its endpoints: hooks and error handlers, by blueprint.

Preserves: `url_value_preprocessor`, `before_request`, `after_request` and `teardown_request` of the application and of
(nested) blueprints, on every answer, errors included; `teardown_appcontext` after all of these; `url_defaults` wherever
a URL is built; `errorhandler` by status and by class, looked up in Flask's order.

To live without it: dependencies for what runs before, a middleware for what runs after, `app.exception_handler` for
errors once every handler belongs to the application; then drop `app.state.lifecycle`.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import iscoroutinefunction
from typing import Any, TypeAlias, TypeVar

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from .http_errors import HTTPError
from .http_statuses import STANDARD

Preprocess: TypeAlias = Callable[[Request], None]
Before: TypeAlias = Callable[[Request], Response | Awaitable[Response | None] | None]
After: TypeAlias = Callable[[Request, Response], Response | Awaitable[Response]]
Finished: TypeAlias = Callable[[Request, Response], Awaitable[None] | None]
Failed: TypeAlias = Callable[[Request, Exception], Awaitable[None] | None]
Teardown: TypeAlias = Callable[[Request, BaseException | None], Awaitable[None] | None]
Handler: TypeAlias = Callable[[Request, Any], Response | Awaitable[Response]]
OwnErrors: TypeAlias = Callable[[Request, Exception, HTTPError | None], Response]
Defaults: TypeAlias = Callable[[Request, str, dict[str, Any]], None]
AfterThis = TypeVar("AfterThis", bound=Callable[..., Any])

APPLICATION = ""
AHEAD = "*"
"""The level of error handlers that are asked ahead of all others, and of what answers an endpoint's errors itself."""


STOPPED = frozenset({"coroutine raised StopIteration", "a view or hook raised StopIteration"})


class Answer(Exception):  # noqa: N818  # not an error
    """Raised where code answers the request itself: a guard or hook that returns a value, `abort(response)`."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class NoResponseError(Exception):
    """Raised for what a view, hook or handler returned and is no response: only the handlers of a 500 are asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def after_this_request(request: Request) -> Callable[[AfterThis], AfterThis]:
    """`@after_this_request`: the function gets the response to this request and returns the one to send."""

    def register(function: AfterThis) -> AfterThis:
        request.scope.setdefault("compat.after", []).append(function)
        return function

    return register


class ErrorHandlers:
    """Error handlers by blueprint ("" is the application, "*" ahead of all), each by status or exception class.

    One for a status is one for the class that stands for it, as under Flask: `404` is `NotFound`.
    """

    def __init__(self, handlers: Mapping[str, Mapping[int | type[Exception], Handler]] | None = None) -> None:
        self._handlers = {
            blueprint: {registered(key): handler for key, handler in level.items()}
            for blueprint, level in (handlers or {}).items()
        }

    def add(self, blueprint: str, kind: type[Exception], handler: Handler) -> None:
        """Have this handler for one more class."""
        self._handlers[blueprint] = {**self._handlers.get(blueprint, {}), registered(kind): handler}

    def find(
        self, error: Exception, shown: HTTPError | None, blueprints: Iterable[str]
    ) -> tuple[Handler, Exception] | None:
        """The handler of an error raised below these blueprints, and what it is given; or None.

        `shown` is what the error is among ours, where it is an HTTP error. Handlers of its status come first, on every
        level; then those of classes that have no status.
        """
        return self._found(error, shown, (*blueprints, APPLICATION)) if self._handlers else None

    def ahead(self, error: Exception, shown: HTTPError | None) -> tuple[Handler, Exception] | None:
        """As `find`, the handler that is asked ahead of all others."""
        return self._found(error, shown, (AHEAD,)) if AHEAD in self._handlers else None

    def _found(
        self, error: Exception, shown: HTTPError | None, level_names: Iterable[str]
    ) -> tuple[Handler, Exception] | None:
        ours = type(shown).__mro__ if shown is not None else ()
        kinds = [*(kind for kind in type(error).__mro__ if kind not in ours), *ours]
        levels = [self._handlers.get(name, {}) for name in level_names]
        # A class of the application's own counts with the status of its class, whatever the error itself says.
        own = status_of(type(error)) if hasattr(error, "get_response") else shown.status_code if shown else 0
        for status in dict.fromkeys((own, 0)):
            for level in levels:
                for kind in kinds:
                    if handler := level.get((status, kind)):
                        return handler, shown if shown is not None and kind in ours else error
        return None


def registered(key: int | type[Exception]) -> tuple[int, type]:
    """The status that a handler is for (0: none) and the class; for a status that has no class any HTTP error."""
    if isinstance(key, int):
        return key, STANDARD.get(key, HTTPException)
    return status_of(key), key


def status_of(kind: type) -> int:
    """The status that a class stands for, be it one of Werkzeug's; 0 where it stands for none."""
    if issubclass(kind, HTTPException):
        return getattr(kind, "status_code", None) or 0
    return getattr(kind, "code", None) or 0 if is_of_werkzeug(kind) else 0


def is_of_werkzeug(kind: type) -> bool:
    """Whether a class is one of Werkzeug's HTTP exceptions, or a subclass."""
    return any(one.__module__ == "werkzeug.exceptions" for one in kind.__mro__)


def as_raised(error: Exception) -> Exception:
    """An exception as the application's own code raised it: no coroutine can raise a `StopIteration`, and Python makes
    another error of one."""
    cause = error.__cause__
    return cause if isinstance(cause, StopIteration) and str(error) in STOPPED else error


def under_way(handler: Handler, error: BaseException | None) -> Handler:
    """A sync handler as called while the error is the one at hand (`sys.exc_info`, `logger.exception`): the worker
    thread that it runs in does not know what its caller handles. Async ones do without."""
    if error is None or iscoroutinefunction(handler):
        return handler

    def call(request: Request, given: Any) -> Response | Awaitable[Response]:
        traceback = error.__traceback__
        try:
            raise error
        except BaseException:
            error.__traceback__ = traceback  # without this function
            return handler(request, given)

    return call


@dataclass(frozen=True)
class Hooks:
    """The hooks around one blueprint's endpoints, in the order in which they run."""

    blueprints: tuple[str, ...]
    preprocess: tuple[Preprocess, ...]
    before: tuple[Before, ...]
    after: tuple[After, ...]
    finished: tuple[Finished, ...]
    failed: tuple[Failed, ...]
    teardown: tuple[Teardown, ...]

    @cached_property
    def leads(self) -> bool:
        """Whether anything runs ahead of the endpoint."""
        return bool(self.preprocess or self.before)

    @cached_property
    def follows(self) -> bool:
        """Whether anything runs behind it."""
        return bool(self.after or self.finished)

    @cached_property
    def ends(self) -> bool:
        """Whether anything runs at the end of the request."""
        return bool(self.teardown)


@dataclass(frozen=True)
class Lifecycle:
    """An application's hooks by blueprint ("" is the application), in order of registration.

    What preprocesses may change `request.path_params`, ahead of every other hook. A hook before returns a response to
    answer the request, a hook after returns the response to send; those for closing run last, whatever the others do.
    An application keeps it at `app.state.lifecycle` from the first request on; sync hooks and handlers run in a worker
    thread, async ones are awaited. Those of `url_defaults` are called by `url_for` for the endpoint of a URL, and add
    to its values. What was connected to Flask's signals runs when a request has started, ahead of all; when it has
    finished, behind the hooks after; and when it has failed, ahead of the handler of the exception. HTTP errors of the
    classes in `trapped` are unhandled exceptions where no handler takes them, as TRAP_HTTP_EXCEPTIONS and
    TRAP_BAD_REQUEST_ERRORS make them. `propagates`: unhandled exceptions are the server's, as with
    PROPAGATE_EXCEPTIONS. `own_errors` answer every error of an endpoint (None: of an unknown URL) ahead of `handlers`,
    but for those that are ahead of all.
    """

    preprocess: Mapping[str, Sequence[Preprocess]] = field(default_factory=dict)
    before: Mapping[str, Sequence[Before]] = field(default_factory=dict)
    after: Mapping[str, Sequence[After]] = field(default_factory=dict)
    teardown: Mapping[str, Sequence[Teardown]] = field(default_factory=dict)
    closing: Sequence[Teardown] = ()
    started: Sequence[Preprocess] = ()
    finished: Sequence[Finished] = ()
    failed: Sequence[Failed] = ()
    url_defaults: Mapping[str, Sequence[Defaults]] = field(default_factory=dict)
    handlers: ErrorHandlers = field(default_factory=ErrorHandlers)
    trapped: tuple[type[HTTPException], ...] = ()
    propagates: bool = False
    own_errors: Mapping[str | None, OwnErrors] = field(default_factory=dict)
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger(__name__))
    _hooks: dict[str | None, Hooks] = field(default_factory=dict, init=False, repr=False)

    def hooks(self, endpoint: str | None) -> Hooks:
        """The hooks around an endpoint; around None, which is an unknown URL, the application's."""
        found = self._hooks.get(endpoint)
        if found is None:
            inwards_out = blueprints_of(endpoint)
            levels = (*inwards_out, APPLICATION)
            found = self._hooks[endpoint] = Hooks(
                blueprints=inwards_out,
                preprocess=(
                    *self.started,
                    *(hook for name in reversed(levels) for hook in self.preprocess.get(name, ())),
                ),
                before=tuple(hook for name in reversed(levels) for hook in self.before.get(name, ())),
                after=tuple(hook for name in levels for hook in reversed(self.after.get(name, ()))),
                finished=tuple(self.finished),
                failed=tuple(self.failed),
                teardown=tuple(hook for name in levels for hook in reversed(self.teardown.get(name, ()))),
            )
        return found

    def add_url_defaults(self, request: Request, endpoint: str, values: dict[str, Any]) -> None:
        """Let the hooks around an endpoint add to the values of its URL."""
        for name in (APPLICATION, *reversed(blueprints_of(endpoint))):
            for hook in self.url_defaults.get(name, ()):
                hook(request, endpoint, values)


def blueprints_of(endpoint: str | None) -> tuple[str, ...]:
    """The blueprints around an endpoint, innermost first: `api.orders.show` is in `api.orders`, which is in `api`."""
    names: list[str] = []
    while endpoint and "." in endpoint:
        endpoint = endpoint.rpartition(".")[0]
        names.append(endpoint)
    return tuple(names)
