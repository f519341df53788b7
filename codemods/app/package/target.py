"""The target package while it is put together: what was converted, and the modules that hold it."""

import itertools
import keyword
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codemods.app.around.lifecycle import Around, Surroundings
from codemods.app.endpoints.conversion import ConvertedEndpoint, RouteFunction
from codemods.app.routes.order import Placed, function_order, is_bridged, router_order
from codemods.carry import Carrier, Policy
from codemods.model import Endpoint, Project
from codemods.view.imports import Need, render_imports
from codemods.view.rename import rename

from .json_provider import JsonProvider
from .template_functions import TemplateFunctions

IN_MAIN = frozenset(
    {
        "app", "bridged", "create_app", "dependencies", "errors", "hooks", "json_provider", "linking", "load_body",
        "load_settings", "logger", "logging", "options", "os", "state", "templating", "trust_only",
    }
)  # fmt: skip
"""What `main.py` has other things for: it imports the routers beside them."""
DEFINED = re.compile(r"^(?:async def|def|class) (\w+)|^(\w+)(?:: [^=\n]+)? = ", re.MULTILINE)


def router_names(project: Project) -> dict[str, str]:
    """The module of each blueprint's router, the application's own under "".

    A blueprint may be called anything without a dot: `Roles and rights`, `2fa`, `import`. No two modules differ in
    capitals only, which some disks do not tell apart.
    """
    names = {"": "root"}
    for blueprint in sorted({endpoint.blueprint for endpoint in project.endpoints} - {""}):
        plain = re.sub(r"\W+", "_", blueprint).lower()
        usable = plain if plain.isidentifier() and not keyword.iskeyword(plain) else f"blueprint_{plain}".rstrip("_")
        usable = f"{usable}_routes" if usable in IN_MAIN else usable
        names[blueprint] = next(one for one in candidates(usable) if one not in names.values())
    return names


def candidates(name: str) -> Iterator[str]:
    """A name, then others that tell of it."""
    yield name
    yield from (f"{name}_{number}" for number in itertools.count(2))


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
    around: Surroundings
    json: JsonProvider
    templating: TemplateFunctions
    target: str
    is_apart: bool = False
    endpoints: list[tuple[Endpoint, ConvertedEndpoint, Policy]] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    routers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.routers = router_names(self.project)

    def router(self, blueprint: str, policy: Policy) -> str:
        """The module of a blueprint's router, relative to the target."""
        name = self.routers[blueprint]
        return f".routers.{name}" if policy == "native" else f".bridged.routers.{name}"

    def prefix(self, blueprint: str) -> str:
        """See `router_prefix`."""
        if blueprint not in self.prefixes:
            self.prefixes[blueprint] = router_prefix(self.project, blueprint)
        return self.prefixes[blueprint]

    def add(self, endpoint: Endpoint, converted: ConvertedEndpoint, policy: Policy) -> str:
        """Take an endpoint in; the file that will hold it, relative to the target."""
        self.endpoints.append((endpoint, converted, policy))
        return module_file(self.router(endpoint.blueprint, policy))

    def remove(self, name: str) -> Endpoint:
        """Take an endpoint out again."""
        found = next(endpoint for endpoint, _, _ in self.endpoints if endpoint.name == name)
        self.endpoints = [one for one in self.endpoints if one[0].name != name]
        return found

    def lifecycles(self) -> list[Around]:
        """What stands around the routes there are; around unknown URLs stands what does around native routes."""
        has_bridged = any(policy == "bridged" for _, _, policy in self.endpoints)
        return [self.around.native, *([self.around.bridged] if has_bridged else [])]

    def placed(self) -> list[Placed]:
        """Every rule in its router."""
        return [
            Placed(self.router(endpoint.blueprint, policy), endpoint.name, rule)
            for endpoint, _, policy in self.endpoints
            for rule in endpoint.rules
            if not rule.build_only
        ]

    def order(self) -> tuple[list[str], Placed | None]:
        """See `router_order`; what no order of a router's functions keeps is told as well."""
        modules = {self.router(endpoint.blueprint, policy) for endpoint, _, policy in self.endpoints}
        fixed = sorted(modules, key=lambda name: (is_bridged(name), name))
        ordered, conflict = router_order(self.placed(), fixed)
        conflicts = (self.functions(name)[1] for name in fixed)
        return ordered, conflict or next((one for one in conflicts if one is not None), None)

    def functions(self, module: str) -> tuple[list[tuple[RouteFunction, ConvertedEndpoint]], Placed | None]:
        """The functions of a router in their order; see `function_order`."""
        mine = [
            (function, endpoint.name, converted)
            for endpoint, converted, policy in self.endpoints
            if self.router(endpoint.blueprint, policy) == module
            for function in converted.functions
        ]
        rules = [[Placed(module, name, rule) for rule in function.rules] for function, name, _ in mine]
        places, conflict = function_order(rules)
        return [(mine[place][0], mine[place][2]) for place in places], conflict


def module_file(module: str) -> str:
    """`.routers.orders` is `routers/orders.py`."""
    return "/".join(module.strip(".").split(".")) + ".py"
