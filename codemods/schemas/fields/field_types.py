"""What Marshmallow's fields are in a Pydantic class: `Int(strict=True)` is `Annotated[int, integers(strict=True)]`."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import libcst as cst

from codemods.literals import as_literal
from codemods.view import patterns as m
from codemods.view.names import split

from ..basis import version_two
from ..basis.diagnostics import FIELD_OPTION, FIELD_TYPE
from ..basis.library import LINKS
from ..basis.plan import KeyOf, Nested, Part
from ..basis.reading import Reader, UnconvertibleError, code, literal, truth
from .nesting import NestingReader

Arguments = Mapping[str, cst.BaseExpression]


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type and what stands beside it in `Annotated`. `plain` is the class of a literal that needs no conversion.

    An `address` (`Email`, `Url`) is a text whose first validator knows such addresses, with `address_options`. `sides`
    tell whether a field that functions make is loaded and whether it is dumped, `loaded_by` is the method that loads
    it; `outer` stands beside the type also where that may be null; `texts` are what the field's class says, `checks`
    follow the validators. `loaders` are functions that load it, which may ask the type (`asks_type`) or be told
    the key of the field (`knows_key`).
    """

    kind: tuple[Part, ...]
    marks: tuple[str, ...] = ()
    plain: type | None = None
    allows_none: bool = False
    address: str = ""
    address_options: tuple[str, ...] = ()
    sides: tuple[bool, bool] | None = None
    loaded_by: str = ""
    outer: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    constant: cst.BaseExpression | None = None
    checks: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    asks_type: bool = False
    knows_key: bool = False


#: fields without options, with the class of their literals
SIMPLE: Mapping[str, tuple[str, type | None]] = {
    "Str": ("Str", str),
    "String": ("Str", str),
    "UUID": ("UUID", None),
    "Field": ("Raw", None),
    "Raw": ("Raw", None),
    "IP": ("IP", None),
    "IPv4": ("IPv4", None),
    "IPv6": ("IPv6", None),
    "IPInterface": ("IPInterface", None),
    "IPv4Interface": ("IPv4Interface", None),
    "IPv6Interface": ("IPv6Interface", None),
}
#: fields with options: the name without any, the Python type, the function with options, the names of these
WITH_OPTIONS: Mapping[str, tuple[str, str, str, tuple[str, ...], type | None]] = {
    "Int": ("Int", "int", "integers", ("strict", "as_string"), int),
    "Integer": ("Int", "int", "integers", ("strict", "as_string"), int),
    "Float": ("Float", "float", "floats", ("allow_nan", "as_string"), float),
    "Decimal": ("", "Decimal", "decimals", ("places", "rounding", "allow_nan", "as_string"), None),
    "Bool": ("Bool", "bool", "booleans", ("truthy", "falsy"), bool),
    "Boolean": ("Bool", "bool", "booleans", ("truthy", "falsy"), bool),
    "DateTime": ("DateTime", "dt.datetime", "datetimes", ("format",), None),
    "NaiveDateTime": ("", "dt.datetime", "naive_datetimes", ("format", "timezone"), None),
    "AwareDateTime": ("", "dt.datetime", "aware_datetimes", ("format", "default_timezone"), None),
    "Date": ("Date", "dt.date", "dates", ("format",), None),
    "Time": ("Time", "dt.time", "times", ("format",), None),
    "TimeDelta": ("TimeDelta", "dt.timedelta", "periods", ("precision", "serialization_type"), None),
}
#: what a field's options are called where they are given by position
POSITIONAL: Mapping[str, tuple[str, ...]] = {
    "Decimal": ("places", "rounding"),
    **dict.fromkeys(("DateTime", "NaiveDateTime", "AwareDateTime", "Date", "Time"), ("format",)),
    "TimeDelta": ("precision",),
    "List": ("inner",),
    "DelimitedList": ("inner",),
    "DelimitedTuple": ("inner",),
    "Tuple": ("inner",),
    "Dict": ("keys", "values"),
    "Enum": ("enum",),
    "Nested": ("nested",),
    "Pluck": ("nested", "field_name"),
    "Method": ("serialize", "deserialize"),
    "Function": ("serialize", "deserialize"),
    "Constant": ("constant",),
    "Upload": ("format",),
}
#: what the fields inside are called where they are given by name
INNER: Mapping[tuple[str, str], str] = {
    ("List", "cls_or_instance"): "inner",
    ("DelimitedList", "cls_or_instance"): "inner",
    ("Tuple", "tuple_fields"): "inner",
}
#: the options that fields have beside those that all have: Marshmallow 3 takes others for metadata
OPTIONS = frozenset().union(*POSITIONAL.values(), *(row[3] for row in WITH_OPTIONS.values())) | {
    "relative", "absolute", "schemes", "require_tld", "delimiter", "by_value", "many", "only", "exclude", "unknown",
    "exploded",
}  # fmt: skip
META_FORMATS = {"DateTime": "datetimeformat", "Date": "dateformat", "Time": "timeformat"}


@dataclass(frozen=True, slots=True)
class TypeReader:
    """Reads field types of one class. `annotate` reads a whole inner field, `schema` finds a nested schema."""

    reader: Reader
    formats: Mapping[str, str]
    annotate: Callable[[cst.BaseExpression], tuple[Part, ...]]
    schema: Callable[[cst.BaseExpression], str]
    methods: frozenset[str] = frozenset()

    def read(self, call: cst.Call, kind: str, options: Arguments) -> FieldType:
        """The type of a field; raises `UnconvertibleError` for what has no counterpart."""
        if self.reader.version < 4:
            options = {name: value for name, value in options.items() if name in OPTIONS}
        if self.reader.version < 3 and (found := self._of_two(call, kind, options)):
            return found
        if kind in SIMPLE and not options:
            name, plain = SIMPLE[kind]
            return FieldType((self.reader.field_type(name),), plain=plain)
        if kind in WITH_OPTIONS and options.keys() <= set(WITH_OPTIONS[kind][3]):
            return self._with_options(kind, options)
        match kind, sorted(options):
            case "Number", _ if self.reader.version == 3 and options.keys() <= {"as_string"}:
                return self._with_options("Float", {**options, "allow_nan": cst.Name("True")})
            case "Number", _ if self.reader.version < 3 and options.keys() <= {"as_string"}:
                return self._with_options("Float", options)
            case "Email", []:
                return FieldType((), plain=str, address="Email")
            case "Url" | "URL", _ if options.keys() <= {"relative", "absolute", "schemes", "require_tld"}:
                shown = tuple(f"{name}={self.reader.take(value)}" for name, value in options.items())
                return FieldType((), plain=str, address="Url", address_options=shown)
            case "List", ["inner"]:
                return FieldType(("list[", *self.annotate(options["inner"]), "]"))
            case "DelimitedList" | "DelimitedTuple", _ if options.keys() <= {"inner", "delimiter"}:
                return self._delimited(kind, options)
            case "Dict" | "Mapping", _ if options.keys() <= {"keys", "values"}:
                return self._mapping(options)
            case "Tuple", ["inner"]:
                return self._tuple(options["inner"])
            case "Enum", ["enum"] | ["by_value", "enum"]:
                return self._enum(options["enum"], options.get("by_value"))
            case "Constant", ["constant"]:
                mark = f"{self.reader.compat('fields', 'constants')}({self.reader.take(options['constant'])})"
                return FieldType((self.reader.standard("typing", "Any"),), (mark,), constant=options["constant"])
            case "File", []:
                return FieldType((self.reader.field_type("File"),))
            case "FileField", []:
                mark = f'{self.reader.field_type("uploaded")}("Not a file.", key="file")'
                return FieldType((self.reader.standard("fastapi", "UploadFile"),), (mark,))
            case "Upload", [] | ["format"]:  # which only tells OpenAPI something
                return FieldType((self.reader.field_type("Raw"),))
            case "Method" | "Function", _ if options.keys() <= {"serialize", "deserialize"}:
                return self._by_functions(call, kind, options)
            case "Nested", _:
                return self._nested(call, options)
            case "Pluck", _ if {"nested", "field_name"} <= options.keys():
                return self._plucked(call, options)
            case "IP" | "IPv4" | "IPv6" | "IPInterface" | "IPv4Interface" | "IPv6Interface", ["exploded"]:
                return self._exploded(kind, options["exploded"])
        named = ", ".join(sorted(options))
        raise UnconvertibleError(FIELD_OPTION if named else FIELD_TYPE, call, f"'{code(call.func)}({named})'")

    def _of_two(self, call: cst.Call, kind: str, options: Arguments) -> FieldType | None:
        """The type of a field that is its own in Marshmallow 2; None for others. What it reads dates with may be a
        package of its own, which takes far more."""
        dumps_only = any(m.matches(one, m.Arg(keyword=m.Name("dump_only"), value=m.Name("True"))) for one in call.args)
        plain = not dumps_only and not version_two.has_dateutil(self.reader)
        match kind, sorted(options):
            case "Dict", []:
                return FieldType((self.reader.field_type("Dict"),))
            case "List", ["inner"]:
                mark = f"{self.reader.compat('schema_containers', 'AlsoOne')}()"
                return FieldType(("list[", *self.annotate(options["inner"]), "]"), outer=(mark,))
            case "DateTime", [] if plain:
                return FieldType((self.reader.field_type("PlainDateTime"),))
            case "DateTime", ["format"] if code(options["format"]).strip("\"'").startswith(("rfc", "iso")):
                raise version_two.refused_in_two(call, f"'{code(call)}'")
            case "Date" | "Time", _ if not plain and not dumps_only:
                raise version_two.refused_in_two(call, f"'{code(call)}', which reads whatever looks like a date")
        return None

    def _with_options(self, kind: str, options: Arguments) -> FieldType:
        alias, python, function, _, plain = WITH_OPTIONS[kind]
        given = {name: self.reader.take(value) for name, value in options.items() if name != "precision"}
        if "precision" in options:
            given["precision"] = repr(str(_constant(options["precision"])).lower()).replace("'", '"')
        if (meta := META_FORMATS.get(kind.removeprefix("Naive").removeprefix("Aware"))) and "format" not in given:
            given |= {"format": self.formats[meta]} if meta in self.formats else {}
        if not given and alias:
            return FieldType((self.reader.field_type(alias),), plain=plain)
        if python.startswith("dt."):
            self.reader.standard("datetime", alias="dt")
        if python == "Decimal":
            self.reader.standard("decimal", "Decimal")
        first = [given.pop(name) for name in ("format", "precision") if name in given]
        texts = [*first, *(f"{name}={value}" for name, value in given.items())]
        mark = f"{self.reader.field_type(function)}({', '.join(texts)})"
        return FieldType((python,), (mark,), plain)

    def _exploded(self, kind: str, exploded: cst.BaseExpression) -> FieldType:
        if not truth(exploded, FIELD_OPTION, "exploded"):
            return FieldType((self.reader.compat("fields", kind),))
        self.reader.standard("ipaddress")
        family = kind.replace("IPv4", "").replace("IPv6", "").replace("IP", "") or "Address"
        versions = [version for version in ("4", "6") if version in kind] or ["4", "6"]
        type_ = " | ".join(f"ipaddress.IPv{version}{family}" for version in versions)
        mark = f"{self.reader.compat('fields', 'addresses')}({as_literal(kind.lower())}, exploded=True)"
        return FieldType((type_,), (mark,))

    def _by_functions(self, call: cst.Call, kind: str, options: Arguments) -> FieldType:
        """A field that is made from the whole object, or that a function loads. What it says of sides has no effect."""
        by = {name: value for name, value in options.items() if code(value) != "None"}
        if not by:
            raise UnconvertibleError(FIELD_OPTION, call, f"'{code(call)}'")
        outer: tuple[str, ...] = ()
        marks: tuple[str, ...] = ()
        loaded_by = ""
        if "serialize" in by:
            name = self._function(kind, by["serialize"])
            text = as_literal(name) if kind == "Method" else name
            outer = (f"{self.reader.compat('schema_dumping', 'Computed')}({text})",)
        if "deserialize" in by:
            text = self._function(kind, by["deserialize"])
            text, loaded_by = ("", text) if kind == "Method" else (text, "")
            marks = (f"{self.reader.compat('schema_functions', 'LoadedBy')}({text})",)
        if self.reader.version < version_two.FIRST_ALIKE:  # what is sent is taken as it is
            return FieldType((self.reader.compat("fields", "Raw"),), outer=outer)
        sides = ("deserialize" in by, "serialize" in by)
        anything = self.reader.standard("typing", "Any")
        return FieldType((anything,), marks, sides=sides, loaded_by=loaded_by, outer=outer)

    def _function(self, kind: str, by: cst.BaseExpression) -> str:
        """The name of a method, or a function's text. Marshmallow 3 may hand a function the context as well."""
        if kind == "Method":
            name = str(_constant(by))
            if name not in self.methods:
                raise UnconvertibleError(FIELD_OPTION, by, f"the method '{name}', which is not in the class")
            return name
        if isinstance(by, cst.Call) and self.reader.qualified(by.func) in LINKS:
            for name in LINKS:
                self.reader.compat("schema_links", name.rpartition(".")[2])
            return code(by)
        if isinstance(by, cst.Lambda) and len(by.params.params) == 1:
            return self.reader.take(by)
        if isinstance(by, cst.Name | cst.Attribute) and (self.reader.version >= 4 or self._takes_one(by)):
            return self.reader.helper(by)
        raise UnconvertibleError(FIELD_OPTION, by, f"'{code(by)}'")

    def _takes_one(self, function: cst.BaseExpression) -> bool:
        """Whether a function of the project has one parameter."""
        owner, name = split(self.reader.project, self.reader.qualified(function))
        definition = owner.definitions.get(name) if owner else None
        if definition is None or definition.kind != "function":
            return False
        params = self.reader.sources.function(definition.location, name).params
        return len(params.params) == 1 and not params.kwonly_params and params.star_kwarg is None

    def _delimited(self, kind: str, options: Arguments) -> FieldType:
        """webargs' list or tuple that is written as one text."""
        given = [self.reader.take(options["delimiter"])] if "delimiter" in options else []
        is_list = kind == "DelimitedList"
        shown = ", ".join(given if is_list else [*given, 'kind="tuple"'])
        mark = f"{self.reader.compat('delimited', 'Delimited')}({shown})"
        if is_list:
            return FieldType(("list[", *self.annotate(options["inner"]), "]"), (mark,))
        plain = self._tuple(options["inner"])
        return replace(plain, marks=(*plain.marks, mark))

    def _mapping(self, options: Arguments) -> FieldType:
        parts: list[Part] = ["dict["]
        for name in ("keys", "values"):
            inner = options.get(name)
            parts += self.annotate(inner) if inner else [self.reader.standard("typing", "Any")]
            parts.append(", " if name == "keys" else "]")
        return FieldType(tuple(parts), (f"{self.reader.compat('schema_containers', 'Entries')}()",))

    def _tuple(self, inner: cst.BaseExpression) -> FieldType:
        if not isinstance(inner, cst.Tuple | cst.List):
            raise UnconvertibleError(FIELD_OPTION, inner, "the fields of a tuple, which are not written out")
        parts: list[Part] = ["tuple["]
        for index, element in enumerate(inner.elements):
            parts += [*([", "] if index else []), *self.annotate(element.value)]
        given = f"{len(inner.elements)}{', dumps_any=True' if self.reader.version < 4 else ''}"
        return FieldType((*parts, "]"), (f"{self.reader.compat('schema_containers', 'Items')}({given})",))

    def _enum(self, members: cst.BaseExpression, by_value: cst.BaseExpression | None) -> FieldType:
        name = self.reader.take(members)
        if by_value is None or code(by_value) == "False":
            return FieldType((name,), (f"{self.reader.compat('fields', 'enum_names')}({name})",))
        mark = f"{self.reader.compat('fields', 'enum_values')}({name}"
        allows_none = self._holds_none(members)
        if code(by_value) == "True":
            return FieldType((name,), (f"{mark})",), allows_none=allows_none)
        match self.annotate(by_value):
            case [str() as inner]:
                return FieldType((name,), (f"{mark}, by={inner})",), allows_none=allows_none)
        raise UnconvertibleError(FIELD_OPTION, by_value, "'by_value'")

    def _holds_none(self, members: cst.BaseExpression) -> bool:
        """Whether an enumeration has a member of value `None`: Marshmallow allows null then."""
        owner, name = split(self.reader.project, self.reader.qualified(members))
        if owner is None or name not in owner.definitions or owner.definitions[name].kind != "class":
            raise UnconvertibleError(
                FIELD_OPTION, members, f"the values of '{code(members)}', which are not in the project"
            )
        piece = self.reader.sources.piece(owner.definitions[name].location, name)
        values = [one.value for one in piece.body if isinstance(one, ast.Assign)]
        if not all(isinstance(value, ast.Constant) for value in values):
            raise UnconvertibleError(
                FIELD_OPTION, members, f"the values of '{code(members)}', which are not written out"
            )
        return any(isinstance(value, ast.Constant) and value.value is None for value in values)

    def _nested(self, call: cst.Call, options: Arguments) -> FieldType:
        return FieldType(*NestingReader(self.reader, self.schema).read(call, options))

    def _plucked(self, call: cst.Call, options: Arguments) -> FieldType:
        """One value of a nested object, in place of the object."""
        name = _constant(options["field_name"])
        only = cst.Tuple([cst.Element(cst.SimpleString(as_literal(str(name))))])
        rest = {key: value for key, value in options.items() if key != "field_name"}
        found = self._nested(call, {**rest, "only": only})
        (schema,) = (part for part in found.kind if isinstance(part, Nested))
        mark = self.reader.compat("schema_containers", "Plucked")
        self.reader.standard("typing", "Annotated")
        before = "".join(f", {one}" for one in found.marks)
        key = KeyOf(schema.qualified, str(name))
        return FieldType(("Annotated[", *found.kind, f"{before}, {mark}(", key, ")]"))


def _constant(node: cst.BaseExpression) -> object:
    """A literal, or the end of a chain such as `fields.TimeDelta.HOURS`."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    try:
        return literal(node)
    except ValueError:
        raise UnconvertibleError(
            FIELD_OPTION, node, f"'{code(node)}', which is only known when the application runs"
        ) from None
