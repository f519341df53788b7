"""Dictionaries of Flask-RESTful's fields, carried as classes into the module of the target that is theirs."""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.extensions.field_maps import (
    HELPER,
    FieldsClass,
    class_name,
    fields_class,
    named_map,
    place_of,
    single_field,
)
from codemods.findings import Location
from codemods.model import Module
from codemods.view.imports import Need

from .carried import Carried
from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier


@dataclass(frozen=True, slots=True)
class ShownFields:
    """Fields as an expression with its imports; `links` tells that the request is needed to write them."""

    text: str
    needs: frozenset[Need]
    links: bool


def shown_fields(carrier: "Carrier", module: Module, node: ast.expr, location: Location) -> ShownFields:
    """The class for a dictionary of fields that a decorator in this line of a module is given; raises `Refused`."""
    if isinstance(node, ast.Name | ast.Attribute):
        root, dot, rest = ast.unparse(node).partition(".")
        own = f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, root)
        return named_fields(carrier, own + dot + rest)
    name = place_of(carrier.sources, module, location)
    made = _class(carrier, module, node, name, "What clients see.")
    return _placed(carrier, module, f"{module.name}.{name}", made, location)


def named_fields(carrier: "Carrier", qualified: str) -> ShownFields:
    """The class for the dictionary of a qualified name; raises `Refused`."""
    module, name, node = named_map(carrier.project, carrier.sources, qualified)
    made = _class(carrier, module, node, class_name(name), f"What clients see by `{name}`.")
    return _placed(carrier, module, f"{module.name}.{made.name}", made, module.definitions[name].location)


def shown_field(carrier: "Carrier", module: Module, node: ast.expr, location: Location) -> ShownFields:
    """One field as an expression; raises `Refused`."""
    made = single_field(carrier.project, carrier.sources, module, node, "Field", lambda one: _named(carrier, one))
    return ShownFields(made.text, _needs(carrier, module, made, location), made.links)


def _named(carrier: "Carrier", qualified: str) -> FieldsClass:
    module, name, node = named_map(carrier.project, carrier.sources, qualified)
    return _class(carrier, module, node, class_name(name), f"What clients see by `{name}`.")


def _class(carrier: "Carrier", module: Module, node: ast.expr, name: str, about: str) -> FieldsClass:
    name = f"{name}Shown" if name in module.definitions else name
    return fields_class(carrier.project, carrier.sources, module, node, name, about, lambda one: _named(carrier, one))


def _placed(carrier: "Carrier", module: Module, qualified: str, made: FieldsClass, location: Location) -> ShownFields:
    home = carrier.home(module, False)
    needs = _needs(carrier, module, made, location)
    carried = Carried(qualified, made.name, made.text, needs, None, (), location.line, home)
    carrier.carried.setdefault((qualified, "native", False, False), carried)
    return ShownFields(made.name, frozenset({Need(home, made.name)}), made.links)


def _needs(carrier: "Carrier", module: Module, made: FieldsClass, location: Location) -> frozenset[Need]:
    """The imports of the text, that of the classes of other dictionaries among them, which are carried as well."""
    needs = {Need("pydantic" if one == "Field" else HELPER, one) for one in made.helpers}
    needs |= {Need("typing", one) for one in ("Annotated", "Any") if one in made.text}
    for one in sorted(made.others):
        needs |= named_fields(carrier, one).needs
    return frozenset(needs) | free_names(carrier, module, ast.Tuple(list(made.parts)), made.name, location)
