"""The modules around the routers: `main.py`, `asgi.py`, the gateway's entry, and the state that both sides share."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from codemods import debt
from codemods.app.routes.order import is_bridged
from codemods.app.routes.paths import paths
from codemods.carry import Carried, SharedState, folders
from codemods.carry.own_state import MODULE as OWN_STATE
from codemods.carry.own_state import display_type
from codemods.carry.verbatim import STATE
from codemods.extensions import Extension, Served, installed, lifecycle_settings
from codemods.literals import as_literal
from codemods.model import Project, Rule
from codemods.obstacles import trusts_proxy
from codemods.parity import JSON
from codemods.schemas.catalog import PREFIX
from codemods.view.imports import Need, render_imports

from . import sessions
from .json_provider import MODULE as JSON_PROVIDER
from .json_provider import writes_json
from .settings import MODULE as SETTINGS
from .tables import Table, flask_classes, table
from .target import File, Package

FOLDERS = {
    "routers": "One router for each blueprint.",
    "schemas": "What clients send and get.",
    "bridged": "What runs only beside the Flask application, inside its application context.",
    "bridged/routers": "One router for each blueprint with routes that need the Flask application.",
}

TEMPLATES = Environment(
    loader=PackageLoader("codemods"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    keep_trailing_newline=True,
)  # fmt: skip


def render(
    package: Package,
    routers: Sequence[str],
    files: Mapping[str, File],
    states: Mapping[str, SharedState],
    *,
    links: bool,
) -> dict[str, str]:
    """The modules' texts by path. `links` tells that schemas dump links."""
    values = _values(package, routers, files, states) | {"links": links}
    if links:
        values |= {"rule_defaults": _rule_defaults(package), "build_order": _build_order(package)}
    texts = {path: TEMPLATES.get_template(f"{path}.j2").render(values) for path in ("main.py", "asgi.py", "gateway.py")}
    texts["gateway/__init__.py"] = texts.pop("gateway.py")
    texts["__init__.py"] = f'"""{values["title"]} on FastAPI."""\n'
    if states:
        texts["state.py"] = TEMPLATES.get_template("state.py.j2").render(values)
    return texts


def _values(
    package: Package, routers: Sequence[str], files: Mapping[str, File], states: Mapping[str, SharedState]
) -> dict[str, Any]:
    reference = package.project.application.reference
    module, _, attribute = reference.partition(":")
    attribute = attribute or ("create_app" if package.project.application.is_factory else "app")
    name, opened, given = attribute.partition("(")
    everything = {need for file in files.values() for need in file.needs}
    extensions = installed(package.project, {need.module for need in everything})
    used = {need.module.removeprefix(".compat.") for need in everything if need.module.startswith(".compat.")}
    has_sessions = sessions.are_used(package, files, everything)
    read_all = SETTINGS in files and set(sessions.KEYS) <= package.carrier.settings.read
    native, bridged = _tables(package, extensions, loads=_loads(files))
    return {
        "title": _title(package),
        "target": package.target,
        "is_apart": package.is_apart,
        "app_module": module,
        "app_name": name,
        "app_call": opened + given or ("()" if package.project.application.is_factory else ""),
        "native": [_entry(one) for one in routers if not is_bridged(one)],
        "bridged": [_entry(one) for one in routers if is_bridged(one)],
        "bridged_routes": sum(len(one[0].rules) for one in package.endpoints if one[2] == "bridged"),
        "lifecycle": native,
        "bridged_lifecycle": bridged if any(map(is_bridged, routers)) and bridged.differs_from(native) else None,
        "settings": SETTINGS in files,
        "flask_classes": flask_classes(package.around.native, _http_errors(package, files, routers)),
        "bridged_flask_classes": flask_classes(package.around.bridged, ()),
        "processors": _processors(package),
        "template_tables": package.templating.constants(),
        "adopted": sorted(package.carrier.adopted - JSON),
        "json_switches": package.json.switches if writes_json(everything) else {},
        "json_default": JSON_PROVIDER in files,
        "session": has_sessions,
        "session_flags": None if read_all else sessions.flags(package.project.application),
        "templates": "shared_templates" in used,
        "files": "files" in used,
        "root_path": folders.from_file(package.project.application.root_path, ".main", package.target)
        if any("app.state.root_path" in text for file in files.values() for text, _ in file.pieces)
        else "",
        "max_age": _max_age(package.project.application.flags.get("SEND_FILE_MAX_AGE_DEFAULT")),
        "own_state": OWN_STATE in files,
        **_state_values(states),
        "attributes": ".bridged.attributes" in files,
        "limits": body_limits(package, everything),
        "server_name": _server_name(package),
        "matches_subdomains": bool(package.project.application.url_map.get("subdomain_matching")),
        "trusted_hosts": package.project.application.flags.get("TRUSTED_HOSTS"),
        "proxy_fix": _proxy_fix(package.project),
        "rule_defaults": _rule_defaults(package) if "urls" in debt.closure(used) else {},
        "build_order": _build_order(package) if "urls" in debt.closure(used) else {},
        "docs_urls": _docs_urls(package),
        "fallback_options": _fallback_options(package),
    }


def _tables(package: Package, extensions: Sequence[Extension], *, loads: bool) -> tuple[Table, Table]:
    """What stands around native routes, and around bridged ones."""
    application, around = package.project.application, package.around
    endpoints = [endpoint for endpoint, _, _ in package.endpoints]
    beside = frozenset(endpoint.name for endpoint, _, policy in package.endpoints if policy == "bridged")
    native, bridged = (
        lifecycle_settings(package.project, package.carrier.sources, Served(endpoints, beside, is_beside))
        for is_beside in (False, True)
    )
    return (
        table(around.native, application, native),
        table(around.bridged, application, bridged, extensions, loads=loads),
    )


def _state_values(states: Mapping[str, SharedState]) -> dict[str, Any]:
    """What `state.py` is made of, in the order in which it is defined."""
    needs = {need for one in states.values() for need in one.needs if need.module != STATE}
    objects = {name: ast.parse(one.initialiser, mode="eval").body for name, one in states.items() if not one.text}
    return {
        "states": list(states.values()),
        "definitions": [one for one in states.values() if one.text],
        "state_imports": render_imports(needs, 0),
        "state_annotations": {name: display_type(value) for name, value in objects.items()},
    }


def _loads(files: Mapping[str, File]) -> bool:
    """Whether code beside the Flask application uses converted schemas."""
    needs = {need for name, file in files.items() if name.startswith(".bridged.") for need in file.needs}
    return any(need.module.startswith(PREFIX) for need in needs)


def _entry(module: str) -> dict[str, str]:
    return {"module": module.rpartition(".")[2]}


def _http_errors(package: Package, files: Mapping[str, File], routers: Sequence[str]) -> list[Carried]:
    """The application's own HTTP errors that the target has, where bridged routes may raise those of Flask's."""
    if not any(map(is_bridged, routers)):
        return []
    found = {one for one in package.carrier.carried.values() if isinstance(one, Carried) and one.home in files}
    errors = {one for one in found if package.carrier.is_http_error(one.qualified)}
    placed = {text for home in {one.home for one in errors} for text, _ in files[home].pieces}
    return sorted((one for one in errors if one.text in placed), key=lambda one: one.qualified)


def _processors(package: Package) -> str:
    """The context processors by blueprint, as a further argument of `Templates`."""
    groups: dict[str, list[str]] = {}
    for hook, processor in package.around.processors:
        groups.setdefault(hook.blueprint, []).append(f"templating.{processor.name}")
    entries = ", ".join(f'"{scope}": [{", ".join(names)}]' for scope, names in groups.items())
    return f", {{{entries}}}" if groups else ""


def body_limits(package: Package, needs: Collection[Need]) -> str | None:
    """How large bodies may be without a Flask application, as a dictionary; None where nothing reads a body."""
    if not any(
        need.module in READ_BODIES or (need.module == "fastapi" and need.name in BODY_MARKERS) for need in needs
    ):
        return None
    flags = package.project.application.flags
    known = {name: flags[name] for name in BODY_LIMITS if name in package.project.application.config and name in flags}
    return as_literal(known)


READ_BODIES = frozenset({".compat.body", ".compat.form", ".compat.json_body", ".compat.uploads"})
BODY_MARKERS = frozenset({"Body", "File", "Form", "UploadFile"})
BODY_LIMITS = ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS")


def _max_age(seconds: object) -> int | None:
    """How long files may be cached, as the live application had it; a `timedelta` is told in seconds."""
    return int(seconds) if isinstance(seconds, int | float) else None


def _title(package: Package) -> str:
    name = package.project.application.import_name or package.project.application.reference.partition(":")[0]
    return name.rpartition(".")[2].replace("_", " ").strip().capitalize() or "Application"


def _server_name(package: Package) -> str:
    """The name under which the application writes URLs of its own, as text; empty where it is that of the request."""
    application = package.project.application
    name = application.flags.get("SERVER_NAME")
    return as_literal(name) if name and not application.url_map.get("host_matching") else ""


def _proxy_fix(project: Project) -> str | None:
    """The arguments of the middleware that trusts the proxies in front, as text; None where none does."""
    if not trusts_proxy(project):
        return None
    return "".join(f", {name}={number}" for name, number in project.application.proxy_fix or ())


def _rule_defaults(package: Package) -> dict[str, dict[str, str]]:
    """The defaults of rules by endpoint and path, as source text."""
    found: dict[str, dict[str, str]] = {}
    for endpoint, _, _ in package.endpoints:
        for rule in endpoint.rules:
            if rule.defaults and not rule.build_only:
                found.setdefault(endpoint.name, {})[_path_format(rule)] = as_literal(dict(rule.defaults))
    return found


def _build_order(package: Package) -> dict[str, list[str]]:
    """The paths of an endpoint by its rules' registration, which decides between those with as many values when a URL
    is built; of those endpoints only of which the routes are in another order."""
    found: dict[str, list[str]] = {}
    for endpoint, _, _ in package.endpoints:
        rules = [one for one in endpoint.rules if not one.build_only and one.redirect_to is None]
        alike = Counter((len(one.variables) + len(one.defaults), len(one.defaults)) for one in rules)
        if max(alike.values(), default=0) > 1:
            registered, tried = (
                list(dict.fromkeys(_path_format(one) for one in sorted(rules, key=key)))
                for key in (attrgetter("order"), attrgetter("rank"))
            )
            if registered != tried:
                found[endpoint.name] = registered
    return found


def _path_format(rule: Rule) -> str:
    """The path of a rule as Starlette's routes have it in `path_format`."""
    return re.sub(":[^}]*}", "}", paths(rule)[0].text)


def _fallback_options(package: Package) -> str:
    """How the fallback differs from Werkzeug's usual ways, as further arguments of `add_fallback`."""
    rules = [(endpoint.name, rule) for endpoint, _, _ in package.endpoints for rule in endpoint.rules]
    without = {name for name, rule in rules if not rule.automatic_options and "OPTIONS" not in rule.methods}
    merges = package.project.application.url_map.get("merge_slashes", True)
    exact = {name for name, rule in rules if not rule.merge_slashes} if merges else set()
    options = [
        f"without_options={_listed(without)}" if without else "",
        "" if merges else "merges_slashes=False",
        f"exact_slashes={_listed(exact)}" if exact else "",
    ]
    return "".join(f", {one}" for one in options if one)


def _listed(names: Collection[str]) -> str:
    return f"[{', '.join(as_literal(name) for name in sorted(names))}]"


def _docs_urls(package: Package) -> bool:
    """Whether FastAPI's own pages are free: no rule of the application could mean one of their URLs."""
    rules = [rule.rule for one in package.project.endpoints for rule in one.rules]
    return not any(rule in ("/docs", "/redoc", "/openapi.json") or rule.startswith(("/<path:", "/<")) for rule in rules)
