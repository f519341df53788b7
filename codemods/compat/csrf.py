"""Flask-WTF's tokens against requests that other sites have a browser send.

Preserves: the secret in the session and its signed form in pages, so that a page of one side can be sent to the other;
which requests are checked, where the token is looked for, and what is said of a wrong one.

To live without it: cookies with `SameSite=Lax` or stricter, and nothing that a GET changes; or a dependency of your own
that compares a token of the session with one that the page sends.
"""

import hmac
import logging
import os
from collections.abc import Collection, Mapping
from hashlib import sha1
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from markupsafe import Markup, escape

from .body import SentBody
from .endpoint import endpoint
from .http_errors import HTTPError
from .request_info import host

TOKENS = "compat.csrf_tokens"
VALID = "compat.csrf_valid"
METHODS = ("POST", "PUT", "PATCH", "DELETE")
HEADERS = ("X-CSRFToken", "X-CSRF-Token")

logger = logging.getLogger(__name__)


class CSRFError(HTTPError):
    """A request without the token of its session."""

    status_code = 400
    description = "CSRF validation failed."


class InvalidTokenError(ValueError):
    """A token that is not the session's; the text says why."""


def csrf_token(request: Request) -> str:
    """The signed token of the session, which is the same for all of an answer.

    Raises RuntimeError where there is no key to sign it with.
    """
    name = settings(request).get("WTF_CSRF_FIELD_NAME", "csrf_token")
    return signed_token(request, secret_key(request), name)


def csrf_meta_tag(request: Request, name: str | None = None) -> Markup:
    """The token in a `<meta>` tag."""
    shown = name or settings(request).get("WTF_CSRF_META_NAME", "csrf-token")
    return Markup(f'<meta name="{escape(shown)}" content="{escape(csrf_token(request))}">')


def check_unless_exempt(request: Request, body: SentBody, exempt: Collection[str] = ()) -> None:
    """Check the token, but not for these endpoints and blueprints, nor where settings switch that off."""
    known = settings(request)
    name = endpoint(request)
    if not (known.get("WTF_CSRF_ENABLED", True) and known.get("WTF_CSRF_CHECK_DEFAULT", True)) or name is None:
        return
    if name not in exempt and f"{name.rpartition('.')[0]}." not in exempt:
        check_csrf(request, body)


def check_csrf(request: Request, body: SentBody) -> None:
    """Raise `CSRFError` for a request that changes something and has no token of its session."""
    known = settings(request)
    if request.method not in known.get("WTF_CSRF_METHODS", METHODS):
        return
    name = known.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    limit = known.get("WTF_CSRF_TIME_LIMIT", 3600)
    try:
        check_token(request, sent_token(request, body, name), secret_key(request), name, limit)
    except InvalidTokenError as error:
        logger.info(error.args[0])
        raise CSRFError(error.args[0]) from None
    if request.url.scheme == "https" and known.get("WTF_CSRF_SSL_STRICT", True):
        _check_referrer(request)
    request.scope[VALID] = True


def sent_token(request: Request, body: SentBody, name: str) -> str | None:
    """The token of the form, whatever the prefix of its fields, or of a header."""
    fields = body.form
    if found := fields.get(name):
        return found
    for key in fields:
        if key.endswith(name) and (found := fields[key]):
            return found
    headers = settings(request).get("WTF_CSRF_HEADERS", HEADERS)
    return next((found for one in headers if (found := request.headers.get(one))), None)


def signed_token(request: Request, secret: Any, name: str) -> str:
    """The signed form of what the session keeps under this name."""
    tokens: dict[str, str] = request.scope.setdefault(TOKENS, {})
    if name not in tokens:
        serializer = _serializer(secret)
        if name not in request.session:
            request.session[name] = sha1(os.urandom(64)).hexdigest()  # as Flask-WTF makes it
        tokens[name] = serializer.dumps(request.session[name])
    return tokens[name]


def check_token(request: Request, sent: str | None, secret: Any, name: str, limit: int | None) -> None:
    """Raise `InvalidTokenError` for a token that is not this session's, or is older than `limit` seconds."""
    serializer = _serializer(secret)
    if not sent:
        raise InvalidTokenError("The CSRF token is missing.")
    if name not in request.session:
        raise InvalidTokenError("The CSRF session token is missing.")
    try:
        token = serializer.loads(sent, max_age=limit)
    except SignatureExpired as error:
        raise InvalidTokenError("The CSRF token has expired.") from error
    except BadData as error:
        raise InvalidTokenError("The CSRF token is invalid.") from error
    if not hmac.compare_digest(request.session[name], token):
        raise InvalidTokenError("The CSRF tokens do not match.")


def secret_key(request: Request) -> Any:
    """What signs tokens; None where nothing does."""
    return settings(request).get("WTF_CSRF_SECRET_KEY", request.scope.get("compat.secret_key"))


def settings(request: Request) -> Mapping[str, Any]:
    """The Flask application's settings, or what is known of them without it."""
    flask_app = getattr(request.app.state, "flask_app", None)
    found: Mapping[str, Any] = getattr(request.app.state, "settings", {}) if flask_app is None else flask_app.config
    return found


def _serializer(secret: Any) -> URLSafeTimedSerializer:
    if secret is None:
        raise RuntimeError("A secret key is required to use CSRF.")
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token")


def _check_referrer(request: Request) -> None:
    referrer = request.headers.get("referer")
    if not referrer:
        raise CSRFError("The referrer header is missing.")
    sender, own = urlsplit(referrer), urlsplit(f"https://{host(request)}/")
    if (sender.scheme, sender.hostname, sender.port) != (own.scheme, own.hostname, own.port):
        raise CSRFError("The referrer does not match the host.")
