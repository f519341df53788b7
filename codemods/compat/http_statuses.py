"""The errors that have a status of their own, as classes.

Preserves: `raise NotFound(...)` and `except NotFound`, subclasses of these with their statuses and descriptions; the
headers that come with a 401, 405, 416, 429 and 503; a missing key that is a 400 and a `KeyError`.

To live without it: raise FastAPI's `HTTPException` with the status, your own description and headers.
"""

# ruff: noqa: N818  # they have the names of the statuses

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import responses

from fastapi import Response
from starlette.exceptions import HTTPException

from .http_errors import HTTPError


class BadRequest(HTTPError):
    """400: the request cannot be understood."""

    status_code = 400
    description = "The browser (or proxy) sent a request that this server could not understand."


class BadRequestKeyError(BadRequest, KeyError):
    """A form field, query parameter or cookie that the request lacks: a 400, and what `except KeyError` catches."""

    def __init__(self, key: object = None) -> None:
        super().__init__()
        self.args = () if key is None else (key,)

    def __str__(self) -> str:
        return HTTPError.__str__(self)

    def name_key(self) -> None:
        """Name the missing key in the description, as TRAP_BAD_REQUEST_ERRORS wants it."""
        self.description = f"{self.description}\nKeyError: {KeyError.__str__(self)}"


class RetryAfter(HTTPError):
    """An error that may tell when to come back: in so many seconds, or at a time."""

    def __init__(
        self,
        description: str | None = None,
        response: Response | None = None,
        retry_after: datetime | int | None = None,
    ) -> None:
        super().__init__(description, response)
        self.retry_after = retry_after

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The page's headers and `Retry-After`."""
        when = self.retry_after
        if isinstance(when, datetime):
            aware = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
            return [*super().get_headers(), ("Retry-After", format_datetime(aware, usegmt=True))]
        return [*super().get_headers(), ("Retry-After", str(when))] if when else super().get_headers()


class Unauthorized(HTTPError):
    """401: credentials are missing or wrong."""

    status_code = 401
    description = (
        "The server could not verify that you are authorized to access the URL requested. You either supplied"
        " the wrong credentials (e.g. a bad password), or your browser doesn't understand how to supply the "
        "credentials required."
    )

    def __init__(
        self,
        description: str | None = None,
        response: Response | None = None,
        www_authenticate: str | Iterable[object] | None = None,
    ) -> None:
        """`www_authenticate` are the challenges, each as a header."""
        super().__init__(description, response)
        self.www_authenticate = (www_authenticate,) if isinstance(www_authenticate, str) else www_authenticate

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The page's headers and the challenges."""
        return super().get_headers() + [("WWW-Authenticate", str(one)) for one in self.www_authenticate or ()]


class Forbidden(HTTPError):
    """403: the client may not do this."""

    status_code = 403
    description = (
        "You don't have the permission to access the requested resource. It is either read-protected or not "
        "readable by the server."
    )


class NotFound(HTTPError):
    """404: there is nothing at this URL."""

    status_code = 404
    description = (
        "The requested URL was not found on the server. If you entered the URL manually please check your "
        "spelling and try again."
    )


class MethodNotAllowed(HTTPError):
    """405: the URL does not take this method."""

    status_code = 405
    description = "The method is not allowed for the requested URL."

    def __init__(
        self,
        valid_methods: Iterable[str] | None = None,
        description: str | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(description, response)
        self.valid_methods = valid_methods

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The page's headers and `Allow`."""
        allow = [("Allow", ", ".join(self.valid_methods))] if self.valid_methods else []
        return super().get_headers() + allow


class NotAcceptable(HTTPError):
    """406: nothing that the client accepts can be made."""

    status_code = 406
    description = (
        "The resource identified by the request is only capable of generating response entities which have "
        "content characteristics not acceptable according to the accept headers sent in the request."
    )


class RequestTimeout(HTTPError):
    """408: the client took too long."""

    status_code = 408
    description = (
        "The server closed the network connection because the browser didn't finish the request within the "
        "specified time."
    )


class Conflict(HTTPError):
    """409: the request is at odds with the state of things."""

    status_code = 409
    description = (
        "A conflict happened while processing the request. The resource might have been modified while the "
        "request was being processed."
    )


class Gone(HTTPError):
    """410: there was something at this URL."""

    status_code = 410
    description = (
        "The requested URL is no longer available on this server and there is no forwarding address. If you "
        "followed a link from a foreign page, please contact the author of this page."
    )


class LengthRequired(HTTPError):
    """411: the request must tell its length."""

    status_code = 411
    description = "A request with this method requires a valid <code>Content-Length</code> header."


class PreconditionFailed(HTTPError):
    """412: a condition of the request's headers does not hold."""

    status_code = 412
    description = "The precondition on the request for the URL failed positive evaluation."


class RequestEntityTooLarge(HTTPError):
    """413: the request's body is too large."""

    status_code = 413
    description = "The data value transmitted exceeds the capacity limit."


class RequestURITooLarge(HTTPError):
    """414: the URL is too long."""

    status_code = 414
    description = (
        "The length of the requested URL exceeds the capacity limit for this server. The request cannot be processed."
    )


class UnsupportedMediaType(HTTPError):
    """415: the body is of a type that is not taken."""

    status_code = 415
    description = "The server does not support the media type transmitted in the request."


class RequestedRangeNotSatisfiable(HTTPError):
    """416: the range asked for is not in the file."""

    status_code = 416
    description = "The server cannot provide the requested range."

    def __init__(
        self,
        length: int | None = None,
        units: str = "bytes",
        description: str | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__(description, response)
        self.length = length
        self.units = units

    def get_headers(self, environ: object = None, scope: object = None) -> list[tuple[str, str]]:
        """The page's headers and `Content-Range`."""
        size = [("Content-Range", f"{self.units} */{self.length}")] if self.length is not None else []
        return super().get_headers() + size


class ExpectationFailed(HTTPError):
    """417: the `Expect` header cannot be met."""

    status_code = 417
    description = "The server could not meet the requirements of the Expect header"


class ImATeapot(HTTPError):
    """418: a teapot makes no coffee."""

    status_code = 418
    description = "This server is a teapot, not a coffee machine"


class MisdirectedRequest(HTTPError):
    """421: the request came to the wrong server."""

    status_code = 421
    description = "The server is not able to produce a response."


class UnprocessableEntity(HTTPError):
    """422: the request is understood, but what it says is wrong."""

    status_code = 422
    description = "The request was well-formed but was unable to be followed due to semantic errors."


class Locked(HTTPError):
    """423: the resource is locked."""

    status_code = 423
    description = "The resource that is being accessed is locked."


class FailedDependency(HTTPError):
    """424: an action that this one depends on failed."""

    status_code = 424
    description = (
        "The method could not be performed on the resource because the requested action depended on another "
        "action and that action failed."
    )


class PreconditionRequired(HTTPError):
    """428: the request must be conditional."""

    status_code = 428
    description = 'This request is required to be conditional; try using "If-Match" or "If-Unmodified-Since".'


class TooManyRequests(RetryAfter):
    """429: the client asks too often."""

    status_code = 429
    description = "This user has exceeded an allotted request count. Try again later."


class RequestHeaderFieldsTooLarge(HTTPError):
    """431: a header is too large."""

    status_code = 431
    description = "One or more header fields exceeds the maximum size."


class UnavailableForLegalReasons(HTTPError):
    """451: the law forbids to show this."""

    status_code = 451
    description = "Unavailable for legal reasons."


class InternalServerError(HTTPError):
    """500: something failed that nobody handled."""

    status_code = 500
    description = (
        "The server encountered an internal error and was unable to complete your request. Either the server "
        "is overloaded or there is an error in the application."
    )

    def __init__(
        self,
        description: str | None = None,
        response: Response | None = None,
        original_exception: BaseException | None = None,
    ) -> None:
        """`original_exception` is the exception that nobody handled; None where the error itself was raised."""
        super().__init__(description, response)
        self.original_exception = original_exception


class NotImplemented(HTTPError):
    """501: the server cannot do this."""

    status_code = 501
    description = "The server does not support the action requested by the browser."


class BadGateway(HTTPError):
    """502: the server behind this one answered wrongly."""

    status_code = 502
    description = "The proxy server received an invalid response from an upstream server."


class ServiceUnavailable(RetryAfter):
    """503: the server is down for now."""

    status_code = 503
    description = (
        "The server is temporarily unable to service your request due to maintenance downtime or capacity "
        "problems. Please try again later."
    )


class GatewayTimeout(HTTPError):
    """504: the server behind this one did not answer."""

    status_code = 504
    description = "The connection to an upstream server timed out."


class HTTPVersionNotSupported(HTTPError):
    """505: the version of HTTP is not known."""

    status_code = 505
    description = "The server does not support the HTTP protocol version used in the request."


STANDARD: dict[int, type[HTTPError]] = {
    kind.status_code: kind
    for kind in (*HTTPError.__subclasses__(), *RetryAfter.__subclasses__())
    if kind.status_code and kind.__module__ == __name__
}
"""The class of each status that has one."""


def as_http_error(error: HTTPException) -> HTTPError:
    """What handlers are given: the error of the status of a plain `HTTPException`; others as they are."""
    if isinstance(error, HTTPError):
        return error
    kind = STANDARD.get(error.status_code, HTTPError)
    # By identity: `HTTPException(404)` has the very text of `http.client`, `HTTPException(404, "Not Found")` its own.
    is_default = error.detail is responses.get(error.status_code, "")
    found = kind(description=None if is_default else error.detail)
    found.status_code = error.status_code
    found.headers = error.headers
    if isinstance(found, MethodNotAllowed) and error.headers and "Allow" in error.headers:
        found.valid_methods = [method.strip() for method in error.headers["Allow"].split(",")]
        found.headers = {name: value for name, value in error.headers.items() if name != "Allow"}
    found.__cause__, found.__context__ = error.__cause__, error.__context__
    return found.with_traceback(error.__traceback__)
