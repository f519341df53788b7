"""What a request holds at one place, as values for a schema.

Preserves: webargs' reading of a request: a body that is no JSON is not there, malformed JSON is an error of its own; of
a repeated key the first value counts, or all of them where the field is a list; a repeated header is one value.

To live without it: take the model as the endpoint's body, or by `Query()`, `Form()`, `Header()` or `Cookie()`.
"""

import json
from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from fastapi import Request
from starlette.datastructures import ImmutableMultiDict

from .body import Body
from .delimited import Delimited
from .models import Model
from .schema_containers import Many
from .schema_errors import InvalidError

T = TypeVar("T")
ABSENT = object()


def load_sent(load: Callable[[Any], T], sent: Any, refused: Callable[[Any], Exception]) -> T:
    """What a schema loads of what was sent; raises what `refused` makes of the messages of one that refuses it."""
    try:
        return load(sent)
    except InvalidError as error:
        raise refused(error.messages) from error


def sent_json(body: Body, malformed: Callable[[Exception], Exception]) -> Any:
    """The JSON of a body, `ABSENT` where it is empty or no JSON; raises what `malformed` makes of text that is none."""
    content = body.bytes() if body.is_json else b""
    if not content:
        return ABSENT
    try:
        return json.loads(content.decode())
    except ValueError as error:
        raise malformed(error) from error


def sent_headers(request: Request, schema: type[Model]) -> dict[str, Any]:
    """The headers that the schema knows; for lists, a list of the one value."""
    known = (field.alias or name for name, field in schema.model_fields.items())
    found = {key: request.headers[key] for key in known if key in request.headers}
    return {key: [value] if key in repeated(schema) else value for key, value in found.items()}


def sent_values(sent: ImmutableMultiDict[str, Any], schema: type[Model]) -> dict[str, Any]:
    """The first value of each key of a query or form; for lists, all of them."""
    lists = repeated(schema)
    return {key: sent.getlist(key) if key in lists else sent[key] for key in sent}


@cache
def repeated(schema: type[Model]) -> frozenset[str]:
    """The keys that are read as often as they are sent."""
    if not schema.__pydantic_complete__:
        schema.model_rebuild()
    return frozenset(
        field.alias or name
        for name, field in schema.model_fields.items()
        if is_repeated(field.annotation, field.metadata)
    )


def is_repeated(annotation: Any, metadata: Any = ()) -> bool:
    """Whether a type is a list of values: not a delimited one, nor a list of nested objects."""
    if any(isinstance(one, Delimited | Many) for one in metadata):
        return False
    origin = get_origin(annotation)
    if origin is Annotated:
        return is_repeated(annotation.__origin__, annotation.__metadata__)
    if origin in (Union, UnionType):
        return any(is_repeated(one) for one in get_args(annotation))
    return origin in (list, tuple)
