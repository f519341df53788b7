"""Flask-RESTX's request parser, without Flask.

Preserves: as the parser of Flask-RESTful's from which it descends, but a body that is not JSON is no error, values may
be split at commas, and what is wrong is told as `errors` beside the message.

To live without it: declare `Query`, `Header` and `Cookie` parameters and a Pydantic model for the body; FastAPI answers
422 to what they refuse.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request

from . import reqparse
from .body import SentBody
from .inputs import date, documented, int_range, natural, positive, regex
from .reqparse import Refusal
from .restx import api_error

__all__ = ["Argument", "RequestParser", "boolean", "date", "int_range", "natural", "positive", "regex"]
REFUSED = "Input payload validation failed"


class Argument(reqparse.Argument):
    """One argument; the parameters are those of `add_argument`."""

    def held(self, place: str, request: Request, body: SentBody) -> Any:
        """What a place holds, None for JSON where the body is none."""
        return body.json(silent=True) if place == "json" else super().held(place, request, body)

    def sent(self, source: Any, name: str) -> Iterable[Any]:
        """The values under a name; in JSON a list is one of them."""
        return source.getlist(name) if hasattr(source, "getlist") else [source.get(name)]

    def convert(self, value: Any, operator: str) -> Any:
        """A value by the argument's type, or those in a text that it is split into; raises what that raises."""
        if self.action == "split":
            return [super(Argument, self).convert(one, operator) for one in value.split(",")]
        return super().convert(value, operator)

    def refusal(self, error: Exception) -> Refusal:
        """What is told of a value that is refused."""
        return Refusal(self.name, f"{self.help} {error}" if self.help else str(error), ValueError(error))

    def wrong_choice(self, value: Any, name: str) -> str:
        """What is told of a value that is none of the choices."""
        return f"The value '{value}' is not a valid choice for '{name}'."


class RequestParser(reqparse.RequestParser):
    """Arguments that are parsed together, in their order."""

    any_argument = Argument("")

    def error(self, told: Mapping[str, str], status: int = 400) -> Exception:
        """The error that tells what is wrong."""
        return api_error(status, REFUSED, errors=told)


@documented(type="boolean")
def boolean(value: Any) -> bool:
    """`inputs.boolean`; raises `ValueError`."""
    if isinstance(value, bool):
        return value
    if value is None:
        raise ValueError("boolean type must be non-null")
    text = str(value).lower()
    if not value or text in ("false", "0"):
        return False
    if text in ("true", "1", "on"):
        return True
    raise ValueError(f"Invalid literal for boolean(): {text}")
