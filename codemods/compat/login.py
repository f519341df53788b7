"""Who is logged in, as Flask-Login keeps it.

Preserves: the session's `_user_id`, `_fresh` and `_id`, the cookie that remembers a login, and how strangers are turned
away, so that whoever is logged in on one side is so on the other.

To live without it: a dependency of your own that loads the user by `request.session["_user_id"]`.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from fastapi import HTTPException, Request, Response

from .cookies import delete_cookie, set_cookie
from .flash import flash
from .lifecycle import Answer
from .request_info import remote_addr, url
from .responses import redirect
from .urls import url_for

SESSION_KEYS = ("_user_id", "_remember", "_remember_seconds", "_id", "_fresh", "next")
USER = "compat.login_user"


class UserMixin:
    """What Flask-Login expects of a user, by its `id`."""

    id: Any
    __hash__ = object.__hash__

    @property
    def is_active(self) -> bool:
        """Whether the user may log in."""
        return True

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is logged in."""
        return self.is_active

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is."""
        return False

    def get_id(self) -> str | None:
        """What the session keeps; raises `NotImplementedError` for a user without `id`."""
        try:
            return str(self.id)
        except AttributeError:
            raise NotImplementedError("No `id` attribute - override `get_id`") from None

    def __eq__(self, other: object) -> bool:
        return self.get_id() == other.get_id() if isinstance(other, UserMixin) else NotImplemented


class AnonymousUserMixin:
    """Nobody."""

    is_authenticated = property(lambda self: False)
    is_active = property(lambda self: False)
    is_anonymous = property(lambda self: True)

    def get_id(self) -> str | None:
        """Nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Turning:
    """How somebody is turned away: by `answer`, or to the page `view`, with a message for it."""

    view: str | None = None
    message: str | None = None
    category: str = "message"
    answer: Callable[[Request], Response] | None = None

    def away(self, request: Request) -> Response:
        """The answer; raises a 401 where there is no page."""
        if self.answer is not None:
            return self.answer(request)
        if not self.view:
            raise HTTPException(401)
        if self.message:
            flash(request, self.message, self.category)
        page = self.view if self.view.startswith(("https://", "http://", "/")) else url_for(request, self.view)
        if config(request).get("USE_SESSION_FOR_NEXT", False):
            request.session["_id"] = identifier(request)
            request.session["next"] = next_page(page, url(request))
            return redirect(page)
        parts = urlsplit(page)
        query = parse_qs(parts.query, keep_blank_values=True) | {"next": [next_page(page, url(request))]}
        host = config(request).get("FORCE_HOST_FOR_REDIRECTS") or parts.netloc
        return redirect(urlunsplit(parts._replace(netloc=host, query=urlencode(query, doseq=True))))


@dataclass(frozen=True, slots=True)
class LoginManager:
    """Knows who is logged in. `load_user` finds the user of an id, None for nobody."""

    load_user: Callable[[Request, str], Any]
    strangers: Turning = field(default_factory=lambda: Turning(message="Please log in to access this page."))
    stale: Turning = field(default_factory=lambda: Turning(message="Please reauthenticate to access this page."))
    session_protection: str | None = "basic"
    anonymous_user: Callable[[], Any] = AnonymousUserMixin

    def require(self, request: Request, fresh: bool = False) -> None:
        """Turn strangers away, and whoever did not log in in this session where that is asked for."""
        if request.method == "OPTIONS" or config(request).get("LOGIN_DISABLED"):
            return
        if not self.current_user(request).is_authenticated:
            raise Answer(self.strangers.away(request))
        if fresh and not self.login_fresh(request):
            raise Answer(self.stale.away(request))

    def current_user(self, request: Request) -> Any:
        """The user who is logged in, an anonymous one for nobody; asked for once in a request."""
        if USER not in request.scope:
            request.scope[USER] = self.user_of(request)
        return request.scope[USER]

    def user_of(self, request: Request) -> Any:
        """The user of the session, or of the cookie that remembers one."""
        if self.is_refused(request):
            return self.anonymous_user()
        user_id = request.session.get("_user_id")
        user = self.load_user(request, user_id) if user_id is not None else None
        if user is None and (cookie := remembered(request)) is not None:
            user_id = user_of_cookie(request, cookie)
            if user_id is not None:
                request.session["_user_id"], request.session["_fresh"] = user_id, False
                user = self.load_user(request, user_id)
        return self.anonymous_user() if user is None else user

    def is_refused(self, request: Request) -> bool:
        """Whether a session comes from another client than it was made for, and is therefore ended."""
        session, mode = request.session, config(request).get("SESSION_PROTECTION", self.session_protection)
        if mode not in ("basic", "strong"):
            return False
        if not session or identifier(request) == session.get("_id"):
            return False
        if mode == "basic" or session.get("_permanent", False):
            if session.get("_fresh") is not False:
                session["_fresh"] = False
            return False
        for key in SESSION_KEYS:
            session.pop(key, None)
        session["_remember"] = "clear"
        return True

    def login_user(
        self,
        request: Request,
        user: Any,
        remember: bool = False,
        duration: timedelta | None = None,
        force: bool = False,
        fresh: bool = True,
    ) -> bool:
        """Log a user in; False for one who is not active."""
        if not force and not user.is_active:
            return False
        request.session["_user_id"] = user.get_id()
        request.session["_fresh"] = fresh
        request.session["_id"] = identifier(request)
        if remember:
            request.session["_remember"] = "set"
            if duration is not None:
                request.session["_remember_seconds"] = duration.total_seconds()
        request.scope[USER] = user
        return True

    def logout_user(self, request: Request) -> bool:
        """Log out, and forget the login that a cookie remembers."""
        self.current_user(request)
        for key in ("_user_id", "_fresh", "_id"):
            if key in request.session:
                request.session.pop(key)
        if cookie_name(request) in request.cookies:
            request.session["_remember"] = "clear"
            if "_remember_seconds" in request.session:
                request.session.pop("_remember_seconds")
        request.scope[USER] = self.anonymous_user()
        return True

    def confirm_login(self, request: Request) -> None:
        """Have the login count as one of this session."""
        request.session["_fresh"] = True
        request.session["_id"] = identifier(request)

    def login_fresh(self, request: Request) -> Any:
        """Whether the login is one of this session."""
        return request.session.get("_fresh", False)


def remember_login(request: Request, response: Response) -> None:
    """Write or clear the cookie that remembers a login, as the session asks for."""
    wanted, settings, name = request.session.pop("_remember", None), config(request), cookie_name(request)
    path, domain = settings.get("REMEMBER_COOKIE_PATH", "/"), settings.get("REMEMBER_COOKIE_DOMAIN")
    if wanted == "clear":
        delete_cookie(response, name, path, domain)
    if wanted != "set" or "_user_id" not in request.session:
        return
    duration = settings.get("REMEMBER_COOKIE_DURATION", timedelta(days=365))
    if "_remember_seconds" in request.session:
        duration = request.session["_remember_seconds"]
    if not isinstance(duration, timedelta):
        duration = timedelta(seconds=duration)
    user_id = str(request.session["_user_id"])
    set_cookie(
        response, name, f"{user_id}|{signature(request, user_id)}", None, datetime.now(UTC) + duration, path, domain,
        settings.get("REMEMBER_COOKIE_SECURE", False), settings.get("REMEMBER_COOKIE_HTTPONLY", True),
        settings.get("REMEMBER_COOKIE_SAMESITE"),
    )  # fmt: skip


def remembered(request: Request) -> str | None:
    """The cookie that remembers a login, unless it is being cleared."""
    cookie: str | None = request.cookies.get(cookie_name(request))
    return cookie if request.session.get("_remember") != "clear" else None


def user_of_cookie(request: Request, cookie: str) -> str | None:
    """The user's id in a cookie that this application signed."""
    user_id, found, signed = cookie.rpartition("|")
    return user_id if found and hmac.compare_digest(signature(request, user_id), signed) else None


def signature(request: Request, payload: str) -> str:
    """What signs the cookie, by the key of the session's."""
    key: str | bytes = request.scope["compat.secret_key"]
    return hmac.new(key.encode("latin1") if isinstance(key, str) else key, payload.encode(), sha512).hexdigest()


def identifier(request: Request) -> str:
    """What tells one client from another: its address and its browser."""
    address, agent = request.headers.get("X-Forwarded-For", remote_addr(request)), request.headers.get("User-Agent")
    first = None if address is None else address.encode().split(b",")[0].strip()
    return sha512(f"{first!r}|{None if agent is None else agent.encode()!r}".encode()).hexdigest()


def next_page(page: str, current: str) -> str:
    """The URL to come back to, without the host where it is that of the page."""
    there, here = urlsplit(page), urlsplit(current)
    if there.scheme in ("", here.scheme) and there.netloc in ("", here.netloc):
        return urlunsplit(("", "", here.path, here.query, ""))
    return current


def cookie_name(request: Request) -> str:
    """The name of the cookie that remembers a login."""
    name: str = config(request).get("REMEMBER_COOKIE_NAME", "remember_token")
    return name


def config(request: Request) -> Mapping[str, Any]:
    """The Flask application's settings; alone Flask-Login's own hold."""
    flask_app = request.app.state.flask_app
    found: Mapping[str, Any] = {} if flask_app is None else flask_app.config
    return found
