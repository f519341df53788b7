"""Forms as Flask-WTF has them: filled with what was sent, with a token that is bound to the session.

Preserves: what a form takes of a request that is meant to change something (a form with its files, else JSON); the
hidden token, signed as Flask-WTF signs it, so that a page of one side can be sent to the other.

To live without it: WTForms' own `Form`, which an endpoint hands the fields that were sent as `formdata`, with a `Meta`
of your own for the token.
"""

import hmac
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha1
from typing import Any

from fastapi import Request
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import Form
from wtforms.csrf.core import CSRF
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from .body import SentBody
from .request import FirstValues

SUBMITTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TOKENS = "compat.csrf_tokens"

logger = logging.getLogger(__name__)


class SessionToken(CSRF):  # type: ignore[misc]  # WTForms has no types
    """A token in the session, and its signed form in the page."""

    def setup_form(self, form: Any) -> Any:
        """Add the token's field."""
        self.meta = form.meta
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """The signed token, which is the same for all forms of an answer."""
        request, name = self.meta.request, self.meta.csrf_field_name
        tokens: dict[str, str] = request.scope.setdefault(TOKENS, {})
        if name not in tokens:
            if name not in request.session:
                request.session[name] = sha1(os.urandom(64)).hexdigest()  # as Flask-WTF makes it
            tokens[name] = self._serializer().dumps(request.session[name])
        return tokens[name]

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Raise `ValidationError` for a token that is not this session's."""
        try:
            self._check(field.data)
        except ValidationError as error:
            logger.info(error.args[0])
            raise

    def _check(self, sent: str | None) -> None:
        session, name = self.meta.request.session, self.meta.csrf_field_name
        if not sent:
            raise ValidationError("The CSRF token is missing.")
        if name not in session:
            raise ValidationError("The CSRF session token is missing.")
        try:
            token = self._serializer().loads(sent, max_age=self.meta.csrf_time_limit)
        except SignatureExpired as error:
            raise ValidationError("The CSRF token has expired.") from error
        except BadData as error:
            raise ValidationError("The CSRF token is invalid.") from error
        if not hmac.compare_digest(session[name], token):
            raise ValidationError("The CSRF tokens do not match.")

    def _serializer(self) -> URLSafeTimedSerializer:
        if self.meta.csrf_secret is None:
            raise RuntimeError("A secret key is required to use CSRF.")
        return URLSafeTimedSerializer(self.meta.csrf_secret, salt="wtf-csrf-token")


class FlaskForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A form that is given its request by `submitted` or `blank`."""

    class Meta(DefaultMeta):  # type: ignore[misc]  # likewise
        """Flask-WTF's settings; `request` is the one that is being answered."""

        csrf_class = SessionToken
        request: Request

        @cached_property
        def csrf(self) -> Any:
            """Whether the form has a token."""
            return settings(self.request).get("WTF_CSRF_ENABLED", True)

        @cached_property
        def csrf_secret(self) -> Any:
            """What signs the token."""
            own = self.request.scope.get("compat.secret_key")
            return settings(self.request).get("WTF_CSRF_SECRET_KEY", own)

        @cached_property
        def csrf_field_name(self) -> Any:
            """The token's field, and its place in the session."""
            return settings(self.request).get("WTF_CSRF_FIELD_NAME", "csrf_token")

        @cached_property
        def csrf_time_limit(self) -> Any:
            """How many seconds a page may be old."""
            return settings(self.request).get("WTF_CSRF_TIME_LIMIT", 3600)

    def is_submitted(self) -> bool:
        """Whether the request is meant to change something."""
        return self.meta.request.method in SUBMITTING

    def validate_on_submit(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Whether the form was sent, and all of it is valid."""
        return self.is_submitted() and bool(self.validate(extra_validators=extra_validators))

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields, or those of these fields that are hidden."""
        return Markup("\n".join(str(one) for one in self._hidden(fields or self)))

    def _hidden(self, fields: Iterable[Any]) -> Iterator[Any]:
        for one in fields:
            field = getattr(self, one, None) if isinstance(one, str) else one
            if field is not None and isinstance(field.widget, HiddenInput):
                yield field


def submitted(request: Request, body: SentBody) -> dict[str, Any]:
    """The arguments of a form that takes what was sent; raises a 413, and a 400 for malformed JSON."""
    return {"formdata": sent_fields(request, body), **blank(request)}


def blank(request: Request) -> dict[str, Any]:
    """The arguments of a form that takes nothing of what was sent."""
    return {"meta": {"request": request}}


def sent_fields(request: Request, body: SentBody) -> FirstValues[Any] | None:
    """The fields that a request brings: files and texts, else those of JSON."""
    if request.method not in SUBMITTING:
        return None
    if body.files:
        return FirstValues([*body.files.multi_items(), *body.form.multi_items()])
    if body.form:
        return body.form
    return FirstValues(pairs(body.json())) if body.is_json else None


def pairs(decoded: Any) -> list[tuple[str, Any]]:
    """The fields of decoded JSON: a list stands for several values."""
    if not isinstance(decoded, Mapping):
        return [(name, value) for name, value in decoded or ()]
    several = {name: value if isinstance(value, list) else [value] for name, value in decoded.items()}
    return [(name, value) for name, values in several.items() for value in values]


def settings(request: Request) -> Mapping[str, Any]:
    """The Flask application's settings; alone Flask-WTF's own hold."""
    flask_app = getattr(request.app.state, "flask_app", None)
    found: Mapping[str, Any] = {} if flask_app is None else flask_app.config
    return found
