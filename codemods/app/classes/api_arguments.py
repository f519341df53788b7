"""What the `__init__` of a resource does with the `Api` by which it is made, and with what it only hands on.

    def __init__(self, api=None, *args, **kwargs):
        super().__init__(api, *args, **kwargs)
        self.catalog = kwargs["catalog"]

Flask-RESTX makes each resource with its `Api` first, which its own class keeps (`Resource.__init__`).
"""

import ast
from collections.abc import Iterable

from codemods.app.functions.inner_functions import Function, is_constant
from codemods.carry import Carrier
from codemods.extensions.basis.module_names import of_module
from codemods.extensions.resources.restx_owners import only_api
from codemods.extensions.resources.views import ResourceLibrary
from codemods.model import Endpoint, Module
from codemods.view.source import Sources

from .values import Given, Owner

OPTION = "resource_class_kwargs"
KEPT = "api"
"""The attribute of Flask-RESTX's resources."""
UNKNOWN = "?"
"""The text of an argument of which only the running application knows."""


def registered_arguments(endpoint: Endpoint, given: int) -> tuple[str, ...]:
    """The arguments of a view's registration; the running application tells those of the library as well."""
    arguments = endpoint.view.arguments
    return arguments[given:] if arguments[:given] == (UNKNOWN,) * given else arguments


def own_parameters(init: Function, given: int) -> list[str]:
    """The parameters behind the instance and what a library gives first, by which a call may name the others."""
    return [one.arg for one in init.args.args[1 + given :]]


def given_first(carrier: Carrier, library: ResourceLibrary | None) -> dict[str, Given]:
    """What the library's own `__init__` keeps: the `Api`, where there is but one."""
    found = only_api(carrier.project, carrier.sources) if library is not None and library.given else None
    return {} if found is None else {KEPT: Given(ast.Name(found.name), found.module)}


def keeps_api(statement: ast.stmt, init: Function, given: int) -> bool:
    """Whether a statement keeps the `Api` as the library's own `__init__` does."""
    instance = init.args.args[0].arg
    return any(ast.unparse(statement) == f"{instance}.{KEPT} = {one.arg}" for one in init.args.args[1 : 1 + given])


def hands_on(call: ast.expr, owner: Owner, init: Function, given: int) -> bool:
    """Whether a call gives the library's own `__init__` what the library itself gave: that, first, and maybe all
    further arguments, with which it does nothing."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Call() as parent, attr="__init__")):
            pass
        case _:
            return False
    instance = init.args.args[0].arg
    if not given or ast.unparse(parent) not in ("super()", f"super({owner.node.name}, {instance})"):
        return False
    taken = [one.arg for one in init.args.args[1 : 1 + given]]
    every = [f"*{init.args.vararg.arg}"] if init.args.vararg else []
    more = [f"**{init.args.kwarg.arg}"] if init.args.kwarg else []
    first = [taken, [f"{one}={one}" for one in taken]] if taken else [every]
    texts = [ast.unparse(one) for one in (*call.args, *call.keywords)]
    known = [[*one, *rest, *last] for one in first for rest in ([], every) for last in ([], more)]
    return bool(taken or every) and texts in known


def spelled_arguments(sources: Sources, calls: Iterable[tuple[Module, ast.Call]]) -> dict[str, Given]:
    """What the only call that gives a resource `resource_class_kwargs` spells out of them: names of its module."""
    found = [(module, one.value) for module, call in calls for one in call.keywords if one.arg == OPTION]
    match found:
        case [(module, ast.Dict(keys=keys, values=values))]:
            own = set(of_module(sources.tree(module.file)))  # a function may have others that are called the same
            pairs = [(key, one) for key, one in zip(keys, values, strict=True) if one in own or is_constant(one)]
            return {str(key.value): Given(one, module) for key, one in pairs if isinstance(key, ast.Constant)}
        case _:
            return {}


def argument_of(text: str) -> tuple[str | None, ast.expr | None]:
    """The keyword and the value of an argument's text; no value where only the running application knows it."""
    if text.endswith(f"={UNKNOWN}"):
        return text.partition("=")[0], None
    try:
        call = ast.parse(f"f({text})", mode="eval").body
    except SyntaxError:
        return None, None
    match call:
        case ast.Call(args=[value], keywords=[]):
            return None, value
        case ast.Call(args=[], keywords=[ast.keyword(arg=str() as name, value=value)]):
            return name, value
        case _:
            return None, None
