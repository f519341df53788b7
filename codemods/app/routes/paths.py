"""Werkzeug's rules as Starlette's paths.

/orders/<int:order_id>/items/<name>    →    /orders/{order_id:int}/items/{name}
/rating/<int(min=1, max=5):stars>      →    /rating/{stars:int_min_1_max_5} with stars: Annotated[int, Path(ge=1, le=5)]
/country/<string(length=2):code>       →    /country/{code:string_length_2}, a convertor of the router's file

A text that Starlette would take for a parameter of its own has a convertor too, whose pattern is the brace itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from codemods.findings import Diagnostic, Location
from codemods.literals import as_literal
from codemods.model import Endpoint, Rule, Variable
from codemods.view.imports import Need
from codemods.view.refusal import refuse

RULE_FEATURE = Diagnostic(
    "FM111",
    "blocked",
    "a rule uses a part of Werkzeug's routing that is not converted",
    "Some arguments of converters, some converters of an application's own and some hosts have no form in a path.",
    "Keep the route on Flask; the gateway routes it there.",
)

TYPES = {
    "default": "str",
    "string": "str",
    "any": "str",
    "int": "int",
    "float": "float",
    "path": "str",
    "uuid": "UUID",
}
CONVERTOR_TYPES = frozenset({"str", "int", "float", "path", "uuid"})
"""The names of Starlette's own convertors."""
PLAIN = {"default": "", "string": "", "int": "int", "float": "flask_float", "path": "flask_path", "uuid": "flask_uuid"}
"""The convertor of each converter without arguments: Starlette's own, or one that `compat.convertors` registers."""
OPTIONS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "default": {"minlength": int, "maxlength": int, "length": int},
    "string": {"minlength": int, "maxlength": int, "length": int},
    "int": {"fixed_digits": int, "min": int, "max": int, "signed": bool},
    "float": {"min": (int, float), "max": (int, float), "signed": bool},
}
"""The arguments of Werkzeug's converters, in their order (werkzeug/routing/converters.py)."""

LIMITS = {"min": "ge", "max": "le"}
"""The limits of numbers, as FastAPI calls them."""

VARIABLE = re.compile(r"<(?:[a-zA-Z_]\w*(?:\(.*?\))?:)?(?P<name>[a-zA-Z_]\w*)>", re.ASCII)
CONVERTORS = ".compat.convertors"
FROM_TEXT = (
    'Annotated[Any, WithJsonSchema({"type": "string"})]',
    frozenset({Need("typing", "Annotated"), Need("typing", "Any"), Need("pydantic", "WithJsonSchema")}),
)
"""The annotation of what an own converter makes of a text, and its imports."""
FROM_HOST = (
    "Annotated[str, Path(include_in_schema=False)]",
    frozenset({Need("typing", "Annotated"), Need("fastapi", "Path")}),
)
"""The annotation of a variable of the host, which is not in the path that OpenAPI shows, and its imports."""
BRACE = "open_brace"


@dataclass(frozen=True, slots=True)
class Registration:
    """A statement that registers a convertor, for the top of a router's file, and what it imports."""

    text: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Path:
    """One path of a rule; one that OpenAPI does not show only differs from another by its slash at the end."""

    text: str
    is_shown: bool = True


def redirects(endpoint: Endpoint) -> bool:
    """Whether an endpoint's rules redirect, all of them, so that its view never runs."""
    rules = [one for one in endpoint.rules if not one.build_only]
    return bool(rules) and all(one.redirect_to is not None for one in rules)


def convertible(rule: Rule, location: Location | None, redirects: bool = False) -> None:
    """Raise `Refused` for a rule that has no path of the same meaning; `redirects` tells that it may redirect."""
    if rule.redirect_to is not None and not redirects:
        raise refuse(RULE_FEATURE, location, f"'{rule.rule}' redirects")
    for variable in rule.variables:
        if variable.converter_class is None and (variable.converter not in TYPES or not _understood(variable)):
            raise refuse(RULE_FEATURE, location, f"the converter of '{variable.name}' in '{rule.rule}'")
    names = {one.name for one in rule.variables}
    for name, value in rule.defaults:
        if name in names or not isinstance(value, str | int | float | bool | None):
            raise refuse(RULE_FEATURE, location, f"the default of '{name}' in '{rule.rule}'")


def check_slashes(endpoint: Endpoint) -> None:
    """Raise `Refused` for an endpoint of which one rule takes doubled slashes for one and another does not."""
    rules = [one for one in endpoint.rules if not one.build_only]
    if len({one.merge_slashes for one in rules}) > 1:
        exact = next(one for one in rules if not one.merge_slashes)
        raise refuse(RULE_FEATURE, endpoint.view.function.location, f"only '{exact.rule}' has merge_slashes=False")


def _understood(variable: Variable) -> bool:
    """Whether the arguments of a converter are those that Werkzeug's takes."""
    if variable.converter == "any":
        return bool(variable.arguments) and all(
            name == str(place) and isinstance(value, str) and value != "None"
            for place, (name, value) in enumerate(variable.arguments)
        )
    kinds = OPTIONS.get(variable.converter, {})
    found = options(variable)
    return len(found) == len(variable.arguments) and all(
        name in kinds
        and isinstance(value, kinds[name])
        and isinstance(value, bool) == (kinds[name] is bool)
        and not (name == "fixed_digits" and value == 0)
        for name, value in found.items()
    )


def options(variable: Variable) -> dict[str, object]:
    """The arguments of a converter by name, also those that are given by their place."""
    names = list(OPTIONS.get(variable.converter, {}))
    return {
        names[int(name)] if name.isdecimal() and int(name) < len(names) else name: value
        for name, value in variable.arguments
    }


def paths(rule: Rule) -> tuple[Path, ...]:
    """The paths of a convertible rule; two where a slash at the end makes no difference."""
    first = Path(path(rule))
    if rule.strict_slashes or first.text == "/":
        return (first,)
    return first, Path(first.text[:-1] if first.text.endswith("/") else f"{first.text}/", False)


def path(rule: Rule) -> str:
    """The path of a convertible rule."""
    written = rule.matched
    convertors = {one.name: convertor_name(one) for one in rule.variables}
    parts: list[str] = []
    end = braces = 0
    for found in [*VARIABLE.finditer(written), None]:
        for letter in written[end : found.start() if found else None]:
            braces += letter == "{"
            parts.append(f"{{{BRACE}_{braces}:{BRACE}}}" if letter == "{" else letter)
        if found is not None:
            end = found.end()
            name = convertors[found["name"]]
            parts.append(f"{{{found['name']}:{name}}}" if name else f"{{{found['name']}}}")
    return "".join(parts)


def convertor_name(variable: Variable) -> str:
    """The convertor of a variable; empty for Starlette's default."""
    found = options(variable)
    match variable.converter:
        case _ if variable.converter_class:
            return _own_name(variable)
        case "any":
            return _any_name([str(value) for _, value in variable.arguments])
        case "float" if not LIMITS.keys() & found.keys():
            return "flask_signed_float" if found.get("signed") else "flask_float"
        case "int" | "float" as kind:
            parts = [f"{name}_{found[name]}" for name in ("fixed_digits", *LIMITS) if name in found]
            return re.sub(r"\W", "_", "_".join([kind, *parts, *(["signed"] if found.get("signed") else [])]))
        case "default" | "string" if found:
            return "_".join(["string", *(f"{name}_{value}" for name, value in sorted(found.items()))])
        case plain:
            return PLAIN[plain]


def _own_name(variable: Variable) -> str:
    """The name of a converter of the application's own, other than those that Starlette has."""
    name = f"own_{variable.converter}" if variable.converter in CONVERTOR_TYPES else variable.converter
    digest = sha256(repr(variable.arguments).encode()).hexdigest()[:6]
    return f"{name}_{digest}" if variable.arguments else name


def _any_name(items: list[str]) -> str:
    name = "_".join(["any", *items])
    if re.fullmatch(r"\w{1,40}", name, re.ASCII):
        return name
    digest = sha256(repr(items).encode()).hexdigest()[:6]
    return f"{re.sub(r'[^a-zA-Z0-9]+', '_', name)[:40].strip('_')}_{digest}"


def python_type(variable: Variable) -> str:
    """The type of a path parameter."""
    return "Any" if variable.converter_class else TYPES[variable.converter]


def annotation(variable: Variable) -> tuple[str, frozenset[Need]]:
    """The annotation of a path parameter, its range included, and what that imports."""
    kind = python_type(variable)
    if variable.converter_class:
        return FROM_TEXT
    if variable.in_host:
        return FROM_HOST
    found = options(variable)
    limits = [f"{shown}={found[name]}" for name, shown in LIMITS.items() if name in found]
    if not limits:
        return kind, frozenset({Need("uuid", "UUID")} if kind == "UUID" else ())
    return f"Annotated[{kind}, Path({', '.join(limits)})]", frozenset(
        {Need("typing", "Annotated"), Need("fastapi", "Path")}
    )


def registrations(rule: Rule) -> tuple[Registration, ...]:
    """The convertors of a rule that neither Starlette nor `compat.convertors` has."""
    found = [one for variable in rule.variables if (one := _registration(variable)) is not None]
    if "{" in VARIABLE.sub("", rule.rule):
        found.append(_registered(f'"{BRACE}", r"\\{{"'))
    return tuple(found)


def _registration(variable: Variable) -> Registration | None:
    name, found = convertor_name(variable), options(variable)
    match variable.converter:
        case _ if variable.converter_class:
            return None
        case "any":
            items = ", ".join(as_literal(str(value)) for _, value in variable.arguments)
            return _registered(f'"{name}", any_of({items}), show=one_of({items})', "any_of", "one_of")
        case "int" if name != "int":
            shape = "signed=True" if found.get("signed") else ""
            digits, read, needs = found.get("fixed_digits", ""), *_reading(variable)
            return _registered(f'"{name}", integer({shape}), {read}, digits({digits})', "integer", "digits", *needs)
        case "float" if not name.startswith("flask_"):
            read, needs = _reading(variable)
            shape = "signed=True" if found.get("signed") else ""
            return _registered(f'"{name}", decimal({shape}), {read}, show_decimal', "decimal", "show_decimal", *needs)
        case "default" | "string" if found:
            lengths = ", ".join(f"{one}={value}" for one, value in found.items())
            return _registered(f'"{name}", string({lengths})', "string")
        case _:
            return None


def _reading(variable: Variable) -> tuple[str, tuple[str, ...]]:
    """How a number is read, and the names of `compat.convertors` that this uses."""
    found = options(variable)
    limits = [f"{name}imum={found[name]}" for name in LIMITS if name in found]
    limits += [f"fixed_digits={found['fixed_digits']}"] if "fixed_digits" in found else []
    kind = python_type(variable)
    return (f"number({kind}, {', '.join(limits)})", ("number",)) if limits else (kind, ())


def _registered(arguments: str, *names: str) -> Registration:
    return Registration(f"convertor({arguments})", frozenset(Need(CONVERTORS, one) for one in ("convertor", *names)))


def convertor_needs(rule: Rule) -> frozenset[Need]:
    """The import that registers Werkzeug's converters, where a rule uses one that Starlette has otherwise."""
    if any(convertor_name(one).startswith("flask_") for one in rule.variables):
        return frozenset({Need(".compat", "convertors")})
    return frozenset()
