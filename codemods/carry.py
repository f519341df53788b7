"""How converted code refers to the project's own definitions: imported, carried along, shared as state, or bridged.

*Imported*: the module is free of Flask. *Carried*: the definition is written once more in the target, converted.
*State*: an object that both sides share, read as `state.NAME`. *Bridged*: imported from the Flask application's own
module, which only a route that runs inside its application context may do.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from codemods.findings import Finding, Location
from codemods.model import Definition, Module, Project
from codemods.scan.context import Context
from codemods.schemas.catalog import Catalog
from codemods.schemas.views import SchemaUse, uses_of

from .view.context import is_flask_family, needs_request
from .view.diagnostics import CONSTRUCT, NEEDS_CONTEXT
from .view.imports import Need
from .view.names import Names, canonical, split
from .view.reference import Reference
from .view.references import References
from .view.refusal import Refused, refuse
from .view.rule import code
from .view.signature import Parameter, Signature
from .view.source import Sources
from .view.translator import Translator

Policy = Literal["native", "bridged"]
"""What a file of the target may import: nothing of Flask, or the Flask application's own modules."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A definition as it stands in the target: its text, its imports, what its callers have to hand it."""

    qualified: str
    name: str
    text: str
    needs: frozenset[Need]
    application: bool
    parameters: tuple[Parameter, ...] = ()
    line: int = 0
    home: str = ""


@dataclass(slots=True)
class Carrier:
    """Everything that is carried for one target, each definition once for each policy."""

    project: Project
    sources: Sources
    carried: dict[tuple[str, Policy, bool], Carried | Refused] = field(default_factory=dict)
    states: dict[str, "SharedState"] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    taken: dict[tuple[str, str], tuple[str, frozenset[Need]]] = field(default_factory=dict)
    context: Context = field(init=False)
    schemas: Catalog = field(init=False)
    template_finding: Finding | None = None
    called_by_flask: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.context = Context(self.project)
        called = [one.function for one in self.project.hooks] + [one.function for one in self.project.error_handlers]
        for endpoint in self.project.endpoints:
            called += [endpoint.view.function, *(callee for _, callee in endpoint.view.methods)]
        self.called_by_flask = frozenset(one.qualified for one in called)
        self.schemas = Catalog(self.project, self.sources, self._native)

    def _native(self, qualified: str) -> Reference | None:
        """What native code has for a definition; it may need the application all the same."""
        module, name = split(self.project, qualified)
        if module is None or name not in module.definitions:
            return None
        try:
            return FileReferences(self, "native", False, "").definition(module, name, None)
        except Refused:
            return None

    def free_name(self, home: str, name: str, text: str, needs: frozenset[Need]) -> str:
        """A definition's name in a module of the target, with a number where one of other text or imports has it."""
        found, number = name, 1
        while self.taken.setdefault((home, found), (text, needs)) != (text, needs):
            number += 1
            found = f"{name}_{number}"
        return found

    def home(self, module: Module, application: bool) -> str:
        """The module of the target, relative to it, that holds what is carried from `module`."""
        name = self._home_name(module)
        return f".bridged.{name}" if application else f".{name}"

    def _home_name(self, module: Module) -> str:
        parts = module.name.split(".")
        package = self.project.application.import_name.partition(".")[0]
        if len(parts) > 1 and parts[0] == package:
            parts = parts[1:]
        if parts[0] in RESERVED:
            parts[0] = f"{parts[0]}_helpers"
        return ".".join(parts)

    def carry(self, qualified: str, policy: Policy, injected: bool) -> Carried:
        """The carried form of a definition; raises `Refused`."""
        key = (qualified, policy, injected)
        if key not in self.carried:
            if qualified in self.under_way:
                raise refuse(CONSTRUCT, None, f"'{qualified}' calls itself by way of others")
            self.under_way.add(qualified)
            try:
                self.carried[key] = self._carry(qualified, policy, injected)
            except Refused as refused:
                self.carried[key] = refused
            finally:
                self.under_way.discard(qualified)
        found = self.carried[key]
        if isinstance(found, Refused):
            raise found
        return found

    def _carry(self, qualified: str, policy: Policy, injected: bool) -> Carried:
        module, name = split(self.project, qualified)
        assert module is not None
        definition = module.definitions[name]
        match definition.kind:
            case "function":
                return self._function(module, definition, name, policy, injected)
            case "class":
                return self._verbatim(module, definition, name)
            case "constant":
                return self._verbatim(module, definition, name)
            case _:
                raise refuse(CONSTRUCT, definition.location, f"'{name}' holds state")

    def _function(self, module: Module, definition: Definition, name: str, policy: Policy, injected: bool) -> Carried:
        if definition.decorators:
            raise refuse(CONSTRUCT, definition.location, f"'{name}' is decorated with {definition.decorators[0].text}")
        function = self.sources.function(definition.location, name)
        names = Names.of(self.project, module, function)
        references = FileReferences(self, policy, injected, self.home(module, False))
        return self.write_function(function, names, references, references, definition.location)

    def write_function(
        self,
        function: cst.FunctionDef,
        names: Names,
        file: "FileReferences",
        references: References,
        location: Location,
    ) -> Carried:
        """A function as it stands in the target: translated, and asking its callers for what it takes from the request.

        `file` says where it stands; `references` resolve its names. Raises `Refused`.
        """
        name = function.name.value
        signature = Signature(file.injected, names.local)
        translator = Translator(function, names, references, signature, role="helper", location=location)
        translated = function.visit(translator)
        assert isinstance(translated, cst.FunctionDef)
        parameters = tuple(signature.parameters.values())
        translated = _with_parameters(translated, parameters)
        needs = (
            frozenset(translator.needs)
            | {Need("typing", "Any")}
            | {need for one in parameters for need in one.plain_needs()}
        )
        application = translator.application or file.policy == "bridged"
        own = name if file.injected or not parameters else f"{name}_from_request"
        return Carried(
            f"{names.module.name}.{name}", own, _text(translated.with_changes(name=cst.Name(own))), needs, application,
            parameters, location.line, self.home(names.module, application),
        )  # fmt: skip

    def _verbatim(self, module: Module, definition: Definition, name: str) -> Carried:
        """A class or constant that uses nothing of Flask, with the imports that its text needs."""
        if definition.kind == "class":
            piece: ast.AST = self.sources.piece(definition.location, name)
            assert isinstance(piece, ast.ClassDef)
            text = self.sources.text(module.file, piece)
        else:
            piece = self.sources.assignment(module, definition, name)
            text = ast.unparse(piece) + "\n"
        needs = self._free(module, piece, name, definition.location)
        return Carried(
            f"{module.name}.{name}", name, text, needs, False, (), definition.location.line, self.home(module, False)
        )

    def _free(self, module: Module, piece: ast.AST, own: str, location: Location) -> frozenset[Need]:
        """The imports for the names that a piece of source takes from its module; raises `Refused` for Flask's."""
        needs: set[Need] = set()
        view = FileReferences(self, "native", False, self.home(module, False))
        for name in sorted({node.id for node in ast.walk(piece) if isinstance(node, ast.Name)} - {own}):
            if name in module.definitions:
                target = f"{module.name}.{name}"
            elif name in module.imports:
                target = canonical(self.project, module.imports[name])
            else:
                continue
            owner, rest = split(self.project, target)
            if owner is not None and rest in owner.definitions:
                reference = view.definition(owner, rest, location)
                if reference.application or reference.parameters or reference.need is None or "." in reference.text:
                    raise refuse(CONSTRUCT, location, f"'{own}' uses '{target}'")
                needs.add(Need(reference.need.module, reference.need.name, None if name == reference.text else name))
            elif owner is not None:
                raise refuse(CONSTRUCT, location, f"'{own}' uses the module '{target}'")
            elif is_flask_family(target) or needs_request(target) or target.startswith("werkzeug.exceptions"):
                raise refuse(NEEDS_CONTEXT, location, f"'{target}', which '{own}' uses")
            else:
                needs.update(self.sources.needs_for(module, name, target, target))
        return frozenset(needs)

    def state(self, module: Module, definition: Definition, name: str) -> "SharedState":
        """The shared object of that name; raises `Refused` where it cannot be made without Flask."""
        key = f"{module.name}.{name}"
        if key not in self.states:
            statement = self.sources.assignment(module, definition, name)
            assert statement.value is not None
            if any(isinstance(one, ast.Name) and one.id in module.definitions for one in ast.walk(statement.value)):
                raise refuse(CONSTRUCT, definition.location, f"'{name}' is made from other definitions of its module")
            needs = self._free(module, statement.value, name, definition.location)
            self.states[key] = SharedState(module.name, name, ast.unparse(statement.value), needs)
        return self.states[key]


@dataclass(frozen=True, slots=True)
class SharedState:
    """A module-level object that both applications share: where it lives in Flask's modules and how it starts alone."""

    module: str
    name: str
    initialiser: str
    needs: frozenset[Need] = frozenset()


RESERVED = frozenset(
    {
        "main",
        "gateway",
        "asgi",
        "state",
        "errors",
        "hooks",
        "settings",
        "dependencies",
        "compat",
        "routers",
        "bridged",
        "schemas",
    }
)


@dataclass(frozen=True, slots=True)
class FileReferences:
    """The references of one file of the target. `here` is that file's module, relative to the target."""

    carrier: Carrier
    policy: Policy
    injected: bool
    here: str

    def to(self, qualified: str, names: Names, node: cst.BaseExpression) -> tuple[Reference | None, str]:
        """See `References.to`."""
        module, rest = split(self.carrier.project, qualified)
        name, _, tail = rest.partition(".")
        if module is None:
            return None, ""
        if name not in module.definitions:
            if self.carrier.context.reaches_flask(module.name):
                raise refuse(CONSTRUCT, None, f"'{qualified}', which the scan did not find")
            return None, ""
        reference = self.definition(module, name, None)
        local = reference.text
        if "." not in local and local in names.local:
            alias = f"{local}_"
            while alias in names.local:
                alias += "_"
            assert reference.need is not None
            need = Need(reference.need.module, reference.need.name, alias)
            reference = Reference(alias, need, reference.application, reference.parameters)
        return reference, tail

    def definition(self, module: Module, name: str, location: Location | None) -> Reference:
        """How to refer to a definition."""
        definition = module.definitions[name]
        qualified = f"{module.name}.{name}"
        if not self.carrier.context.reaches_flask(module.name) and not definition.rebound:
            return Reference(name, Need(module.name, name))
        reached = self.carrier.context.reach(qualified)
        bound = sorted(one for one in reached if needs_request(one))
        if definition.kind in ("function", "class"):
            # What Flask itself calls is never called from here, neither directly nor by way of others.
            bound += sorted((reached | {qualified}) & self.carrier.called_by_flask)
        legacy = self._legacy(module, definition, name)
        if definition.kind == "function" and (bound or self.policy == "native"):
            return self._carried_function(module, name, qualified, bound, legacy)
        if bound:
            raise refuse(NEEDS_CONTEXT, definition.location, f"'{name}' uses '{bound[0]}'")
        if self.policy == "bridged":
            return legacy
        try:
            if definition.kind in ("class", "constant"):
                self.carrier.carry(qualified, "native", False)
                return Reference(name, Need(self.carrier.home(module, False), name))
            if definition.kind == "state" and not definition.rebound:
                state = self.carrier.state(module, definition, name)
                return Reference(f"state.{state.name}", Need(".", "state"))
        except Refused:
            return legacy
        return legacy

    def _carried_function(
        self, module: Module, name: str, qualified: str, bound: Collection[str], legacy: Reference
    ) -> Reference:
        """A function's carried form. Code that runs beside Flask is carried apart: its classes are Flask's own, and an
        exception that one side raises must be the one that the other catches."""
        try:
            carried = self.carrier.carry(qualified, self.policy, self.injected)
        except Refused:
            if bound:
                raise
            return legacy
        if carried.application and not bound:
            return legacy
        need = Need(carried.home, carried.name)
        return Reference(carried.name, need, carried.application, carried.parameters)

    def _legacy(self, module: Module, definition: Definition, name: str) -> Reference:
        """The definition in the Flask application's own module; through the module where its name is bound again."""
        if definition.rebound:
            package, _, last = module.name.rpartition(".")
            alias = f"{last}_module"
            need = Need(package, last, alias) if package else Need(last, "", alias)
            return Reference(f"{alias}.{name}", need, application=True)
        return Reference(name, Need(module.name, name), application=True)

    def schemas(self, function: cst.FunctionDef, names: Names) -> SchemaUse:
        """See `References.schemas`."""
        return uses_of(function, names, self.carrier.schemas) if self.policy == "native" else SchemaUse()

    def is_callable(self, qualified: str) -> bool:
        """See `References.is_callable`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest) if module else None
        return definition is not None and definition.kind in ("function", "class")

    def template_finding(self) -> Finding | None:
        """See `References.template_finding`."""
        return self.carrier.template_finding

    def is_application(self, qualified: str) -> bool:
        """See `References.is_application`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest.partition(".")[0]) if module else None
        return definition is not None and definition.kind == "state" and "flask.Flask" in definition.uses

    def imports(self, root: str, names: Names, qualified: str) -> Collection[Need]:
        """See `References.imports`."""
        target = names.imported.get(root) or names.module.imports.get(root)
        if target is None:
            return ()
        return self.carrier.sources.needs_for(names.module, root, canonical(self.carrier.project, target), qualified)


def _with_parameters(function: cst.FunctionDef, parameters: Collection[Parameter]) -> cst.FunctionDef:
    """The function with what its callers hand on as keyword-only parameters, and `Any` where nothing was annotated."""
    if function.returns is None:
        function = function.with_changes(returns=cst.Annotation(cst.Name("Any")))
    params = function.params.visit(_Annotate())
    assert isinstance(params, cst.Parameters)
    function = function.with_changes(params=params)
    if not parameters:
        return function
    if params.star_kwarg is not None:
        raise refuse(CONSTRUCT, None, f"'{function.name.value}' takes any keyword")
    added = [
        cst.Param(cst.Name(one.name), cst.Annotation(cst.parse_expression(one.plain)), star="") for one in parameters
    ]
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else cst.ParamStar()
    changed = params.with_changes(kwonly_params=[*params.kwonly_params, *added], star_arg=star)
    return function.with_changes(params=changed)


class _Annotate(cst.CSTTransformer):
    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        if updated_node.annotation is not None:
            return updated_node
        return updated_node.with_changes(annotation=cst.Annotation(cst.Name("Any")))


def _text(node: cst.FunctionDef) -> str:
    return code(node.with_changes(leading_lines=(), lines_after_decorators=())).strip("\n") + "\n"
