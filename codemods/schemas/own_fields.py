"""Field classes of a project's own: what they add to one of Marshmallow's, as functions beside the schema.

class MoneyField(fields.Field):                          def load_money(value: Any) -> Any:
    def _deserialize(self, value, attr, data, **kw):         ...
        ...                                         →
amount = MoneyField()                                    amount: Annotated[Any, LoadedBy(load_money)] = optional()
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .diagnostics import FIELD_TYPE
from .field_types import POSITIONAL
from .library import library_name
from .own_settings import NO_DEFAULT, NO_SETTINGS, Settings, is_own_constant, settings_of, settings_of_maker
from .plan import Helper
from .reading import Reader, UnconvertibleError, classes_of, code

PACKAGE = "marshmallow.fields"
LOAD, DUMP, CHECK = "_deserialize", "_serialize", "_validate"
VERBS = {LOAD: "load", DUMP: "dump", CHECK: "check"}
LOADING = frozenset({"deserialize", "_validate_missing"})
"""Further methods that Marshmallow calls to load a value, and never to dump one."""
#: fields whose own loading and dumping can be asked for, with their types
BASES = {
    "Field": "", "Raw": "", "Str": "Str", "String": "Str", "Int": "Int", "Integer": "Int", "Float": "Float",
    "Bool": "Bool", "Boolean": "Bool", "Date": "Date", "DateTime": "DateTime", "Time": "Time", "UUID": "UUID",
}  # fmt: skip


TEXT = m.SimpleStatementLine(body=[m.Expr(value=m.SimpleString())])
CHECKED = BASES.keys() | {"Decimal", "Email", "Number", "TimeDelta", "URL", "Url"}
"""Fields whose values are what a check of theirs is given."""
WITH_OWN_CHECKS = frozenset({"Email", "URL", "Url"})


@dataclass(frozen=True, slots=True)
class Written:
    """A method of a field class as a function, and the attributes that it takes as parameters."""

    name: str
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of Marshmallow's fields with other texts, and with functions that load, dump or check it.

    They may ask the base class (`asks_base`), as a field without options does. A check runs ahead of the field's
    validators where it `checks_first`, and in their place where it `checks_alone`. `settings` are those of its
    `__init__`, in the module `owner`; `given` are what a field has for them. `loading` is what keeps it from being
    loaded only.
    """

    kind: str
    texts: dict[str, cst.BaseExpression] = field(default_factory=dict)
    load: Written | None = None
    dump: Written | None = None
    check: Written | None = None
    checks_first: bool = False
    checks_alone: bool = False
    asks_base: bool = False
    settings: Settings = NO_SETTINGS
    owner: Module | None = None
    given: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    loading: UnconvertibleError | None = None

    def bound(self, reader: Reader, function: Written) -> str:
        """A function with the settings of the field, as far as these are not what they are by themselves."""
        names = {name: self.settings.parameter_of(name) for name in function.takes}
        shown = [f"{name}={reader.take(self.given[one])}" for name, one in names.items() if one in self.given]
        if not shown:
            return function.name
        return f"{reader.standard('functools', 'partial')}({', '.join([function.name, *shown])})"


def own_field(reader: Reader, qualified: str, place: cst.CSTNode) -> OwnField | None:
    """What a class of the project stands for, or a function that returns a field; None for any other name.

    Raises `UnconvertibleError` for one that does more than to change texts, loading and dumping.
    """
    owner, name = split(reader.project, qualified)
    definition = owner.definitions.get(name) if owner else None
    if owner is not None and definition is not None and definition.kind == "function":
        return _made_by(reader, owner, reader.sources.function(definition.location, name), place)
    if owner is None or definition is None or definition.kind != "class":
        return None
    refused = UnconvertibleError(FIELD_TYPE, place, f"'{name}', which does more than to load, dump and say")
    node = classes_of(reader.sources.files[owner.file])[0].get(name)
    if node is None or len(node.bases) != 1 or node.decorators or node.keywords:
        raise refused
    found = _field_class(reader, owner, node.bases[0].value, place)
    if found is None:
        raise refused
    return _Class(reader, owner, node, found, refused).read()


def _field_class(reader: Reader, owner: Module, node: cst.BaseExpression, place: cst.CSTNode) -> OwnField | None:
    """What a class stands for that a module names; raises `UnconvertibleError`."""
    base = library_name(reader.project, Names(reader.project, owner, frozenset(), {}).qualified(node) or "")
    package, _, kind = base.rpartition(".")
    return OwnField(kind) if package == PACKAGE else own_field(reader, base, place)


def _made_by(reader: Reader, owner: Module, function: cst.FunctionDef, place: cst.CSTNode) -> OwnField | None:
    """The field that a function returns, also of a class inside it; None where it does anything else."""
    statements = [one for one in function.body.body if not m.matches(one, TEXT)]
    match statements:
        case [*classes, cst.SimpleStatementLine(body=[cst.Return(value=cst.Call(func=func) as made)])] if (
            not function.decorators and not function.asynchronous
        ):
            pass
        case _:
            return None
    refused = UnconvertibleError(FIELD_TYPE, place, f"'{function.name.value}', which does more than to make a field")
    match classes:
        case []:
            found = _field_class(reader, owner, func, place)
        case [cst.ClassDef(name=cst.Name(name), bases=[base], decorators=[], keywords=[]) as node] if (
            code(func) == name
        ):
            inherited = _field_class(reader, owner, base.value, place)
            found = None if inherited is None else _Class(reader, owner, node, inherited, refused).read()
            if found is not None and (found.load or found.dump or found.check) and function.params.params:
                raise refused  # its methods may use what the function is given
        case _:
            return None
    if found is None:
        return None
    if found.owner is not None:
        raise refused
    settings = settings_of_maker(function, made, POSITIONAL.get(found.kind, ()), refused)
    return replace(found, settings=replace(settings, kept=found.settings.kept), owner=owner)


@dataclass(slots=True)
class _Class:
    """Reads one class, which adds to `base`."""

    reader: Reader
    owner: Module
    node: cst.ClassDef
    base: OwnField
    refused: UnconvertibleError
    asks_base: bool = False
    settings: Settings = NO_SETTINGS

    def read(self) -> OwnField:
        texts, methods = dict(self.base.texts), {}
        owner, constants = self.base.owner, dict[str, cst.BaseExpression]()
        self.settings, loading = self.base.settings, self.base.loading
        for statement in self.node.body.body:
            match statement:
                case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(value=cst.SimpleString() | cst.Ellipsis())]):
                    continue
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(target=target)], value=cst.Dict() as given)]
                ) if code(target) == "default_error_messages":
                    texts |= self.texts(given)
                case cst.SimpleStatementLine(
                    body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=value)]
                ) if is_own_constant(name, value):
                    constants[name] = value
                case cst.FunctionDef(decorators=[]) if statement.name.value in VERBS:
                    methods[statement.name.value] = statement
                case cst.FunctionDef() if statement.name.value in LOADING:
                    loading = self.refused
                case cst.FunctionDef(decorators=[]) if statement.name.value == "__init__" and owner is None:
                    by_place = POSITIONAL.get(self.base.kind, ())
                    self.settings, owner = settings_of(statement, by_place, self.refused), self.owner
                case _:
                    raise self.refused
        if (LOAD in methods or DUMP in methods) and (self.base.kind not in BASES or self.base.load or self.base.dump):
            raise self.refused
        self.settings = replace(self.settings, kept={**constants, **self.settings.kept})
        dump = self.function(methods[DUMP], texts) if DUMP in methods else self.base.dump
        found = replace(self.base, texts=texts, dump=dump, settings=self.settings, owner=owner, loading=loading)
        try:
            load = self.function(methods[LOAD], texts) if LOAD in methods else self.base.load
            found = self.checked(found, methods[CHECK]) if CHECK in methods else found
            found = replace(found, load=load)
        except UnconvertibleError as refused:
            found = replace(found, loading=refused)
        return replace(found, asks_base=self.asks_base or self.base.asks_base)

    def checked(self, found: OwnField, method: cst.FunctionDef) -> OwnField:
        """The field with a check, which asks for the validators of the field first, last, or not at all."""
        if found.kind not in CHECKED or self.base.check is not None or len(method.params.params) != 2:
            raise self.refused
        value = method.params.params[1].name.value
        statements = list(method.body.body)
        asks = [index for index, one in enumerate(statements) if code(one).strip() == f"super()._validate({value})"]
        if len(asks) > 1 or (asks and asks[0] not in (0, len(statements) - 1)):
            raise self.refused
        first = bool(asks) and asks[0] == len(statements) - 1
        if found.kind in WITH_OWN_CHECKS and (first or not asks):
            raise self.refused
        body = [one for index, one in enumerate(statements) if index not in asks]
        binding = Names.of(self.reader.project, self.owner, method).bindings
        if not isinstance(method.body, cst.IndentedBlock) or not body or binding.get(value, 0) > 1:
            raise self.refused
        whole = method.with_changes(body=method.body.with_changes(body=body))
        check = self.function(whole, found.texts)
        return replace(found, check=check, checks_first=first, checks_alone=not asks)

    def texts(self, given: cst.Dict) -> dict[str, cst.BaseExpression]:
        found: dict[str, cst.BaseExpression] = {}
        for one in given.elements:
            if not isinstance(one, cst.DictElement) or not isinstance(one.key, cst.SimpleString):
                raise self.refused
            if not isinstance(one.value, cst.SimpleString):
                raise self.refused
            found[str(one.key.evaluated_value)] = one.value
        return found

    def function(self, method: cst.FunctionDef, texts: dict[str, cst.BaseExpression]) -> Written:
        """The method as a function of the value, written beside the schema."""
        verb = VERBS[method.name.value]
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
        local = {*parameters, keywords, *Names.of(self.reader.project, self.owner, method).bindings}
        calls = _Calls(reader, method.name.value, self.base.kind, own, texts, self.settings, frozenset(local))
        changed = calls.rewrite(bare)
        if verb == "check":
            changed = _giving(changed, value)
        if calls.asks_base and texts:
            raise self.refused
        self.asks_base = self.asks_base or calls.asks_base
        left = {own, *others, keywords, "super"} - {""}
        if findall(changed.body, m.one_of(*(m.Name(one) for one in sorted(left)))):
            raise self.refused
        kept = reader.rewritten(changed, Names.of(self.reader.project, self.owner, changed), self.refused.node)
        assert isinstance(kept, cst.FunctionDef)
        taken = tuple(calls.taken)
        shown = [f"{value}: Any", *sorted(map(self.parameter, taken), key=lambda one: " = " in one)]
        shape = cst.ensure_type(cst.parse_statement(f"def {name}({', '.join(shown)}) -> Any: ..."), cst.FunctionDef)
        kept = kept.with_changes(name=cst.Name(name), params=shape.params, returns=shape.returns)
        self.reader.standard("typing", "Any")
        self.reader.needs |= reader.needs
        for root, used in reader.uses.items():
            if self.reader.uses.setdefault(root, used) != used:
                raise self.refused
        qualified = f"{self.owner.name}.{self.node.name.value}.{method.name.value}"
        self.reader.helpers[qualified] = Helper(qualified, code(kept).strip("\n"))
        return Written(name, taken)

    def parameter(self, attribute: str) -> str:
        """What a function takes for an attribute of the field."""
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
        reader: Reader,
        method: str,
        kind: str,
        own: str,
        texts: dict[str, cst.BaseExpression],
        settings: Settings,
        local: frozenset[str],
    ) -> None:
        super().__init__()
        self.reader, self.method, self.kind, self.own, self.texts = reader, method, kind, own, texts
        self.settings, self.local = settings, local
        self.asks_base = False
        self.taken: dict[str, None] = {}
        self.written: set[int] = set()

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.written.add(id(node.target))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.written.add(id(node.target))

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = original_node.attr.value
        is_read = m.matches(original_node.value, m.Name(self.own)) and name in self.settings.kept
        if not is_read or id(original_node) in self.written or name in self.local:
            return updated_node
        if not self.settings.parameter_of(name):
            return self.settings.kept[name]
        self.taken[name] = None
        return cst.Name(name)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        called = code(original_node.func)
        if called == f"super().{self.method}" and self.method != CHECK and updated_node.args:
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


def _giving(function: cst.FunctionDef, value: str) -> cst.FunctionDef:
    """A check as a function that gives the value which it was given."""
    changed = _Returning(value).rewrite(function)
    body = cst.ensure_type(changed.body, cst.IndentedBlock)
    last = cst.SimpleStatementLine([cst.Return(cst.Name(value))])
    return changed.with_changes(body=body.with_changes(body=[*body.body, last]))


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
