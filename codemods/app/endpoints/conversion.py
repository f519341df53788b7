"""One endpoint of Flask's in, the functions that serve it on FastAPI out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from codemods.app.around.url_values import changes_around, reads_values
from codemods.app.decorators.arguments import Placed
from codemods.app.decorators.around import Surroundings
from codemods.app.decorators.by_status import status_answers
from codemods.app.decorators.completions import with_completion
from codemods.app.decorators.request_arguments import open_arguments
from codemods.app.decorators.written import written_decorators
from codemods.app.functions.callables import called_object
from codemods.app.functions.inner_functions import find_function
from codemods.app.openapi.documentation import document
from codemods.app.openapi.plain_bodies import with_plain_body
from codemods.app.openapi.reads_around import request_shape
from codemods.app.routes.canonical_urls import canonical_needs
from codemods.app.routes.decorators import decorators
from codemods.app.routes.groups import check_reads, groups
from codemods.app.routes.hosts import check_domain, domain_needs
from codemods.app.routes.own_convertors import own_convertors
from codemods.app.routes.paths import Registration, check_slashes, convertible, convertor_needs, registrations
from codemods.carry import Carrier, FileReferences, Policy
from codemods.findings import Finding
from codemods.model import Endpoint, Rule
from codemods.obstacles import unknown_view
from codemods.view.answers import answer
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.methods import for_method, mentions_method
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse

from .dumped_tags import with_dumped_tags
from .inner_parsers import with_inner_parsers
from .loaded_attributes import with_loaded_attributes
from .parsed_files import with_parsed_files
from .thin_endpoints import thin_endpoint
from .translation import ViewFunction, arguments_of, translate


@dataclass(frozen=True, slots=True)
class ConvertedEndpoint:
    """The functions that serve one endpoint, as source text in the order in which they are registered.

    `placed` are the definitions of its dependencies and decorators in other modules of the target.
    """

    endpoint: str
    functions: tuple["RouteFunction", ...]
    needs: frozenset[Need]
    application: Finding | None
    placed: tuple[Placed, ...] = ()
    registrations: tuple[Registration, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteFunction:
    """One function with its route decorators, and the rules that these are for."""

    text: str
    name: str
    rules: Sequence[Rule]


def convert_endpoint(carrier: Carrier, endpoint: Endpoint, policy: Policy, here: str, prefix: str) -> ConvertedEndpoint:
    """Convert an endpoint; raises `Refused`. `here` is the router's module, `prefix` its URL prefix."""
    view = endpoint.view
    location = view.function.location
    if view.kind != "function" or location is None or not view.function.owned:
        raise refuse(unknown_view(view), location, f"'{endpoint.name}' ({view.kind})")
    rules = [one for one in endpoint.rules if not one.build_only]
    found = called_object(carrier, endpoint) or find_function(
        carrier, view.function, endpoint.name.rpartition(".")[2], not endpoint.blueprint, endpoint.blueprint
    )
    written = written_decorators(carrier, endpoint)
    function, names = with_inner_parsers(carrier, found.function, found.names, found.name, location)
    names = with_parsed_files(carrier, function, names, location)
    function = with_dumped_tags(carrier, function, names)
    completed = with_completion(carrier, policy, written, function, names)
    written = completed.decorators
    opened = open_arguments(carrier, policy, written, completed.function, completed.names, location)
    is_async = found.function.asynchronous is not None
    by_status = status_answers(carrier, policy, endpoint, written, is_async)
    answering = by_status or answer
    surroundings = Surroundings(
        carrier, policy, endpoint.blueprint, is_async, answering=answering,
        loaded=opened.decorators, loaded_first=opened.first,
        methods=sorted({method for rule in rules for method in rule.methods}),
    )  # fmt: skip
    decorated = partial(surroundings.convert, written)
    references = FileReferences(carrier, policy, True, here)
    is_plain = opened.function is found.function and by_status is None
    shared = thin_endpoint(carrier, view.function.qualified, found) if is_plain else None
    if shared is not None:
        one = ViewFunction(shared.function, shared.names, shared.name, location, rules, decorated, references)
        try:
            return convert_functions(carrier, endpoint, [one], prefix)
        except Refused:
            pass  # what cannot be called by others may be converted as an endpoint all the same
    one = ViewFunction(
        opened.function, opened.names, found.name, location, rules, decorated, references, answering,
        completed.completion,
    )  # fmt: skip
    return convert_functions(carrier, endpoint, [one], prefix)


def convert_functions(
    carrier: Carrier, endpoint: Endpoint, views: Sequence[ViewFunction], prefix: str
) -> ConvertedEndpoint:
    """The endpoint that these functions answer; raises `Refused`."""
    needs: set[Need] = set()
    placed: dict[Placed, None] = {}
    functions: list[RouteFunction] = []
    application: Finding | None = None
    changes = changes_around(carrier, endpoint)
    check_slashes(endpoint)
    for view in views:
        for rule in view.rules:
            convertible(rule, view.location)
            check_domain(carrier.project, rule, view.location)
        if not view.rules:
            raise refuse(CONSTRUCT, view.location, f"'{endpoint.name}' has no rule that matches")
        reads = any(one.defaults or "{" in one.rule for one in view.rules) and reads_values(carrier)
        check_reads(view.rules, reads, view.location)
        if reads and any(one.defaults for one in view.rules):
            needs |= {Need("fastapi", "Depends"), Need(".compat.rule_defaults", "RuleDefaults")}
        needs |= {need for rule in view.rules for need in convertor_needs(rule)}
        needs |= domain_needs(carrier.project, view.rules, endpoint.blueprint)
        needs |= canonical_needs(carrier.project, endpoint, view.rules)
        for group in groups(view.rules):
            around = view.decorated(arguments_of(group, changes, view))
            placed.update(dict.fromkeys(around.placed))
            needs |= around.needs
            for variant, methods in _variants(view.function, view.names, group.rules):
                translated = translate(endpoint, view, variant, around)
                translated = with_plain_body(translated, view.names, around, carrier.project, carrier.adopted)
                translated = with_loaded_attributes(translated, carrier.schemas.plans)
                needs |= translated.needs
                placed.update(dict.fromkeys(translated.placed))
                application = around.application or application or translated.application
                own = _function_name(view.name + group.suffix, methods, group.rules)
                around.check_name(own, view.function.name.value)
                shape = request_shape(carrier, endpoint, translated.written, view.names, methods)
                documented = document(carrier, view.names, translated, shape, methods, own, around)
                needs |= documented.needs
                placed.update(dict.fromkeys(documented.placed))
                routes = decorators(
                    carrier.project, group.rules, methods, endpoint, prefix, around.guards, tells_defaults=reads
                )
                comment = carrier.sources.comment(view.location, view.name)
                text = documented.declare(routes, around, comment) + around.lines() + translated.render(own)
                functions.append(RouteFunction(text, own, with_methods(group.rules, methods)))
    rules = [rule for view in views for rule in view.rules]
    converters = own_convertors(carrier, rules, endpoint.view.function.location)
    placed.update(dict.fromkeys(one.placed for one in converters))
    known = (one for rule in rules for one in registrations(rule))
    registered = tuple(dict.fromkeys((*(one.registration for one in converters), *known)))
    return ConvertedEndpoint(endpoint.name, tuple(functions), frozenset(needs), application, tuple(placed), registered)


def with_methods(rules: Sequence[Rule], methods: Collection[str]) -> list[Rule]:
    """The rules for some methods only, without those that have none of them."""
    found = [replace(rule, methods=tuple(one for one in rule.methods if one in methods)) for rule in rules]
    return [one for one in found if one.methods]


def _function_name(name: str, methods: Collection[str], rules: Sequence[Rule]) -> str:
    """The name of the function for some methods of its rules."""
    everything = {method for rule in rules for method in rule.methods}
    return name if len(methods) == len(everything) else f"{min(methods).lower()}_{name}"


def _variants(
    function: cst.FunctionDef, names: Names, rules: Sequence[Rule]
) -> list[tuple[cst.FunctionDef, tuple[str, ...]]]:
    """The view for each method, or once for all where the method makes no difference."""
    methods = tuple(sorted({one for rule in rules for one in rule.methods}))
    if len(methods) < 2 or not mentions_method(function, names):
        return [(function, methods)]
    variants: list[tuple[cst.FunctionDef, tuple[str, ...]]] = []
    for method in methods:
        folded = for_method(function, names, method)
        same = next((index for index, (one, _) in enumerate(variants) if one.deep_equals(folded)), None)
        if same is None:
            variants.append((folded, (method,)))
        else:
            variants[same] = (variants[same][0], (*variants[same][1], method))
    return variants
