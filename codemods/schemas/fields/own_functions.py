"""Methods of a project's own field classes, as functions beside the schema.

class Trimmed(fields.String):                                    def load_trimmed(
    def _deserialize(self, value, attr, data, **kwargs):             value: Any, *, load: Callable[[Any], Any]
        text = super()._deserialize(value, attr, data)     →     ) -> Any:
        return text.strip()                                          text = load(value)
                                                                     return text.strip()
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.search import findall
from codemods.view.visiting import Visitor, replaced

from ..basis.method_bodies import count
from ..basis.plan import Helper
from ..basis.reading import Reader, UnconvertibleError, code
from .own_settings import NO_DEFAULT, Settings

LOAD, DUMP, CHECK = "_deserialize", "_serialize", "_validate"
VERBS = {LOAD: "load", DUMP: "dump", CHECK: "check"}
ASKED = {LOAD: "load", DUMP: "dump"}
"""What the base class's own method is called where a function asks for it."""
SOURCE = "source"
"""What the object that is dumped is called."""
SAID = ("name", "attr", "metadata")
"""What a function may be told of the field that it is for: its name, the key or name of its value, its metadata."""
TEXTS: Mapping[str, Mapping[str, str]] = {
    "": {"required": "Missing data for required field.", "null": "Field may not be null."},
    "Str": {"invalid": "Not a valid string."},
    "String": {"invalid": "Not a valid string."},
    "Int": {"invalid": "Not a valid integer.", "too_large": "Number too large."},
    "Integer": {"invalid": "Not a valid integer.", "too_large": "Number too large."},
    "Float": {"invalid": "Not a valid number.", "too_large": "Number too large."},
    "Decimal": {"invalid": "Not a valid number.", "too_large": "Number too large."},
    "Bool": {"invalid": "Not a valid boolean."},
    "Boolean": {"invalid": "Not a valid boolean."},
    "List": {"invalid": "Not a valid list."},
    "Dict": {"invalid": "Not a valid mapping type."},
    "Date": {"invalid": "Not a valid date."},
}
"""What Marshmallow's fields say (marshmallow.fields), as far as projects' own classes raise it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A method of a field class as a function: the attributes that it takes as parameters, and `says`, the keys of the
    texts that it raises. It `asks` for what the type of the field does, and for the whole object where it
    `takes_source`."""

    name: str
    takes: tuple[str, ...] = ()
    says: frozenset[str] = frozenset()
    asks: bool = False
    takes_source: bool = False


@dataclass(slots=True)
class FunctionWriter:
    """Writes the methods of one field class, which are in the module `owner`, for the schemas of a reader.

    `before` are the functions of the base class, by their methods; `holds_value` tells that the base class of all
    leaves values as they are.
    """

    reader: Reader
    owner: Module
    node: cst.ClassDef
    kind: str
    refused: UnconvertibleError
    settings: Settings
    before: Mapping[str, Written | None] = field(default_factory=dict)
    holds_value: bool = False

    def written(self, method: cst.FunctionDef, texts: Mapping[str, cst.BaseExpression]) -> Written:
        """The method as a function of the value, written beside the schema; raises `UnconvertibleError`."""
        verb = VERBS[method.name.value]
        method = _with_value(method)
        parameters = [one.name.value for one in (*method.params.params, *method.params.kwonly_params)]
        if len(parameters) < 2 or method.asynchronous or findall(method.body, m.Yield()):
            raise self.refused
        own, value, *others = parameters
        keywords = method.params.star_kwarg.name.value if method.params.star_kwarg else ""
        places = method.params.star_arg.name.value if isinstance(method.params.star_arg, cst.Param) else ""
        reader = self._reader()
        bare = method.with_changes(decorators=(), params=cst.Parameters(), returns=None, leading_lines=())
        local = {*parameters, keywords, places, *Names.of(self.reader.project, self.owner, method).bindings}
        calls = _Calls(self, reader, method.name.value, own, texts, frozenset(local - {own}))
        changed = calls.rewrite(bare)
        if verb == "check":
            changed = giving(changed, value)
        told = self._told(verb, others, changed, local)
        changed = _Named(told).rewrite(changed)
        left = {own, *others, keywords, places, "super"} - {"", *told}
        if findall(changed.body, m.one_of(*(m.Name(one) for one in sorted(left)))):
            raise self.refused
        takes = tuple(dict.fromkeys([*calls.taken, *(one for one in told.values() if one in SAID)]))
        found = Written(self.name(verb), takes, frozenset(calls.says), calls.asks, SOURCE in told.values())
        bound = [value, *takes, *([ASKED[method.name.value]] if found.asks else []), *told.values()]
        if any(one not in parameters and count(bare, one) for one in bound):
            raise self.refused  # the method has that name for something else
        whole = changed.with_changes(params=cst.Parameters([cst.Param(cst.Name(one)) for one in bound]))
        kept = reader.rewritten(changed, Names.of(self.reader.project, self.owner, whole), self.refused.node)
        assert isinstance(kept, cst.FunctionDef)
        self._keep(reader, kept, value, found, verb, method)
        return found

    def _reader(self) -> Reader:
        """What reads names of the module that the class is in."""
        if self.owner is self.reader.module:
            return self.reader
        reader = Reader(self.reader.project, self.reader.sources, self.owner, {}, self.reader.version)
        reader.helpers = self.reader.helpers
        return reader

    def _told(self, verb: str, others: list[str], function: cst.FunctionDef, local: set[str]) -> dict[str, str]:
        """What a function takes of what the method is given beside the value, by the method's own names."""
        if verb == "check":
            return {}
        known = {"load": ("attr",), "dump": ("attr", SOURCE)}[verb]
        found = {}
        for name, told in zip(others, known, strict=False):
            if findall(function.body, m.Name(name)):
                if told != name and told in local:
                    raise self.refused
                found[name] = told
        return found

    def _keep(
        self, reader: Reader, kept: cst.FunctionDef, value: str, found: Written, verb: str, method: cst.FunctionDef
    ) -> None:
        shown = [f"{value}: Any", *sorted(map(self._parameter, found.takes), key=lambda one: " = " in one)]
        asked = [f"{ASKED[method.name.value]}: Callable[[Any], Any]"] if found.asks else []
        asked += [f"{SOURCE}: Any"] if found.takes_source else []
        shown += ["*", *asked] if asked else []
        text = f"def {found.name}({', '.join(shown)}) -> Any: ..."
        shape = cst.ensure_type(cst.parse_statement(text), cst.FunctionDef)
        kept = kept.with_changes(name=cst.Name(found.name), params=shape.params, returns=shape.returns)
        self.reader.standard("typing", "Any")
        if found.asks:
            self.reader.standard("collections.abc", "Callable")
        self.reader.needs |= reader.needs
        for root, used in reader.uses.items():
            if self.reader.uses.setdefault(root, used) != used:
                raise self.refused
        qualified = f"{self.owner.name}.{self.node.name.value}.{method.name.value}"
        self.reader.helpers[qualified] = Helper(qualified, code(kept).strip("\n"))

    def _parameter(self, attribute: str) -> str:
        """What a function takes for an attribute of the field."""
        if attribute in SAID:
            return f"{attribute}: {'dict[str, Any]' if attribute == 'metadata' else 'str'}"
        default = self.settings.parameters[self.settings.parameter_of(attribute)]
        return f"{attribute}: Any" if default is NO_DEFAULT else f"{attribute}: Any = {code(default)}"

    def name(self, verb: str) -> str:
        """What the function is called: after its class alone where no other field class is called alike."""
        stem = _stem(self.node.name.value)
        alike = [
            found.qualified
            for module in self.reader.project.modules.values()
            for name, found in module.definitions.items()
            if found.kind == "class" and _stem(name) == stem
        ]
        if sum(self.reader.reaches_marshmallow(one) for one in alike) > 1:
            stem = _snake(f"{self.owner.name.replace('.', '_')}_{self.node.name.value}")
        name = f"{verb}_{stem}"
        while any(name in one.definitions or name in one.imports for one in (self.owner, self.reader.module)):
            name += "_field"
        return name


class _Calls(Visitor):
    """Calls of the base class's method, errors made of the field's texts, and settings that are read.

    `local` are names that mean something else in the method; `taken` are the settings that become parameters.
    """

    def __init__(
        self,
        writer: FunctionWriter,
        reader: Reader,
        method: str,
        own: str,
        texts: Mapping[str, cst.BaseExpression],
        local: frozenset[str],
    ) -> None:
        super().__init__()
        self.writer, self.reader, self.method, self.own, self.texts = writer, reader, method, own, texts
        self.local = local
        self.asks = False
        self.says: set[str] = set()
        self.taken: dict[str, None] = {}
        self.written: set[int] = set()

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.written.add(id(node.target))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.written.add(id(node.target))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = original_node.attr.value
        settings = self.writer.settings
        if not m.matches(original_node.value, m.Name(self.own)) or id(original_node) in self.written:
            return updated_node
        if name in self.local:
            return updated_node
        if name in settings.kept and not settings.parameter_of(name):
            return settings.kept[name]
        if name in settings.kept or name in ("name", "metadata"):
            self.taken[name] = None
            return cst.Name(name)
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        if code(original_node.value) == f"{self.own}.error_messages":
            text = self._text(code(original_node.slice[0]).strip("'\""))
            return updated_node if text is None else text
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if self._is_of_base(original_node) and updated_node.args:
            return self._of_base(updated_node)
        if code(original_node.func) == f"{self.own}.make_error" and updated_node.args:
            key, *given = updated_node.args
            text = self._text(code(key.value).strip("'\""))
            if text is not None and key.keyword is None and all(one.keyword for one in given):
                error = self.reader.compat("schema_errors", "InvalidError")
                shown = code(text)
                if given:
                    shown += f".format({', '.join(code(one).rstrip(', ') for one in given)})"
                return cst.parse_expression(f"{error}({shown})")
        return updated_node

    def _is_of_base(self, call: cst.Call) -> bool:
        """Whether a call is that of the same method of the base class."""
        if self.method == CHECK:
            return False
        return code(call.func) in (
            f"super().{self.method}", f"super({self.writer.node.name.value}, {self.own}).{self.method}",
        )  # fmt: skip

    def _of_base(self, call: cst.Call) -> cst.BaseExpression:
        value, asked = call.args[0].value, ASKED[self.method]
        before = self.writer.before.get(self.method)
        if before is None and self.writer.holds_value:
            return value
        if asked in self.local:
            raise self.writer.refused
        if before is None:
            self.asks = True
            return cst.Call(cst.Name(asked), [cst.Arg(value)])
        if before.takes_source or any(one in self.local for one in before.takes):
            raise self.writer.refused
        self.asks = self.asks or before.asks
        self.says |= before.says
        self.taken |= dict.fromkeys(before.takes)
        given = [*before.takes, *([asked] if before.asks else [])]
        return cst.parse_expression(f"{before.name}({', '.join([code(value), *(f'{one}={one}' for one in given)])})")

    def _text(self, key: str) -> cst.BaseExpression | None:
        """What the field says by a key."""
        self.says.add(key)
        if key in self.texts:
            return self.texts[key]
        said = {**TEXTS[""], **TEXTS.get(self.writer.kind, {})}.get(key)
        return None if said is None else cst.SimpleString(f'"{said}"')


def _with_value(method: cst.FunctionDef) -> cst.FunctionDef:
    """A method that only hands on whatever it is given, as one that is given a value and the rest."""
    params = method.params
    if len(params.params) != 1 or not isinstance(params.star_arg, cst.Param):
        return method
    name, places = "value", params.star_arg.name.value
    if count(method, name):
        return method
    handed = m.Call(func=m.Attribute(value=m.Call(func=m.Name("super"))), args=[m.Arg(star="*"), m.Arg(star="**")])
    bare = replaced(method, handed, lambda _: cst.Name(places))
    if count(bare, places) != len(findall(method.body, handed)):
        return method
    value = cst.Arg(cst.Name(name))

    def with_value(call: cst.CSTNode) -> cst.CSTNode:
        made = cst.ensure_type(call, cst.Call)
        return made.with_changes(args=[value]) if made.args[0].value.deep_equals(cst.Name(places)) else made

    changed = replaced(method, handed, with_value)
    named = [*params.params, cst.Param(cst.Name(name))]
    return changed.with_changes(params=params.with_changes(params=named, star_arg=cst.MaybeSentinel.DEFAULT))


def giving(function: cst.FunctionDef, value: str) -> cst.FunctionDef:
    """A check as a function that gives the value which it was given."""
    changed = _Returning(value).rewrite(function)
    body = cst.ensure_type(changed.body, cst.IndentedBlock)
    last = cst.SimpleStatementLine([cst.Return(cst.Name(value))])
    return changed.with_changes(body=body.with_changes(body=[*body.body, last]))


class _Named(Visitor):
    """Names of what a method is given, as the function calls them."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__()
        self.told = told
        self.skipped: set[int] = set()

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.skipped.add(id(node.attr))

    def visit_Arg(self, node: cst.Arg) -> None:
        self.skipped.add(id(node.keyword))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        new = self.told.get(original_node.value)
        return updated_node if new is None or id(original_node) in self.skipped else cst.Name(new)


class _Returning(Visitor):
    def __init__(self, value: str) -> None:
        super().__init__()
        self.value = value

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return node.name.value == CHECK

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        return updated_node.with_changes(value=cst.Name(self.value), whitespace_after_return=cst.SimpleWhitespace(" "))


def _stem(name: str) -> str:
    return _snake(name.removesuffix("Field") or "own")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
