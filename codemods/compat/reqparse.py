"""Flask-RESTful's request parser, without Flask.

Preserves: where arguments come from and in which order, their conversion, choices and defaults; the first error as a
400 `{"message": {name: ...}}`, or all of them where they are bundled; a 415 for a body that is not JSON wherever `json`
is among the places.

To live without it: declare `Query`, `Header` and `Cookie` parameters and a Pydantic model for the body; FastAPI answers
422 to what they refuse.
"""

from collections.abc import Callable, Container, Iterable, Mapping, MutableSequence, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from fastapi import Request
from starlette.datastructures import UploadFile

from .argument_documents import operation
from .body import SentBody
from .http_statuses import BadRequest
from .inputs import boolean, date, int_range, natural, positive, regex
from .request import FirstValues
from .restful import api_error

__all__ = ["Argument", "RequestParser", "boolean", "date", "int_range", "natural", "positive", "regex"]
PLACES = {
    "json": "the JSON body",
    "form": "the post body",
    "args": "the query string",
    "values": "the post body or the query string",
    "headers": "the HTTP headers",
    "cookies": "the request's cookies",
    "files": "an uploaded file",
}
"""The places of arguments, in words."""


class Namespace(dict[str, Any]):
    """The parsed arguments, as items and as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Argument:
    """One argument; the parameters are those of `add_argument`."""

    def __init__(
        self,
        name: str,
        default: Any = None,
        dest: str | None = None,
        required: bool = False,
        ignore: bool = False,
        type: Callable[..., Any] | None = None,
        location: str | Sequence[str] = ("json", "values"),
        choices: Container[Any] = (),
        action: str = "store",
        help: str | None = None,
        operators: Iterable[str] = ("=",),
        case_sensitive: bool = True,
        store_missing: bool = True,
        trim: bool = False,
        nullable: bool = True,
    ) -> None:
        self.name, self.default, self.dest = name, default, dest
        self.required, self.ignore = required, ignore
        self.type: Callable[..., Any] = type or (lambda value: str(value))
        self.location, self.action, self.help = location, action, help
        self.choices: Any = choices
        self.operators, self.case_sensitive, self.store_missing = operators, case_sensitive, store_missing
        self.trim, self.nullable = trim, nullable

    @property
    def places(self) -> Sequence[str]:
        """Where the argument may stand."""
        return [self.location] if isinstance(self.location, str) else self.location

    def source(self, request: Request, body: SentBody) -> Any:
        """What the argument is looked up in; raises a 415 or 400 where that is JSON and the body is not."""
        if isinstance(self.location, str):
            found = self.held(self.location, request, body)
            return FirstValues() if found is None else found
        pairs: list[tuple[str, Any]] = []
        for place in self.location:
            found = self.held(place, request, body)
            if found is not None:
                pairs += found.multi_items() if isinstance(found, FirstValues) else list(flattened(found))
        return FirstValues(pairs)

    def held(self, place: str, request: Request, body: SentBody) -> Any:
        """What a place holds; raises a 415 or 400 where that is JSON and the body is not."""
        return held(place, request, body)

    def convert(self, value: Any, operator: str) -> Any:
        """A value by the argument's type; raises what that raises, and `ValueError` for a null that may not be."""
        if value is None:
            if self.nullable:
                return None
            raise ValueError("Must not be null!")
        if self.type is UploadFile:
            return value
        try:
            return self.type(value, self.name, operator)
        except TypeError:
            try:
                return self.type(str(value)) if self.type is Decimal else self.type(value, self.name)
            except TypeError:
                return self.type(value)

    def refusal(self, error: Exception) -> "Refusal":
        """What is told of a value that is refused."""
        return Refusal(self.name, self.help.format(error_msg=str(error)) if self.help else str(error), error)

    def parse(self, request: Request, body: SentBody, unparsed: set[str]) -> tuple[Any, bool]:
        """The value and whether it was there; raises `Refusal`. What is read is no longer among the `unparsed`."""
        source = self.source(request, body)
        results = []
        for operator in self.operators:
            name = self.name + operator.replace("=", "", 1)
            if name not in source:
                continue
            for value in self.values(source, name):
                try:
                    value = self.convert(value, operator)
                except Exception as error:
                    if self.ignore:
                        continue
                    raise self.refusal(error) from error
                if self.choices and value not in self.choices:
                    raise self.refusal(ValueError(self.wrong_choice(value, name)))
                unparsed.discard(name)
                results.append(value)
        if not results and self.required:
            where = " or ".join(PLACES[one] for one in self.places)
            raise self.refusal(ValueError(f"Missing required parameter in {where}"))
        if not results:
            return self.default() if callable(self.default) else self.default, False
        is_one = self.action == "store" or (self.action != "append" and len(results) == 1)
        return results[0] if is_one else results, True

    def wrong_choice(self, value: Any, name: str) -> str:
        """What is told of a value that is none of the choices."""
        return f"{value} is not a valid choice"

    def sent(self, source: Any, name: str) -> Iterable[Any]:
        """The values under a name."""
        if hasattr(source, "getlist"):
            values: Iterable[Any] = source.getlist(name)
            return values
        found = source.get(name)
        return found if isinstance(found, MutableSequence) and self.action == "append" else [found]

    def values(self, source: Any, name: str) -> Iterable[Any]:
        """The values under a name, trimmed and in lower case where that is asked for."""
        for value in self.sent(source, name):
            shown = value.strip() if hasattr(value, "strip") and self.trim else value
            if hasattr(shown, "lower") and not self.case_sensitive:
                shown = shown.lower()
                self.choices = [choice.lower() for choice in self.choices]
            yield shown


class Refusal(Exception):  # noqa: N818  # it becomes a part of the answer
    """Raised for a value that an argument refuses."""

    def __init__(self, name: str, message: str, error: Exception) -> None:
        super().__init__(message)
        self.told = {name: message}
        self.error = error


class RequestParser:
    """Arguments that are parsed together, in their order."""

    any_argument: ClassVar[Argument] = Argument("")

    def __init__(self, arguments: Sequence[Argument], bundle_errors: bool = False) -> None:
        self.arguments = arguments
        self.bundle_errors = bundle_errors

    def parse_args(
        self, request: Request, body: SentBody, strict: bool = False, http_error_code: int = 400
    ) -> Namespace:
        """The arguments of a request; raises a 400 for what they refuse, and where `strict` for any other argument."""
        found = Namespace()
        unparsed: set[str] = set()
        names = list(dict(self.any_argument.source(request, body))) if strict else []
        unparsed.update(names)
        errors: dict[str, str] = {}
        for argument in self.arguments:
            try:
                value, is_there = argument.parse(request, body, unparsed)
            except Refusal as refusal:
                if not self.bundle_errors:
                    raise self.error(refusal.told) from refusal
                if not isinstance(refusal.error, ValueError):
                    value, is_there = refusal.error, True
                else:
                    errors.update(refusal.told)
                    value, is_there = refusal.error, False
            if is_there or argument.store_missing:
                found[argument.dest or argument.name] = value
        if errors:
            raise self.error(errors, http_error_code)
        if unparsed:
            raise BadRequest(f"Unknown arguments: {', '.join(one for one in names if one in unparsed)}")
        return found

    def error(self, told: Mapping[str, str], status: int = 400) -> Exception:
        """The error that tells what is wrong."""
        return api_error(status, message=told)

    def openapi(self) -> dict[str, Any]:
        """What OpenAPI tells of an operation that parses these arguments."""
        return operation(self.arguments)


def held(place: str, request: Request, body: SentBody) -> Any:
    """What a place holds; raises a 415 or 400 where that is JSON and the body is not."""
    match place:
        case "json":
            return body.json()
        case "form":
            return body.form
        case "values":
            return body.values
        case "args":
            return FirstValues(request.query_params.multi_items())
        case "headers":
            return request.headers
        case "files":
            return body.files
        case _:
            return FirstValues(list(request.cookies.items()))


def flattened(found: Any) -> Iterable[tuple[str, Any]]:
    """The items of a mapping, each value of a list by itself; raises `ValueError` or `TypeError` for no mapping."""
    if not isinstance(found, dict):
        for key, value in found:
            yield key, value
        return
    for key, value in found.items():
        if isinstance(value, list | tuple | set):
            for one in value:
                yield key, one
        else:
            yield key, value
