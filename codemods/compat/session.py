"""Flask's session cookie, so that who is logged in stays logged in, on either side.

Preserves: the cookie's name, signature, tagged JSON and attributes; `session.permanent` and `session.modified`; secret
keys that are being replaced; `Vary: Cookie` where the session was looked at; a 500 where it cannot be saved.

To live without it: Starlette's `SessionMiddleware`. Its cookie has another format: everyone logs in again.
"""

import hashlib
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .cookies import cookie_text
from .request import parse_cookies
from .responses import dumps

logger = logging.getLogger(__name__)


def parsed_date(text: str) -> datetime | None:
    """A date of the cookie, which had seconds and was in UTC."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


UNTAG: dict[str, Callable[[Any], Any]] = {
    " di": lambda value: {key[:-2]: item for key, item in value.items()},
    " t": tuple,
    " b": b64decode,
    " m": Markup,
    " u": UUID,
    " d": parsed_date,
}


def tag(value: Any) -> Any:
    """Mark what JSON has no form for, as `flask.json.tag` does."""
    match value:
        case dict() if len(value) == 1 and (key := next(iter(value))) in UNTAG:
            return {" di": {f"{key}__": tag(value[key])}}
        case dict():
            return {key: tag(item) for key, item in value.items()}
        case tuple():
            return {" t": [tag(item) for item in value]}
        case list():
            return [tag(item) for item in value]
        case bytes():
            return {" b": b64encode(value).decode()}
        case _ if callable(getattr(value, "__html__", None)):
            return {" m": str(value.__html__())}
        case UUID():
            return {" u": value.hex}
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return {" d": format_datetime(moment.astimezone(UTC), usegmt=True)}
    return value


def untag(value: dict[str, Any]) -> Any:
    """Undo `tag` in one object of the decoded JSON; `json.loads` calls this from the inside out."""
    if len(value) != 1:
        return value
    key = next(iter(value))
    return UNTAG[key](value[key]) if key in UNTAG else value


class TaggedJSON:
    """The serializer of the cookie's payload."""

    @staticmethod
    def dumps(value: Any) -> str:
        """The payload as text; raises `TypeError` for what the session cannot keep."""
        return dumps(tag(value), separators=(",", ":"))

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """The payload of a cookie."""
        return json.loads(text, object_hook=untag)


class FlaskSession(Session):
    """A session; `permanent` makes its cookie outlive the browser, `modified = True` saves a change deep inside."""

    new: ClassVar[bool] = False  # Flask's own sessions never tell

    @property
    def permanent(self) -> bool:
        """Whether the cookie has an end of its own."""
        return bool(self.get("_permanent", False))

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self["_permanent"] = bool(value)

    def __delitem__(self, key: str) -> None:
        if key not in self:  # what fails changes nothing, and sets no cookie
            raise KeyError(key)
        super().__delitem__(key)


class NullSession(FlaskSession):
    """The session of an application without a secret key: empty, and not to be written to."""

    def fail(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise `RuntimeError`."""
        raise RuntimeError(
            "The session is unavailable because no secret key was set."
            " Set the secret_key on the application to something unique and secret."
        )

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = fail


class FlaskSessionMiddleware:
    """ASGI middleware: `request.session`, kept in Flask's cookie. The options are Flask's `SESSION_...`."""

    def __init__(
        self,
        app: ASGIApp,
        secret_key: str | bytes | None,
        fallbacks: Iterable[str | bytes] | None = (),
        *,
        cookie_name: str = "session",
        domain: str | None = None,
        path: str = "/",
        httponly: bool = True,
        secure: bool = False,
        samesite: str | None = None,
        partitioned: bool = False,
        lifetime: timedelta = timedelta(days=31),
        refresh_each_request: bool = True,
    ) -> None:
        self.app = app
        self.cookie_name = cookie_name
        self.attributes: dict[str, Any] = {
            "path": path,
            "domain": domain,
            "secure": secure,
            "httponly": httponly,
            "samesite": samesite,
            "partitioned": partitioned,
        }
        self.lifetime = lifetime
        self.refresh_each_request = refresh_each_request
        self.secret_key = secret_key
        self.serializer = serializer(secret_key, fallbacks or ()) if secret_key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the session, and save it with the head of the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        session = scope["session"] = self.open(Headers(raw=scope["headers"]))
        scope["compat.secret_key"] = self.secret_key
        scope["compat.check_session"] = partial(self.check, session)

        async def send_with_session(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.save(session, MutableHeaders(scope=message), bool(scope.get("compat.secure_session")))
            await send(message)

        await self.app(scope, receive, send_with_session)

    def open(self, headers: Headers) -> FlaskSession:
        """The session of a request's cookie; an empty one where there is none, or it is not ours or too old."""
        if self.serializer is None:
            return NullSession()
        cookies = headers.getlist("cookie")
        value = parse_cookies(";".join(cookies)).get(self.cookie_name) if cookies else None
        if not value:
            return FlaskSession()
        try:
            return FlaskSession(self.serializer.loads(value, max_age=int(self.lifetime.total_seconds())))
        except BadSignature:
            return FlaskSession()

    def check(self, session: FlaskSession) -> None:
        """Raise the error of a session that cannot be saved, while the request still has its error handlers."""
        if self.serializer is not None and session and session.modified:
            TaggedJSON.dumps(dict(session))

    def save(self, session: FlaskSession, headers: MutableHeaders, secure: bool = False) -> None:
        """Add the cookie, and `Vary`, that the session asks for; `secure` has it sent by HTTPS only."""
        if self.serializer is None:
            return
        if session.accessed:
            vary_by_cookie(headers)
        if not session:
            if session.modified:
                self.set_cookie(headers, "", 0, datetime.fromtimestamp(0, UTC), secure)
        elif session.modified or (session.permanent and self.refresh_each_request):
            expires = datetime.now(UTC) + self.lifetime if session.permanent else None
            try:
                value = str(self.serializer.dumps(dict(session)))
            except Exception:  # whatever a value's own `__html__` may raise; `check` has seen to the answer
                logger.exception("The session of the request could not be saved")
                return
            self.set_cookie(headers, value, None, expires, secure)

    def set_cookie(
        self, headers: MutableHeaders, value: str, max_age: int | None, expires: datetime | None, secure: bool
    ) -> None:
        """Add the session's cookie."""
        attributes = {**self.attributes, "secure": True} if secure else self.attributes
        text = cookie_text(self.cookie_name, value, max_age, expires, **attributes)
        headers.append("Set-Cookie", text)
        vary_by_cookie(headers)


def options(config: Mapping[str, Any]) -> dict[str, Any]:
    """The middleware's options as a configuration under Flask's names has them; without a name Flask's default."""
    return {
        "secret_key": config.get("SECRET_KEY"),
        "fallbacks": config.get("SECRET_KEY_FALLBACKS"),
        "cookie_name": config.get("SESSION_COOKIE_NAME", "session"),
        "domain": config.get("SESSION_COOKIE_DOMAIN") or None,
        "path": config.get("SESSION_COOKIE_PATH") or config.get("APPLICATION_ROOT", "/"),
        "httponly": config.get("SESSION_COOKIE_HTTPONLY", True),
        "secure": config.get("SESSION_COOKIE_SECURE", False),
        "samesite": config.get("SESSION_COOKIE_SAMESITE"),
        "partitioned": config.get("SESSION_COOKIE_PARTITIONED", False),
        "lifetime": lifetime(config.get("PERMANENT_SESSION_LIFETIME", timedelta(days=31))),
        "refresh_each_request": config.get("SESSION_REFRESH_EACH_REQUEST", True),
    }


def serializer(secret_key: str | bytes, fallbacks: Iterable[str | bytes]) -> URLSafeTimedSerializer:
    """What signs the cookie: with the last key, and takes the signature of any (`SecureCookieSessionInterface`)."""
    keys = [key.encode() if isinstance(key, str) else key for key in (*fallbacks, secret_key)]
    return URLSafeTimedSerializer(
        keys,
        salt="cookie-session",
        serializer=TaggedJSON,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1},
    )


def vary_by_cookie(headers: MutableHeaders) -> None:
    """`response.vary.add("Cookie")`."""
    names = [name.strip() for name in headers.get("vary", "").split(",") if name.strip()]
    if "cookie" not in [name.lower() for name in names]:
        headers["Vary"] = ", ".join([*names, "Cookie"])


def lifetime(setting: timedelta | int) -> timedelta:
    """`app.permanent_session_lifetime`: a number is one of seconds."""
    return setting if isinstance(setting, timedelta) else timedelta(seconds=setting)
