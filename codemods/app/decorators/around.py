"""All decorators around one view, in their order: checks as dependencies, the others as decorators of the endpoint.

FastAPI runs the dependencies of a route before anything that stands around its endpoint. A check below a decorator that
would see what the check does is therefore left in its place, as a decorator like that one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from codemods.app.around.login import login_guard
from codemods.carry import Carrier, Policy
from codemods.extensions import (
    ByStatus,
    Check,
    Documented,
    Expected,
    Input,
    Layer,
    Limited,
    Marshalled,
    Output,
    Paged,
    Represented,
    Tagged,
    Wrapping,
    layer_of,
)
from codemods.findings import Finding, Location
from codemods.model import Decorator, Module
from codemods.view.answers import Answering, answer
from codemods.view.imports import Need

from .arguments import Placed
from .calls import ViewCalls, view_calls, without_ensure_sync
from .credentials import credentials_guard
from .diagnostics import unclear
from .entity_tags import Tagging
from .expected_bodies import expected_guards
from .guards import Guard, GuardConversion, extension_guard
from .layers import LoadedInput, input_of, layer_wrapper
from .marshalling import marshal_wrapper, represented, represented_wrapper
from .model_inputs import LoadedModel
from .paging import paged
from .parts import Parts, expression_of, take_apart
from .passing import Passed
from .rate_limits import limit_guard
from .request_arguments import Loaded
from .route_options import RouteOptions, route_options
from .wrappers import Wrapper, WrapperConversion


@dataclass(frozen=True, slots=True)
class Decorated:
    """What stands around a view, outermost first, and what the view is handed in the end.

    `inputs` are the parts of the request that the endpoint loads for it; `documented` is what else the route says.
    """

    guards: tuple[Guard, ...] = ()
    wrappers: tuple[Wrapper, ...] = ()
    passed: Passed = field(default_factory=Passed)
    location: Location | None = None
    keeps_names: bool = True
    inputs: tuple[LoadedInput | LoadedModel, ...] = ()
    documented: RouteOptions = field(default_factory=RouteOptions)

    def options(self, own: str) -> str:
        """The options of the route, in which `own` are those that the endpoint itself asks for."""
        return self.documented.merged(own, self.wrappers)

    @property
    def every(self) -> tuple[Guard | Wrapper, ...]:
        """The guards and the decorators of the endpoint."""
        return (*self.guards, *self.wrappers)

    @property
    def application(self) -> Finding | None:
        """Why it runs only inside an application context, if any of it does."""
        return next((one.application for one in self.every if one.application), None)

    @property
    def takes(self) -> str:
        """What the innermost decorator expects of the view (see `Wrapper.takes`)."""
        return self.wrappers[-1].takes if self.wrappers else "response"

    @property
    def reads_request(self) -> bool:
        """Whether a decorator of the endpoint has to be handed the request."""
        return any(one.reads_request for one in self.wrappers)

    @property
    def query(self) -> frozenset[str]:
        """The names of the query that guards declare."""
        return frozenset().union(*(one.query for one in self.guards))

    @property
    def works_first(self) -> Wrapper | None:
        """A decorator of the endpoint that does something before the endpoint runs, or sees its errors."""
        return next((one for one in self.wrappers if one.works_first), None)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """The definitions in other modules of the target."""
        ahead = (placed for one in self.guards for placed in one.ahead)
        return (*ahead, *(one.placed for one in self.every if one.placed is not None))

    @property
    def needs(self) -> frozenset[Need]:
        """The imports of the router for it."""
        return self.documented.needs.union(*(one.needs for one in self.every))

    def lines(self) -> str:
        """The decorators of the endpoint, below those of its route."""
        return "".join(f"@{one.expression}\n" for one in self.wrappers)

    def check_name(self, name: str, written: str) -> None:
        """Raise `Refused` where a decorator reads the view's name and the endpoint has another."""
        for one in self.wrappers:
            if one.reads_name and (name != written or not self.keeps_names):
                raise unclear(self.location, one.text, "reads the view's name")


READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Surroundings:
    """The decorators of one view on their way.

    The first `awaited` of them wrap what Flask itself has made sync, as the decorators of a class do. `answering` makes
    responses of what they return. `loaded` are those of webargs, by their place; `loaded_first` is what the view parses
    before it does anything else. `taken` are those that are known in pieces, by their place. The first `outside` of
    them stand around what is made a response already, and answer by themselves as any view does. The first
    `by_keywords` of them stand around what takes keywords only. `methods` are those that the view answers.
    """

    carrier: Carrier
    policy: Policy
    blueprint: str
    is_async: bool
    awaited: int = 0
    answering: Answering = answer
    loaded: Mapping[int, Loaded] = field(default_factory=dict)
    loaded_first: Sequence[Loaded] = ()
    taken: Mapping[int, Parts] = field(default_factory=dict)
    outside: int = 0
    by_keywords: int = 0
    methods: Collection[str] = ()

    def convert(self, decorators: Sequence[tuple[Decorator, Module]], passed: Passed) -> Decorated:
        """The decorators, outermost first, each with the module in which it is written; raises `Refused`."""
        guards, wrappers = list[Guard](), list[Wrapper]()
        keeps_names, inputs = True, list[LoadedInput | LoadedModel]()
        outer, tagging = (0, 0), Tagging(self.methods)
        for place, (decorator, module) in enumerate(decorators):
            self.check_keywords(place, passed, decorators)
            if place == self.awaited:  # a resource checks the body ahead of what stands around its method
                outer = len(guards), len(wrappers)
            layer = layer_of(self.carrier.project, self.carrier.sources, decorator, module, expression_of(decorator))
            guard = self.of_extension(decorator, module, layer)
            if inputs and (layer is None or guard is not None):
                raise unclear(decorator.location, decorator.text, "stands below a decorator that loads the request")
            if (loaded := self.loaded.get(place)) is not None:
                guard, passed = loaded.guard, handed(passed, loaded)
            if isinstance(layer, Paged):
                passed, guard = paged(self.carrier, self.policy, passed, layer, wrappers, decorator, module)
            if isinstance(layer, Expected):
                guards[outer[0] : outer[0]] = self.body_checks(decorators[: place + 1], layer, wrappers[: outer[1]])
            guards += tagging.begin(layer, decorator, wrappers, len(guards))
            if isinstance(layer, ByStatus | Documented | Expected | Tagged):
                continue
            if isinstance(layer, Input) and place not in self.loaded:
                passed = passed.with_input(layer.name, len(inputs))
                inputs.append(input_of(self.carrier, self.policy, decorator, module, layer))
            elif isinstance(layer, Output | Wrapping | Marshalled | Represented):
                made = self.of_layer(decorator, module, layer, wrappers)
                wrappers.append(tagging.around(made, layer, len(wrappers)))
                self.check_chain(wrappers, decorator)
            elif guard is None:
                parts = self.taken.get(place) or take_apart(self.carrier, decorator)
                wrapper, waits = without_ensure_sync(parts)
                calls = view_calls(parts, wrapper)
                answering = answer if place < self.outside else self.answering
                keeps_names &= parts.keeps_name
                self.check_async(parts, calls, waits or place < self.awaited)
                if calls.is_check:
                    conversion = GuardConversion(
                        self.carrier, self.policy, self.blueprint, module, parts, passed, answering
                    )
                    guard, after = conversion.convert(wrapper, calls)
                    if not _is_seen(guard, wrappers):
                        guards += [] if guard.is_idle else [guard]
                        passed = after
                        continue
                    if guard.injects:
                        raise unclear(parts.location, parts.text, "stands below a decorator that sees what it does")
                around = WrapperConversion(self.carrier, self.policy, self.blueprint, module, parts, passed, answering)
                wrappers.append(around.convert(wrapper, calls))
                self.check_chain(wrappers, decorator)
            elif _is_seen(guard, wrappers):
                raise unclear(decorator.location, decorator.text, "stands below a decorator that sees what it does")
            else:
                guards.append(guard)
        self.check_keywords(len(decorators), passed, decorators)
        for one in self.loaded_first:
            passed = self.parsed_first(one, passed, guards, wrappers, decorators)
        location = decorators[0][0].location if decorators else None
        documented = route_options(self.carrier, self.policy, decorators)
        return Decorated(tagging.end(guards), (*wrappers,), passed, location, keeps_names, (*inputs,), documented)

    def body_checks(
        self, decorators: Sequence[tuple[Decorator, Module]], layer: Expected, outside: Sequence[Wrapper]
    ) -> list[Guard]:
        """The dependencies that check bodies for the last of these, below what stands `outside`; raises `Refused`."""
        decorator, module = decorators[-1]
        checks = list(expected_guards(self.carrier, decorator, module, layer))
        if checks and any(one.works_first for one in outside):
            raise unclear(decorator.location, decorator.text, "stands below a decorator that sees what it does")
        self.check_told(decorators[self.awaited : -1] if checks else (), decorator)
        return checks

    def check_told(self, outside: Sequence[tuple[Decorator, Module]], decorator: Decorator) -> None:
        """Raise `Refused` where a resource does not see what a decorator says that it expects.

        It reads an attribute of what stands outermost (`Resource.validate_payload`): a wrapper may have lost it, a
        document that is hidden has none, and one more `expect` replaces what it says.
        """
        for place, (one, module) in enumerate(outside, self.awaited):
            layer = layer_of(self.carrier.project, self.carrier.sources, one, module, expression_of(one))
            of_route = (one.qualified or "").endswith(".route")  # says nothing of the methods themselves
            is_hidden = isinstance(layer, Documented) and "include_in_schema" in layer.options and not of_route
            if is_hidden or isinstance(layer, Expected) or (isinstance(layer, Documented) and layer.bodies):
                raise unclear(decorator.location, decorator.text, f"stands below '{one.text}', which replaces it")
            if layer is None and place not in self.loaded and self.of_extension(one, module, layer) is None:
                parts = self.taken.get(place) or take_apart(self.carrier, one)
                if not parts.keeps_attributes:
                    raise unclear(decorator.location, decorator.text, f"stands below '{one.text}', which hides it")

    def of_layer(
        self,
        decorator: Decorator,
        module: Module,
        layer: Output | Wrapping | Marshalled | Represented,
        wrappers: list[Wrapper],
    ) -> Wrapper:
        """What stands around the endpoint for an extension's decorator, within the `wrappers`; raises `Refused`."""
        if isinstance(layer, Wrapping | Marshalled) and self.is_async:
            raise unclear(decorator.location, decorator.text, "does not wait for the async view")
        if isinstance(layer, Wrapping) and layer.skips and not READING.issuperset(self.methods):
            raise unclear(decorator.location, decorator.text, "may answer without the view, which changes something")
        if isinstance(layer, Represented):
            return represented_wrapper(layer, decorator)
        if isinstance(layer, Marshalled):
            made = marshal_wrapper(self.carrier, decorator, module, layer, self.answering is not answer)
            return represented(wrappers, made) if wrappers else made
        return layer_wrapper(self.carrier, self.policy, decorator, module, layer)

    def of_extension(self, decorator: Decorator, module: Module, layer: Layer | None) -> Guard | None:
        """The dependency for a check of an extension's; None for any other decorator. Raises `Refused`."""
        if isinstance(layer, Check):
            return credentials_guard(self.carrier, self.policy, decorator, module, layer)
        if isinstance(layer, Limited):
            return limit_guard(self.carrier, self.policy, layer, decorator)
        if layer is not None:
            return None
        return login_guard(self.carrier, self.policy, decorator) or extension_guard(self.carrier, decorator)

    def parsed_first(
        self,
        loaded: Loaded,
        passed: Passed,
        guards: list[Guard],
        wrappers: Sequence[Wrapper],
        decorators: Sequence[tuple[Decorator, Module]],
    ) -> Passed:
        """What the view is handed, that it parses itself included; raises `Refused`."""
        if _is_seen(loaded.guard, wrappers):
            raise unclear(decorators[0][0].location, decorators[0][0].text, "sees what the view parses")
        guards.append(loaded.guard)
        return handed(passed, loaded)

    def check_async(self, parts: Parts, calls: ViewCalls, waits: bool) -> None:
        """Raise `Refused` where Flask would make a response of a coroutine, or wait where FastAPI cannot."""
        is_async = parts.wrapper.asynchronous is not None
        if is_async and not self.is_async:
            raise unclear(parts.location, parts.text, "waits for a view that is not async")
        if self.is_async and not is_async and not (waits and calls.is_check):
            raise unclear(parts.location, parts.text, "does not wait for the async view")

    def check_keywords(self, place: int, passed: Passed, decorators: Sequence[tuple[Decorator, Module]]) -> None:
        """Raise `Refused` where Flask's view of a class would be handed something by position."""
        loading = [index for index, one in self.loaded.items() if index < self.by_keywords and one.is_positional]
        if place != self.by_keywords or not (passed.positional or loading):
            return
        decorator, _ = decorators[loading[0] if loading else place - 1]
        raise unclear(decorator.location, decorator.text, "hands on by position what a class's view takes by keyword")

    def check_chain(self, wrappers: Sequence[Wrapper], decorator: Decorator) -> None:
        """Raise `Refused` where a decorator takes the value of another that does not give it as it was."""
        if any(one.placed is None and one.takes == "value" for one in wrappers[:-1]):
            raise unclear(decorator.location, decorator.text, "stands below a decorator that dumps what it returns")
        if len(wrappers) > 1 and wrappers[-2].takes != "response" and not wrappers[-1].gives_response:
            raise unclear(decorator.location, decorator.text, f"is below '{wrappers[-2].text}', which takes its value")


def handed(passed: Passed, loaded: Loaded) -> Passed:
    """What is passed on, and what was loaded."""
    return replace(passed, keywords={**passed.keywords, loaded.name: loaded.value})


def _is_seen(guard: Guard, wrappers: Sequence[Wrapper]) -> bool:
    """Whether decorators around a check would do something else if the check came before them."""
    return bool(wrappers) and (guard.answers or any(one.works_first for one in wrappers))
