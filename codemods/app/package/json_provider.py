"""The application's JSON provider: the switches of the generated response class, and what other values are made of.

class ApiJSON(DefaultJSONProvider):         def default(value: Any) -> Any:
    @staticmethod                               if isinstance(value, set):
    def default(value):                 →           return sorted(value)
        if isinstance(value, set):              return json_default(value)
            return sorted(value)
        return DefaultJSONProvider.default(value)
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import libcst as cst

from codemods import debt
from codemods.app.functions.inner_functions import FoundFunction, find_function
from codemods.carry import Carried, Carrier, FileReferences, write_function
from codemods.findings import Finding
from codemods.model import Callee, Definition, Module
from codemods.obstacles import JSON_DEFAULT, JSON_SWITCHES, REPLACED_MACHINERY
from codemods.parity import JSON
from codemods.view import patterns as m
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.visiting import replaced

MODULE = ".json_provider"
NAME = "default"
PROVIDER = "flask.json.provider.DefaultJSONProvider"
ADOPTED_SWITCHES = {"json-dates": "http_dates", "json-key-order": "sort_keys"}
WRITTEN = {"mimetype": "media_type"}
"""What a switch is called on a response class of Starlette's."""


@dataclass(frozen=True, slots=True)
class JsonProvider:
    """The attributes of the generated JSON response class that differ from Flask's defaults, as source text, and what
    is made of values that JSON has no form for; None for Flask's own."""

    switches: dict[str, str] = field(default_factory=dict)
    default: Carried | None = None


def convert_json(carrier: Carrier) -> JsonProvider:
    """The application's JSON provider in the target; raises `Refused`."""
    overridden = carrier.project.application.overridden
    found = {name.removeprefix("json."): value for name, value in overridden.items() if name in JSON_SWITCHES}
    found = {WRITTEN.get(name, name): value.replace("'", '"') for name, value in found.items()}
    found |= {name: "False" for kind, name in ADOPTED_SWITCHES.items() if kind in carrier.adopted}
    default = _default(carrier, overridden[JSON_DEFAULT]) if JSON_DEFAULT in overridden else None
    return JsonProvider(dict(sorted(found.items())), default)


def adoptable_json(overridden: Collection[str], adopted: Collection[str]) -> frozenset[str]:
    """What is adopted of FastAPI's own behaviour, where the provider makes something of its own of values."""
    return frozenset(adopted) - JSON if JSON_DEFAULT in overridden else frozenset(adopted)


def writes_json(needs: Collection[Need]) -> bool:
    """Whether the generated JSON response class is among what files import, or what that imports."""
    return "responses" in debt.closure(
        {one.module.removeprefix(".compat.") for one in needs if one.module.startswith(".compat.")}
    )


def default_definition(carrier: Carrier) -> tuple[Module, Definition] | None:
    """The function or method of the project that makes something of other values; None where there is none."""
    qualified = carrier.project.application.overridden.get(JSON_DEFAULT, "")
    module, name = split(carrier.project, qualified)
    definition = (module.definitions.get(name) or module.inner.get(name)) if module is not None else None
    return (module, definition) if module is not None and definition is not None else None


def _default(carrier: Carrier, qualified: str) -> Carried:
    def refused(detail: str) -> Refused:
        return Refused(Finding(REPLACED_MACHINERY, None, f"'{JSON_DEFAULT}' is '{qualified}', {detail}"))

    found = default_definition(carrier)
    if found is None or "<lambda>" in qualified:
        raise refused("which was not found in the source")
    module, definition = found
    try:
        written = _function(carrier, qualified, module, definition)
        file = FileReferences(carrier, "native", False, MODULE)
        carried = write_function(carrier, written.function, written.names, file, file, definition.location)
    except Refused as why:
        raise refused(f"{why.finding.diagnostic.summary} ({why.finding.detail})") from why
    if carried.parameters or carried.application is not None:
        raise refused("which reads the request or the application")
    return replace(carried, home=MODULE)


def _function(carrier: Carrier, qualified: str, module: Module, definition: Definition) -> FoundFunction:
    """The function, or the method as one, under the name that it has in the target."""
    owner, _, name = split(carrier.project, qualified)[1].rpartition(".")
    if not owner or owner.endswith("<locals>"):
        found = find_function(carrier, Callee(qualified, definition.location, True), NAME, True)
        return replace(found, function=found.function.with_changes(name=cst.Name(NAME)))
    function = carrier.sources.function(definition.location, name)
    is_static = any(code(one.decorator) == "staticmethod" for one in function.decorators)
    function = function.with_changes(decorators=(), name=cst.Name(NAME))
    if not is_static:
        function = function.with_changes(params=function.params.with_changes(params=function.params.params[1:]))
    inherited = m.Attribute(m.Call(m.Name("super"), []), m.Name(NAME))
    if findall(function, inherited) and not _inherits_from_flask(carrier, module, owner):
        raise refuse(CONSTRUCT, definition.location, f"'super()' in '{owner}', which has other bases")
    changed = replaced(function, inherited, lambda _: cst.Attribute(cst.Name("DefaultJSONProvider"), cst.Name(NAME)))
    names = Names.of(carrier.project, module, changed)
    names = replace(names, imported={"DefaultJSONProvider": PROVIDER, **names.imported})
    return FoundFunction(module, NAME, changed, names)


def _inherits_from_flask(carrier: Carrier, module: Module, name: str) -> bool:
    """Whether a class has Flask's provider as its only base."""
    node = carrier.sources.piece(module.definitions[name].location, name) if name in module.definitions else None
    if not isinstance(node, ast.ClassDef) or len(node.bases) != 1:
        return False
    names = Names(carrier.project, module, frozenset(), {})
    base = names.qualified(cst.parse_expression(ast.unparse(node.bases[0])))
    return base is not None and canonical(carrier.project, base) == PROVIDER
