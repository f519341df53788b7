"""The types of fields as Pydantic's own: `Annotated[Str, Length(min=2)]` becomes `Annotated[str, Field(min_length=2)]`.

The exact type of a field says all that is known about it; here it is spelled once more. What is dumped is not checked
again: its type has no bounds, and texts that only look like something are texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import libcst as cst
from pydantic_core import SchemaError, SchemaValidator, core_schema

from codemods.view.imports import Need

from ..basis.plan import Part, Side
from ..basis.reading import code, literal

PYDANTIC = frozenset(
    {"AwareDatetime", "EmailStr", "Field", "HttpUrl", "IPvAnyAddress", "NaiveDatetime", "PlainSerializer", "StrictInt"}
)
TYPING = frozenset({"Annotated", "Any", "Literal"})
#: the field types that have no options: what they are when loaded, and when dumped
PLAIN: Mapping[str, tuple[str, str]] = {
    **{name: (name, name) for name in ("Any", "Decimal", "bool", "float", "int", "str", "dt.date", "dt.time")},
    **{name: (name, name) for name in ("dt.datetime", "dt.timedelta")},
    **{"Str": ("str", "str"), "Int": ("int", "int"), "Float": ("float", "float"), "Bool": ("bool", "bool")},
    **{"Raw": ("Any", "Any"), "UUID": ("uuid.UUID", "uuid.UUID"), "TimeDelta": ("dt.timedelta", "dt.timedelta")},
    **{"Date": ("dt.date", "dt.date"), "Time": ("dt.time", "dt.time"), "DateTime": ("dt.datetime", "dt.datetime")},
    **dict.fromkeys(("Email", "EmailText"), ("EmailStr", "str")),
    # A URL is an object in Pydantic; the application's code knows it as a text.
    **dict.fromkeys(("Url", "UrlText"), ("Annotated[HttpUrl, PlainSerializer(str, return_type=str)]", "str")),
    "IP": ("IPvAnyAddress", "IPvAnyAddress"),
    "IPv4": ("ipaddress.IPv4Address", "ipaddress.IPv4Address"),
    "IPv6": ("ipaddress.IPv6Address", "ipaddress.IPv6Address"),
}
#: the validators that make an address of a text
ADDRESSES = {"IsEmail": "Email", "IsURL": "Url"}
#: what converts without options does what the type alone does; the options that change it to another type
CONVERTERS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "integers": {"strict=True": ("StrictInt", "int")},
    "naive_datetimes": {"": ("NaiveDatetime", "dt.datetime")},
    "aware_datetimes": {"": ("AwareDatetime", "dt.datetime")},
    "booleans": {"": ("", "")},
    **{name: {"": ("", ""), '"iso"': ("", "")} for name in ("datetimes", "dates", "times")},
    "floats": {"": ("", ""), "allow_nan=True": ("", "")},
    "constants": {},
    "decimals": {},
    "periods": {"": ("", ""), '"seconds"': ("", "")},
}
#: marks that say nothing which the type does not say: texts, and where errors stand
SILENT = frozenset({"Entries", "Items", "Texts"})
FORMATTED = frozenset({"datetimes", "dates", "times"})
BOUNDS = ("min", "max")
NAMED = re.compile(r"[A-Za-z_][\w.]*")
WHOLE_OR_NAMED = re.compile(r"-?[\d_]+|[A-Za-z_][\w.]*")
#: what Pydantic's patterns do not have, or have and Python's have not: sets inside sets, marks of where words begin
UNLIKE = re.compile(r"\(\?(?!:)|\\[1-9bBAZ<>]|[*+?}]\+|&&|--|~~|\[\^?\]?[^\]]*(?<!\\)\[")


class NoPlainTypeError(Exception):
    """A field of which Pydantic's own types say something else altogether."""


@dataclass(frozen=True, slots=True)
class _Type:
    """A type, and what `Field` says beside it."""

    text: str
    bounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> str:
        if not self.bounds:
            return self.text
        return f"Annotated[{self.text}, Field({', '.join(f'{key}={value}' for key, value in self.bounds.items())})]"


UNPACKED = "Literal[*"
"""Choices that have a name: a type checker cannot tell what they are."""


def plain_type(annotation: tuple[Part, ...], side: Side) -> tuple[tuple[Part, ...], frozenset[Need]]:
    """The type in pieces, and what it imports. Raises `NoPlainTypeError`, with what has no counterpart."""
    held = [part for part in annotation if not isinstance(part, str)]
    names = iter(f"held_{index}_" for index in range(len(held)))
    text = "".join(part if isinstance(part, str) else next(names) for part in annotation)
    written = _spelled(cst.parse_expression(text), side).written
    words = set(re.findall(r"\w+", written))
    needs = {Need("pydantic", name) for name in PYDANTIC & words} | {Need("typing", name) for name in TYPING & words}
    needs |= {Need(module, "") for module in ("ipaddress", "uuid") if module in words}
    needs |= {Need("datetime", "", "dt")} if "dt" in words else set()
    pieces = re.split(r"held_(\d+)_", written)
    parts: list[Part] = [held[int(one)] if index % 2 else one for index, one in enumerate(pieces)]
    return tuple(part for part in parts if part != ""), frozenset(needs)


def _spelled(node: cst.BaseExpression, side: Side) -> _Type:
    match node:
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return _Type(f"{_spelled(left, side).written} | {_spelled(right, side).written}")
        case cst.Subscript(value=cst.Name("Annotated"), slice=[first, *marks]):
            kind = code(_item(first))
            if any(code(_item(one)).startswith("enum_names(") for one in marks):
                raise NoPlainTypeError(f"the members of '{kind}' by name")
            by_value = [one for one in marks if code(_item(one)).startswith(f"enum_values({kind}")]
            found = _Type(kind) if by_value else _spelled(_item(first), side)
            marks = [one for one in marks if one not in by_value]
            for mark in marks:
                found = _marked(found, _item(mark), side)
            return found
        case cst.Subscript(value=cst.Name("list" | "dict" | "tuple") as kind, slice=items):
            return _Type(f"{kind.value}[{', '.join(_spelled(_item(one), side).written for one in items)}]")
    text = code(node)
    if text in PLAIN:
        return _Type(PLAIN[text][side == "dump"])
    if text == "None" or text.startswith("held_") or text.startswith("ipaddress."):
        return _Type(text)
    raise NoPlainTypeError(f"'{text}'")


def _item(element: cst.SubscriptElement) -> cst.BaseExpression:
    return cst.ensure_type(element.slice, cst.Index).value


def _marked(found: _Type, mark: cst.BaseExpression, side: Side) -> _Type:
    """The type with what stands beside it in `Annotated`."""
    if not isinstance(mark, cst.Call) or not isinstance(mark.func, cst.Name):
        raise NoPlainTypeError(f"'{code(mark)}'")
    name, options = mark.func.value, _options(mark)
    if name in SILENT or (name == "Many" and not mark.args):
        return found
    if name in ADDRESSES:
        return found if side == "dump" else _address(found, mark)
    if name == "All":
        for one in mark.args:
            found = _marked(found, one.value, side)
        return found
    if name in CONVERTERS or name == "decimals":
        return _converted(found, mark, options, side)
    if side == "dump" and name in ("Length", "Range", "OneOf", "Equal", "Regexp"):
        return found
    match name:
        case "Length":
            return _bound(found, _sizes(options), mark)
        case "Range":
            return _bound(found, _limits(options, found.text), mark)
        case "OneOf" | "Equal" if found.bounds:
            raise NoPlainTypeError(f"'{code(mark)}' beside another check")
        case "OneOf":
            return _Type(f"Literal[{_choices(options.get('choices', ''), found.text)}]")
        case "Equal":
            return _Type(f"Literal[{_choices('[' + options.get('comparable', '') + ']', found.text)}]")
        case "Regexp":
            return _bound(found, {"pattern": _pattern(options)}, mark)
    raise NoPlainTypeError(f"'{code(mark)}'")


POSITIONAL = {
    "Length": ("min", "max"), "Range": ("min", "max"), "OneOf": ("choices",), "Equal": ("comparable",),
    "Regexp": ("regex", "flags"), "decimals": ("places", "rounding"),
}  # fmt: skip


def _options(mark: cst.Call) -> dict[str, str]:
    """What a mark is given by name; its own text for what is wrong is left out."""
    names = POSITIONAL.get(code(mark.func), ())
    found = {}
    for index, one in enumerate(mark.args):
        key = one.keyword.value if one.keyword else names[index] if index < len(names) else str(index)
        if key not in ("error", "labels") and code(one.value) != "None":
            found[key] = code(one.value)
    return found


def _converted(found: _Type, mark: cst.Call, options: Mapping[str, str], side: Side) -> _Type:
    name = code(mark.func)
    if name == "decimals":
        return _decimal(found, mark, options, side)
    if name == "constants":
        return _Type(f"Literal[{_choices(f'[{code(mark.args[0].value)}]', None)}]")
    format_ = literal(mark.args[0].value) if side == "dump" and len(mark.args) == 1 and name in FORMATTED else None
    if isinstance(format_, str) and "%" in format_:
        return _shown(found, f"lambda value: value.strftime({code(mark.args[0].value)})")
    known = CONVERTERS[name].get(", ".join(code(one).rstrip(", ") for one in mark.args))
    if known is None:
        raise NoPlainTypeError(f"'{code(mark)}'")
    return replace(found, text=known[side == "dump"] or found.text)


def _decimal(found: _Type, mark: cst.Call, options: Mapping[str, str], side: Side) -> _Type:
    """Numbers of so many places are texts in JSON, as Flask writes them, with or without `as_string`."""
    places = options.get("places", "")
    if options.keys() - {"places", "as_string", "allow_nan"} or (side == "dump" and not re.fullmatch(r"\d*", places)):
        raise NoPlainTypeError(f"'{code(mark)}'")
    nan = {"allow_inf_nan": options["allow_nan"]} if "allow_nan" in options else {}
    if side == "dump":
        shown = replace(found, bounds=nan)
        return _shown(shown, f'"{{:.{places}f}}".format') if places else shown
    return replace(found, bounds=({"decimal_places": places} if places else {}) | nan)


def _shown(found: _Type, function: str) -> _Type:
    return _Type(f"Annotated[{found.written}, PlainSerializer({function}, return_type=str)]")


def _address(found: _Type, mark: cst.Call) -> _Type:
    """The type of addresses where a text has to be one; what else is asked of it, Pydantic does not ask."""
    wanted = PLAIN[ADDRESSES[code(mark.func)]][0]
    if _options(mark) or found.text not in ("str", wanted) or (found.bounds and wanted.startswith("Annotated")):
        raise NoPlainTypeError(f"'{code(mark)}'")
    return replace(found, text=wanted)


def _bound(found: _Type, bounds: Mapping[str, str], mark: cst.Call) -> _Type:
    if found.bounds.keys() & bounds.keys() or found.text.startswith(("Literal", "Annotated", "Any")):
        raise NoPlainTypeError(f"'{code(mark)}' beside another check")
    return replace(found, bounds={**found.bounds, **bounds})


def _sizes(options: Mapping[str, str]) -> dict[str, str]:
    if "equal" in options:
        return {"min_length": options["equal"], "max_length": options["equal"]}
    return {f"{name}_length": options[name] for name in BOUNDS if name in options}


def _limits(options: Mapping[str, str], kind: str) -> dict[str, str]:
    found = {}
    for name in BOUNDS:
        # Pydantic builds no model of whole numbers with a bound that is none
        if kind in ("int", "StrictInt") and name in options and not WHOLE_OR_NAMED.fullmatch(options[name]):
            raise NoPlainTypeError(f"the bound {options[name]} of whole numbers")
    for name, closed, opened in (("min", "ge", "gt"), ("max", "le", "lt")):
        inclusive = options.get(f"{name}_inclusive", "True")
        if inclusive not in ("True", "False"):
            raise NoPlainTypeError(f"'{name}_inclusive={inclusive}'")
        if name in options:
            found[closed if inclusive == "True" else opened] = options[name]
    return found


def _choices(text: str, kind: str | None) -> str:
    """The choices of a `Literal`, which knows texts and whole numbers only; `kind` is None where both will do."""
    if kind in ("str", "int") and NAMED.fullmatch(text):
        return f"*{text}"
    try:
        values = literal(cst.parse_expression(text))
    except (ValueError, cst.ParserSyntaxError):
        values = None
    kinds = [{"str": str, "int": int}.get(kind)] if kind else [str, int]
    if not isinstance(values, list | tuple | set) or not values:
        raise NoPlainTypeError(f"the choices '{text}'")
    if any(type(one) not in kinds for one in values):
        raise NoPlainTypeError(f"the choices '{text}'")
    return text[1:-1].strip().rstrip(",")


def _pattern(options: Mapping[str, str]) -> str:
    """A pattern for Pydantic, which searches for it anywhere and knows no look-around and no back references."""
    text = options.get("regex", "")
    try:
        pattern = literal(cst.parse_expression(text))
    except (ValueError, cst.ParserSyntaxError):
        pattern = None
    if not isinstance(pattern, str) or "flags" in options or UNLIKE.search(pattern) or not _is_taken(pattern):
        raise NoPlainTypeError(f"the pattern {text}")
    if pattern.startswith("^") and "|" not in pattern:
        return text
    return f'r"^(?:{pattern})"' if '"' not in pattern else repr(f"^(?:{pattern})")


def _is_taken(pattern: str) -> bool:
    """Whether Pydantic can read it: a model with a pattern that it cannot read is an error where it is imported."""
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True
