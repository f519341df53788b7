"""The files of the target package, put together from what was converted."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from codemods import debt
from codemods.app.around.handlers import ConvertedHandler
from codemods.app.around.surrounding import ConvertedFunction
from codemods.app.routes.hosts import router_domain
from codemods.app.routes.order import is_bridged
from codemods.carry import Carried, SharedState
from codemods.carry.own_state import MODULE as OWN_STATE
from codemods.carry.verbatim import STATE
from codemods.extensions.wtf import CHECKED
from codemods.literals import as_literal
from codemods.schemas.basis.plan import Form
from codemods.schemas.catalog import PREFIX
from codemods.view.imports import Need

from . import sessions, shell
from .json_provider import MODULE as JSON_PROVIDER
from .json_provider import writes_json
from .own_state import own_state_file
from .settings import MODULE as SETTINGS
from .settings import settings_files
from .target import File, Package, module_file
from .template_functions import HOME as TEMPLATING_BESIDE

DEPENDENCIES = "What a request must bring before an endpoint runs."
DECORATORS = "What stands around endpoints and changes what they answer."
ABOUT = {
    "errors": "The application's answers to errors.",
    "representations": "How data is written in the media type that a client asks for.",
    "decorators": DECORATORS,
    "converters": "What parts of URLs stand for.",
}
"""What the modules of definitions are about, other than dependencies."""
TEMPLATING = "The templates, shared with the Flask application, and what they are given."
ABOUT_CARRIED = {
    "templating": TEMPLATING, "login": "Who is logged in, by Flask-Login's own session.", "dependencies": DEPENDENCIES
}  # fmt: skip
LOGS = ".logs"
ATTRIBUTES = ".bridged.attributes"
ASKED = re.compile(r'\basked\("(\w+)"\)')
STATE_IMPORT = re.compile(r"^from \.+ import (.+)$", re.MULTILINE)


def write_package(package: Package) -> Mapping[str, str]:
    """The target's files by path, without the gateway's runtime."""
    routers, _ = package.order()
    files: dict[str, File] = {}
    for module in routers:
        files[module] = _router(package, module)
    _around(package, files)
    _decorators(package, files)
    _templating(package, files)
    needs = _all_needs(package, files)
    has_settings = sessions.are_used(package, files, needs) and sessions.read_settings(package.carrier.settings)
    if any(need.module == ".templating" for need in needs) and package.carrier.pages is not None:
        has_settings |= bool(package.carrier.pages.settings_read)
    if any(need.module in (".compat.csrf", ".compat.forms") for need in needs):
        has_settings |= not package.carrier.settings.read.isdisjoint(CHECKED)
    if has_settings or any(need.module == SETTINGS for need in needs):
        files |= settings_files(package.carrier.settings, package.project.application, package.target)
    if own := [one for one in package.carrier.own_states.values() if one.getter in needs]:
        files[OWN_STATE] = own_state_file(sorted(own, key=lambda one: one.name))
    if any(need.module == LOGS for need in needs):
        files[LOGS] = File("The application's log.")
        name = package.project.application.import_name
        files[LOGS].add(f'logger = logging.getLogger("{name}")', {Need("logging", "")})
    if package.json.default is not None and writes_json(needs):
        files[JSON_PROVIDER] = File("How JSON is written.")
        files[JSON_PROVIDER].add(package.json.default.text, package.json.default.needs)
    if asked := _asked(package, needs):
        files[ATTRIBUTES] = asked
    homes = _carried(package, files)
    texts = {module_file(module): file.render(module) for module, file in files.items()}
    for home, used in homes.items():
        texts[module_file(f"{PREFIX}{home}")] = package.carrier.schemas.module(home, used)
    keys = [
        one.key for around in package.lifecycles() for _, one in around.handlers if isinstance(one, ConvertedHandler)
    ]
    everything = "\n".join([*texts.values(), *keys])
    states = _states(package, {name for text in (*texts.values(), *keys) for name in _names_of_state(text)})
    links = "compat.schema_links import" in everything
    texts |= shell.render(package, routers, files, states, links=links)
    names = {found for text in texts.values() for found in re.findall(r"\.compat(?:\.| import )(\w+)", text)}
    for name in debt.closure(names):
        texts[f"compat/{name}.py"] = debt.source(name)
    if names:
        texts["compat/__init__.py"] = debt.source("__init__")
    for folder in {str(PurePosixPath(path).parent) for path in texts} - {"."}:
        parts = PurePosixPath(folder).parts
        for length in range(1, len(parts) + 1):
            inner = "/".join(parts[:length])
            if inner != "gateway":
                texts.setdefault(
                    f"{inner}/__init__.py", f'"""{shell.FOLDERS.get(inner, "Part of the application.")}"""\n'
                )
    return texts


def _names_of_state(text: str) -> list[str]:
    """The shared objects that a file reads, `state.NAME`, under whatever names it imports their module."""
    imported = ", ".join(STATE_IMPORT.findall(text)).split(", ")
    own = {one.rpartition(" ")[2] for one in imported if one == "state" or one.startswith("state as ")} | {"state"}
    return re.findall(rf"\b(?:{'|'.join(sorted(own))})\.([A-Za-z_]\w*)", text)


def _states(package: Package, named: set[str]) -> Mapping[str, SharedState]:
    """The shared objects and definitions of these names, and those that they use; each behind what it is made of."""
    known = {one.name: one for one in package.carrier.states.values()}
    found: dict[str, SharedState] = {}

    def take(name: str, is_object: bool) -> None:
        one = known[name]
        if name in seen or bool(one.text) == is_object:
            return
        seen.add(name)
        for used in sorted(need.name for need in one.needs if need.module == STATE):
            take(used, is_object)
        found[name] = one

    everything, waiting = set[str](), named & known.keys()
    while waiting:
        everything |= waiting
        used = {need.name for name in waiting for need in known[name].needs if need.module == STATE}
        waiting = used - everything
    ordered = sorted(everything, key=lambda name: (known[name].module, known[name].line, name))
    for is_object in (False, True):
        seen = set[str]()
        for name in ordered:
            take(name, is_object)
    return found


def _router(package: Package, module: str) -> File:
    mine = [one for one in package.endpoints if package.router(one[0].blueprint, one[2]) == module]
    blueprint = mine[0][0].blueprint
    prefix = package.prefix(blueprint)
    route_class = "BridgedRoute" if is_bridged(module) else "FlaskRoute"
    source = ".compat.bridged" if is_bridged(module) else ".compat.routing"
    what = f"The `{blueprint}` blueprint" if blueprint else "The routes of the application itself"
    where = ", for what needs the Flask application." if is_bridged(module) else "."
    file = File(what + where)
    options = [f'prefix="{prefix}"'] if prefix else []
    options += [f"tags=[{as_literal(blueprint)}]"] if blueprint else []
    host = router_domain(package.project, blueprint)
    options += [f"dependencies=[Depends({host.expression})]"] if host else []
    declared = f"router = APIRouter({', '.join([*options, f'route_class={route_class}'])})"
    file.add(declared, {Need("fastapi", "APIRouter"), Need(source, route_class), *(host.needs if host else ())})
    registered = dict.fromkeys(one for _, converted, _ in mine for one in converted.registrations)
    if registered:
        file.add("\n".join(one.text for one in registered), frozenset().union(*(one.needs for one in registered)))
    taken: dict[str, int] = {}
    for function, converted in package.functions(module)[0]:
        count = taken[function.name] = taken.get(function.name, 0) + 1
        text = function.text
        if count > 1:
            text = re.sub(rf"def {function.name}\(", f"def {function.name}_{count}(", text, count=1)
        file.add(text, converted.needs)
    return file


def _around(package: Package, files: dict[str, File]) -> None:
    """`hooks.py` and `errors.py`, and the bridged ones where there are bridged routes."""
    done: set[tuple[str, str]] = set()
    for around in package.lifecycles():
        for _, hook in around.hooks:
            if isinstance(hook, ConvertedFunction):
                file = files.setdefault(hook.home, File("What runs before and after endpoints."))
                _add_function(file, hook, done)
        for _, handler in around.handlers:
            if isinstance(handler, ConvertedHandler):
                file = files.setdefault(handler.function.home, File("The application's answers to errors."))
                _add_function(file, handler.function, done)


def _templating(package: Package, files: dict[str, File]) -> None:
    """`bridged/templating.py`: context processors and functions of templates, where anything renders one."""
    if any(need.module == ".compat.shared_templates" for file in files.values() for need in file.needs):
        processors = [(one.text, one.needs) for _, one in package.around.processors]
        functions = [(one.text, one.needs) for one in package.templating.functions]
        tables = [(package.templating.text(table), package.templating.needs) for table in package.templating.tables]
        for text, needs in (*processors, *functions, *tables):
            files.setdefault(TEMPLATING_BESIDE, File("What every template is given.")).add(text, needs)


def _decorators(package: Package, files: dict[str, File]) -> None:
    """`dependencies.py`, `decorators.py` and `converters.py`, native and bridged: each definition once."""
    done: set[tuple[str, str]] = set()
    for _, converted, _ in package.endpoints:
        for one in converted.placed:
            if one.text and (one.home, one.name) not in done:
                done.add((one.home, one.name))
                about = ABOUT.get(one.home.rpartition(".")[2], DEPENDENCIES)
                file = files.setdefault(one.home, File(about))
                file.add(one.text, one.needs)


def _add_function(file: File, function: ConvertedFunction, done: set[tuple[str, str]]) -> None:
    if (function.home, function.name) not in done:
        done.add((function.home, function.name))
        file.add(function.text, function.needs)


def _known(package: Package) -> dict[tuple[str, str], Carried]:
    """Everything that was carried, by its place."""
    everything = package.carrier.carried.values()
    return {(one.home, one.name): one for one in everything if isinstance(one, Carried)}


def _asked(package: Package, needs: Collection[Need]) -> File | None:
    """What schemas dump of objects by functions that are handed the request; None where there is nothing."""
    plans = package.carrier.schemas.plans
    dumped = [plans[name] for name, forms in package.carrier.schemas.used(needs).items() if "dump" in forms]
    marks = "".join(str(part) for plan in dumped for one in plan.fields for part in one.annotation)
    found = {name: package.carrier.generic_method(name, "bridged").need for name in ASKED.findall(marks)}
    if not found:
        return None
    file = File("What objects of the Flask application's classes have for links, with the request.")
    shown = ", ".join(f'"{name}": {need.name}' for name, need in sorted(found.items()) if need)
    file.add(
        f"ATTRIBUTES: dict[str, Any] = {{{shown}}}", {need for need in found.values() if need} | {Need("typing", "Any")}
    )
    return file


def _all_needs(package: Package, files: dict[str, File]) -> set[Need]:
    """What the files import, and what these definitions import in turn."""
    known = _known(package)
    waiting = [need for file in files.values() for need in file.needs]
    found: set[Need] = set()
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting.extend(package.carrier.schemas.needs(need) if need.module.startswith(PREFIX) else ())
            waiting.extend(known[need.module, need.name].needs if (need.module, need.name) in known else ())
            for twin in _twins(package, need):
                known[twin.home, twin.name] = twin
                waiting.append(Need(twin.home, twin.name))
    return found


def _twins(package: Package, need: Need) -> list[Carried]:
    """What stands for the HTTP errors that something of the Flask application's own modules may raise."""
    if need.module.startswith(".") or need.module not in package.project.modules:
        return []
    qualified = f"{need.module}.{need.name}"
    reached = {qualified} | package.carrier.context.reach(qualified)
    twins = [package.carrier.twin(one) for one in sorted(reached) if package.carrier.is_http_error(one)]
    return [one for one in twins if one is not None]


def _carried(package: Package, files: dict[str, File]) -> Mapping[str, Mapping[str, frozenset[Form]]]:
    """The definitions that the files so far use, and those that these use, in the modules of their home; and the
    schemas that all of these use, by module."""
    needs = _all_needs(package, files)
    known = _known(package)
    schemas = {need for need in needs if need.module.startswith(PREFIX)}
    used = {known[need.module, need.name] for need in needs if (need.module, need.name) in known}
    for carried in sorted(used, key=lambda one: (one.home, one.line, one.name)):
        about = ABOUT_CARRIED.get(carried.home.rpartition(".")[2]) or f"From `{carried.qualified.rpartition('.')[0]}`."
        file = files.setdefault(carried.home, File(about))
        if carried.text not in [text for text, _ in file.pieces]:  # what views need, too, is there by now
            file.add(carried.text, carried.needs)
    return package.carrier.schemas.homes(schemas)
