"""The schema classes that functions of the project make, one for each way in which these are called.

    UserPage = paginated(UserSchema)       →    class UserPage(Schema):
                                                    data: list[User] = optional()

A call that cannot be followed makes no class, and what uses its class stays.
"""

import ast
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import libcst as cst

from codemods.findings import Location
from codemods.literals import as_literal
from codemods.model import Module, Project
from codemods.view import patterns as m
from codemods.view.names import split
from codemods.view.source import Sources
from codemods.view.spelled import ModuleNames, spelled
from codemods.view.visiting import Visitor

from ..fields.argument_maps import camel
from .factories import Factory, bound, factories
from .factory_calls import KnownCall, bound_arguments, known_calls
from .factory_names import class_name, made_name

DOCSTRING = m.SimpleStatementLine([m.Expr(m.SimpleString())])


@dataclass(frozen=True, slots=True)
class MadeClass:
    """A class that a factory makes, as the statement that would make it in `module`, where the call stands.

    `written` are the calls that make it, spelled out in full; `gives_object` tells that they give an object of it.
    """

    module: Module
    node: cst.ClassDef
    location: Location
    written: tuple[str, ...]
    gives_object: bool


def made_classes(project: Project, sources: Sources, taken: Collection[str]) -> Mapping[str, MadeClass]:
    """The classes by qualified name; `taken` are names that others have."""
    known = factories(project, sources)
    calls = known_calls(project, sources, known) if known else []
    given = [(one, _given(project, known, one)) for one in calls]
    unsure = {name for name, one in known.items() if one.is_kept_by_less and not _is_sure(one, given)}
    found: dict[str, MadeClass] = {}
    places: dict[tuple[str, str], str] = {}
    for call, values in given:
        if values is None or call.target in unsure:
            continue
        text, key = ast.unparse(call.node), (call.target, _text(values.values()))
        if key in places and not call.variable:
            known_as = found[places[key]].written
            found[places[key]] = replace(found[places[key]], written=tuple(dict.fromkeys((*known_as, text))))
            continue
        made = _Writing(project, sources, known[call.target], call).written(values, {*taken, *found})
        if made is not None:
            is_named = call.variable and not made.gives_object
            name = f"{made.module.name}.{call.variable if is_named else made.node.name.value}"
            places.setdefault(key, name)
            found[name] = made
    return found


def _given(project: Project, known: Mapping[str, Factory], call: KnownCall) -> dict[str, ast.expr] | None:
    """What a factory is given; None where something is called for it that may give another value each time."""
    factory = known[call.target]
    found = bound_arguments(project, factory.module, factory.function, call.node)
    calls = (one for value in (found or {}).values() for one in ast.walk(value) if isinstance(one, ast.Call))
    names = [ast.unparse(one.func) for one in calls]
    is_fixed = all(one in known or one.rpartition(".")[2][:1].isupper() for one in names)
    return found if is_fixed else None


def _is_sure(factory: Factory, given: Collection[tuple[KnownCall, dict[str, ast.expr] | None]]) -> bool:
    """Whether what a factory keeps was always made of the same arguments, whichever call came first."""
    made: dict[str, str] = {}
    for call, values in given:
        if call.target == factory.qualified:
            if values is None:
                return False
            key = _text(values[name] for name in factory.keys or ())
            if made.setdefault(key, _text(values.values())) != _text(values.values()):
                return False
    return True


def _text(values: Iterable[ast.expr]) -> str:
    return ", ".join(map(ast.unparse, values))


@dataclass(slots=True)
class _Writing:
    """The class of one call on its way."""

    project: Project
    sources: Sources
    factory: Factory
    call: KnownCall

    def written(self, given: Mapping[str, ast.expr], taken: Collection[str]) -> MadeClass | None:
        """The class as a statement of the module that makes it; None where names collide there."""
        factory, call = self.factory, self.call
        variable = "" if factory.gives_object else call.variable
        home = call.module
        names = ModuleNames(self.project, home)
        values = {name: self.followed(one) for name, one in given.items()}
        shown = {name: _expression(names.short(one)) for name, one in values.items()}
        tree = ast.parse(factory.text)
        own = {*bound(tree), *factory.params}
        for name in sorted({one.id for one in ast.walk(tree) if isinstance(one, ast.Name)} - own):
            names.bind(name, spelled(self.project, factory.module, ast.Name(name, ast.Load())))
        if names.collides or own & names.added.keys():
            return None
        name = variable
        if not variable or variable.islower():
            name = _free(camel(variable) or made_name(factory, values), home, taken)
        node = cst.ensure_type(cst.parse_module(factory.text).body[0], cst.ClassDef)
        node = _Filling(shown).rewrite(node).with_changes(name=cst.Name(name), leading_lines=())
        listed = " and ".join(f"`{one}`" for value in values.values() if (one := class_name(value)))
        about = f'"""What `{factory.function.name}` makes of {listed}."""' if listed else ""
        if not _is_valid(node):
            return None
        module = replace(home, imports={**home.imports, **names.added})
        place = Location(home.file, call.line)
        return MadeClass(module, _documented(node, about), place, (ast.unparse(call.node),), factory.gives_object)

    def followed(self, node: ast.expr) -> ast.expr:
        """The call that makes the object behind a module's name; anything else as it is."""
        module, name = split(self.project, ast.unparse(node)) if isinstance(node, ast.Attribute) else (None, "")
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or definition.rebound or definition.kind in ("class", "function"):
            return node
        value = self.sources.value(module, name)
        found = spelled(self.project, module, value) if isinstance(value, ast.Call) else None
        return found if found is not None else node


class _Filling(Visitor):
    """A class with what its parameters stand for."""

    def __init__(self, given: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.given = given

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self.given.get(original_node.value, updated_node)


def _documented(node: cst.ClassDef, about: str) -> cst.ClassDef:
    """The class with a docstring, where it has none."""
    first = node.body.body[0] if node.body.body else None
    is_documented = first is None or m.matches(first, DOCSTRING)
    if not about or is_documented or not isinstance(node.body, cst.IndentedBlock):
        return node
    return node.with_changes(body=node.body.with_changes(body=[cst.parse_statement(about), *node.body.body]))


def _free(wanted: str, home: Module, taken: Collection[str]) -> str:
    name, number = wanted, 2
    while f"{home.name}.{name}" in taken or name in home.definitions or name in home.imports:
        name, number = f"{wanted}{number}", number + 1
    return name


def _is_valid(node: cst.ClassDef) -> bool:
    """Whether it can be written: of `size.real` a number in the place of the name leaves no expression."""
    try:
        ast.parse(cst.Module([node]).code)
    except SyntaxError:
        return False
    return True


def _expression(node: ast.expr) -> cst.BaseExpression:
    text = node.value if isinstance(node, ast.Constant) else None
    return cst.parse_expression(as_literal(text) if isinstance(text, str) else ast.unparse(node))
