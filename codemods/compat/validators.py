"""Validators with Marshmallow's texts that show as constraints in the JSON Schema: `Annotated[Str, Length(min=2)]`.

Preserves: what each validator accepts, its messages, and that every validator of a field is heard (`All`); a chain of
Pydantic's own validators stops at the first that fails.

To live without them: `Field(min_length=…)`, `Field(ge=…, le=…)`, `Literal[…]`, `Field(pattern=…)`. Pydantic's patterns
are searched for anywhere in the text and know no look-around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .schema_errors import InvalidError, UnexpectedError


class Validator:
    """A check of the converted value, and what the JSON Schema says of it."""

    constraints: Mapping[str, Any] = MappingProxyType({})

    def __call__(self, value: Any) -> Any:
        """Raise `InvalidError` if the value is not allowed."""
        raise NotImplementedError

    def _checked(self, value: Any) -> Any:
        try:
            self(value)
        except InvalidError as error:
            # A field's messages are a list in Marshmallow, also where its only validator raised a dictionary.
            said = error.messages if isinstance(error.messages, list) else [error.messages]
            raise PydanticCustomError("messages", "{messages}", {"messages": said}) from None
        except (ValueError, AssertionError) as error:
            raise UnexpectedError(error) from error
        return value

    def quick(self, schema: Any) -> CoreSchema:
        """What refuses at least what this refuses, of values that `schema`, one of Pydantic's own, has let pass."""
        return core_schema.no_info_after_validator_function(self._checked, schema)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), **self.constraints}


def _told(**constraints: Any) -> dict[str, Any]:
    """The constraints that JSON can hold."""
    return {name: value for name, value in constraints.items() if isinstance(value, str | int | float)}


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)


class All(Validator):
    """Runs every check and keeps every message: `Annotated[Str, All(Length(min=3), no_digits)]`."""

    def __init__(self, *checks: Callable[[Any], object]) -> None:
        self.checks = checks
        found = [one.constraints for one in checks if isinstance(one, Validator)]
        self.constraints = {name: value for constraints in found for name, value in constraints.items()}

    def __call__(self, value: Any) -> None:
        said: list[Any] = []
        for check in self.checks:
            try:
                check(value)
            except InvalidError as error:
                said += error.messages if isinstance(error.messages, list) else [error.messages]
        if said:
            raise InvalidError(said)

    def quick(self, schema: Any) -> CoreSchema:
        for check in self.checks:
            schema = check.quick(schema) if isinstance(check, Validator) else Validator.quick(All(check), schema)
        return schema  # type: ignore[no-any-return]  # a dictionary


class NotFalse(Validator):
    """A function that may also say no by returning `False`, as Marshmallow 3 allowed."""

    def __init__(self, check: Callable[[Any], object], error: str = "Invalid value.") -> None:
        self.check, self.error = check, error

    def __call__(self, value: Any) -> None:
        if self.check(value) is False:
            raise InvalidError(self.error)


class Length(Validator):
    """The length of a text, a list or anything that has one."""

    def __init__(
        self,
        min: int | None = None,
        max: int | None = None,
        *,
        equal: int | None = None,
        error: str | None = None,
    ) -> None:
        self.min, self.max, self.equal, self.error = min, max, equal, error
        self.constraints = _told(minLength=min if equal is None else equal, maxLength=max if equal is None else equal)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = super().__get_pydantic_json_schema__(schema, handler)
        if shown.get("type") != "array":
            return shown
        return {{"minLength": "minItems", "maxLength": "maxItems"}.get(key, key): value for key, value in shown.items()}

    def quick(self, schema: Any) -> CoreSchema:
        low, high = (self.min, self.max) if self.equal is None else (self.equal, self.equal)
        limits = {name: size for name, size in (("min_length", low), ("max_length", high)) if size is not None}
        if (
            schema["type"] not in ("str", "list")
            or limits.keys() & schema.keys()
            or min(limits.values(), default=0) < 0
        ):
            return super().quick(schema)
        return {**schema, **limits}

    def __call__(self, value: Any) -> None:
        size = len(value)
        if self.equal is not None:
            if size != self.equal:
                self._refuse(value, "Length must be {equal}.")
        elif self.min is not None and size < self.min:
            self._refuse(value, "Shorter than minimum length {min}." if self.max is None else self._BETWEEN)
        elif self.max is not None and size > self.max:
            self._refuse(value, "Longer than maximum length {max}." if self.min is None else self._BETWEEN)

    _BETWEEN = "Length must be between {min} and {max}."

    def _refuse(self, value: Any, text: str) -> None:
        raise InvalidError((self.error or text).format(input=value, min=self.min, max=self.max, equal=self.equal))


class Range(Validator):
    """Bounds of anything that compares; the message names both where both are given."""

    def __init__(
        self,
        min: Any = None,
        max: Any = None,
        *,
        min_inclusive: bool = True,
        max_inclusive: bool = True,
        error: str | None = None,
    ) -> None:
        self.min, self.max = min, max
        self.min_inclusive, self.max_inclusive = min_inclusive, max_inclusive
        low = "greater than or equal to {min}" if min_inclusive else "greater than {min}"
        high = "less than or equal to {max}" if max_inclusive else "less than {max}"
        bounds = [text for bound, text in ((min, low), (max, high)) if bound is not None]
        self.error = error or f"Must be {' and '.join(bounds)}."
        self.constraints = _told(
            **{"minimum" if min_inclusive else "exclusiveMinimum": min},
            **{"maximum" if max_inclusive else "exclusiveMaximum": max},
        )

    def quick(self, schema: Any) -> CoreSchema:
        low, high = "ge" if self.min_inclusive else "gt", "le" if self.max_inclusive else "lt"
        bounds = {name: bound for name, bound in ((low, self.min), (high, self.max)) if bound is not None}
        if schema["type"] not in ("int", "float") or any(type(one) is not int for one in bounds.values()):
            return super().quick(schema)
        return super().quick(schema) if schema.keys() & {"ge", "gt", "le", "lt"} else {**schema, **bounds}

    def __call__(self, value: Any) -> None:
        low, high = self.min, self.max
        too_low = low is not None and (value < low if self.min_inclusive else value <= low)
        if too_low or (high is not None and (value > high if self.max_inclusive else value >= high)):
            raise InvalidError(self.error.format(input=value, min=low, max=high))


class Equal(Validator):
    """Equal to one value."""

    def __init__(self, comparable: Any, *, error: str | None = None) -> None:
        self.comparable, self.error = comparable, error or "Must be equal to {other}."

    def __call__(self, value: Any) -> None:
        if value != self.comparable:
            raise InvalidError(self.error.format(input=value, other=self.comparable))


class OneOf(Validator):
    """One of the choices, compared after conversion."""

    said = "Must be one of: {choices}."

    def __init__(
        self, choices: Iterable[Any], labels: Iterable[str] | None = None, *, error: str | None = None
    ) -> None:
        self.choices: Any = choices
        self.error = error or self.said
        self.choices_text = _listed(self.choices)
        self.labels_text = _listed(labels or ())
        self.constraints = self._shown()

    def _shown(self) -> dict[str, Any]:
        plain = all(isinstance(choice, str | int | float) for choice in self.choices)
        return {"enum": list(self.choices)} if plain and not isinstance(self.choices, str) else {}

    def quick(self, schema: Any) -> CoreSchema:
        texts = [one for one in self.choices if type(one) is str]
        if type(self) is not OneOf or schema["type"] != "str" or not texts or isinstance(self.choices, str):
            return super().quick(schema)
        return core_schema.chain_schema([schema, core_schema.literal_schema(texts)])

    def __call__(self, value: Any) -> None:
        try:
            found = value in self.choices
        except TypeError:
            found = False
        if not found:
            self._refuse(value)

    def _refuse(self, value: Any) -> None:
        raise InvalidError(self.error.format(input=value, choices=self.choices_text, labels=self.labels_text))


class ContainsOnly(OneOf):
    """A list of which every item is one of the choices."""

    said = "One or more of the choices you made was not in: {choices}."

    def _shown(self) -> dict[str, Any]:
        return {}

    def __call__(self, value: Any) -> None:
        if any(one not in self.choices for one in value):
            self._refuse(_listed(value))


class NoneOf(Validator):
    """Anything but these values."""

    said = "Invalid input."

    def __init__(self, iterable: Iterable[Any], *, error: str | None = None) -> None:
        self.iterable: Any = iterable
        self.error = error or self.said
        self.values_text = _listed(self.iterable)

    def __call__(self, value: Any) -> None:
        try:
            found = value in self.iterable
        except TypeError:
            return
        if found:
            self._refuse(value)

    def _refuse(self, value: Any) -> None:
        raise InvalidError(self.error.format(input=value, values=self.values_text))


class ContainsNoneOf(NoneOf):
    """A list of which no item is one of these."""

    said = "One or more of the choices you made was in: {values}."

    def __call__(self, value: Any) -> None:
        if any(one in self.iterable for one in value):
            self._refuse(_listed(value))


class Regexp(Validator):
    """A pattern in Python's syntax, anchored at the start only, as `re.match` is."""

    def __init__(self, regex: str | re.Pattern[str], flags: int = 0, *, error: str | None = None) -> None:
        self.regex = re.compile(regex, flags) if isinstance(regex, str) else regex
        self.error = error or "String does not match expected pattern."
        text = self.regex.pattern
        self.constraints = {"pattern": text if text.startswith("^") else f"^(?:{text})"}

    def __call__(self, value: Any) -> None:
        if self.regex.match(value) is None:
            raise InvalidError(self.error.format(input=value, regex=self.regex.pattern))


class Predicate(Validator):
    """A method of the value that has to return something true."""

    def __init__(self, method: str, *, error: str | None = None, **kwargs: Any) -> None:
        self.method, self.kwargs = method, kwargs
        self.error = error or "Invalid input."

    def __call__(self, value: Any) -> None:
        if not getattr(value, self.method)(**self.kwargs):
            raise InvalidError(self.error.format(input=value, method=self.method))


_LETTER = "A-Z\u00a1-\uffff"
_LABEL = rf"[{_LETTER}0-9](?:[{_LETTER}0-9-]{{0,61}}[{_LETTER}0-9])?"
_OCTET = r"(?:25[0-5]|2[0-4]\d|[0-1]?\d?\d)"
_ATOM = r"[-!#$%&'*+/=?^`{}|~\w]+"
_QUOTED = r'"(?:[\001-\010\013\014\016-\037!#-\[\]-\177]|\\[\001-\011\013\014\016-\177])*"'
_LOCAL_PART = re.compile(rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})\Z", re.IGNORECASE)
_DOMAIN = re.compile(
    rf"(?:(?:{_LABEL}\.)+(?:[{_LETTER}]{{2,6}}|[{_LETTER}0-9-]{{2,}})|\[{_OCTET}(?:\.{_OCTET}){{3}}\])\Z",
    re.IGNORECASE,
)


_USUAL_ADDRESS = r"^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9]{0,30}))(?:\.[A-Za-z]{2,6})+$"


class IsEmail(Validator):
    """An address as Marshmallow knows it: `ann@localhost` is one, `Ann <ann@example.com>` is not."""

    constraints = MappingProxyType({"format": "email"})

    def __init__(self, *, error: str | None = None) -> None:
        self.error = error or "Not a valid email address."

    def quick(self, schema: Any) -> CoreSchema:
        # Of what is an address, the usual ones.
        is_text = schema["type"] == "str" and "pattern" not in schema
        return {**schema, "pattern": _USUAL_ADDRESS} if is_text else super().quick(schema)

    def __call__(self, value: str) -> None:
        local, at, domain = value.rpartition("@")
        if not at or not _LOCAL_PART.match(local) or not (domain == "localhost" or _DOMAIN.match(domain)):
            raise InvalidError(self.error.format(input=value))


@cache
def _address(relative: bool, absolute: bool, require_tld: bool, letter: str, path: str) -> re.Pattern[str]:
    label = rf"[{letter}0-9](?:[{letter}0-9-]{{0,61}}[{letter}0-9])?"
    hosts = [
        rf"(?:{label}\.)+(?:[{letter}]{{2,6}}\.?|[{letter}0-9-]{{2,}}\.?)",
        "localhost",
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
        r"\[[A-F0-9]*:[A-F0-9:]+\]",
        *([] if require_tld else [rf"(?:{label}\.?)"]),
    ]
    user = r"(?:(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*@)?"
    full = rf"(?:[a-z0-9.\-+]*)://{user}(?:{'|'.join(hosts)})(?::\d+)?"
    start = "" if not absolute else f"(?:{full})?" if relative else full
    return re.compile(rf"{start}{path}", re.IGNORECASE)


class IsURL(Validator):
    """An address on the web, kept as it is; `file:///` needs no host."""

    constraints = MappingProxyType({"format": "uri"})
    letter = _LETTER
    path = r"(?:/?|[/?#]\S+)\Z"

    def __init__(
        self,
        *,
        relative: bool = False,
        absolute: bool = True,
        schemes: Iterable[str] | None = None,
        require_tld: bool = True,
        error: str | None = None,
    ) -> None:
        self.pattern = _address(relative, absolute, require_tld, self.letter, self.path)
        self.schemes = {one.lower() for one in schemes or ("http", "https", "ftp", "ftps")}
        self.error = error or "Not a valid URL."

    def __call__(self, value: str) -> None:
        scheme, separator, _ = value.partition("://")
        is_known = not separator or scheme.lower() in self.schemes
        if value.lower().startswith("file:///"):
            value = "file://localhost/" + value[len("file:///") :]
        if not value or not is_known or not self.pattern.match(value):
            raise InvalidError(self.error.format(input=value))
