"""Everything of the project that is carried into one target, each definition once for each way in which it is used."""

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from codemods.extensions.resources.parsed_arguments import files_of
from codemods.findings import Finding, Location
from codemods.model import Definition, Module, Project
from codemods.pages import Pages
from codemods.scan.context import Context
from codemods.schemas.catalog import Catalog, CatalogBesideFlask
from codemods.styles import Styles
from codemods.view.caught import catches_http_errors
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.reference import Login, Reference
from codemods.view.references import Handed
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Sources

from .answering_classes import own_answers, write_answering_class
from .called_views import CalledViews, find_called_views
from .carried import Carried, Policy, SharedState
from .class_state import changed_attributes, keeps_state
from .decorated import keeps_meaning
from .fixed_objects import is_fixed_object
from .form_classes import is_form
from .forms import write_form
from .functions import write_function
from .generic_methods import direct_method, generic_method
from .handed import filled, with_handed
from .handed_responses import HandedResponses, find_handed_responses
from .http_errors import http_error_base, write_http_error
from .outer import OuterFunction
from .own_state import OwnState
from .plain_classes import PlainClasses
from .read_names import Held, RequestShape
from .references import FileReferences
from .request_methods import RequestMethods, find_request_methods
from .settings import Settings, read_settings
from .shared_definitions import SharedDefinitions, shared_definition
from .shown_fields import ShownFields, named_fields, shown_fields
from .static_methods import definition_of
from .verbatim import name_of_state, request_parser, shared_state, state_at, verbatim, with_rebound

RESERVED = frozenset(
    {
        "main",
        "gateway",
        "asgi",
        "state",
        "own_state",
        "errors",
        "hooks",
        "settings",
        "initial_settings",
        "login",
        "logs",
        "json_provider",
        "decorators",
        "dependencies",
        "compat",
        "routers",
        "bridged",
        "schemas",
        "templating",
    }
)


@dataclass(slots=True)
class Carrier:
    """Everything that is carried for one target, each definition once for each policy.

    `adopted` names the kinds of wire difference on which FastAPI's own behaviour is taken, `target` the package,
    `styles` how schemas are written.
    `generic` has the functions that stand for methods by name. `logins` has the object that knows who is logged in, or
    why there is none; `registering` the calls of functions that define others.
    """

    project: Project
    sources: Sources
    adopted: frozenset[str] = frozenset()
    target: str = "fastapi_app"
    styles: Styles = field(default_factory=Styles)
    carried: dict[tuple[str, Policy, bool, bool], Carried | Refused] = field(default_factory=dict)
    generic: dict[str, Reference | Refused] = field(default_factory=dict)
    states: dict[str, SharedState] = field(default_factory=dict)
    sharing: set[str] = field(default_factory=set)
    own_states: dict[str, OwnState] = field(default_factory=dict)
    registering: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outer_functions: dict[ast.AST, OuterFunction] = field(default_factory=dict)
    under_way: list[tuple[str, Policy, bool, bool]] = field(default_factory=list)
    recursive: set[str] = field(default_factory=set)
    inner_parsers: dict[str, tuple[Location, str]] = field(default_factory=dict)
    parsed_files: dict[str, Mapping[str, str]] = field(default_factory=dict)
    handed: dict[tuple[str, Policy], Mapping[str, str]] = field(default_factory=dict)
    taken: dict[tuple[str, str], tuple[str, frozenset[Need]]] = field(default_factory=dict)
    http_errors: dict[str, bool] = field(default_factory=dict)
    forms: dict[str, bool] = field(default_factory=dict)
    keeping: dict[str, bool] = field(default_factory=dict)
    logins: dict[Policy, Login | Finding] = field(default_factory=dict)
    reached: dict[tuple[str, bool], frozenset[str]] = field(default_factory=dict)
    read_by_hooks: dict[tuple[str, tuple[str, ...]], tuple[RequestShape, Mapping[str, Held]]] = field(
        default_factory=dict
    )
    names_read: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    context: Context = field(init=False)
    schemas: Catalog = field(init=False)
    schemas_beside_flask: CatalogBesideFlask = field(init=False)
    template_finding: Finding | None = None
    pages: Pages | None = None
    called_by_flask: frozenset[str] = field(init=False)
    views: CalledViews = field(init=False)
    classes: PlainClasses = field(init=False)
    request_methods: RequestMethods = field(init=False)
    handed_responses: HandedResponses = field(init=False)
    changed_attributes: frozenset[str] = field(init=False)
    shared_definitions: SharedDefinitions = field(init=False)
    settings: Settings = field(init=False)
    catches_errors: bool = field(init=False)

    def __post_init__(self) -> None:
        self.context = Context(self.project)
        self.catches_errors = catches_http_errors(self.project, self.sources)
        called = [one.function for one in self.project.hooks] + [one.function for one in self.project.error_handlers]
        for endpoint in self.project.endpoints:
            called += [endpoint.view.function, *(callee for _, callee in endpoint.view.methods)]
        self.called_by_flask = frozenset(one.qualified for one in called)
        self.views = find_called_views(self.project, self.sources)
        self.classes = PlainClasses(self.project, self.sources)
        self.request_methods = find_request_methods(self.context, self.classes)
        self.handed_responses = find_handed_responses(self.project, self.sources)
        self.changed_attributes = changed_attributes(self.project, self.sources)
        self.schemas = self._catalog(frozenset())
        self.schemas_beside_flask = CatalogBesideFlask(self.schemas)
        self.shared_definitions = SharedDefinitions(self)
        self.settings = Settings(problems={"": "it is read while the settings are made"})
        self.settings = read_settings(self)
        if properties := self.request_methods.properties:
            kept = {name: getters for name, getters in properties.items() if self._has_generic(name)}
            self.request_methods = replace(self.request_methods, properties=kept)
            self.schemas = self._catalog(frozenset(kept))
            self.schemas_beside_flask = CatalogBesideFlask(self.schemas)

    def _catalog(self, asked: frozenset[str]) -> Catalog:
        is_worded = "validation-errors" not in self.adopted
        is_calling = self.request_methods.is_calling
        return Catalog(self.project, self.sources, self._located, asked, is_calling, self.styles, is_worded)

    def _located(self, qualified: str, policy: Policy) -> Reference | None:
        """What code of a runtime has for a definition; native code may need the application for it all the same.

        What never changes may be a copy: schemas read it while their classes are made, when nothing is adopted yet.
        """
        module, name = split(self.project, qualified)
        if module is None or name not in module.definitions:
            return None
        try:
            is_native = policy == "native"
            if is_native and self.is_fixed(module.definitions[name]) and self.context.reaches_flask(module.name):
                self.carry(qualified, "native", False)
                return Reference(name, Need(self.home(module, False), name))
            return FileReferences(self, policy, False, "").definition(module, name, None)
        except Refused:
            return None

    def _has_generic(self, name: str) -> bool:
        try:
            return self.generic_method(name, "bridged").need is not None
        except Refused:
            return False

    def undumpable(self, reached: Collection[str]) -> list[str]:
        """The schemas of Marshmallow's among these names that would read a property which needs Flask's request."""
        names = self.request_methods.properties
        if not names:
            return []
        read = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
        found = {one for one in reached if one in self.schemas.plans}
        return [f"{one}.{hit[1]}" for one in sorted(found) if (hit := read.search(self._text(one))) is not None]

    def _text(self, qualified: str) -> str:
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None:
            return ""
        return self.sources.segment(module.file, definition.location.line, definition.end_line)

    def is_fixed(self, definition: Definition) -> bool:
        """Whether an object that could change never does: a display of values that nothing touches."""
        return definition.shallow and not self.context.may_change(definition.qualified)

    def keeps_state(self, definition: Definition) -> bool:
        """Whether a function or class keeps something between its calls, which there must be once."""
        qualified = definition.qualified
        if qualified not in self.keeping:
            own = f"{qualified}."
            changed = [name.removeprefix(own) for name in self.changed_attributes if name.startswith(own)]
            node = self.classes.node(definition) if definition.kind == "class" else None
            is_function = definition.kind == "function"
            self.keeping[qualified] = bool(changed) if is_function else node is not None and keeps_state(node, changed)
        return self.keeping[qualified]

    def is_http_error(self, qualified: str) -> bool:
        """Whether a name is a class of the project that is one of Werkzeug's HTTP exceptions."""
        if qualified not in self.http_errors:
            self.http_errors[qualified] = http_error_base(self.project, self.sources, qualified)
        return self.http_errors[qualified]

    def is_form(self, qualified: str) -> bool:
        """Whether a name is a class of the project that is one of Flask-WTF's forms."""
        if qualified not in self.forms:
            self.forms[qualified] = is_form(self.classes, qualified)
        return self.forms[qualified]

    def twin(self, qualified: str) -> Carried | None:
        """What stands for such a class where Flask's own is raised beside it; None where it cannot be carried."""
        try:
            return self.carry(qualified, "native", False)
        except Refused:
            return None

    def free_name(self, home: str, name: str, text: str, needs: frozenset[Need]) -> str:
        """A definition's name in a module of the target, with a number where one of other text or imports has it."""
        found, number = name, 1
        while self.taken.setdefault((home, found), (text, needs)) != (text, needs):
            number += 1
            found = f"{name}_{number}"
        return found

    def home(self, module: Module, is_bridged: bool) -> str:
        """The module of the target, relative to it, that holds what is carried from `module`."""
        name = self._home_name(module)
        return f".bridged.{name}" if is_bridged else f".{name}"

    def _home_name(self, module: Module) -> str:
        parts = module.name.split(".")
        package = self.project.application.import_name.partition(".")[0]
        if len(parts) > 1 and parts[0] == package:
            parts = parts[1:]
        if parts[0] in RESERVED:
            parts[0] = f"{parts[0]}_helpers"
        return ".".join(parts)

    def carry(self, qualified: str, policy: Policy, injected: bool, whole_body: bool = False) -> Carried:
        """The carried form of a definition; raises `Refused`."""
        key = (qualified, policy, injected, whole_body)
        if key not in self.carried:
            if any(one == qualified for one, *_ in self.under_way):
                raise refuse(CONSTRUCT, None, f"'{qualified}' calls itself by way of others")
            self.under_way.append(key)
            try:
                carried = self.carried[key] = self._carry(qualified, policy, injected, whole_body)
                if qualified in self.recursive and (carried.parameters or carried.application is not None):
                    self.carried[key] = refuse(
                        CONSTRUCT, None, f"'{qualified}' calls itself and needs more than it says"
                    )
            except Refused as refused:
                self.carried[key] = refused
            finally:
                self.under_way.pop()
        found = self.carried[key]
        if isinstance(found, Refused):
            raise found
        return found

    def _carry(self, qualified: str, policy: Policy, injected: bool, whole_body: bool) -> Carried:
        module, name = split(self.project, qualified)
        assert module is not None
        definition = definition_of(module, name)
        found = self._carried(module, definition, name, policy, injected, whole_body)
        comment = self.sources.comment(definition.location, name.rpartition(".")[2])
        return replace(found, text=comment + found.text)

    def _carried(
        self, module: Module, definition: Definition, name: str, policy: Policy, injected: bool, whole_body: bool
    ) -> Carried:
        qualified = definition.qualified
        match definition.kind:
            case "function":
                references = FileReferences(self, policy, injected, self.home(module, False), whole_body=whole_body)
                return self._function(module, definition, name, references)
            case "class" if self.is_form(qualified):
                return write_form(self, module, definition, name, policy)
            case "class" if self.is_http_error(qualified):
                return write_http_error(self, module, definition, name)
            case "class" if own_answers(self, definition):
                return write_answering_class(self, module, definition, name)
            case "class" | "constant":
                return verbatim(self, module, definition, name)
            case "state" if self.is_fixed(definition) or is_fixed_object(self, module, definition, name):
                return verbatim(self, module, definition, name)
            case _ if FileReferences(self, policy, injected, "").is_parser(qualified):
                return request_parser(self, module, definition.location, name)
            case _:
                raise refuse(CONSTRUCT, definition.location, f"'{name}' holds state")

    def _function(self, module: Module, definition: Definition, name: str, references: FileReferences) -> Carried:
        is_plain = definition.qualified in self.views.plain or name not in module.definitions
        if not is_plain and not keeps_meaning(self.project, definition):
            raise refuse(CONSTRUCT, definition.location, f"'{name}' is decorated with {definition.decorators[0].text}")
        function = self.sources.function(definition.location, name.rpartition(".")[2])
        names = Names.of(self.project, module, function)
        if handed := self.handed.get((definition.qualified, references.policy)):
            function, names = with_handed(function, names, handed, definition.location)
        responses = self.handed_responses.parameters.get(f"{module.name}.{name}", ())
        names = replace(names, handed={**names.handed, **dict.fromkeys(responses, "response")})
        return write_function(self, function, names, references, references, definition.location)

    def hand_to(self, definition: Definition, name: str, policy: Policy, handed: Handed) -> list[str]:
        """Note which of a function's parameters are Flask's request or application, and which of these there are;
        raises `Refused` where another call hands it something else."""
        found = filled(self.sources.function(definition.location, name.rpartition(".")[2]), handed) if handed else {}
        if self.handed.setdefault((definition.qualified, policy), found) != found:
            raise refuse(CONSTRUCT, definition.location, f"'{name}' is handed the request by some of its calls only")
        return sorted(found.values())

    def inner_parser(self, module: Module, name: str, statements: Sequence[ast.stmt], location: Location) -> str:
        """Carry a request parser that statements of a function make, under a name of its module's; what it is called
        there. Raises `Refused`."""
        made = request_parser(self, module, location, name, statements)
        self.inner_parsers[made.qualified] = (location, "\n".join(map(ast.unparse, statements)))
        self.parsed_files[made.qualified] = files_of(self.project, self.sources, module, name, statements)
        self.carried[made.qualified, "native", False, False] = made
        return made.qualified

    def files_parsed_by(self, qualified: str) -> Mapping[str, str]:
        """The names under which a request parser finds uploaded files, with their kinds; raises `Refused`."""
        if qualified not in self.parsed_files:
            module, name = split(self.project, qualified)
            found = files_of(self.project, self.sources, module, name) if module is not None else {}
            self.parsed_files[qualified] = found
        return self.parsed_files[qualified]

    def shown_fields(self, fields: str | ast.Dict, module: Module, location: Location) -> ShownFields:
        """The class for a dictionary of Flask-RESTful's fields, by its name or as it stands in a place of a module;
        raises `Refused`."""
        return named_fields(self, fields) if isinstance(fields, str) else shown_fields(self, module, fields, location)

    def generic_method(self, name: str, policy: Policy) -> Reference:
        """The function that stands for methods of this name; raises `Refused`."""
        return generic_method(self, name, policy)

    def direct_method(self, qualified: str, policy: Policy) -> Reference:
        """The function that stands for this method of objects that are made to call it; raises `Refused`."""
        return direct_method(self, qualified, policy)

    def state(self, module: Module, definition: Definition, name: str) -> SharedState:
        """The shared object of that name; raises `Refused` where it cannot be made without Flask."""
        key = f"{module.name}.{name}"
        if key not in self.states:
            self.states[key] = shared_state(self, module, definition, name)
        return self.states[key]

    def is_shared(self, qualified: str) -> bool:
        """Whether Flask's own definition of that name is the only one while Flask is in the process: an object that may
        change, or what such objects are made of."""
        if qualified in self.shared_definitions:
            return True
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or not self.context.reaches_flask(module.name):
            return False
        return definition.kind == "state" and not definition.rebound and not self.is_fixed(definition)

    def shared(self, module: Module, definition: Definition, name: str) -> str:
        """See that a shared definition is written down, and those that it uses; its name. Raises `Refused`."""
        key = f"{module.name}.{name}"
        if key not in self.states and key not in self.sharing:
            self.sharing.add(key)
            try:
                if key in self.shared_definitions:
                    self.states[key] = shared_definition(self, module, definition, name)
                else:
                    self.state(module, definition, name)
            finally:
                self.sharing.discard(key)
        return name_of_state(self, module, name)

    def rebound(self, module: Module, definition: Definition, name: str) -> SharedState:
        """The shared object whose attributes are the names that functions of a module bind again, this one among them;
        raises `Refused` as `state` does."""
        self.states[f"{module.name}."] = with_rebound(
            self, self.states.get(f"{module.name}."), module, definition, name
        )
        return self.states[f"{module.name}."]

    def state_of_class(self, module: Module, location: Location, path: str, value: ast.expr) -> SharedState:
        """The shared object that a class of a module keeps at `path`; raises `Refused` as `state` does."""
        key = f"{module.name}.{path}"
        if key not in self.states:
            self.states[key] = state_at(self, module, location, path, value)
        return self.states[key]
