"""Credentials that a request brings in a header, checked by functions of the application's own.

Preserves: what Flask-HTTPAuth takes for credentials, in which order it asks for user, role and answer, its challenge in
`WWW-Authenticate`, and that a request with the method OPTIONS is let through.

To live without it: `HTTPBasic()` or `HTTPBearer()` as a dependency, and a dependency of your own that looks up the user
and raises `HTTPException(401, headers={"WWW-Authenticate": ...})`.
"""

import hmac
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response

from .authorization import Authorization, authorization
from .responses import make_response, text
from .routing import Answer

Call = Callable[..., Any]
USER = "flask_httpauth_user"


class HTTPAuth:
    """One way to send credentials.

    `get_user_roles` tells the roles of a user, `on_error` makes the answer for a status, 401 or 403. All functions are
    given the request first.
    """

    def __init__(
        self, scheme: str, realm: str, header: str | None, get_user_roles: Call | None, on_error: Call | None
    ) -> None:
        self.scheme, self.realm, self.header = scheme, realm, header
        self.get_user_roles, self.on_error = get_user_roles, on_error

    def check(self, request: Request, keep_on: Any, role: Any = None, optional: bool | None = None) -> None:
        """Keep the user as an attribute of `keep_on`, None where `optional` lets a stranger in.

        Raises `Answer` for a stranger, and for a user without the role: one of several, of which some may be lists of
        roles that a user must have all of.
        """
        if request.method == "OPTIONS":
            return
        found = self.credentials(request)
        user = self.user(request, found)
        status = 401 if user in (False, None) else 0 if self.allows(request, role, user, found) else 403
        if status and not optional:
            raise Answer(self.refusal(request, status))
        setattr(keep_on, USER, user if user is not True else found.username if found else None)

    def credentials(self, request: Request) -> Authorization | None:
        """What the request brings, None where that is nothing of this kind."""
        raise NotImplementedError

    def user(self, request: Request, found: Authorization | None) -> Any:
        """The user, True for one without an object, None or False for nobody."""
        raise NotImplementedError

    def is_meant(self, request: Request) -> bool:
        """Whether a request brings credentials of this kind, be they wrong."""
        if self.header is not None and self.header != "Authorization":
            return self.header in request.headers
        scheme, *rest = request.headers.get("authorization", "").split(None, 1) or [""]
        return bool(rest) and scheme == self.scheme

    def allows(self, request: Request, role: Any, user: Any, found: Authorization | None) -> bool:
        """Whether a user has a role; raises `ValueError` where nothing tells of roles."""
        if role is None:
            return True
        if self.get_user_roles is None:
            raise ValueError("get_user_roles callback is not defined")
        told = self.get_user_roles(request, found if user is True else user)
        has = set(told) if isinstance(told, list | tuple) else set() if told is None else {told}
        wanted = role if isinstance(role, list | tuple) else [role]
        return any(set(one) <= has if isinstance(one, list | tuple) else one in has for one in wanted)

    def refusal(self, request: Request, status: int) -> Response:
        """The answer to a request without valid credentials, with the challenge."""
        made: Response = self.on_error(request, status) if self.on_error else text("Unauthorized Access", status)
        made.headers.setdefault("WWW-Authenticate", self.challenge)
        return made

    @property
    def challenge(self) -> str:
        """What a refusal asks for."""
        return f'{self.scheme} realm="{self.realm}"'


class BasicAuth(HTTPAuth):
    """A name and a password. `verify` is given both, empty ones where the request has none.

    Without it `get_password` tells the password of a user, who is known by name only.
    """

    def __init__(
        self,
        verify: Call | None = None,
        *,
        scheme: str = "Basic",
        realm: str = "Authentication Required",
        get_user_roles: Call | None = None,
        get_password: Call | None = None,
        on_error: Call | None = None,
    ) -> None:
        super().__init__(scheme, realm, None, get_user_roles, on_error)
        self.verify, self.get_password = verify, get_password

    def credentials(self, request: Request) -> Authorization | None:
        """Name and password, whatever the scheme that stands before them."""
        try:
            scheme, encoded = request.headers["authorization"].encode().split(b" ", 1)
            parts = b64decode(encoded).split(b":", 1)
            name, password = decoded(*parts)
        except (KeyError, ValueError, TypeError):
            return None
        return Authorization(scheme.decode(), {"username": name, "password": password})

    def user(self, request: Request, found: Authorization | None) -> Any:
        """What `verify` returns, or the name where the password is that of the user."""
        name, password = (found.username or "", found.password or "") if found else ("", "")
        if self.verify is not None:
            return self.verify(request, name, password)
        known = self.get_password(request, name) if name and self.get_password is not None else None
        return name if known is not None and hmac.compare_digest(password, known) else None


def decoded(name: bytes, password: bytes) -> tuple[str, str]:
    """A name and a password as text, in Latin-1 where they are no UTF-8."""
    try:
        return name.decode(), password.decode()
    except UnicodeDecodeError:
        return name.decode("latin1"), password.decode("latin1")


def username(request: Request) -> str:
    """The name that the request brings, empty where it brings none."""
    found = BasicAuth().credentials(request)
    return found.username or "" if found else ""


class TokenAuth(HTTPAuth):
    """A token, behind the scheme in `Authorization`, or as all of another header.

    `asks_always` has `verify` asked without a token, too: it is given an empty text.
    """

    def __init__(
        self,
        verify: Call | None = None,
        *,
        scheme: str = "Bearer",
        realm: str = "Authentication Required",
        header: str | None = None,
        get_user_roles: Call | None = None,
        on_error: Call | None = None,
        asks_always: bool = False,
    ) -> None:
        super().__init__(scheme, realm, header, get_user_roles, on_error)
        self.verify, self.asks_always = verify, asks_always

    def credentials(self, request: Request) -> Authorization | None:
        """The token."""
        if self.header is not None and self.header != "Authorization":
            sent = request.headers.get(self.header)
            return None if sent is None else Authorization(self.scheme, token=sent)
        found = authorization(request)
        return found if found is not None and found.type == self.scheme.lower() else None

    def user(self, request: Request, found: Authorization | None) -> Any:
        """What `verify` returns."""
        token = found.token if found else ""
        return self.verify(request, token) if self.verify and (token or self.asks_always) else None


class MultiAuth:
    """Several ways: the first that a request goes, else the first of all."""

    def __init__(self, main: HTTPAuth, *others: HTTPAuth) -> None:
        self.ways = (main, *others)

    def check(self, request: Request, keep_on: Any, role: Any = None, optional: bool | None = None) -> None:
        """As that of the way that the request goes."""
        chosen = next((one for one in self.ways if one.is_meant(request)), self.ways[0])
        chosen.check(request, keep_on, role, optional)


def unauthorized(value: Any) -> Response:
    """The answer that a function for errors returns: 401 where it tells no status and makes no response itself."""
    response = make_response(value)
    if not isinstance(value, tuple | Response) and response.status_code == 200:
        response.status_code = 401
    return response
