"""Field classes of a project's own: what they add to one of Marshmallow's, as functions beside the schema.

class MoneyField(fields.Field):                          def load_money(value: Any) -> Any:
    def _deserialize(self, value, attr, data, **kw):         ...
        ...                                         →
amount = MoneyField()                                    amount: Annotated[Any, LoadedBy(load_money)] = optional()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.search import findall

from ..basis.diagnostics import FIELD_TYPE
from ..basis.library import library_name
from ..basis.reading import Reader, UnconvertibleError, classes_of, code, literal
from .field_types import POSITIONAL
from .own_functions import CHECK, DUMP, LOAD, SAID, VERBS, FunctionWriter, Written
from .own_settings import NO_SETTINGS, Settings, is_own_constant, settings_of, settings_of_maker, suggestion
from .written_options import handed_options

PACKAGE = "marshmallow.fields"
LOADING = frozenset({"deserialize", "_validate_missing"})
"""Further methods that Marshmallow calls to load a value, and never to dump one."""
WITHOUT_OWN = frozenset({"Constant", "Function", "Method", "Nested", "Pluck"})
"""Fields that no type stands for, or whose values are other objects here."""
HOLDING_VALUES = frozenset({"Field", "Raw"})
"""Fields that leave values as they are."""
TEXT = m.SimpleStatementLine(body=[m.Expr(value=m.SimpleString())])
CHECKED = frozenset(
    {
        "Field", "Raw", "Str", "String", "Int", "Integer", "Float", "Bool", "Boolean", "Date", "DateTime", "Time",
        "UUID", "Decimal", "Email", "Number", "TimeDelta", "URL", "Url",
    }
)  # fmt: skip
"""Fields whose values are what a check of theirs is given."""
WITH_OWN_CHECKS = frozenset({"Email", "URL", "Url"})


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of Marshmallow's fields with other texts, and with functions that load, dump or check it.

    A check runs ahead of the field's
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
    settings: Settings = NO_SETTINGS
    owner: Module | None = None
    given: Mapping[str, cst.BaseExpression] = field(default_factory=dict)
    loading: UnconvertibleError | None = None

    def bound(self, reader: Reader, function: Written, said: Mapping[str, str], place: cst.CSTNode) -> str:
        """A function with the settings of the field, as far as these are not what they are by themselves.

        `said` is what it may be told of the field. Raises `UnconvertibleError` where there is more that it wants.
        """
        names = {name: self.settings.parameter_of(name) for name in function.takes if name not in SAID}
        shown = [f"{name}={reader.take(self.given[one])}" for name, one in names.items() if one in self.given]
        wanted = [name for name in function.takes if name in SAID]
        if (function.takes_source and not said) or not {*wanted} <= said.keys():
            raise UnconvertibleError(FIELD_TYPE, place, f"'{function.name}', which asks what field or object it is for")
        shown += [f"{name}={said[name]}" for name in wanted]
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
    classes = classes_of(reader.sources.files[owner.file])[0]
    node = _with_mixins(classes, name, refused)
    if len(node.bases) != 1 or node.decorators or node.keywords:
        raise refused
    found = _field_class(reader, owner, node.bases[0].value, place)
    if found is None:
        raise refused
    return _Class(reader, owner, node, found, refused).read()


def _with_mixins(classes: Mapping[str, cst.ClassDef], name: str, refused: UnconvertibleError) -> cst.ClassDef:
    """A class with what plain classes of its module mix into it as its own; raises `UnconvertibleError`."""
    node = classes.get(name)
    if node is None or not node.bases:
        raise refused
    body = list(node.body.body)
    for base in reversed(node.bases[:-1]):
        mixed = classes.get(code(base.value))
        if mixed is None or mixed.bases or mixed.decorators or mixed.keywords or _names(mixed.body.body) & _names(body):
            raise refused
        body = [*mixed.body.body, *body]
    return node.with_changes(bases=node.bases[-1:], body=node.body.with_changes(body=body))


def _names(body: Sequence[cst.CSTNode]) -> set[str]:
    """What the statements of a class body give a meaning."""
    functions = {one.name.value for one in body if isinstance(one, cst.FunctionDef)}
    assigned = (
        target for one in body for target in findall(one, m.AssignTarget()) if not isinstance(one, cst.FunctionDef)
    )
    return functions | {code(one.target) for one in assigned if isinstance(one, cst.AssignTarget)}


def _field_class(reader: Reader, owner: Module, node: cst.BaseExpression, place: cst.CSTNode) -> OwnField | None:
    """What a class stands for that a module names; raises `UnconvertibleError`."""
    node = node.value if isinstance(node, cst.Subscript) else node  # `fields.Field[int]`
    base = library_name(reader.project, Names(reader.project, owner, frozenset(), {}).qualified(node) or "")
    package, _, kind = base.rpartition(".")
    return OwnField(kind) if package == PACKAGE else own_field(reader, base, place)


def _made_by(reader: Reader, owner: Module, function: cst.FunctionDef, place: cst.CSTNode) -> OwnField | None:
    """The field that a function returns, also of a class inside it; None where it does anything else."""
    params = function.params
    keywords = params.star_kwarg.name.value if params.star_kwarg else ""
    statements = [one for one in function.body.body if not m.matches(one, TEXT)]
    defaults = dict(one for statement in reversed(statements) if (one := suggestion(statement, keywords)))
    match [one for one in statements if not suggestion(one, keywords)]:
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
            if found is not None and (found.load or found.dump or found.check) and params.params:
                raise refused  # its methods may use what the function is given
        case _:
            return None
    if found is None:
        return None
    if found.owner is not None:
        raise refused
    local = [one.name.value for one in (*params.params, *params.kwonly_params)]
    made, before = handed_options(reader, owner, made, keywords, local)
    settings = settings_of_maker(function, made, POSITIONAL.get(found.kind, ()), refused, {**before, **defaults})
    return replace(found, settings=replace(settings, kept=found.settings.kept), owner=owner)


@dataclass(slots=True)
class _Class:
    """Reads one class, which adds to `base`."""

    reader: Reader
    owner: Module
    node: cst.ClassDef
    base: OwnField
    refused: UnconvertibleError
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
        if (LOAD in methods or DUMP in methods) and self.base.kind in WITHOUT_OWN:
            raise self.refused
        written = [one for one in (self.base.load, self.base.dump, self.base.check) if one]
        said = texts.items() - self.base.texts.items()
        if constants.keys() & self.base.settings.kept.keys() or any(one.says & dict(said).keys() for one in written):
            raise self.refused  # the functions of the base class have its own texts and values in them
        self.settings = replace(self.settings, kept={**constants, **self.settings.kept})
        dump = self.function(methods[DUMP], texts) if DUMP in methods else self.base.dump
        found = replace(self.base, texts=texts, dump=dump, settings=self.settings, owner=owner, loading=loading)
        try:
            load = self.function(methods[LOAD], texts) if LOAD in methods else self.base.load
            found = self.checked(found, methods[CHECK]) if CHECK in methods else found
            return replace(found, load=load)
        except UnconvertibleError as refused:
            return replace(found, loading=refused)

    def function(self, method: cst.FunctionDef, texts: Mapping[str, cst.BaseExpression]) -> Written:
        """A method as a function."""
        before = {LOAD: self.base.load, DUMP: self.base.dump}
        holds_value = self.base.kind in HOLDING_VALUES
        kind = self.base.kind
        writer = FunctionWriter(
            self.reader, self.owner, self.node, kind, self.refused, self.settings, before, holds_value
        )
        return writer.written(method, texts)

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
            if not _is_text(one.value):
                raise self.refused
            found[str(one.key.evaluated_value)] = one.value
        return found


def _is_text(node: cst.BaseExpression) -> bool:
    try:
        return isinstance(literal(node), str)
    except ValueError:
        return False
