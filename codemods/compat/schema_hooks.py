"""Methods of a schema that look at data before, while or after it is loaded or dumped.

Preserves: the order of hooks (that of their names), checks that are all heard, and when each of them runs.

To live without it: Pydantic's `field_validator` and `model_validator`, of which the first to fail silences the rest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, Concatenate, Literal, TypeVar

from .schema_errors import InvalidError

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S")
R = TypeVar("R")
When = Literal[
    "before_load", "before_load_all", "load_field", "check_field", "check_all", "check", "after_load_all", "after_load",
    "before_dump", "before_dump_all", "after_dump", "after_dump_all",
]  # fmt: skip

AFTER_LOADING: tuple[When, ...] = ("after_load_all", "after_load")


@dataclass(frozen=True, slots=True)
class Hook:
    when: When
    fields: tuple[str, ...] = ()
    always: bool = False
    strict: bool = True
    stays: bool = False


def _marked(hook: Hook) -> Callable[[F], F]:
    def mark(method: F) -> F:
        method.__dict__["hook"] = hook
        return method

    return mark


def before_load(method: F) -> F:
    """Reshapes the data before anything is looked at. Several run in the order of their names.

    A hook may ask for `many`: whether it is one of several.
    """
    return _marked(Hook("before_load"))(method)


def before_load_all(method: F) -> F:
    """Reshapes what is loaded as a whole, before `before_load`: a list where there are `many`."""
    return _marked(Hook("before_load_all"))(method)


def before_dump(method: F) -> F:
    """Changes or replaces the object that is dumped."""
    return _marked(Hook("before_dump"))(method)


def before_dump_all(method: F) -> F:
    """Changes or replaces what is dumped as a whole, after `before_dump`: a list where there are `many`."""
    return _marked(Hook("before_dump_all"))(method)


def after_dump(method: F) -> F:
    """Changes what was dumped; a hook may ask for `many` and for the `original` object."""
    return _marked(Hook("after_dump"))(method)


def after_dump_all(method: F) -> F:
    """Changes what was dumped as a whole, after `after_dump`: an envelope around it, for example."""
    return _marked(Hook("after_dump_all"))(method)


def check(*, always: bool = False, strict: bool = True) -> Callable[[F], F]:
    """A check of the whole: all of them run and are heard. It runs when all fields are valid; `always`: in any case,
    on an object that has the valid fields only. It may ask for the `original` data and for `many`.

    `strict`: in place of a list it raises `ValueError` for what is no list but holds something, as it does in
    Marshmallow from 4.1 on.
    """
    return _marked(Hook("check", always=always, strict=strict))


def check_all(*, always: bool = False) -> Callable[[F], F]:
    """As `check`, and before it, of what is loaded as a whole: of a dictionary, or of a list where there are `many`."""
    return _marked(Hook("check_all", always=always))


def check_field(*fields: str, stays: bool = False) -> Callable[[F], F]:
    """A check of single fields, called with the value and the key that the client knows the field by, once all fields
    have been looked at and for those that are valid. `stays`: later checks see the value that it refused, as they do
    in Marshmallow where a field's attribute has another name."""
    return _marked(Hook("check_field", fields, stays=stays))


def after_load(method: Callable[Concatenate[S, ...], R]) -> Callable[[S], R]:
    """What becomes of loaded data: `UserIn.load(data).make_user()`. Errors it raises are like those of `load`.

    It may ask for the `original`: what the object was loaded from.
    """

    @wraps(method)
    def made(self: S) -> R:
        try:
            return method(self, **asked_for(method, original=getattr(self, "_original", None)))
        except InvalidError as error:
            raise InvalidError(error.normalized_messages(), find_valid=getattr(self, "to_dict", None)) from None

    return _marked(Hook("after_load"))(made)


def after_load_all(method: Callable[..., Any]) -> Callable[..., Any]:
    """As `after_load`, of what is loaded as a whole: `Users.make_users(Users.load_many(data))`, or of one object.

    It is given dictionaries, and may ask for `many` and for the `original`. It stands below `@classmethod` or
    `@staticmethod`.
    """

    @wraps(method)
    def made(*given: Any) -> Any:
        *owner, loaded = given
        many = isinstance(loaded, list)
        data = [one.to_dict() for one in loaded] if many else loaded.to_dict()
        original = [getattr(one, "_original", None) for one in loaded] if many else getattr(loaded, "_original", None)
        try:
            return method(*owner, data, **asked_for(method, many=many, original=original))
        except InvalidError as error:
            raise InvalidError(error.normalized_messages(), find_valid=lambda: data) from None

    return _marked(Hook("after_load_all"))(made)


def made_of(make: Callable[[Any], Any], loaded: Sequence[Any]) -> Any:
    """What is made of several loaded objects: of each, or of all at once."""
    hook = getattr(make, "hook", None)
    return make(loaded) if hook and hook.when == "after_load_all" else [make(one) for one in loaded]


@cache
def hooks(schema: type, when: When) -> list[tuple[Hook, Callable[..., Any]]]:
    """The hooks of a kind, in the order of their names. One that a subclass overrides without marking it is none."""
    found = {name: one for base in reversed(schema.__mro__) for name, one in vars(base).items()}
    marked = {name: getattr(getattr(one, "__func__", one), "hook", None) for name, one in found.items()}
    return [(hook, getattr(schema, name)) for name, hook in sorted(marked.items()) if hook and hook.when == when]


def run(schema: type, when: When, data: Any, *, many: bool = False, original: Any = None) -> Any:
    """What the hooks of a kind make of the data."""
    for _, method in hooks(schema, when):
        data = method(data, **asked_for(method, many=many, original=original))
    return data


def asked_for(method: Callable[..., Any], **given: Any) -> dict[str, Any]:
    """Of what a hook may ask for what it does."""
    return {name: value for name, value in given.items() if name in _parameters(method)}


@cache
def keeps_original(schema: type) -> bool:
    """Whether something that is made of loaded data asks for what that was before."""
    makers = [method for kind in AFTER_LOADING for _, method in hooks(schema, kind)]
    return any("original" in _parameters(one) for one in makers)


@cache
def asks_for(function: Callable[..., Any], name: str) -> bool:
    """Whether a function has a parameter of this name that is given by name only."""
    try:
        found = inspect.signature(function).parameters.get(name)
    except ValueError:  # of some built-in ones nobody knows
        return False
    return found is not None and found.kind is inspect.Parameter.KEYWORD_ONLY


@cache
def _parameters(method: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(method).parameters)
