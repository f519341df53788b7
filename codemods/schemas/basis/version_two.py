"""What Marshmallow 2 has otherwise than every later version: which of it converts, and what a class then says.

Its sources are those of 2.21: unknown keys are dropped, what is wrong is collected also while dumping, defaults are
loaded as if they had been sent, and hooks that return nothing change nothing.
"""

from collections.abc import Collection, Mapping

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall

from .diagnostics import VERSION
from .plan import Default
from .reading import Reader, UnconvertibleError, code

FIRST_ALIKE = 3
"""The first major version of Marshmallow whose schemas load and dump as today's do, but for what fields tell."""

RENAMING = frozenset({"load_from", "dump_to"})
"""The options that give fields other keys."""
#: what all fields have, by the name that is used from version 3 on
COMMON: Mapping[str, str] = {
    "default": "dump_default",
    "missing": "load_default",
    **{
        name: name
        for name in (
            "required", "allow_none", "validate", "attribute", "dump_only", "load_only", "error_messages", *RENAMING,
        )
    },
}  # fmt: skip
#: what some fields have beside these; whatever else they are given is a remark about them
OWN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("Number", "Int", "Integer", "Float"), frozenset({"as_string"})),
    "Decimal": frozenset({"places", "rounding", "allow_nan", "as_string"}),
    "DateTime": frozenset({"format"}),
    "TimeDelta": frozenset({"precision"}),
    **dict.fromkeys(("Url", "URL"), frozenset({"relative", "schemes"})),
    "List": frozenset({"inner"}),
    "Nested": frozenset({"nested", "many", "only", "exclude"}),
    **dict.fromkeys(("Method", "Function"), frozenset({"serialize", "deserialize"})),
    "Constant": frozenset({"constant"}),
}
CONVERTED = frozenset(OWN) | {
    "Field", "Raw", "Dict", "String", "Str", "UUID", "Boolean", "Bool", "Date", "Time", "Email",
}  # fmt: skip


def refused_in_two(node: cst.CSTNode, what: str) -> UnconvertibleError:
    """The refusal of something that has another meaning in version 2, and no counterpart."""
    return UnconvertibleError(VERSION, node, what)


def speaks(node: cst.ClassDef) -> bool:
    """Whether a class says something that only version 2 gives a meaning."""
    metas = [one for one in node.body.body if isinstance(one, cst.ClassDef) and one.name.value == "Meta"]
    strict = m.Assign(targets=[m.AssignTarget(m.Name("strict"))])
    renamed = m.Arg(keyword=m.Name("load_from") | m.Name("dump_to"))
    return any(findall(one, strict) for one in metas) or bool(findall(node.body, renamed))


def options(kind: str, given: Mapping[str, cst.BaseExpression], place: cst.CSTNode) -> dict[str, cst.BaseExpression]:
    """A field's options by the names of later versions, without those that say nothing in version 2.

    Raises `UnconvertibleError` for those that mean something else there.
    """
    if kind not in CONVERTED:
        raise refused_in_two(place, f"'{code(place)}'")
    own = OWN.get(kind, frozenset())
    found = {COMMON.get(name, name): value for name, value in given.items() if name in COMMON or name in own}
    _check_options(kind, found, place)
    return found


def _check_options(kind: str, given: Mapping[str, cst.BaseExpression], call: cst.CSTNode) -> None:
    """Raise `UnconvertibleError` for options that mean something else in version 2."""
    loads, dumps = (not m.matches(given.get(one), m.Name("True")) for one in ("dump_only", "load_only"))
    if kind == "Nested" and code(given.get("required", cst.Name("False"))) != "False":
        raise refused_in_two(call, "a nested object that is required: what is missing in it is told")
    if "load_default" in given and "validate" in given and loads:
        raise refused_in_two(call, "a default that has to be valid")
    if kind in ("Method", "Function") and "deserialize" in given:
        raise refused_in_two(call, f"'{code(call)}', whose errors may be swallowed")
    is_address = kind in ("Email", "Url", "URL")
    texts = "invalid" in code(given["error_messages"]) if "error_messages" in given else False
    if is_address and dumps and (texts or given.keys() & OWN["Url"]):
        raise refused_in_two(call, "an address with options that is looked at when it is dumped")


def check_default(kind: str, default: Default, allows_none: bool, place: cst.CSTNode) -> None:
    """A default is loaded as if it had been sent, which changes nothing about a value of the field's own type."""
    is_none = default.text == "None" and allows_none
    is_empty = default.factory and default.text == {"List": "list", "Dict": "dict"}.get(kind)
    if not (default.is_plain or is_none or is_empty):
        raise refused_in_two(place, f"the default '{code(place)}', which is loaded as if it had been sent")


def has_dateutil(reader: Reader) -> bool:
    """Whether the application's interpreter has the package that reads dates for Marshmallow 2."""
    return "python-dateutil" in reader.project.application.versions


def check_hook(
    decorator: cst.Decorator, kind: str, name: str, takes_original: bool, arguments: Collection[cst.Arg]
) -> None:
    """Raise `UnconvertibleError` for hooks that are called otherwise in version 2."""
    skips = any(m.matches(one, m.Arg(keyword=m.Name("skip_on_field_errors"))) for one in arguments)
    if takes_original:
        raise refused_in_two(decorator, f"'pass_original' on '{name}', which is given the whole collection")
    if kind in ("check_all", "after_load_all"):
        raise refused_in_two(decorator, f"'pass_many' on '{name}'")
    if kind == "check" and not skips:
        raise refused_in_two(decorator, f"'{name}', which is also called where fields are invalid")


def hook(function: cst.FunctionDef, kind: str, value: str) -> cst.FunctionDef:
    """The function of a hook; it says that it hands on what it was given, where nothing stood for that in version 2."""
    returns = [cst.ensure_type(one, cst.Return) for one in findall(function.body, m.Return())]
    if kind == "check":
        _check_errors(function)
    if kind in ("check", "check_field"):
        if kind == "check" and any(one.value is not None for one in returns):
            raise refused_in_two(function, f"'{function.name.value}', which may return that the data is invalid")
        return function
    last = function.body.body[-1]
    if not returns and isinstance(function.body, cst.IndentedBlock):
        line = cst.SimpleStatementLine([cst.Return(cst.Name(value))])
        return function.with_changes(body=function.body.with_changes(body=[*function.body.body, line]))
    ends = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    if not isinstance(ends, cst.Return) or any(one.value is None or code(one.value) == "None" for one in returns):
        raise refused_in_two(function, f"'{function.name.value}', which may return nothing")
    return function


def _check_errors(function: cst.FunctionDef) -> None:
    """Dictionaries of messages stand in a list there, and several names may be given."""
    for call in findall(function.body, m.Call()):
        assert isinstance(call, cst.Call)
        values = [one.value for one in call.args]
        texts = cst.SimpleString | cst.FormattedString | cst.ConcatenatedString
        if code(call.func).endswith("ValidationError") and not all(isinstance(one, texts) for one in values):
            raise refused_in_two(function, f"'{code(call)}'")
