"""Field classes of a project's own: what they add to one of Marshmallow's, as functions beside the schema.

class MoneyField(fields.Field):                          def load_money(value: Any) -> Any:
    def _deserialize(self, value, attr, data, **kw):         ...
        ...                                         →
amount = MoneyField()                                    amount: Annotated[Any, LoadedBy(load_money)] = optional()
"""

import re
from dataclasses import dataclass, field

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .diagnostics import FIELD_TYPE
from .library import library_name
from .plan import Helper
from .reading import Reader, UnconvertibleError, classes_of, code

PACKAGE = "marshmallow.fields"
LOAD, DUMP = "_deserialize", "_serialize"
#: fields whose own loading and dumping can be asked for, with their types
BASES = {
    "Field": "", "Raw": "", "Str": "Str", "String": "Str", "Int": "Int", "Integer": "Int", "Float": "Float",
    "Bool": "Bool", "Boolean": "Bool", "Date": "Date", "DateTime": "DateTime", "Time": "Time", "UUID": "UUID",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of Marshmallow's fields with other texts, and with functions that load or dump it.

    They may ask the base class (`asks_base`), as a field without options does.
    """

    kind: str
    texts: dict[str, cst.BaseExpression] = field(default_factory=dict)
    load: str = ""
    dump: str = ""
    asks_base: bool = False


def own_field(reader: Reader, qualified: str, place: cst.CSTNode) -> OwnField | None:
    """What a class of the project stands for; None for a name that is no class of it.

    Raises `UnconvertibleError` for one that does more than to change texts, loading and dumping.
    """
    owner, name = split(reader.project, qualified)
    definition = owner.definitions.get(name) if owner else None
    if owner is None or definition is None or definition.kind != "class":
        return None
    refused = UnconvertibleError(FIELD_TYPE, place, f"'{name}', which does more than to load, dump and say")
    node = classes_of(reader.sources.files[owner.file])[0].get(name)
    if node is None or len(node.bases) != 1 or node.decorators or node.keywords:
        raise refused
    names = Names(reader.project, owner, frozenset(), {})
    base = library_name(reader.project, names.qualified(node.bases[0].value) or "")
    package, _, kind = base.rpartition(".")
    found = OwnField(kind) if package == PACKAGE else own_field(reader, base, place)
    if found is None:
        raise refused
    return _Class(reader, owner, node, found, refused).read()


@dataclass(slots=True)
class _Class:
    """Reads one class, which adds to `base`."""

    reader: Reader
    owner: Module
    node: cst.ClassDef
    base: OwnField
    refused: UnconvertibleError
    asks_base: bool = False

    def read(self) -> OwnField:
        texts, methods = dict(self.base.texts), {}
        for statement in self.node.body.body:
            match statement:
                case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(value=cst.SimpleString() | cst.Ellipsis())]):
                    continue
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=target)], value=cst.Dict() as given)]
                ) if code(target) == "default_error_messages":
                    texts |= self.texts(given)
                case cst.FunctionDef(decorators=[]) if statement.name.value in (LOAD, DUMP):
                    methods[statement.name.value] = statement
                case _:
                    raise self.refused
        if methods and (self.base.kind not in BASES or self.base.load or self.base.dump):
            raise self.refused
        load = self.function(methods[LOAD], "load", texts) if LOAD in methods else self.base.load
        dump = self.function(methods[DUMP], "dump", texts) if DUMP in methods else self.base.dump
        return OwnField(self.base.kind, texts, load, dump, self.asks_base or self.base.asks_base)

    def texts(self, given: cst.Dict) -> dict[str, cst.BaseExpression]:
        found: dict[str, cst.BaseExpression] = {}
        for one in given.elements:
            if not isinstance(one, cst.DictElement) or not isinstance(one.key, cst.SimpleString):
                raise self.refused
            if not isinstance(one.value, cst.SimpleString):
                raise self.refused
            found[str(one.key.evaluated_value)] = one.value
        return found

    def function(self, method: cst.FunctionDef, verb: str, texts: dict[str, cst.BaseExpression]) -> str:
        """The method as a function of the value, written beside the schema: its name."""
        parameters = [one.name.value for one in method.params.params]
        if len(parameters) < 2 or method.asynchronous or findall(method.body, m.Yield()):
            raise self.refused
        own, value, *others = parameters
        keywords = method.params.star_kwarg.name.value if method.params.star_kwarg else ""
        name = self.name(verb)
        own_reader = self.owner is self.reader.module
        reader = (
            self.reader
            if own_reader
            else Reader(self.reader.project, self.reader.sources, self.owner, {}, self.reader.version)
        )
        reader.helpers = self.reader.helpers
        bare = method.with_changes(decorators=(), params=cst.Parameters(), returns=None, leading_lines=())
        calls = _Calls(reader, method.name.value, self.base.kind, own, texts)
        changed = calls.rewrite(bare)
        if calls.asks_base and texts:
            raise self.refused
        self.asks_base = self.asks_base or calls.asks_base
        left = {own, *others, keywords, "super"} - {""}
        if findall(changed.body, m.one_of(*(m.Name(one) for one in sorted(left)))):
            raise self.refused
        kept = reader.rewritten(changed, Names.of(self.reader.project, self.owner, changed), self.refused.node)
        assert isinstance(kept, cst.FunctionDef)
        shape = cst.ensure_type(cst.parse_statement(f"def {name}({value}: Any) -> Any: ..."), cst.FunctionDef)
        kept = kept.with_changes(name=cst.Name(name), params=shape.params, returns=shape.returns)
        self.reader.standard("typing", "Any")
        self.reader.needs |= reader.needs
        for root, used in reader.uses.items():
            if self.reader.uses.setdefault(root, used) != used:
                raise self.refused
        qualified = f"{self.owner.name}.{self.node.name.value}.{method.name.value}"
        self.reader.helpers[qualified] = Helper(qualified, code(kept).strip("\n"))
        return name

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
    """Calls of the base class's method, and errors made of the field's texts."""

    def __init__(self, reader: Reader, method: str, kind: str, own: str, texts: dict[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.reader, self.method, self.kind, self.own, self.texts = reader, method, kind, own, texts
        self.asks_base = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        called = code(original_node.func)
        if called == f"super().{self.method}" and updated_node.args:
            self.asks_base = True
            value = updated_node.args[0].value
            if not BASES[self.kind]:
                return value
            verb = self.reader.compat("schema_functions", "load_as" if self.method == LOAD else "dump_as")
            type_ = self.reader.field_type(BASES[self.kind])
            return cst.parse_expression(f"{verb}({type_}, {code(value)})")
        if called == f"{self.own}.make_error" and updated_node.args:
            key, *given = updated_node.args
            text = self.texts.get(code(key.value).strip("'\""))
            if text is not None and all(one.keyword for one in given):
                error = self.reader.compat("schema_errors", "InvalidError")
                shown = code(text)
                if given:
                    shown += f".format({', '.join(code(one).rstrip(', ') for one in given)})"
                return cst.parse_expression(f"{error}({shown})")
        return updated_node


def _stem(name: str) -> str:
    return _snake(name.removesuffix("Field") or "own")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
