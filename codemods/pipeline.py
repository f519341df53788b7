"""From facts and source to the files of the target: the whole conversion, pure.

The target is a function of the project, its sources and the set of endpoints that are converted; nothing else decides.
"""

import ast
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from codemods.carry import Carrier, Policy
from codemods.extensions import problem
from codemods.findings import Diagnostic, Finding
from codemods.model import Endpoint, Project
from codemods.obstacles import application_obstacles
from codemods.scan.reading import collection_paused
from codemods.schemas.basis.plan import FORMS
from codemods.schemas.calls.beside_flask import without_mark
from codemods.styles import Style, Styles
from codemods.view.names import split
from codemods.view.refusal import Refused
from codemods.view.source import Sources
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .app.around.lifecycle import convert_around
from .app.around.login import collect_login
from .app.classes.views import convert_class_view
from .app.endpoints.conversion import ConvertedEndpoint, convert_endpoint
from .app.endpoints.reach import kept_out, lambdas, reached_names
from .app.endpoints.redirects import convert_redirects
from .app.endpoints.sharing import SEPARATE_PROCESSES, groups, stays
from .app.endpoints.static import convert_static
from .app.functions.inner_functions import lambda_text
from .app.functions.registering_calls import call_texts
from .app.package.assembly import write_package
from .app.package.json_provider import JsonProvider, adoptable_json, convert_json, default_definition
from .app.package.target import Package
from .app.package.template_functions import template_functions
from .app.package.templating import collect_pages
from .app.routes.paths import redirects

Runtime = Literal["native", "bridged", "flask"]
EXACT = Styles()


ORDER = Diagnostic(
    "FM117",
    "blocked",
    "a rule that would hide a more specific one of another blueprint",
    "Werkzeug tries the most specific rule first wherever it was registered; FastAPI the first that was. No order of "
    "the routers puts every rule in its place.",
    "Move one of the two rules into the other's blueprint.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one endpoint. `file` is relative to the target; `digest` is that of all source it is made from.

    Of a bridged one the findings say why it is not native. `schemas` are the converted schemas that it uses.
    """

    endpoint: str
    runtime: Runtime
    file: str | None
    digest: str
    findings: tuple[Finding, ...]
    schemas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaOutput:
    """The classes that a Marshmallow schema became. `file` is relative to the target; `patch` is for `partial=True`.
    `load` or `dump` is empty where that side of a schema is not used.

    `finish` is the method that gives what Marshmallow's `load` returned; `digest` is that of all source it is made of.
    `exact_since` tells why a schema is not of the idiomatic style that was chosen for it.
    """

    file: str
    load: str
    dump: str
    patch: str
    finish: str
    digest: str
    style: Style = "exact"
    exact_since: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The target's files (path relative to it → text), what became of each endpoint, and the schemas that are written,
    by the qualified name of the Marshmallow class.

    `groups` are the endpoints that move together with others, each with the name of its group.
    """

    files: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    schemas: Mapping[str, SchemaOutput] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


@collection_paused()
def convert(
    project: Project,
    sources: Mapping[str, bytes],
    endpoints: Collection[str],
    target: str,
    adopted: Collection[str] = (),
    is_apart: bool = False,
    styles: Styles = EXACT,
    trees: dict[str, ast.Module] | None = None,
) -> Conversion:
    """Convert `endpoints` (names) of `project`. What cannot be converted faithfully stays on Flask, with a finding.

    `adopted` names the kinds of wire difference (`codemods.parity`) on which FastAPI's own behaviour is taken;
    `is_apart` tells that Flask will run in another process; `styles` says how schemas are written; `trees` are those
    that the scan has parsed.
    """
    taken = adoptable_json(project.application.overridden, adopted)
    parsed = Sources(sources, {} if trees is None else trees)
    carrier = Carrier(project, parsed, taken, target, styles)
    collect_login(carrier)
    carrier.pages = collect_pages(carrier, target)
    functions = template_functions(carrier)
    around = convert_around(carrier, ".hooks")
    blockers = [*application_obstacles(project)]
    try:
        json = convert_json(carrier)
    except Refused as refused:
        json = JsonProvider()
        blockers.append(refused.finding)
    package = Package(project, carrier, around, json, functions, target, is_apart)
    policies: tuple[Policy, ...] = ("native",) if is_apart else ("native", "bridged")
    outcomes = {}
    for endpoint in project.endpoints:
        if endpoint.name in endpoints:
            digest = source_digest(carrier, endpoint)
            outcomes[endpoint.name] = _take(package, blockers, endpoint, digest, policies)
    _keep_order(package, blockers, outcomes, policies[1:])
    grouped = _keep_groups(package, groups(carrier, is_apart), outcomes)
    files = write_package(package)
    schemas = written_schemas(carrier, files)
    for endpoint in project.endpoints:
        known = outcomes.get(endpoint.name)
        if known is not None and known.runtime != "flask":
            names = reached_names(carrier, endpoint)
            used = carrier.schemas.closure({one for one in schemas if one.partition("(")[0] in names})
            outcomes[endpoint.name] = replace(known, schemas=tuple(sorted(used & schemas.keys())))
    return Conversion(files, outcomes, schemas, grouped)


def _take(
    package: Package, blockers: Collection[Finding], endpoint: Endpoint, digest: str, policies: Sequence[Policy]
) -> Outcome:
    """Convert one endpoint by the first of these policies that serves it, and take it into the package."""
    try:
        converted, policy, because = _convert(package, blockers, endpoint, policies)
    except Refused as refused:
        return Outcome(endpoint.name, "flask", None, digest, (refused.finding,))
    file = package.add(endpoint, converted, policy)
    return Outcome(endpoint.name, policy, file, digest, (because,) if because else ())


def _keep_order(
    package: Package, blockers: Collection[Finding], outcomes: dict[str, Outcome], others: Sequence[Policy]
) -> None:
    """See that no rule hides a more specific one of a router behind it.

    A native rule that would hide a bridged one moves to the bridged routers, where the order can be kept; what no order
    can keep stays on Flask. `others` are the policies besides the native one.
    """
    while (conflict := package.order()[1]) is not None:
        endpoint = package.remove(conflict.endpoint)
        known = outcomes[endpoint.name]
        if known.runtime == "native":
            taken = _take(package, blockers, endpoint, known.digest, others)
            because = Finding(NEEDS_APPLICATION, None, f"the place of '{conflict.rule.rule}' among bridged routes")
            outcomes[endpoint.name] = replace(taken, findings=taken.findings or (because,))
            continue
        finding = Finding(ORDER, None, f"'{conflict.rule.rule}' of '{endpoint.name}'")
        outcomes[endpoint.name] = Outcome(endpoint.name, "flask", None, known.digest, (finding,))


def _keep_groups(package: Package, grouped: Mapping[str, str], outcomes: dict[str, Outcome]) -> Mapping[str, str]:
    """See that a group of endpoints that share state is converted as one, or not at all; the groups that are."""
    kept: dict[str, str] = {}
    for group in dict.fromkeys(grouped.values()):
        members = [name for name, own in grouped.items() if own == group]
        asked = [outcomes[name] for name in members if name in outcomes]
        finding = stays(package.carrier, group, [one.endpoint for one in asked if one.runtime == "flask"])
        if finding is None:
            kept |= dict.fromkeys(members, group) if asked else {}
            continue
        for one in asked:
            if one.runtime != "flask":
                package.remove(one.endpoint)
                outcomes[one.endpoint] = Outcome(one.endpoint, "flask", None, one.digest, (finding,))
    return kept


def _convert(
    package: Package, blockers: Collection[Finding], endpoint: Endpoint, policies: Sequence[Policy]
) -> tuple[ConvertedEndpoint, Policy, Finding | None]:
    """An endpoint's functions by the first of these policies that serves it, and why it is not native.

    Raises `Refused`.
    """
    carrier, around = package.carrier, package.around
    for finding in blockers:
        raise Refused(finding)
    names = reached_names(carrier, endpoint)
    if found := problem(carrier.project, carrier.sources, names):
        raise Refused(found)
    prefix = package.prefix(endpoint.blueprint)
    because: Finding | None = None
    for policy in policies:
        reason = kept_out(carrier, around, endpoint, policy)
        if reason is not None and policy == "native":
            because = reason
            continue
        if reason is not None:
            raise Refused(reason)
        here = package.router(endpoint.blueprint, policy)
        if redirects(endpoint) and policy == "native":
            converted = convert_redirects(carrier, endpoint, here, prefix)
        elif endpoint.view.kind == "static":
            converted = convert_static(carrier.project, endpoint, here, prefix, package.target)
        else:
            convert_view = convert_class_view if endpoint.view.kind in ("method_view", "view") else convert_endpoint
            try:
                converted = convert_view(carrier, endpoint, policy, here, prefix)
            except Refused as refused:
                if policy == "bridged" or refused.finding.diagnostic is not NEEDS_APPLICATION:
                    raise
                because = refused.finding
                continue
        if policy == "bridged" or not converted.application:
            return converted, policy, because
        because = converted.application
    detail = f"'{endpoint.name}' needs Flask's application context" + (f": {because.detail}" if because else "")
    raise Refused(Finding(SEPARATE_PROCESSES, None, detail))


def source_digest(carrier: Carrier, endpoint: Endpoint) -> str:
    """A digest of the view and of every definition of the project that it reaches, and of what stands around it."""
    names = reached_names(carrier, endpoint)
    digest = hashlib.sha256(_definitions(carrier, names))
    for text in call_texts(carrier, names):
        digest.update(text.encode())
    if found := default_definition(carrier):
        module, definition = found
        text = carrier.sources.segment(module.file, definition.location.line, definition.end_line)
        digest.update(text.encode())
    for one in lambdas(carrier, endpoint):
        digest.update(lambda_text(carrier, one).encode())
    digest.update(repr(endpoint.view.arguments).encode())
    digest.update(endpoint.view.given.text.encode() if endpoint.view.given else b"")
    digest.update(repr([(one.host, one.subdomain, one.rule, one.methods) for one in endpoint.rules]).encode())
    return f"sha256:{digest.hexdigest()}"


def _definitions(carrier: Carrier, names: Collection[str]) -> bytes:
    """The source of the project's definitions of these names, one after the other."""
    found = []
    for name in sorted(names):
        module, rest = split(carrier.project, name)
        if module is None:
            continue
        # of what a function or class defines, all of that function or class
        definition = module.definitions.get(rest) or module.definitions.get(rest.partition(".")[0])
        if definition is not None:
            text = carrier.sources.segment(module.file, definition.location.line, definition.end_line)
            found.append(f"{name}{text}")
    return "".join(found).encode()


def written_schemas(carrier: Carrier, files: Mapping[str, str]) -> Mapping[str, SchemaOutput]:
    """The schemas whose classes are in these files."""
    catalog, found = carrier.schemas, {}
    for name, plan in (catalog.known or {}).items():
        file = f"schemas/{plan.home}.py"
        forms = {form for form in FORMS if f"\nclass {plan.name_on(form)}(" in files.get(file, "")}
        if plan.only_side:
            forms &= {plan.only_side, "patch"}
        load, dump, patch = (plan.name_on(form) if form in forms else "" for form in ("load", "dump", "patch"))
        if not (load or dump):
            continue
        known_as = name if without_mark(name) in found else without_mark(name)
        family = catalog.closure((name,))
        origins = {catalog.known[one].origin for one in family} if catalog.known else set()
        names = origins.union(*(carrier.context.reach(one) for one in origins))
        digest = f"sha256:{hashlib.sha256(_definitions(carrier, names)).hexdigest()}"
        finish = plan.after_load or "to_dict"
        style: Style = "idiomatic" if plan.is_idiomatic else "exact"
        found[known_as] = SchemaOutput(file, load, dump, patch, finish, digest, style, plan.exact_since)
    return found
