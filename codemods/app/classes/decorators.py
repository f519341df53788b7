"""The decorators around the methods of a class-based view: of its registration, of its class, of the method itself."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.app.decorators.diagnostics import DECORATED
from codemods.app.decorators.parts import expression_of
from codemods.app.decorators.spelled_out import spelled_out
from codemods.app.functions.inner_functions import Function
from codemods.carry import Carrier
from codemods.extensions import HANDING_ON, Check, Documented, Expected, layer_of
from codemods.extensions.resources import restful
from codemods.extensions.resources import views as resources
from codemods.extensions.resources.restful_settings import settings_for
from codemods.extensions.schema_layers import apispec
from codemods.findings import Finding, Location
from codemods.model import Callee, Decorator, Endpoint, Module
from codemods.obstacles import CLASS_VIEW
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse

from .members import Members
from .values import Owner, is_of_class

MAKERS = {"webargs.flaskparser.use_kwargs": "use_args", "webargs.flaskparser.parser.use_kwargs": "use_args"}
"""What makes the wrappers of decorators, where that is called otherwise."""


@dataclass(frozen=True, slots=True)
class ClassDecorators:
    """Reads the decorators of one class-based view; each method raises `Refused` for what the source does not show."""

    carrier: Carrier
    endpoint: Endpoint
    members: Members

    def refuse(self, detail: str) -> Refused:
        where = self.endpoint.view.function.location
        return refuse(CLASS_VIEW, where, f"{detail} in '{self.members.concrete.node.name}'")

    @property
    def library(self) -> resources.ResourceLibrary | None:
        """The library whose resource the view is, if it is one."""
        return resources.library_of(self.endpoint)

    @property
    def api(self) -> resources.ResourceLibrary | None:
        """The library whose `Api` stands around the view, which lets responses through."""
        is_below = apispec.is_resource(self.endpoint) and restful.is_below_api(self.endpoint)
        return self.library or (resources.RESTFUL if is_below else None)

    def _listed_for(self, method: str) -> list[Decorator]:
        """The decorators that a resource lists for a method in `method_decorators`, outermost first."""
        given = self.members.attribute("method_decorators")
        if self.members.attribute("representations") is not None:
            raise self.refuse("'representations'")
        if given is None:
            return []
        if self.members.may_change("method_decorators"):
            raise self.refuse("how 'method_decorators' is made")
        listed: ast.expr = given.value
        if isinstance(listed, ast.Dict):
            keys = [one.value if isinstance(one, ast.Constant) else None for one in listed.keys]
            if None in keys or self.library is resources.RESTX:  # which calls the keys
                raise self.refuse("how 'method_decorators' is made")
            listed = dict(zip(keys, listed.values, strict=True)).get(method, ast.List([]))
        return self._listed(listed, given.module, "method_decorators")

    def _listed(self, value: ast.expr, module: Module, name: str) -> list[Decorator]:
        """The decorators of a list, the last of which is the outermost, in the order in which they stand around."""
        if not isinstance(value, ast.List | ast.Tuple):
            raise self.refuse(f"how '{name}' is made")
        names = Names(self.carrier.project, module, frozenset(), {})
        found = []
        for node in reversed(value.elts):
            target = node.func if isinstance(node, ast.Call) else node
            qualified = names.qualified(cst.parse_expression(ast.unparse(target)))
            found.append(Decorator(ast.unparse(node), qualified, Location(module.file, node.lineno)))
        return found

    def of_class(self) -> list[Decorator]:
        """What stands around the view, outermost first: decorators of its registration, then those of its class."""
        view, concrete = self.endpoint.view, self.members.concrete
        given = self.members.attribute("decorators")
        own = "decorators" in concrete.attributes()
        found: list[Decorator] = []
        if given is not None:
            if self.members.may_change("decorators"):
                raise self.refuse("how 'decorators' is made")
            found = self._listed(given.value, given.module, "decorators")
        listed = [one.text for one in found] if own else []
        declared = list(view.decorators)
        around = declared[: len(declared) - len(listed)]
        if [one.text for one in declared[len(around) :]] != listed:
            raise self.refuse("decorators that the source does not show")
        outside = self.of_api()
        found = [*outside, *around, *found]
        output = self.api.output if self.api is not None else ""
        wrappers = [one for one in view.wrappers if one.qualified != output]
        if output and self.carrier.project.live and len(view.wrappers) != len(wrappers) + 1:
            raise self.refuse("a resource that is not registered with an Api, or with another class of it,")
        if self.carrier.project.live and not self._explained(found, wrappers):
            raise refuse(DECORATED, view.function.location, f"what is around '{self.endpoint.name}'")
        return [*found[: len(outside)], *self._writing(), *found[len(outside) :]]

    def _explained(self, decorators: Sequence[Decorator], wrappers: Sequence[Callee]) -> bool:
        """Whether decorators account for the wrappers around the view.

        Those that only tell OpenAPI something give it back as it is, or within what calls it and does nothing else;
        those that check credentials have Flask-HTTPAuth do so, and webargs' `use_kwargs` is its `use_args`.
        """
        project, sources = self.carrier.project, self.carrier.sources
        layers = [layer_of(project, sources, one, self.home(one), expression_of(one)) for one in decorators]
        named = [
            "login_required" if isinstance(layer, Check) else MAKERS.get(one.qualified or "", _last(one.qualified))
            for one, layer in zip(decorators, layers, strict=True)
        ]
        working = [name for name, layer in zip(named, layers, strict=True) if not isinstance(layer, Documented)]
        around = [one for one in wrappers if one.qualified not in HANDING_ON] if decorators else wrappers
        return _explains(named, wrappers) or _explains(working, around)

    def _writing(self) -> list[Decorator]:
        """What writes the values of a resource, where functions of the project or a setting take part."""
        if self.library is not resources.RESTFUL:
            return []
        settings = settings_for(self.carrier.project, self.carrier.sources, self.endpoint)
        if isinstance(settings, Finding) or not settings.is_written:
            return []
        return [Decorator(restful.WRITING, restful.WRITING, Location(self.members.concrete.module.file, 1))]

    def of_api(self) -> tuple[Decorator, ...]:
        """What an `Api` puts around all its resources, and around what it makes of their values; outermost first.

        Raises `Refused` where that cannot be told.
        """
        if self.api is None:
            return ()
        return self.api.around(self.carrier.project, self.carrier.sources, self.endpoint)

    def of_method(self, owner: Owner, node: Function, method: str) -> list[Decorator]:
        """The decorators of what answers a request method, outermost first."""
        found = [*self._of_documentation(), *self._listed_for(method)] if self.library is not None else []
        found += [self._written(self.members.concrete, one) for one in self.members.tagging]
        written = (self._written(owner, one) for one in node.decorator_list[is_of_class(node) :])
        return [*found, *(meant for one in written for meant in self._spelled_out(one, owner))]

    def _spelled_out(self, decorator: Decorator, owner: Owner) -> list[Decorator]:
        """What a decorator means, where that can be read in a module of the project's as it is."""
        found = spelled_out(self.carrier, decorator, owner.module)
        known = self.carrier.project.modules
        is_plain = all(known.get(module.name) is module and not one.is_bare for one, module in found)
        return [one for one, _ in found] if is_plain else [decorator]

    def checks_bodies(self, decorator: Decorator) -> bool:
        """Whether a decorator tells what a body is held to, as Flask-RESTX does ahead of `method_decorators`."""
        project, sources = self.carrier.project, self.carrier.sources
        return isinstance(
            layer_of(project, sources, decorator, self.home(decorator), expression_of(decorator)), Expected
        )

    def _of_documentation(self) -> list[Decorator]:
        """What decorators of the classes tell of each method, those of the view's own class last."""
        documenting = self.library.documenting if self.library is not None else frozenset()
        return [
            self._written(owner, self.library.of_class(one) if self.library is not None else one)
            for owner in reversed(self.members.owners)
            for one in reversed(owner.node.decorator_list)
            if self.members.method_of(owner.module, one.func if isinstance(one, ast.Call) else one) in documenting
        ]

    def _written(self, owner: Owner, node: ast.expr) -> Decorator:
        """A decorator as it stands in the module of a class."""
        names = Names(self.carrier.project, owner.module, frozenset(), {})
        target = node.func if isinstance(node, ast.Call) else node
        qualified = names.qualified(cst.parse_expression(ast.unparse(target)))
        return Decorator(ast.unparse(node), qualified, Location(owner.module.file, node.lineno))

    def home(self, decorator: Decorator) -> Module:
        """The module where a decorator is written."""
        known = self.carrier.project.modules.values()
        return next((one for one in known if one.file == decorator.location.file), self.members.concrete.module)


def _last(qualified: str | None) -> str:
    """A name without its module."""
    return (qualified or "").rpartition(".")[2]


def _explains(wanted: Sequence[str], wrappers: Sequence[Callee]) -> bool:
    """Whether decorators of these names (outermost first) account for the wrappers around a view that runs.

    A wrapper that does not tell what it wraps hides those below it, so that the outermost alone may be seen.
    """
    makers = [_last(one.qualified.partition(".<locals>")[0]) for one in wrappers]
    if bool(makers) != bool(wanted) or makers[:1] != wanted[:1]:
        return False
    rest = iter(wanted)
    return all(one in rest for one in makers)
