"""How a file of the target refers to the project's own definitions: imported, carried, shared as state, or bridged.

*Imported*: the module is free of Flask. *Carried*: the definition is written once more in the target, converted.
*State*: an object that both sides share, read as `state.NAME`. *Bridged*: imported from the Flask application's own
module, which only a route that runs inside its application context may do.
"""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from codemods import obstacles
from codemods.extensions.basis.objects import made_by
from codemods.extensions.resources.request_parsers import PARSERS, PARSES
from codemods.findings import Finding, Location
from codemods.model import Definition, Module
from codemods.scan.context import CONTEXT_VARIABLE
from codemods.schemas.basis.library import library_name
from codemods.schemas.fields.link_fields import LINK_FIELDS
from codemods.schemas.views import SchemaUse, uses_of
from codemods.view.diagnostics import CONSTRUCT, NEEDS_CONTEXT
from codemods.view.handed_items import parsing
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.reference import Login, Reference
from codemods.view.references import Handed
from codemods.view.refusal import Refused, refuse
from codemods.view.upload_object import UPLOAD
from codemods.vocabulary import APPLICATIONS
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .apart import SHARED, apart
from .carried import Policy
from .fixed_objects import is_fixed_object
from .form_classes import takes
from .static_methods import definition_of, static_method

if TYPE_CHECKING:
    from .carrier import Carrier

PROXY = "werkzeug.local.LocalProxy"


@dataclass(frozen=True, slots=True)
class FileReferences:
    """The references of one file of the target. `here` is that file's module, relative to the target."""

    carrier: "Carrier"
    policy: Policy
    injected: bool
    here: str
    whole_body: bool = field(default=False, kw_only=True)

    @property
    def is_native(self) -> bool:
        """See `References.is_native`."""
        return self.policy == "native"

    @property
    def adopted(self) -> frozenset[str]:
        """See `References.adopted`."""
        return self.carrier.adopted

    def to(
        self, qualified: str, names: Names, node: cst.BaseExpression, handed: Handed = ()
    ) -> tuple[Reference | None, str]:
        """See `References.to`."""
        for own in self.carrier.own_states.values():
            if f"{qualified}.".startswith(f"{own.qualified}."):
                return own.reference, qualified.removeprefix(own.qualified).removeprefix(".")
        module, rest = split(self.carrier.project, qualified)
        name, _, tail = rest.partition(".")
        if module is None:
            return None, ""
        if name not in module.definitions:
            if self.carrier.context.reaches_flask(module.name):
                raise refuse(CONSTRUCT, None, f"'{qualified}', which the scan did not find")
            return None, ""
        takes_response = bool(handed) or qualified in self.carrier.handed_responses.parameters
        if (method := static_method(self.carrier, module, rest, takes_response)) is not None:
            name, tail = method, rest.removeprefix(method).removeprefix(".")
        reference = self.definition(module, name, None, () if tail else handed)
        if tail == "code" and self.is_native and self.carrier.is_http_error(qualified.removesuffix(".code")):
            tail = "status_code"
        return apart(reference, names, qualified), tail

    def definition(self, module: Module, name: str, location: Location | None, handed: Handed = ()) -> Reference:
        """How to refer to a definition, and to one whose call is handed these objects of Flask's."""
        definition = definition_of(module, name)
        qualified = f"{module.name}.{name}"
        reach = self.carrier.context.reach(qualified)
        if CONTEXT_VARIABLE in reach and self.carrier.context.own_context((qualified, *reach)):
            raise refuse(obstacles.OWN_CONTEXT, definition.location, f"'{name}'")
        if definition.kind == "class" and self.carrier.is_form(qualified):
            return self._form(module, definition, name, qualified)
        takes_response = qualified in self.carrier.handed_responses.parameters
        is_handed = (bool(handed) or takes_response) and definition.kind == "function"
        if not (self.carrier.context.reaches_flask(module.name) or definition.rebound or is_handed):
            return Reference(name, Need(module.name, name))
        if definition.rebound and definition.kind == "state" and not self.carrier.context.reaches_flask(module.name):
            return replace(self._legacy(module, definition, name), application=None)
        reached = self.carrier.context.reach(qualified)
        bound = self.carrier.request_methods.bound(qualified)
        bound += self.carrier.undumpable(reached | {qualified})
        bound += sorted(one for one in reached if library_name(self.carrier.project, one) in LINK_FIELDS)
        if definition.kind in ("function", "class"):
            # What Flask itself calls is never called from here, neither directly nor by way of others.
            bound += sorted((reached | {qualified}) & self.carrier.called_by_flask)
        if self.carrier.is_http_error(qualified) and (self.is_native or self.carrier.twin(qualified)):
            bound = []  # its methods are translated; beside Flask its own are never called
        if definition.kind == "function":
            bound += self.carrier.hand_to(definition, name, self.policy, handed) + ["flask.Response"] * takes_response
        legacy = self._legacy(module, definition, name)
        if self.is_native and not bound and qualified in self.carrier.shared_definitions:
            self.carrier.shared(module, definition, name)
            return Reference(f"state.{name}", SHARED, kind=self._kind(qualified, definition))
        if self.carrier.keeps_state(definition):
            problem = refuse(CONSTRUCT, definition.location, f"'{name}', which keeps something in an attribute")
            if bound:
                raise problem
            return _because(legacy, problem) if self.is_native else legacy
        if definition.kind == "function" and (bound or self.policy == "native"):
            return replace(self._carried_function(module, name, qualified, bound, legacy), is_handed=is_handed)
        if bound:
            raise refuse(NEEDS_CONTEXT, definition.location, f"'{name}' uses '{bound[0]}'")
        if self.policy == "bridged":
            return legacy
        try:
            if definition.kind in ("class", "constant") or is_fixed_object(self.carrier, module, definition, name):
                self.carrier.carry(qualified, "native", False)
                return Reference(name, Need(self.carrier.home(module, False), name))
            if definition.kind in ("state", "unknown") and not definition.rebound:
                state = self.carrier.state(module, definition, name)
                return Reference(f"state.{state.name}", SHARED)
            if definition.kind == "state":
                state = self.carrier.rebound(module, definition, name)
                return Reference(f"state.{state.name}.{name}", SHARED)
        except Refused as refused:
            return _because(legacy, refused)
        return legacy

    def _form(self, module: Module, definition: Definition, name: str, qualified: str) -> Reference:
        """A form's class, which stands beside Flask only where it uses what does; raises `Refused`."""
        taken = takes(self.carrier.classes, qualified)
        try:
            carried = self.carrier.carry(qualified, "native", False)
        except Refused as refused:
            if self.policy == "native":
                return replace(_because(self._legacy(module, definition, name), refused), form_takes=taken)
            carried = self.carrier.carry(qualified, "bridged", False)
        return Reference(carried.name, Need(carried.home, carried.name), carried.application, form_takes=taken)

    def _kind(self, qualified: str, definition: Definition) -> str:
        """What a call of a function gives (see `Translation.kind`), as far as its carried form tells."""
        if definition.kind != "function":
            return "unknown"
        try:
            return self.carrier.carry(qualified, self.policy, self.injected, self.whole_body).kind
        except Refused:
            return "unknown"

    def _carried_function(
        self, module: Module, name: str, qualified: str, bound: Collection[str], legacy: Reference
    ) -> Reference:
        """A function's carried form. Code that runs beside Flask is carried apart: its classes are Flask's own, and an
        exception that one side raises must be the one that the other catches."""
        own = (qualified, "native", self.injected, self.whole_body)
        if self.carrier.under_way and self.carrier.under_way[-1] == own:
            self.carrier.recursive.add(qualified)
            own_name = self.carrier.views.name(qualified)
            return Reference(own_name, Need(self.carrier.home(module, False), own_name))
        try:
            carried = self.carrier.carry(qualified, self.policy, self.injected, self.whole_body)
        except Refused as refused:
            if bound:
                raise
            return _because(legacy, refused)
        if carried.application and not bound:
            return replace(legacy, application=carried.application)
        need = Need(carried.home, carried.name)
        return Reference(carried.name, need, carried.application, carried.parameters, carried.kind)

    def _legacy(self, module: Module, definition: Definition, name: str) -> Reference:
        """The definition in the Flask application's own module; through the module where its name is bound again."""
        application = Finding(NEEDS_APPLICATION, definition.location, f"'{module.name}.{name}'")
        if definition.rebound:
            package, _, last = module.name.rpartition(".")
            alias = f"{last}_module"
            need = Need(package, last, alias) if package else Need(last, "", alias)
            return Reference(f"{alias}.{name}", need, application)
        return Reference(name, Need(module.name, name.partition(".")[0]), application)

    def schemas(self, function: cst.FunctionDef, names: Names) -> SchemaUse:
        """See `References.schemas`."""
        is_native = self.policy == "native"
        return uses_of(function, names, self.carrier.schemas if is_native else self.carrier.schemas_beside_flask)

    def tears_down(self) -> bool:
        """See `References.tears_down`."""
        return any(hook.kind in ("teardown_request", "teardown_appcontext") for hook in self.carrier.project.hooks)

    def is_callable(self, qualified: str) -> bool:
        """See `References.is_callable`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest) if module else None
        return definition is not None and definition.kind in ("function", "class")

    def returns(self, qualified: str, handed: Handed = ()) -> str:
        """See `References.returns`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest) if module else None
        is_handed = bool(handed) or qualified in self.carrier.handed_responses.parameters
        if module is not None and definition is None and static_method(self.carrier, module, rest, is_handed) == rest:
            definition = definition_of(module, rest)
        if module is None or definition is None or definition.kind != "function":
            return "unknown"
        try:
            return self.definition(module, rest, None, handed).kind
        except Refused:
            return "unknown"

    def registered(self, endpoint: str) -> str | None:
        """See `References.registered`."""
        return self.carrier.views.by_endpoint.get(endpoint)

    def template_finding(self) -> Finding | None:
        """See `References.template_finding`."""
        return self.carrier.template_finding

    def page_obstacle(
        self, blueprints: Collection[str] | None, templates: Sequence[str | None], source: str | None
    ) -> str | None:
        """See `References.page_obstacle`."""
        if self.policy == "bridged":
            return "the pages of bridged routes"
        pages = self.carrier.pages
        return "pages around endpoints" if pages is None else pages.obstacle(blueprints, templates, source)

    def unknown_to_templates(self, templates: Sequence[str | None], source: str | None) -> str | None:
        """See `References.unknown_to_templates`."""
        if self.carrier.pages is None:
            return None
        methods = self.carrier.request_methods.by_name.keys() | self.carrier.request_methods.properties.keys()
        return self.carrier.pages.unknown(templates, source) or self.carrier.pages.calling(methods, templates, source)

    def text(self, qualified: str) -> str | None:
        """See `References.text`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest) if module is not None else None
        if module is None or definition is None or definition.kind != "constant":
            return None
        return self._folded(module, self.carrier.sources.assignment(module, definition, rest).value)

    def _folded(self, module: Module, node: ast.expr | None) -> str | None:
        """The text that an expression of a module makes of others that are written out."""
        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._folded(module, left), self._folded(module, right)
                return None if first is None or second is None else first + second
            case ast.Name(id=name):
                target = f"{module.name}.{name}" if name in module.definitions else module.imports.get(name, "")
                return self.text(canonical(self.carrier.project, target))
            case _:
                return None

    def catches_errors(self) -> bool:
        """See `References.catches_errors`."""
        return self.carrier.catches_errors

    def handles_failures(self) -> bool:
        """See `References.handles_failures`."""
        return any(one.exception.startswith("builtins.") for one in self.carrier.project.error_handlers)

    def beside_flask(self) -> bool:
        """See `References.beside_flask`."""
        return self.policy == "bridged"

    def is_application(self, qualified: str) -> bool:
        """See `References.is_application`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest.partition(".")[0]) if module else None
        return definition is not None and definition.kind == "state" and not APPLICATIONS.isdisjoint(definition.uses)

    def setting(self, key: str) -> str | None:
        """See `References.setting`."""
        problem = self.carrier.settings.problem(key)
        if problem is None:
            self.carrier.settings.read.add(key)
        return problem

    def proxied(self, qualified: str) -> tuple[str, str] | None:
        """See `References.proxied`."""
        module, rest = split(self.carrier.project, qualified)
        name, _, tail = rest.partition(".")
        definition = module.definitions.get(name) if module else None
        if module is None or definition is None or PROXY not in definition.uses or definition.rebound:
            return None
        match self.carrier.sources.value(module, name):
            case ast.Call(func=made, args=[ast.Name(id=function)], keywords=[]):
                names = Names(self.carrier.project, module, frozenset(), {})
                is_proxy = names.qualified(cst.parse_expression(ast.unparse(made))) == PROXY
                found = names.of_name(function)
                return (found, tail) if is_proxy and found is not None else None
            case _:
                return None

    def misses_attributes(self, called: str, place: int | str) -> bool:
        """See `References.misses_attributes`."""
        return self.carrier.handed_responses.fails(called, place)

    def is_request_method(self, name: str) -> bool:
        """See `References.is_request_method`."""
        if name not in self.carrier.request_methods.by_name:
            return False
        return not self.is_native or self.carrier.generic_method(name, "native").application is not None

    def in_thread(self, qualified: str) -> Reference | None:
        """See `References.in_thread`."""
        module, rest = split(self.carrier.project, qualified)
        definition = module.definitions.get(rest) if module else None
        if module is None or definition is None or definition.kind != "function" or definition.rebound:
            return None
        is_called = bool(({qualified} | self.carrier.context.reach(qualified)) & self.carrier.called_by_flask)
        is_bound = bool(self.carrier.request_methods.bound(qualified))
        return self._legacy(module, definition, rest) if is_bound and not is_called else None

    def generic(self, name: str) -> Reference:
        """See `References.generic`."""
        return self.carrier.generic_method(name, self.policy)

    def direct(self, qualified: str) -> Reference | None:
        """See `References.direct`."""
        found = canonical(self.carrier.project, qualified)
        is_known = found in self.carrier.request_methods.direct
        return self.carrier.direct_method(found, self.policy) if is_known else None

    def made_by(self, qualified: str) -> str | None:
        """See `References.made_by`."""
        owner, _, method = qualified.rpartition(".")
        if owner in self.carrier.inner_parsers:
            return f"{next(iter(PARSERS))}.{method}"  # which of them it is, its own definition says
        found = made_by(self.carrier.project, self.carrier.sources, qualified)
        is_of_class = "." in split(self.carrier.project, owner)[1]
        return None if found in PARSES and is_of_class else found  # of those only the class's own views know

    def is_parser(self, qualified: str) -> bool:
        """Whether a variable holds a request parser of Flask-RESTful's."""
        return self.made_by(f"{qualified}.parse_args") in PARSES

    def parser(self, qualified: str, names: Names) -> Reference:
        """See `References.parser`."""
        if parsing(qualified) not in names.handed and self.carrier.files_parsed_by(qualified):
            raise refuse(UPLOAD, None, f"what '{qualified}' parses, in which files are")
        carried = self.carrier.carry(qualified, "native", False)
        return Reference(carried.name, Need(carried.home, carried.name))

    def shown_fields(self, fields: str | ast.Dict, module: Module, location: Location) -> tuple[Reference, bool]:
        """See `References.shown_fields`."""
        shown = self.carrier.shown_fields(fields, module, location)
        [need] = shown.needs
        return Reference(shown.text, need), shown.links

    def login_manager(self) -> Login | Finding | None:
        """See `References.login_manager`."""
        return self.carrier.logins.get(self.policy)

    def endpoints_of(self, qualified: str) -> Collection[str]:
        """See `References.endpoints_of`."""
        return [one.name for one in self.carrier.project.endpoints if one.view.function.qualified == qualified]

    def application_name(self) -> str | None:
        """See `References.application_name`."""
        return self.carrier.settings.application

    def imports(self, root: str, names: Names, qualified: str) -> Collection[Need]:
        """See `References.imports`."""
        target = names.imported.get(root) or names.module.imports.get(root)
        if target is None:
            return ()
        return self.carrier.sources.needs_for(names.module, root, canonical(self.carrier.project, target), qualified)


def _because(legacy: Reference, refused: Refused) -> Reference:
    """The reference, with what was refused as the reason for it."""
    assert legacy.application is not None
    detail = f"{legacy.application.detail}: {refused.finding.diagnostic.summary} ({refused.finding.detail})"
    return replace(legacy, application=replace(legacy.application, detail=detail))
