"""JSON web tokens as Flask-JWT-Extended reads and checks them, by PyJWT.

Preserves: the places where a token may be (headers, cookies with their CSRF value, query, JSON), the order of the
checks, their errors; the application's `JWT_...` settings and the callbacks of its `JWTManager`. What a request brought
is kept with the request: `get_jwt(request)` and the others find it wherever `verify_jwt_in_request` has been called.

To live without it: a dependency that calls `jwt.decode` with your key and returns the claims, or raises a 401.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

import jwt
from fastapi import Request

from .jwt_errors import (
    CSRFError,
    FreshTokenRequired,
    JWTDecodeError,
    NoAuthorizationError,
    RevokedTokenError,
    UserClaimsVerificationError,
    UserLookupError,
    WrongTokenError,
    manager,
)
from .jwt_places import PLACES, configured_places, settings, token_in

Claims = dict[str, Any]

KEY = "compat.jwt"
FILLED_IN: Claims = {"type": "access", "fresh": False, "jti": None}


@dataclass(frozen=True)
class Verified:
    """The token of a request, empty where none was sent; `users` holds its user where the application looks one up."""

    header: Claims
    claims: Claims
    users: tuple[Any, ...]
    location: str | None


def verify_jwt_in_request(
    request: Request,
    optional: bool = False,
    fresh: bool = False,
    refresh: bool = False,
    locations: str | Sequence[str] | None = None,
    verify_type: bool = True,
    skip_revocation_check: bool = False,
) -> tuple[Claims, Claims] | None:
    """Check the request's token; its header and claims, or None where there needs to be none.

    Raises the errors of `jwt_errors` and PyJWT's. With `optional` a request without a token passes, one with a bad
    token does not; OPTIONS always passes.
    """
    if request.method == "OPTIONS":
        return None
    try:
        places = [locations] if isinstance(locations, str) else locations or configured_places(request)
        claims, header, location = find_token(request, places, refresh)
    except NoAuthorizationError:
        if not optional:
            raise
        request.scope[KEY] = Verified({}, {}, (None,), None)
        return None
    if verify_type:
        check_type(claims, refresh)
    if fresh:
        check_fresh(header, claims)
    if not skip_revocation_check and manager(request)._token_in_blocklist_callback(header, claims):
        raise RevokedTokenError(header, claims)
    if not manager(request)._token_verification_callback(header, claims):
        raise UserClaimsVerificationError("User claims verification failed", header, claims)
    request.scope[KEY] = Verified(header, claims, look_up(request, header, claims), location)
    return header, claims


def get_jwt(request: Request) -> Claims:
    """The claims of the request's token, none where it was optional; raises `RuntimeError` where none was verified."""
    return verified(request).claims


def get_jwt_header(request: Request) -> Claims:
    """The header of the request's token; raises `RuntimeError` as `get_jwt` does."""
    return verified(request).header


def get_jwt_identity(request: Request) -> Any:
    """Whom the token is of, None where it was optional; raises `RuntimeError` as `get_jwt` does."""
    return get_jwt(request).get(settings(request)["JWT_IDENTITY_CLAIM"])


def get_jwt_request_location(request: Request) -> str | None:
    """Where the token was."""
    found: Verified | None = request.scope.get(KEY)
    return found.location if found else None


def get_current_user(request: Request) -> Any:
    """The user of the token; raises `RuntimeError` where nothing was verified or the application looks no users up."""
    users = verified(request).users
    if not users:
        raise RuntimeError("You must provide a `@jwt.user_lookup_loader` callback to use this method")
    return users[0]


def verified(request: Request) -> Verified:
    """What `verify_jwt_in_request` found; raises `RuntimeError` where it was not called."""
    found: Verified | None = request.scope.get(KEY)
    if found is None:
        raise RuntimeError("You must call `@jwt_required()` or `verify_jwt_in_request()` before using this method")
    return found


def get_jti(request: Request, encoded_token: str) -> Any:
    """The identifier of a token."""
    return decode_token(request, encoded_token)["jti"]


def get_csrf_token(request: Request, encoded_token: str) -> Any:
    """The value that proves where a request with this token in a cookie comes from."""
    return decode_token(request, encoded_token)["csrf"]


def decode_token(
    request: Request, encoded_token: str, csrf_value: str | None = None, allow_expired: bool = False
) -> Claims:
    """The claims of a token; raises what is wrong with it, as `jwt.decode` does, or as `jwt_errors` has it."""
    algorithms = decode_algorithms(request)
    unverified = jwt.decode(encoded_token, algorithms=algorithms, options={"verify_signature": False})
    header = jwt.get_unverified_header(encoded_token)
    key = manager(request)._decode_key_callback(header, unverified)
    try:
        return decode_with(request, encoded_token, key, algorithms, csrf_value, allow_expired)
    except jwt.ExpiredSignatureError as error:
        error.jwt_header = header  # type: ignore[attr-defined]  # for the expired token's handler
        error.jwt_data = decode_with(  # type: ignore[attr-defined]  # likewise
            request, encoded_token, key, algorithms, csrf_value, True
        )
        raise


def decode_algorithms(request: Request) -> list[str]:
    """The algorithms that a token may be signed by."""
    algorithm: str = settings(request)["JWT_ALGORITHM"]
    configured = list(settings(request)["JWT_DECODE_ALGORITHMS"] or ())
    return configured if algorithm in configured else [*configured, algorithm]


def decode_with(
    request: Request, encoded_token: str, key: Any, algorithms: list[str], csrf_value: str | None, allow_expired: bool
) -> Claims:
    """The claims of a token that is signed by this key, those that every token has filled in."""
    config = settings(request)
    audience = config["JWT_DECODE_AUDIENCE"]
    options: Any = {"verify_aud": audience is not None, "verify_sub": config["JWT_VERIFY_SUB"]}
    if allow_expired:
        options["verify_exp"] = False
    claims: Claims = jwt.decode(
        encoded_token,
        key,
        algorithms=algorithms,
        audience=audience,
        issuer=config["JWT_DECODE_ISSUER"],
        leeway=config["JWT_DECODE_LEEWAY"],
        options=options,
    )
    if config["JWT_IDENTITY_CLAIM"] not in claims:
        raise JWTDecodeError(f"Missing claim: {config['JWT_IDENTITY_CLAIM']}")
    for name, default in FILLED_IN.items():
        claims.setdefault(name, default)
    if csrf_value:
        if "csrf" not in claims:
            raise JWTDecodeError("Missing claim: csrf")
        if not compare_digest(claims["csrf"], csrf_value):
            raise CSRFError("CSRF double submit tokens do not match")
    return claims


def find_token(request: Request, places: Sequence[str], refresh: bool) -> tuple[Claims, Claims, str]:
    """Claims, header and place of the first token; raises `NoAuthorizationError` with what every place lacks."""
    for place in places:
        if place not in PLACES:
            raise RuntimeError(f"'{place}' is not a valid location")
    missing = []
    for place in places:
        try:
            encoded, csrf_value = token_in(request, place, refresh)
            claims = decode_token(request, encoded, csrf_value)
            return claims, jwt.get_unverified_header(encoded), place
        except NoAuthorizationError as error:
            missing.append(str(error))
    if len(places) > 1:
        listed = f"{', '.join(places[:-1])} or {places[-1]}"
        raise NoAuthorizationError(f"Missing JWT in {listed} ({'; '.join(missing)})")
    raise NoAuthorizationError(missing[0])


def check_type(claims: Claims, refresh: bool) -> None:
    """Raise `WrongTokenError` for an access token in place of a refresh token, or the other way round."""
    if not refresh and claims["type"] == "refresh":
        raise WrongTokenError("Only non-refresh tokens are allowed")
    if refresh and claims["type"] != "refresh":
        raise WrongTokenError("Only refresh tokens are allowed")


def check_fresh(header: Claims, claims: Claims) -> None:
    """Raise `FreshTokenRequired` for a token that is not fresh, or no longer."""
    fresh = claims["fresh"]
    is_fresh = fresh if isinstance(fresh, bool) else fresh >= datetime.now(UTC).timestamp()
    if not is_fresh:
        raise FreshTokenRequired("Fresh token required", header, claims)


def look_up(request: Request, header: Claims, claims: Claims) -> tuple[Any, ...]:
    """The user of a token, none where the application looks none up; raises `UserLookupError` where there is none."""
    callback = manager(request)._user_lookup_callback
    if callback is None:
        return ()
    identity = claims[settings(request)["JWT_IDENTITY_CLAIM"]]
    user = callback(header, claims)
    if user is None:
        raise UserLookupError(f"user_lookup returned None for {identity}", header, claims)
    return (user,)
