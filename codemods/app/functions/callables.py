"""Views that are no function of their own: functions with arguments filled in, objects that are called, their methods.

    greeter = Greeter("Hello")                               @router.get("/hello/{name}", name="hello")
    app.add_url_rule("/hello/<name>", "hello", greeter)  →   def hello(name: str) -> Response:
                                                                 return make_response(greeter(name))

The object must be one that never changes: each side has its own.
"""

import ast

import libcst as cst

from codemods.carry import Carrier
from codemods.carry.fixed_objects import is_fixed_object
from codemods.model import Endpoint, Module
from codemods.view.names import Names, split
from codemods.view.refusal import refuse
from codemods.view.source import NO_SOURCE

from .bodies import preceded
from .inner_functions import FoundFunction, as_text, find_function, is_constant, usable_name

PARTIAL = "functools.partial"


def called_object(carrier: Carrier, endpoint: Endpoint) -> FoundFunction | None:
    """The function that does what an endpoint's callable does; None where that is a function itself.

    Raises `Refused`.
    """
    given = endpoint.view.given
    if given is None:
        return None
    module = next(one for one in carrier.project.modules.values() if one.file == given.location.file)
    value = ast.parse(given.text, mode="eval").body
    names = Names(carrier.project, module, frozenset(), {})
    match value:
        case ast.Call(func=func) if names.qualified(cst.parse_expression(ast.unparse(func))) == PARTIAL:
            return _with_arguments(carrier, endpoint, value)
        case ast.Name() | ast.Attribute():
            return _of_object(carrier, endpoint, module, value)
        case _:
            return None


def names_given(carrier: Carrier, endpoint: Endpoint) -> set[str]:
    """The definitions that the expression by which a declaration names its view is made of."""
    given = endpoint.view.given
    if given is None:
        return set()
    module = next(one for one in carrier.project.modules.values() if one.file == given.location.file)
    names = Names(carrier.project, module, frozenset(), {})
    used = (names.of_name(one.id) for one in ast.walk(ast.parse(given.text)) if isinstance(one, ast.Name))
    return {one for one in used if one is not None and not one.startswith(("builtins.", "functools"))}


def _with_arguments(carrier: Carrier, endpoint: Endpoint, call: ast.Call) -> FoundFunction:
    """`partial(view, "one", suffix="!")`: the view with these as constants."""
    view, location = endpoint.view, endpoint.view.function.location
    name = usable_name(endpoint.name.rpartition(".")[2])
    found = find_function(carrier, view.function, name, not endpoint.blueprint, endpoint.blueprint)
    params = found.function.params
    own = [one.name.value for one in params.params]
    positional, keywords = call.args[1:], {one.arg: one.value for one in call.keywords}
    filled = dict(zip(own, positional, strict=False)) | keywords
    variables = {one.name for rule in endpoint.rules for one in rule.variables}
    is_known = len(positional) <= len(own) and len(filled) == len(positional) + len(keywords)
    known = {*own, *(one.name.value for one in params.kwonly_params)}
    if not is_known or not filled.keys() <= known or filled.keys() & variables or params.posonly_params:
        raise refuse(NO_SOURCE, location, f"'{ast.unparse(call)}'")
    if not all(is_constant(one) for one in filled.values()) or None in filled:
        raise refuse(NO_SOURCE, location, f"'{ast.unparse(call)}'")
    rest = params.with_changes(
        params=[one for one in params.params if one.name.value not in filled],
        kwonly_params=[one for one in params.kwonly_params if one.name.value not in filled],
    )
    started = [cst.parse_statement(f"{key} = {as_text(one)}\n") for key, one in filled.items()]
    function = preceded(found.function.with_changes(params=rest), started)
    return FoundFunction(found.module, name, function, Names.of(carrier.project, found.module, function))


def _of_object(
    carrier: Carrier, endpoint: Endpoint, module: Module, value: ast.Name | ast.Attribute
) -> FoundFunction | None:
    """`hello` or `hello.shout`, where `hello` is an object of a module: a function that calls it."""
    callee = endpoint.view.function
    home, rest = split(carrier.project, callee.qualified)
    owner, _, method = rest.rpartition(".")
    if home is None or callee.location is None or "." in owner or not owner or "<locals>" in rest:
        return None
    target = value if method == "__call__" else value.value if isinstance(value, ast.Attribute) else None
    names = Names(carrier.project, module, frozenset(), {})
    qualified = names.qualified(cst.parse_expression(ast.unparse(target))) if target is not None else None
    where, name = split(carrier.project, qualified or "")
    definition = where.definitions.get(name) if where is not None else None
    node = carrier.sources.piece(callee.location, method)
    if where is None or definition is None or not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return None
    if not is_fixed_object(carrier, where, definition, name):
        raise refuse(NO_SOURCE, callee.location, f"'{ast.unparse(value)}' is an object that may change")
    arguments = node.args
    plain = not (arguments.posonlyargs or arguments.vararg or arguments.kwarg or arguments.kwonlyargs)
    if not plain or not all(is_constant(one) for one in arguments.defaults):
        raise refuse(NO_SOURCE, callee.location, f"the parameters of '{ast.unparse(value)}'")
    shown = ast.unparse(ast.arguments([], arguments.args[1:], None, [], [], None, arguments.defaults))
    passed = ", ".join(one.arg for one in arguments.args[1:])
    own = usable_name(endpoint.name.rpartition(".")[2])
    text = f"def {own}({shown}):\n    return {ast.unparse(value)}({passed})\n"
    function = cst.ensure_type(cst.parse_statement(text), cst.FunctionDef)
    return FoundFunction(module, own, function, Names.of(carrier.project, module, function))
