"""Forms as Flask-WTF has them: filled with what was sent, with a token that is bound to the session.

Preserves: what a form takes of a request that is meant to change something (a form with its files, else JSON); the
hidden token, signed as Flask-WTF signs it, so that a page of one side can be sent to the other.

To live without it: WTForms' own `Form`, which an endpoint hands the fields that were sent as `formdata`, with a `Meta`
of your own for the token.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from fastapi import Request
from markupsafe import Markup
from wtforms import Form
from wtforms.csrf.core import CSRF
from wtforms.meta import DefaultMeta
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from .body import SentBody
from .csrf import VALID, InvalidTokenError, check_token, secret_key, settings, signed_token
from .request import FirstValues

SUBMITTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

logger = logging.getLogger(__name__)


class SessionToken(CSRF):  # type: ignore[misc]  # WTForms has no types
    """A token in the session, and its signed form in the page."""

    def setup_form(self, form: Any) -> Any:
        """Add the token's field."""
        self.meta = form.meta
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """The signed token, which is the same for all forms of an answer."""
        return signed_token(self.meta.request, self.meta.csrf_secret, self.meta.csrf_field_name)

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Raise `ValidationError` for a token that is not this session's, unless it was checked ahead of the view."""
        meta = self.meta
        if meta.request.scope.get(VALID):
            return
        try:
            check_token(meta.request, field.data, meta.csrf_secret, meta.csrf_field_name, meta.csrf_time_limit)
        except InvalidTokenError as error:
            logger.info(error.args[0])
            raise ValidationError(error.args[0]) from error


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
            return secret_key(self.request)

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
