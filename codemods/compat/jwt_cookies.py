"""JSON web tokens in cookies, as Flask-JWT-Extended sets them.

Preserves: `set_access_cookies`, `set_refresh_cookies` and `unset_jwt_cookies`: names, paths and attributes from the
application's `JWT_...` settings, and the cookie beside each token that a page's scripts read the CSRF value from.

To live without it: `response.set_cookie` with the name and attributes that you have settled on.
"""

from fastapi import Request, Response

from .cookies import set_cookie
from .jwt import get_csrf_token
from .jwt_places import settings

YEAR = 31540000


def set_access_cookies(
    request: Request,
    response: Response,
    encoded_access_token: str,
    max_age: int | None = None,
    domain: str | None = None,
) -> None:
    """Send the access token in a cookie."""
    set_cookies(request, response, "ACCESS", encoded_access_token, max_age, domain)


def set_refresh_cookies(
    request: Request,
    response: Response,
    encoded_refresh_token: str,
    max_age: int | None = None,
    domain: str | None = None,
) -> None:
    """Send the refresh token in a cookie."""
    set_cookies(request, response, "REFRESH", encoded_refresh_token, max_age, domain)


def unset_jwt_cookies(request: Request, response: Response, domain: str | None = None) -> None:
    """Drop the cookies of both tokens."""
    unset_access_cookies(request, response, domain)
    unset_refresh_cookies(request, response, domain)


def unset_access_cookies(request: Request, response: Response, domain: str | None = None) -> None:
    """Drop the cookies of the access token."""
    set_cookies(request, response, "ACCESS", None, None, domain)


def unset_refresh_cookies(request: Request, response: Response, domain: str | None = None) -> None:
    """Drop the cookies of the refresh token."""
    set_cookies(request, response, "REFRESH", None, None, domain)


def set_cookies(
    request: Request, response: Response, kind: str, token: str | None, max_age: int | None, domain: str | None
) -> None:
    """Send a token and its CSRF value; no token drops both."""
    config = settings(request)
    age = max_age or (None if config["JWT_SESSION_COOKIE"] else YEAR)
    pairs = [("", token or "", True)]
    if config["JWT_COOKIE_CSRF_PROTECT"] and config["JWT_CSRF_IN_COOKIES"]:
        pairs.append(("CSRF_", get_csrf_token(request, token) if token is not None else "", False))
    for part, value, httponly in pairs:
        set_cookie(
            response,
            config[f"JWT_{kind}_{part}COOKIE_NAME"],
            value,
            max_age=None if token is None else age,
            expires=0 if token is None else None,
            path=config[f"JWT_{kind}_{part}COOKIE_PATH"],
            domain=domain or config["JWT_COOKIE_DOMAIN"],
            secure=config["JWT_COOKIE_SECURE"],
            httponly=httponly,
            samesite=config["JWT_COOKIE_SAMESITE"],
        )
