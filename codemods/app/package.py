"""The files of the target package, put together from what was converted."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codemods import debt
from codemods.carry import Carried, Carrier, Policy
from codemods.model import Endpoint, Project
from codemods.schemas.catalog import PREFIX
from codemods.view.imports import Need, render_imports
from codemods.view.rename import rename

from . import shell
from .endpoints import ConvertedEndpoint
from .lifecycle import Around, ConvertedFunction, ConvertedHandler
from .order import Placed, is_bridged, router_order

DEFINED = re.compile(r"^(?:async def|def|class) (\w+)|^(\w+)(?:: [^=\n]+)? = ", re.MULTILINE)
STATE_NAME = re.compile(r"\bstate\.([A-Za-z_]\w*)")


def router_name(blueprint: str) -> str:
    """The file name of a blueprint's router."""
    return blueprint.replace(".", "_").replace("-", "_") or "root"


def router_module(blueprint: str, policy: Policy) -> str:
    """The module of a blueprint's router, relative to the target."""
    name = router_name(blueprint)
    return f".routers.{name}" if policy == "native" else f".bridged.routers.{name}"


def router_prefix(project: Project, blueprint: str) -> str:
    """The URL prefix that a router declares once: the blueprint's, where all its rules start with it."""
    rules = [rule.rule for one in project.endpoints if one.blueprint == blueprint for rule in one.rules]
    found = next((one.url_prefix for one in project.blueprints if one.name == blueprint), "")
    prefix = (found or "").rstrip("/")
    if not prefix.startswith("/") or "<" in prefix or "{" in prefix:
        return ""
    return prefix if all(rule == prefix or rule.startswith(f"{prefix}/") for rule in rules) else ""


@dataclass(slots=True)
class File:
    """One generated module: docstring, imports, body."""

    docstring: str
    pieces: list[tuple[str, frozenset[Need]]] = field(default_factory=list)

    @property
    def needs(self) -> frozenset[Need]:
        """Everything that the pieces import."""
        return frozenset(need for _, needs in self.pieces for need in needs)

    def add(self, text: str, needs: Iterable[Need]) -> None:
        """Add a definition or statement with the imports that it needs."""
        self.pieces.append((text, frozenset(needs)))

    def render(self, module: str) -> str:
        """The module's text. Names of its own are not imported, nor those that no piece uses; one that stands for two
        things is imported under another."""
        own = {name for text, _ in self.pieces for found in DEFINED.findall(text) for name in found if name}
        bound: dict[str, Need] = {}
        imported: set[Need] = set()
        parts = []
        for text, needs in self.pieces:
            renamed: dict[str, str] = {}
            words = set(re.findall(r"\w+", text))
            for need in sorted(needs):
                if need.module == module or not (need.local in words or need.for_effect):
                    continue
                local = need.local
                while local in own or bound.get(local, _as(need, local)) != _as(need, local):
                    local = f"{need.module.rpartition('.')[2]}_{local}" if local == need.local else f"{local}_"
                bound[local] = _as(need, local)
                imported.add(bound[local])
                if local != need.local:
                    renamed[need.local] = local
            parts.append(rename(text, renamed).strip("\n") + "\n")
        imports = render_imports(imported, module.count(".") - 1)
        body = "\n\n".join(parts)
        return "\n\n".join(part for part in (f'"""{self.docstring}"""', imports, body) if part).rstrip("\n") + "\n"


def _as(need: Need, local: str) -> Need:
    """The import under this local name."""
    plain = Need(need.module, need.name)
    return plain if plain.local == local else Need(need.module, need.name, local)


@dataclass(slots=True)
class Package:
    """Everything converted so far."""

    project: Project
    carrier: Carrier
    around: Around
    target: str
    endpoints: list[tuple[Endpoint, ConvertedEndpoint, Policy]] = field(default_factory=list)

    def add(self, endpoint: Endpoint, converted: ConvertedEndpoint, policy: Policy) -> str:
        """Take an endpoint in; the file that will hold it, relative to the target."""
        self.endpoints.append((endpoint, converted, policy))
        return module_file(router_module(endpoint.blueprint, policy))

    def remove(self, name: str) -> None:
        """Leave an endpoint on Flask after all."""
        self.endpoints = [one for one in self.endpoints if one[0].name != name]

    def placed(self) -> list[Placed]:
        """Every rule in its router."""
        return [
            Placed(router_module(endpoint.blueprint, policy), endpoint.name, rule)
            for endpoint, _, policy in self.endpoints
            for rule in endpoint.rules
            if not rule.build_only
        ]

    def order(self) -> tuple[list[str], Placed | None]:
        """See `router_order`."""
        modules = {router_module(endpoint.blueprint, policy) for endpoint, _, policy in self.endpoints}
        return router_order(self.placed(), sorted(modules, key=lambda name: (is_bridged(name), name)))


def module_file(module: str) -> str:
    """`.routers.orders` is `routers/orders.py`."""
    return "/".join(module.strip(".").split(".")) + ".py"


def write_package(package: Package) -> Mapping[str, str]:
    """The target's files by path, without the gateway's runtime."""
    routers, _ = package.order()
    files: dict[str, File] = {}
    for module in routers:
        files[module] = _router(package, module)
    _around(package, files)
    _guards(package, files)
    _templating(package, files)
    homes = _carried(package, files)
    texts = {module_file(module): file.render(module) for module, file in files.items()}
    for home, names in homes.items():
        texts[module_file(f"{PREFIX}{home}")] = package.carrier.schemas.module(home, names)
    everything = "\n".join(texts.values())
    states = {
        one.name: one for one in package.carrier.states.values()
        if one.name in STATE_NAME.findall(everything)
    }  # fmt: skip
    texts |= shell.render(package, routers, files, states)
    names = {found for text in texts.values() for found in re.findall(r"\.compat(?:\.| import )(\w+)", text)}
    names |= shell.always(package)
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


def _router(package: Package, module: str) -> File:
    mine = [one for one in package.endpoints if router_module(one[0].blueprint, one[2]) == module]
    blueprint = mine[0][0].blueprint
    prefix = router_prefix(package.project, blueprint)
    route_class = "BridgedRoute" if is_bridged(module) else "FlaskRoute"
    source = ".compat.bridged" if is_bridged(module) else ".compat.routing"
    what = f"The `{blueprint}` blueprint" if blueprint else "The routes of the application itself"
    where = ", for what needs the Flask application." if is_bridged(module) else "."
    file = File(what + where)
    options = [f'prefix="{prefix}"'] if prefix else []
    options += [f'tags=["{blueprint}"]'] if blueprint else []
    declared = f"router = APIRouter({', '.join([*options, f'route_class={route_class}'])})"
    file.add(declared, {Need("fastapi", "APIRouter"), Need(source, route_class)})
    registered = dict.fromkeys(one for _, converted, _ in mine for one in converted.registrations)
    if registered:
        file.add("\n".join(one.text for one in registered), frozenset().union(*(one.needs for one in registered)))
    functions = sorted(
        (
            (function.rank, index, function, converted.needs)
            for index, (_, converted, _) in enumerate(mine)
            for function in converted.functions
        ),
        key=lambda one: one[:2],
    )
    taken: dict[str, int] = {}
    for _, _, function, needs in functions:
        count = taken[function.name] = taken.get(function.name, 0) + 1
        text = function.text
        if count > 1:
            text = re.sub(rf"def {function.name}\(", f"def {function.name}_{count}(", text, count=1)
        file.add(text, needs)
    return file


def _around(package: Package, files: dict[str, File]) -> None:
    """`hooks.py` and `errors.py`, native and bridged."""
    done: set[tuple[str, str]] = set()
    for _, hook in package.around.hooks:
        if isinstance(hook, ConvertedFunction):
            module = ".bridged.hooks" if hook.application else ".hooks"
            file = files.setdefault(module, File("What runs before and after endpoints."))
            _add_function(file, module, hook, done)
    for _, handler in package.around.handlers:
        if isinstance(handler, ConvertedHandler):
            module = ".bridged.errors" if handler.function.application else ".errors"
            file = files.setdefault(module, File("The application's answers to errors."))
            _add_function(file, module, handler.function, done)


def _templating(package: Package, files: dict[str, File]) -> None:
    """`bridged/templating.py`: the context processors, where anything renders a template."""
    if any(need.module == ".compat.templates" for file in files.values() for need in file.needs):
        for _, processor in package.around.processors:
            file = files.setdefault(".bridged.templating", File("What every template is given."))
            file.add(processor.text, processor.needs)


def _guards(package: Package, files: dict[str, File]) -> None:
    """`dependencies.py`, native and bridged: each guard once."""
    done: set[tuple[str, str]] = set()
    for _, converted, _ in package.endpoints:
        for guard in converted.guards:
            if guard.text and (guard.home, guard.name) not in done:
                done.add((guard.home, guard.name))
                file = files.setdefault(guard.home, File("What a request must bring before an endpoint runs."))
                file.add(guard.text, guard.own_needs)


def _add_function(file: File, module: str, function: ConvertedFunction, done: set[tuple[str, str]]) -> None:
    if (module, function.name) not in done:
        done.add((module, function.name))
        file.add(function.text, function.needs)


def _carried(package: Package, files: dict[str, File]) -> Mapping[str, Collection[str]]:
    """The definitions that the files so far use, and those that these use, in the modules of their home; and the
    schemas that all of these use, by module."""
    known: dict[tuple[str, str], Carried] = {}
    for carried in package.carrier.carried.values():
        if isinstance(carried, Carried):
            known[carried.home, carried.name] = carried
    waiting = [need for file in files.values() for need in file.needs]
    found: dict[tuple[str, str], Carried] = {}
    schemas: set[Need] = set()
    while waiting:
        need = waiting.pop()
        key = (need.module, need.name)
        if need.module.startswith(PREFIX) and need not in schemas:
            schemas.add(need)
            waiting.extend(package.carrier.schemas.needs(need))
        if key in known and key not in found:
            found[key] = known[key]
            waiting.extend(known[key].needs)
    for (home, _), carried in sorted(found.items(), key=lambda item: (item[0][0], item[1].line)):
        file = files.setdefault(home, File(f"From `{carried.qualified.rpartition('.')[0]}`."))
        file.add(carried.text, carried.needs)
    return package.carrier.schemas.homes(schemas)
