"""How Flask-RESTful, and Flask-RESTX which descends from it, spell the fields by which they write objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codemods.model import Module, Project
from codemods.view.names import canonical


@dataclass(frozen=True, slots=True)
class Dialect:
    """The fields of one library.

    `shown` is what clients see of each, beside null; `modules` are the compat modules of those that are in another than
    `helper`. `bases` are the fields that classes of a project may inherit from, and `never_null` those that are always
    written. `arguments` are the positional parameters of those that have other than `common`. `models` are the names
    of what makes a model of fields with a name, if the library has such. `documented` are arguments that only tell of
    a field, with the keyword of JSON Schema for each. `zero` tells that an integer which is absent is 0,
    `reads_request` that clients may say which fields they want.
    """

    library: str
    helper: str
    shown: Mapping[str, str]
    bases: frozenset[str]
    never_null: frozenset[str]
    modules: Mapping[str, str] = field(default_factory=dict)
    common: tuple[str, ...] = ()
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    models: frozenset[str] = frozenset()
    documented: Mapping[str, str] = field(default_factory=dict)
    zero: bool = True
    reads_request: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of all its fields."""
        return frozenset({*self.shown, "Raw", "Nested", "List"})

    def module_of(self, name: str) -> str:
        """The compat module that has a name."""
        return self.modules.get(name, self.helper)


RESTFUL = Dialect(
    "flask_restful.fields",
    ".compat.marshalling",
    {
        "String": "str", "Integer": "int", "Float": "float", "Boolean": "bool", "Fixed": "str", "Price": "str",
        "Arbitrary": "str", "DateTime": "str", "FormattedString": "str", "Url": "str",
    },
    frozenset({
        "Raw", "String", "Integer", "Float", "Boolean", "Fixed", "Price", "Arbitrary", "DateTime", "FormattedString",
    }),
    frozenset({"FormattedString", "Url"}),
)  # fmt: skip

RESTX = Dialect(
    "flask_restx.fields",
    ".compat.restx_fields",
    {
        "String": "str", "Integer": "int", "Float": "float", "Boolean": "bool", "Fixed": "str", "Arbitrary": "str",
        "DateTime": "str", "Date": "str", "FormattedString": "str", "Url": "str", "ClassName": "str",
        "Wildcard": "Any",
    },
    frozenset({"Raw", "String", "Integer", "Float", "Boolean", "Fixed", "Arbitrary"}),
    frozenset({"FormattedString", "Url", "ClassName"}),
    {"DateTime": ".compat.restx_dates", "Date": ".compat.restx_dates"},
    ("default", "attribute", "title", "description", "required", "readonly", "example", "mask", "nullable"),
    {
        "Fixed": ("decimals",), "DateTime": ("dt_format",), "Date": (), "FormattedString": ("src_str",),
        "Url": ("endpoint", "absolute", "scheme"), "ClassName": ("dash",), "List": ("cls_or_instance",),
        "Nested": ("model", "allow_null", "skip_none", "as_list"), "Wildcard": ("cls_or_instance",),
    },
    frozenset({
        f"flask_restx.{owner}.{name}" for owner in ("Api", "Namespace") for name in ("model", "inherit", "clone")
    }),
    {
        "title": "title", "description": "description", "readonly": "readOnly", "example": "example",
        "min": "minimum", "max": "maximum", "exclusiveMin": "exclusiveMinimum", "exclusiveMax": "exclusiveMaximum",
        "multiple": "multipleOf", "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern",
        "enum": "enum", "min_items": "minItems", "max_items": "maxItems", "unique": "uniqueItems", "required": "",
    },
    zero=False,
    reads_request=True,
)  # fmt: skip

DIALECTS = (RESTFUL, RESTX)


def dialect_of(project: Project, module: Module) -> Dialect:
    """The dialect of the fields in a module, by what it imports."""
    imported = (canonical(project, one) for one in module.imports.values())
    return RESTX if any(one.startswith("flask_restx") for one in imported) else RESTFUL
