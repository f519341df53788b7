"""What the decorators of a view tell OpenAPI: options of its route, of which each stands there once.

@blp.doc(summary="Pets")                           @router.get(
@blp.alt_response(404, description="None")    →        "/", summary="Pets", responses={404: {"description": "None"}}
def pets(): ...                                    )
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from codemods.carry import Carrier, Policy
from codemods.extensions import ByStatus, Documented, Expected, Input, ParsingCall, is_summarised, layer_of
from codemods.literals import as_literal
from codemods.model import Decorator, Module
from codemods.view.imports import Need

from .expected_bodies import body_models
from .layers import told_of
from .parts import expression_of
from .wrappers import ToldAnswer, Wrapper

HEADERS = '"headers": {'
"""How an entry begins that tells of headers; those of several decorators come together."""


@dataclass(frozen=True, slots=True)
class RouteOptions:
    """Further options by name, as source text, what is told of answers, and what FastAPI has no option for.

    `summarises` tells whether the first line of the endpoint's docstring is its summary, `body` is the type of the
    bodies that clients are told to send.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    told: tuple[ToldAnswer, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    summarises: bool = False
    body: str = ""
    body_needs: frozenset[Need] = frozenset()

    @property
    def needs(self) -> frozenset[Need]:
        """The imports of the router for it."""
        return frozenset().union(*(one.needs for one in self.told))

    def merged(self, own: str, wrappers: Iterable[Wrapper]) -> str:
        """The options of the route: `own`, which the endpoint asks for, those of its decorators, and these."""
        wrappers = list(wrappers)
        answers: dict[int, dict[str, str]] = {}
        for one in (*(told for wrapper in wrappers for told in wrapper.told), *self.told):
            known = answers.setdefault(one.status, {})
            for entry in one.entries:
                name = entry.partition(":")[0]
                is_more = name in known and entry.startswith(HEADERS)
                known[name] = f"{known[name][:-1]}, {entry.removeprefix(HEADERS)}" if is_more else entry
        for status in _statuses(own):  # what the code itself makes is told of instead
            answers.pop(status, None)
        shown = ", ".join(f"{status}: {{{', '.join(told.values())}}}" for status, told in sorted(answers.items()))
        found = "".join(one.options for one in wrappers)
        found += "".join(f", {name}={text}" for name, text in self.options.items())
        for name, text in (("responses", f"{{{shown}}}"), ("openapi_extra", as_literal(self.extra))):
            if text != "{}" and name == "responses" and f", {name}={{" in own:
                own = own.replace(f", {name}={{", f", {name}={text[:-1]}, ", 1)
            elif text != "{}" and f", {name}=" in own:
                own = own.replace(f", {name}=", f", {name}={text} | ", 1)
            elif text != "{}":
                found += f", {name}={text}"
        return own + found


def _statuses(options: str) -> list[int]:
    """The statuses that options of a route say the answers of."""
    call = ast.parse(f"route(path{options})", mode="eval").body
    told = [one.value for one in call.keywords if one.arg == "responses"] if isinstance(call, ast.Call) else []
    keys = [key for one in told if isinstance(one, ast.Dict) for key in one.keys]
    return [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, int)]


def route_options(carrier: Carrier, policy: Policy, decorators: Sequence[tuple[Decorator, Module]]) -> RouteOptions:
    """What these decorators tell; raises `Refused` for a schema that is not converted."""
    options, told, extra = dict[str, str](), list[ToldAnswer](), dict[str, object]()
    bodies: dict[str, frozenset[Need]] = {}
    for decorator, module in decorators:
        layer = layer_of(carrier.project, carrier.sources, decorator, module, expression_of(decorator))
        if isinstance(layer, ParsingCall | Documented):
            extra |= layer.extra
        if isinstance(layer, Documented):
            options |= layer.options
            bodies |= dict(body_models(carrier, decorator, module, layer.bodies))
        if isinstance(layer, Expected):
            bodies |= dict(body_models(carrier, decorator, module, layer.inputs))
        if isinstance(layer, ByStatus | Documented | Input | ParsingCall):
            told += (told_of(carrier, policy, decorator, module, one) for one in layer.answers)
    summarises = any(is_summarised(carrier.project, carrier.sources, decorator) for decorator, _ in decorators)
    body, needs = " | ".join(bodies), frozenset[Need]().union(*bodies.values())
    told = [one for one in told if one.entries]
    return RouteOptions(options, tuple(told), extra, summarises and "summary" not in options, body, needs)
