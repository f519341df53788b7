"""A project's own classes of HTTP errors, as subclasses of the classes of the compat helpers.

class OutOfStock(NotFound):                class OutOfStock(NotFound):
    code = 410                        →        status_code = 410
    def get_body(self, environ=None):          def get_body(self, environ=None):
        return f"{self.code} gone"                 return f"{self.status_code} gone"
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.findings import Location
from codemods.model import Definition, Module, Project
from codemods.view import patterns as m
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.error_object import RENDERED
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.rules.errors import CLASSES, PREFIX
from codemods.view.search import findall
from codemods.view.signature import Signature
from codemods.view.source import Sources
from codemods.view.translator import Translator
from codemods.view.visiting import Visitor, replaced

from .carried import Carried
from .references import FileReferences
from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier

OURS = frozenset({"detail", "headers", "status_code"})
"""What our errors have and Werkzeug's lack: a class with an attribute of this name means something else by it."""

DISPATCHING = frozenset({"__call__", "__getattr__", "__getattribute__", "__init_subclass__", "__new__", "code", "wrap"})
"""Methods that change what an error is, or how it answers."""

DECORATORS = frozenset({"builtins.classmethod", "builtins.property", "builtins.staticmethod"})


def http_error_base(project: Project, sources: Sources, qualified: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a class of the project is one of Werkzeug's HTTP exceptions by its bases."""
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.kind != "class" or qualified in seen:
        return False
    if not any(one.startswith(PREFIX) or split(project, one)[0] is not None for one in definition.uses):
        return False
    node = sources.piece(definition.location, name)
    assert isinstance(node, ast.ClassDef)
    for base in node.bases:
        head, _, rest = ast.unparse(base).partition(".")
        target = f"{module.name}.{head}" if head in module.definitions else module.imports.get(head, head)
        found = canonical(project, f"{target}.{rest}" if rest else target)
        if found.startswith(PREFIX) or http_error_base(project, sources, found, seen | {qualified}):
            return True
    return False


def write_http_error(carrier: "Carrier", module: Module, definition: Definition, name: str) -> Carried:
    """Such a class as it stands in the target; raises `Refused` where it does what ours cannot."""
    statement = cst.parse_module(
        carrier.sources.text(module.file, carrier.sources.piece(definition.location, name))
    ).body[0]
    node = cst.ensure_type(statement, cst.ClassDef)
    writer = _Writer(carrier, module, name, definition.location, set())
    if node.decorators or node.keywords or not isinstance(node.body, cst.IndentedBlock):
        raise writer.refuse("decorators, keywords or a body on its line")
    bases = [writer.base(one) for one in node.bases]
    body = [writer.member(one) for one in node.body.body]
    text = code(node.with_changes(bases=bases, body=node.body.with_changes(body=body))).strip("\n") + "\n"
    return Carried(
        f"{module.name}.{name}", name, text, frozenset(writer.needs), None, (), definition.location.line,
        carrier.home(module, False),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the parts of one class, and notes what they import."""

    carrier: "Carrier"
    module: Module
    name: str
    location: Location
    needs: set[Need]

    def refuse(self, detail: str) -> Exception:
        return refuse(CONSTRUCT, self.location, f"{detail} of '{self.name}'")

    def base(self, base: cst.Arg) -> cst.Arg:
        names = Names(self.carrier.project, self.module, frozenset(), {})
        qualified = names.qualified(base.value) or ""
        if qualified not in CLASSES:
            self.free_names(base.value)
            return base
        module, name = CLASSES[qualified]
        local = f"Base{name}" if name in self.module.definitions else name
        self.needs.add(Need(module, name, local if local != name else None))
        return base.with_changes(value=cst.Name(local))

    def free_names(self, node: cst.BaseExpression) -> None:
        piece = ast.parse(code(node), mode="eval")
        self.needs.update(free_names(self.carrier, self.module, piece, self.name, self.location))

    def member(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        match statement:
            case cst.FunctionDef():
                return self.method(statement)
            case cst.SimpleStatementLine(body=parts):
                return statement.with_changes(body=[self.small(one) for one in parts])
            case _:
                raise self.refuse(f"'{code(statement).strip().splitlines()[0]}'")

    def small(self, statement: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
        match statement:
            case cst.Pass() | cst.Expr(value=cst.SimpleString()) | cst.Expr(value=cst.ConcatenatedString()):
                return statement
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=target)) as place], value=value):
                self.attribute(target, value)
                renamed = place.with_changes(target=cst.Name("status_code" if target == "code" else target))
                return statement.with_changes(targets=[renamed])
            case cst.AnnAssign(target=cst.Name(value=target), annotation=annotation, value=value):
                self.attribute(target, value)
                self.free_names(annotation.annotation)
                return statement.with_changes(target=cst.Name("status_code" if target == "code" else target))
            case _:
                raise self.refuse(f"'{code(statement).strip()}'")

    def attribute(self, name: str, value: cst.BaseExpression | None) -> None:
        """An attribute of the class's own; raises `Refused` where ours has another of that name."""
        if name in OURS or (value is not None and findall(value, m.Name("code"))):
            raise self.refuse(f"'{name}'")
        if value is not None:
            self.free_names(value)

    def method(self, function: cst.FunctionDef) -> cst.FunctionDef:
        name, parameters = function.name.value, [one.name.value for one in function.params.params]
        names = Names.of(self.carrier.project, self.module, function)
        known = all(names.qualified(one.decorator) in DECORATORS for one in function.decorators)
        if name in DISPATCHING | OURS or not known or function.asynchronous is not None:
            raise self.refuse(f"'{name}'")
        owner = parameters[0] if parameters else ""
        if any(_sets(one, owner) for one in findall(function.body, m.AssignTarget() | m.AnnAssign())):
            raise self.refuse(f"what '{name}' sets")
        rendered = _WithoutEnvironment(parameters[1:] if name in RENDERED else ()).rewrite(function)
        if name in RENDERED and _mentions(rendered, parameters[1:]):
            raise self.refuse(f"the environment that '{name}' reads")
        signature = Signature(False, names.local)
        file = FileReferences(self.carrier, "native", False, self.carrier.home(self.module, False))
        translator = Translator(rendered, names, file, signature, role="helper", location=self.location)
        translated = translator.rewrite(rendered)
        if signature.parameters or translator.application is not None:
            raise self.refuse(f"what '{name}' reads of the request or the application")
        self.needs.update(translator.needs)
        status = m.Attribute(value=m.Name(owner), attr=m.Name("code"))
        return replaced(translated, status, lambda _: cst.Attribute(cst.Name(owner), cst.Name("status_code")))


def _sets(target: cst.CSTNode, owner: str) -> bool:
    """Whether an assignment is to an attribute that ours has and Werkzeug's lack."""
    assert isinstance(target, cst.AssignTarget | cst.AnnAssign)
    match target.target:
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=attribute)):
            return name == owner and attribute in OURS
        case _:
            return False


def _mentions(function: cst.FunctionDef, names: Sequence[str]) -> bool:
    return any(findall(function.body, m.Name(name)) for name in names)


class _WithoutEnvironment(Visitor):
    """Drops the request's environment from calls of the methods that would be handed it and do without."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        match updated_node:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=method)), args=args) if method in RENDERED:
                handed = all(isinstance(one.value, cst.Name) and one.value.value in self.names for one in args)
                return updated_node.with_changes(args=()) if handed else updated_node
            case _:
                return updated_node
