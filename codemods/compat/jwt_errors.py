"""What is wrong with a request's token, and what the application answers then.

Preserves: the errors of Flask-JWT-Extended by name and text, beside PyJWT's own, and the answers of the application's
`unauthorized_loader`, `invalid_token_loader` and their like, whatever part of the request the errors come from.

To live without it: one exception class, and one `app.exception_handler` for it that says 401 and why.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from jwt import (
    DecodeError,
    ExpiredSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidTokenError,
    MissingRequiredClaimError,
)

from .foreign import response_from_foreign
from .responses import make_response


class JWTExtendedException(Exception):  # noqa: N818  # the library's name, which code catches
    """What all of these errors are."""


class JWTDecodeError(JWTExtendedException):
    """A token that lacks a claim."""


class InvalidHeaderError(JWTExtendedException):
    """A header that is no scheme with one token."""


class InvalidQueryParamError(JWTExtendedException):
    """A query parameter without the prefix that it should have."""


class NoAuthorizationError(JWTExtendedException):
    """No token."""


class CSRFError(JWTExtendedException):
    """A cookie without the value that proves where the request comes from."""


class WrongTokenError(JWTExtendedException):
    """An access token where a refresh token is asked for, or the other way round."""


class TokenError(JWTExtendedException):
    """An error about a token that could be read: it has the token's header and claims."""

    def __init__(self, message: str, jwt_header: dict[str, Any], jwt_data: dict[str, Any]) -> None:
        super().__init__(message)
        self.jwt_header = jwt_header
        self.jwt_data = jwt_data


class RevokedTokenError(TokenError):
    """A revoked token."""

    def __init__(self, jwt_header: dict[str, Any], jwt_data: dict[str, Any]) -> None:
        super().__init__("Token has been revoked", jwt_header, jwt_data)


class FreshTokenRequired(TokenError):  # noqa: N818  # the library's name
    """A token that is not fresh."""


class UserLookupError(TokenError):
    """A token of a user that there is not."""


class UserClaimsVerificationError(TokenError):
    """A token whose claims the application refuses."""


def manager(request: Request) -> Any:
    """The `JWTManager` of the application, which holds its callbacks; raises `KeyError` where there is none."""
    return request.app.state.flask_app.extensions["flask-jwt-extended"]


def answer(value: Any) -> Response:
    """The response for what a callback returns, in which there may be one of Flask's."""
    body, *rest = value if isinstance(value, tuple) else (value,)
    if hasattr(body, "iter_encoded"):
        body = response_from_foreign(body)
    return make_response((body, *rest) if rest else body)


def unauthorized(request: Request, error: Exception) -> Response:
    """The answer to a request without a token."""
    return answer(manager(request)._unauthorized_callback(str(error)))


def invalid(request: Request, error: Exception) -> Response:
    """The answer to a token that cannot be accepted, which says why."""
    return answer(manager(request)._invalid_token_callback(str(error)))


def with_token(callback: str) -> Callable[[Request, Any], Response]:
    """A handler that hands the token's header and claims to a callback."""

    def handler(request: Request, error: Any) -> Response:
        return answer(getattr(manager(request), callback)(error.jwt_header, error.jwt_data))

    return handler


ERROR_HANDLERS: Mapping[type[Exception], Callable[[Request, Any], Response]] = {
    NoAuthorizationError: unauthorized,
    CSRFError: unauthorized,
    DecodeError: invalid,
    MissingRequiredClaimError: invalid,
    InvalidAudienceError: invalid,
    InvalidIssuerError: invalid,
    InvalidTokenError: invalid,
    InvalidHeaderError: invalid,
    InvalidQueryParamError: invalid,
    JWTDecodeError: invalid,
    WrongTokenError: invalid,
    ExpiredSignatureError: with_token("_expired_token_callback"),
    FreshTokenRequired: with_token("_needs_fresh_token_callback"),
    RevokedTokenError: with_token("_revoked_token_callback"),
    UserClaimsVerificationError: with_token("_token_verification_failed_callback"),
    UserLookupError: with_token("_user_lookup_error_callback"),
}
"""The application's answers, for `ErrorHandlers`."""
