"""The schema by which webargs loads, what becomes of keys that it does not know, and what the dependency is called."""

import ast
import re

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.extensions import ParsingCall
from codemods.extensions.schema_layers.webargs import ARGUMENTS, BY_ITSELF
from codemods.findings import Location
from codemods.scan.outer_names import outer_names
from codemods.schemas import Instance, SchemaPlan
from codemods.schemas.basis.plan import ancestors
from codemods.schemas.calls.rewriting import constructed
from codemods.schemas.fields.argument_maps import class_name, inline_name, is_for_all, is_written_there, owner_at
from codemods.schemas.fields.unnamed import unnamed_schema
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import code


def argument_schema(
    carrier: Carrier, policy: Policy, call: ParsingCall, names: Names, function: str, place: Location
) -> tuple[SchemaPlan, Instance]:
    """What is loaded for a function: a class, an object of it, or a dictionary of fields; raises `Refused`."""
    if local := sorted({one.id for one in outer_names(ast.parse(code(call.argmap)))} & names.local):
        raise refuse(ARGUMENTS, place, f"'{code(call.argmap)}', for which the view decides '{local[0]}'")
    catalog = carrier.schemas
    owner = owner_at(carrier.sources, names.module, place.line)
    if is_written_there(ast.parse(code(call.argmap), mode="eval").body):
        method = "" if is_for_all(carrier.sources, names.module, place.line) else function
        qualified = f"{names.module.name}.{inline_name(owner, method, call.location)}"
    elif isinstance(call.argmap, cst.Name) and owner and (kept := _kept(names, owner, call.argmap)) in catalog.plans:
        qualified = kept
    else:
        qualified = names.qualified(call.argmap) or unnamed_schema(call.argmap, names, catalog.plans)
    instance = constructed(call.argmap, catalog.plans, names) or catalog.instance(qualified)
    instance = instance or Instance(qualified)
    plan = catalog.plan_in(instance.schema, "load", policy)
    if plan is None:
        known = catalog.plans.get(instance.schema)
        if known is not None and (found := known.findings_on("load")):
            raise Refused(found[0])
        why = catalog.missing(instance.schema, "load") if known is not None else ""
        raise refuse(ARGUMENTS, place, f"'{code(call.argmap)}'{f', because of {why}' if why else ''}")
    family = [plan, *ancestors(catalog.plans, plan)]
    is_json = call.location == "json"
    if not is_json and any(one.kind == "before_load" for each in family for one in each.methods):
        raise refuse(ARGUMENTS, place, f"a hook of '{plan.name}' that is given the whole {call.location}")
    if instance.many and not is_json:
        raise refuse(ARGUMENTS, place, f"many of '{plan.name}' from the {call.location}")
    if plan.is_union and (not is_json or call.as_kwargs or (instance.many and call.unknown)):
        raise refuse(ARGUMENTS, place, f"'{plan.name}', which stands for other schemas, from the {call.location}")
    return plan, instance


def _kept(names: Names, owner: str, variable: cst.Name) -> str:
    """The class for the dictionary that a class of the module keeps under a name."""
    return f"{names.module.name}.{class_name(owner, variable.value)}"


def unknown_option(call: ParsingCall, instance: Instance, place: Location) -> list[str]:
    """The option for unknown keys, where it is not what the dependency does by itself."""
    if call.location == "headers" and call.unknown not in ("", '"ignore"'):
        raise refuse(ARGUMENTS, place, f"'unknown={call.unknown}' of headers")
    own = f'"{instance.unknown}"' if instance.unknown else "None"
    known = BY_ITSELF.unknown.get(call.location)
    default = f'"{known}"' if known else "None"
    chosen = own if call.unknown == "None" or (not call.unknown and known is None) else call.unknown or default
    is_said = chosen != (default if call.reader is None else "None")
    return [f"unknown={chosen}"] if is_said else []


def dependency_name(model: str, wanted: str) -> str:
    """What the dependency is called that loads a model: `search_query`, `user_args_body`."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", model).lower()
    return name if name.endswith(f"_{wanted}") else f"{name}_{wanted}"
