"""What a module-level value is: a constant, state, or what reading cannot tell."""

import ast
from collections.abc import Iterator

from codemods.model import DefinitionKind

from .raw import RawModule, target_of
from .scopes import Assigned, chain_of

#: calls whose result is immutable, or the same object for the same arguments in the whole process
VALUE_MAKERS = frozenset(
    [
        "re.compile",
        "builtins.frozenset",
        "builtins.str",
        "builtins.int",
        "builtins.float",
        "builtins.bytes",
        "builtins.bool",
        "builtins.tuple",
        "builtins.range",
        "builtins.object",
        "decimal.Decimal",
        "fractions.Fraction",
        "datetime.timedelta",
        "datetime.date",
        "datetime.time",
        "datetime.datetime",
        "datetime.timezone",
        "uuid.UUID",
        "pathlib.Path",
        "pathlib.PurePath",
        "logging.getLogger",
        "os.path.abspath",
        "os.path.basename",
        "os.path.dirname",
        "os.path.join",
        "os.path.normpath",
        "os.path.realpath",
        "typing.TypeVar",
        "typing.ParamSpec",
        "typing.NewType",
        "collections.namedtuple",
        "operator.attrgetter",
        "operator.itemgetter",
        "operator.methodcaller",
        "zoneinfo.ZoneInfo",
        "ipaddress.ip_network",
        "ipaddress.ip_address",
        "string.Template",
    ]
)


#: Values of the standard library that are the same for ever; one that ends in a dot or in `_` stands for all that
#: begins so
NEVER_CHANGING = (
    "datetime.timezone.utc",
    "datetime.UTC",
    *(f"datetime.{one}.{end}" for one in ("date", "datetime", "time", "timedelta") for end in ("max", "min")),
    "math.",
    "string.",
    "sys.maxsize",
    "decimal.ROUND_",
    "http.HTTPStatus.",
)
INPUTS = frozenset({"builtins.input", "builtins.open"})


def kind_of_all(raw: RawModule, bindings: list[Assigned], rebound: bool) -> tuple[DefinitionKind, bool]:
    """The kind of a variable, and whether it is a display of immutable values."""
    if rebound or any(binding.augmented for binding in bindings):
        return "state", False
    kinds = [kind_of(raw, binding.value) for binding in bindings]
    if len(bindings) == 1:
        return kinds[0], kinds[0] == "state" and is_shallow(raw, bindings[0].value)
    return ("state" if "state" in kinds else "unknown"), False


def kind_of(raw: RawModule, value: ast.expr | None) -> DefinitionKind:
    """What a module-level value is: `constant` where it cannot change, `state` where it can, `unknown` otherwise."""

    def every(nodes: list[ast.expr]) -> DefinitionKind:
        return _worst(kind_of(raw, node) for node in nodes)

    match value:
        case None:
            return "unknown"
        case ast.Constant() | ast.Name(id="__file__"):
            return "constant"
        case ast.Attribute(attr="parent") | ast.BinOp(op=ast.Div()) | ast.Call() if _is_path(raw, value):
            return "constant"
        case ast.Lambda():
            return "function"
        case ast.Tuple(elts=elements) | ast.BoolOp(values=elements) | ast.JoinedStr(values=elements):
            return every(elements)
        case ast.FormattedValue(value=inner) | ast.UnaryOp(operand=inner) | ast.Starred(value=inner):
            return kind_of(raw, inner)
        case ast.BinOp(left=left, right=right):
            return every([left, right])
        case ast.IfExp(body=body, orelse=orelse):
            return every([body, orelse])
        case ast.Subscript(value=inner) if (target_of(raw, inner) or "").startswith(("typing.", "builtins.")):
            return "constant"
        case ast.Name() | ast.Attribute():
            return _kind_of_reference(raw, target_of(raw, value))
        case ast.Call(func=function, args=arguments, keywords=keywords):
            if target_of(raw, function) not in VALUE_MAKERS:
                return "state"
            given = [*arguments, *(keyword.value for keyword in keywords)]
            if any(_may_differ(raw, one) for one in given):
                return "state"
            return "unknown" if every(given) == "unknown" else "constant"
        case _:
            return "state"


def _may_differ(raw: RawModule, value: ast.expr) -> bool:
    """Whether a value may be another one when it is made again, as in `str(uuid4())`: a function made it."""
    for one in ast.walk(value):
        if isinstance(one, ast.Call) and (target := target_of(raw, one.func)) not in VALUE_MAKERS:
            head = (chain_of(one.func) or "").partition(".")[0]
            if head in raw.top.imports or head in raw.top.stores or target in INPUTS:
                return True
    return False


def _is_path(raw: RawModule, value: ast.expr) -> bool:
    """Whether a value is a `Path` by its text."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="absolute" | "resolve"), args=[], keywords=[]):
            return _is_path(raw, inner)
        case ast.Call(func=function, args=arguments, keywords=[]):
            made = target_of(raw, function) == "pathlib.Path"
            return made and _worst(kind_of(raw, one) for one in arguments) == "constant"
        case ast.Attribute(value=inner, attr="parent"):
            return _is_path(raw, inner)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _is_path(raw, left) and kind_of(raw, right) == "constant"
        case _:
            return False


def _worst(kinds: Iterator[DefinitionKind]) -> DefinitionKind:
    found = set(kinds)
    if "state" in found:
        return "state"
    return "unknown" if found - {"constant"} else "constant"


def _kind_of_reference(raw: RawModule, target: str | None) -> DefinitionKind:
    """A name's kind: that of the module's own definition; builtins never change; of others nothing is known here."""
    if target is None:
        return "unknown"
    if target.startswith("builtins.") or _never_changes(target):
        return "constant"
    own = raw.definitions.get(target.removeprefix(f"{raw.name}."))
    if own is None:
        return "unknown"
    return "constant" if own.kind in ("constant", "function", "class") else own.kind


def _never_changes(target: str) -> bool:
    return target in NEVER_CHANGING or target.startswith(tuple(one for one in NEVER_CHANGING if one[-1] in "._"))


def is_shallow(raw: RawModule, value: ast.expr | None) -> bool:
    """Whether a value is a list, set or dict display of immutable values."""
    match value:
        case ast.List(elts=elements) | ast.Set(elts=elements):
            return _worst(kind_of(raw, element) for element in elements) == "constant"
        case ast.Dict(keys=keys, values=values):
            parts = [*keys, *values]
            return _worst(kind_of(raw, part) for part in parts) == "constant"
        case _:
            return False
