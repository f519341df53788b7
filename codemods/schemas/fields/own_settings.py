"""Settings of a project's own field classes: what their `__init__` takes, keeps, and hands on.

def __init__(self, separator="-", **kwargs):
    super().__init__(required=True, **kwargs)
    self.separator = separator                      what methods read as `self.separator`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.model import Module
from codemods.view.spelled import ModuleNames
from codemods.view.visiting import Visitor

from ..basis.reading import Reader, UnconvertibleError, code, literal
from .written_options import bind

NO_DEFAULT = cst.Ellipsis()
TAKEN = frozenset(
    {
        "DEFAULT_FORMAT", "DEFAULT_SCHEMES", "DESERIALIZATION_CLASS", "DESERIALIZATION_FUNCS", "OBJ_TYPE",
        "SCHEMA_OPTS_VAR_NAME", "SERIALIZATION_FUNCS", "_creation_index", "_schema", "absolute", "allow_nan",
        "allow_none", "as_string", "attribute", "by_value", "choices_text", "constant", "context", "data_key",
        "default", "default_error_messages", "default_timezone", "deserialize", "deserialize_func",
        "deserialize_method_name", "dump_default", "dump_only", "enum", "error_messages", "exclude", "exploded",
        "falsy", "field", "field_name", "format", "get_value", "inner", "key_field", "keys", "load_default",
        "load_only", "make_error", "many", "mapping_type", "metadata", "missing", "name", "nested", "num_type",
        "only", "parent", "places", "post_load", "pre_load", "precision", "relative", "require_tld", "required",
        "root", "rounding", "schema", "schemes", "serialization_type", "serialize", "serialize_func",
        "serialize_method_name", "strict", "timezone", "truthy", "tuple_fields", "unknown", "validate", "validators",
        "value_field", "values",
    }
)  # fmt: skip
"""Attributes of Marshmallow's fields: what is said of them there means something."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `__init__` does. `parameters` are its own, with their defaults (`NO_DEFAULT` where they have none); the
    first `by_place` of them may be given by place, and behind them what the base class takes so if `hands_places`.

    `kept` is what methods may read of `self`: the name of a parameter or a literal. `options` are handed to the base
    class, those in `suggested` where the field is given no other; so is what else a field is given, if it
    `takes_others`.
    """

    parameters: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    by_place: int = 0
    hands_places: bool = True
    kept: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    options: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    suggested: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    takes_others: bool = True

    def places(self, base: Sequence[str]) -> tuple[str, ...]:
        """The names of what is given by place; `base` are those of the base class."""
        own = tuple(self.parameters)[: self.by_place]
        return (*own, *base) if self.hands_places else own

    def parameter_of(self, attribute: str) -> str:
        """The parameter that an attribute holds; empty where it holds a literal."""
        value = self.kept[attribute]
        return value.value if isinstance(value, cst.Name) and value.value in self.parameters else ""


NO_SETTINGS = Settings()
"""Those of a class without an `__init__` of its own."""


def settings_of(function: cst.FunctionDef, base: Sequence[str], refused: UnconvertibleError) -> Settings:
    """What `__init__` of a field class does; raises `refused` where that is more than to keep and hand on.

    `base` are the names of what the base class takes by place.
    """
    params = function.params
    own, *named = params.params
    if params.posonly_params or params.star_kwarg is None:
        raise refused
    every = [*named, *params.kwonly_params]
    parameters = {one.name.value: one.default or NO_DEFAULT for one in every}
    if not all(one is NO_DEFAULT or is_constant_value(one) for one in parameters.values()):
        raise refused
    keywords, places = params.star_kwarg.name.value, _name(params.star_arg)
    kept: dict[str, cst.BaseExpression] = {}
    options: dict[str, cst.BaseExpression] = {}
    suggested: dict[str, cst.BaseExpression] = {}
    handed = False
    for statement in function.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString()) | cst.Pass()]):
                continue
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[cst.AssignTarget(cst.Attribute(value=cst.Name(owner), attr=cst.Name(name)))],
                        value=value,
                    )
                ]
            ) if (
                owner == own.name.value
                and name not in TAKEN
                and (code(value) in parameters or is_constant_value(value))
            ):
                kept[name] = value
            case _ if not handed and (found := suggestion(statement, keywords)):
                suggested.setdefault(*found)
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=func) as call)]) if (
                code(func) == "super().__init__" and not handed
            ):
                handed = True
                options = _handed(call, base, keywords, places, refused)
            case _:
                raise refused
    if not handed:
        raise refused
    return Settings(parameters, len(named), bool(places), kept, options, suggested)


def suggestion(
    statement: cst.BaseStatement | cst.BaseSmallStatement, keywords: str
) -> tuple[str, cst.BaseExpression] | None:
    """The option of a line `kwargs.setdefault("required", True)`, and its value; None for any other line."""
    match statement:
        case cst.SimpleStatementLine(
            body=[
                cst.Expr(
                    value=cst.Call(
                        func=cst.Attribute(cst.Name(owner), cst.Name("setdefault")),
                        args=[cst.Arg(value=cst.SimpleString() as key), value],
                    )
                )
            ]
        ) if owner == keywords:
            return str(key.evaluated_value), value.value
    return None


def settings_of_maker(
    function: cst.FunctionDef,
    made: cst.Call,
    base: Sequence[str],
    refused: UnconvertibleError,
    suggested: Mapping[str, cst.BaseExpression],
) -> Settings:
    """What a function does that returns the field `made`; raises `refused` where that is more than to hand on.

    `suggested` is what it is given unless the function is told otherwise.
    """
    params = function.params
    if params.posonly_params or isinstance(params.star_arg, cst.Param):
        raise refused
    every = [*params.params, *params.kwonly_params]
    parameters = {one.name.value: one.default or NO_DEFAULT for one in every}
    if not all(one is NO_DEFAULT or is_constant_value(one) or isinstance(one, cst.Name) for one in parameters.values()):
        raise refused
    keywords = params.star_kwarg.name.value if params.star_kwarg else ""
    options = _handed(made, base, keywords, "", refused)
    return Settings(parameters, len(params.params), False, {}, options, suggested, bool(keywords))


def _handed(
    call: cst.Call, base: Sequence[str], keywords: str, places: str, refused: UnconvertibleError
) -> dict[str, cst.BaseExpression]:
    """What the base class is given besides what the field itself is."""
    found: dict[str, cst.BaseExpression] = {}
    stars = {"*": places, "**": keywords}
    for index, one in enumerate(call.args):
        if one.star and code(one.value) == stars.pop(one.star, ""):
            continue
        name = one.keyword.value if one.keyword else base[index] if index < len(base) and not places else ""
        if one.star or not name:
            raise refused
        found[name] = one.value
    if (keywords and "**" in stars) or (places and "*" in stars):
        raise refused
    return found


def given_options(
    reader: Reader,
    owner: Module,
    settings: Settings,
    given: Mapping[str, cst.BaseExpression],
    refused: UnconvertibleError,
) -> dict[str, cst.BaseExpression]:
    """The options of the base class: those that a field is given, and those that `__init__` adds.

    Raises `refused` for what is given twice, and for what means something else in the module of the schema.
    """
    values = {**settings.parameters, **{name: one for name, one in given.items() if name in settings.parameters}}
    found = {name: one for name, one in given.items() if name not in settings.parameters}
    is_refused = bool(found) and not settings.takes_others
    if is_refused or any(one is NO_DEFAULT for one in values.values()) or found.keys() & settings.options.keys():
        raise refused
    names = ModuleNames(reader.project, reader.module)
    added = [value for name, value in {**settings.options, **settings.suggested}.items() if name not in found]
    defaults = [one for name, one in settings.parameters.items() if name not in given and not is_constant_value(one)]
    is_known = all(_is_kept(owner, one) for one in defaults)
    if not is_known or not all(bind(names, one, owner, values) for one in (*added, *defaults)):
        raise refused
    reader.module = replace(reader.module, imports={**reader.module.imports, **names.added})
    for name, value in {**settings.options, **settings.suggested}.items():
        if name in found:
            continue
        found[name] = (
            cst.ensure_type(_Filled(values).visit(value), type(value))
            if code(value) not in values
            else values[code(value)]
        )
    return found


def _is_kept(owner: Module, default: cst.BaseExpression) -> bool:
    """Whether a default is a constant of the module."""
    definition = owner.definitions.get(default.value) if isinstance(default, cst.Name) else None
    return definition is not None and definition.kind == "constant"


class _Filled(Visitor):
    """Names of parameters as what they are given; names of keywords and attributes stay."""

    def __init__(self, values: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.values = values
        self.skipped: set[int] = set()

    def visit_Arg(self, node: cst.Arg) -> None:
        self.skipped.add(id(node.keyword))

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.skipped.add(id(node.attr))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return updated_node if id(original_node) in self.skipped else self.values.get(original_node.value, updated_node)


def _name(star: cst.Param | cst.ParamStar | cst.MaybeSentinel | None) -> str:
    return star.name.value if isinstance(star, cst.Param) else ""


def is_own_constant(name: str, value: cst.BaseExpression) -> bool:
    """Whether a field class says something for its own methods only."""
    return name not in TAKEN and not name.startswith("_") and is_constant_value(value)


def is_constant_value(node: cst.BaseExpression) -> bool:
    """Whether an expression is a literal that nobody can change."""
    try:
        found = literal(node)
    except ValueError:
        return False
    return not isinstance(found, list | dict | set)
