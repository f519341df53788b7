"""Dictionaries and models of fields, carried as classes into the module of the target that is theirs."""

import ast
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from codemods.extensions.basis.dialects import dialect_of
from codemods.extensions.resources.field_maps import FieldsClass, FieldsReader
from codemods.extensions.resources.field_names import class_name, place_of
from codemods.extensions.resources.named_maps import named_map
from codemods.findings import Location
from codemods.model import Module
from codemods.schemas.fields.argument_maps import camel
from codemods.view.imports import Need

from .carried import Carried
from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier

MAKERS = frozenset({"model", "inherit", "clone", "schema_model"})
"""Methods that make a model, the name of which comes first."""


@dataclass(frozen=True, slots=True)
class ShownFields:
    """Fields as an expression with its imports.

    `links` tells that the request is needed to write them, `tells_all` that bodies can be held to what they document.
    """

    text: str
    needs: frozenset[Need]
    links: bool
    tells_all: bool = True


def shown_fields(carrier: "Carrier", module: Module, node: ast.expr, location: Location) -> ShownFields:
    """The class for a dictionary of fields that a decorator or call in this line of a module is given; raises
    `Refused`."""
    if isinstance(node, ast.Name | ast.Attribute):
        root, dot, rest = ast.unparse(node).partition(".")
        own = f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, root)
        return named_fields(carrier, own + dot + rest, location)
    place = place_of(carrier.sources, module, location).removesuffix("Fields")
    for number in count(1):
        name = f"{place}{'' if number == 1 else number}Fields"
        made = _class(carrier, module, node, name, "What clients see.")
        known = carrier.carried.get((f"{module.name}.{name}", "native", False, False))
        if not isinstance(known, Carried) or known.text == made.text:  # else one function writes several
            break
    return _placed(carrier, module, f"{module.name}.{name}", made, location)


def named_fields(carrier: "Carrier", qualified: str, place: Location | None = None) -> ShownFields:
    """The class for the dictionary or model of a qualified name, which stands at a place; raises `Refused`."""
    module, node, made = _made(carrier, qualified, place)
    return _placed(carrier, module, f"{module.name}.{made.name}", made, Location(module.file, node.lineno))


def shown_field(carrier: "Carrier", module: Module, node: ast.expr, location: Location) -> ShownFields:
    """One field as an expression; raises `Refused`."""
    made = _reader(carrier, module).single_field(node, "Field")
    return ShownFields(made.text, _needs(carrier, module, made, location), made.links)


def _reader(carrier: "Carrier", module: Module) -> FieldsReader:
    def others(qualified: str) -> FieldsClass:
        return _made(carrier, qualified)[2]

    return FieldsReader(carrier.project, carrier.sources, module, others, dialect_of(carrier.project, module))


def _made(carrier: "Carrier", qualified: str, place: Location | None = None) -> tuple[Module, ast.expr, FieldsClass]:
    """The module and value of a dictionary or model, and its class."""
    module, name, node = named_map(carrier.project, carrier.sources, qualified, place)
    wanted, about = class_name(name.replace(".", "_")), f"What clients see by `{name}`."
    model = _reader(carrier, module).model_name(node)
    if model.isidentifier() and not _is_given_twice(carrier, module, model):
        own = _title(model)
        wanted = f"{own}Model" if own in module.definitions else own
        about = f"The model `{model}`."
    return module, node, _class(carrier, module, node, wanted, about)


def _title(model: str) -> str:
    """The name of a model as that of a class."""
    return camel(model) if model.islower() else model


def _is_given_twice(carrier: "Carrier", module: Module, model: str) -> bool:
    """Whether more than one call in a module makes a model of this name."""
    found = 0
    for one in ast.walk(carrier.sources.tree(module.file)):
        match one:
            case ast.Call(func=ast.Attribute(attr=maker), args=[ast.Constant(value=str() as name), *_]):
                found += maker in MAKERS and _title(name) == _title(model)
    return found != 1


def _class(carrier: "Carrier", module: Module, node: ast.expr, name: str, about: str) -> FieldsClass:
    name = f"{name}Shown" if name in module.definitions else name
    return _reader(carrier, module).fields_class(node, name, about)


def _placed(carrier: "Carrier", module: Module, qualified: str, made: FieldsClass, location: Location) -> ShownFields:
    home = carrier.home(module, False)
    needs = _needs(carrier, module, made, location)
    carried = Carried(qualified, made.name, made.text, needs, None, (), location.line, home)
    carrier.carried.setdefault((qualified, "native", False, False), carried)
    return ShownFields(made.name, frozenset({Need(home, made.name)}), made.links, made.tells_all)


def _needs(carrier: "Carrier", module: Module, made: FieldsClass, location: Location) -> frozenset[Need]:
    """The imports of the text, that of the classes of other dictionaries among them, which are carried as well."""
    needs = set(made.helpers)
    needs |= {Need("typing", one) for one in ("Annotated", "Any") if one in made.text}
    for one in sorted(made.others):
        needs |= named_fields(carrier, one).needs
    return frozenset(needs) | free_names(carrier, module, ast.Tuple(list(made.parts)), made.name, location)
