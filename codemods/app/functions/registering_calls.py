"""What the parameters of a function that registers hooks stand for, where one call of it says so.

def add_hooks(target, name):
    @target.before_request          add_hooks(orders, "orders")     →     name = "orders", in the hook of `orders`
    def before(): … name …
"""

import ast
from collections.abc import Collection, Iterator

import libcst as cst

from codemods.carry import Carrier
from codemods.carry.outer import outer_function
from codemods.model import Module
from codemods.view.names import Names, split

Function = ast.FunctionDef | ast.AsyncFunctionDef


def argument_of(carrier: Carrier, module: Module, function: Function, name: str, target: str, scope: str) -> ast.expr:
    """What `name`, a parameter of a function of a module, is where its parameter `target` is a blueprint of that scope,
    or the application ("").

    Raises `LookupError` where that is not one call that spells it out.
    """
    found = [
        given
        for home, inside, call in _calls(carrier, module, function)
        if (given := _bound(function, call)) is not None
        and target in given
        and _is_registered(carrier, home, inside, given[target], scope)
    ]
    if len(found) != 1 or name not in found[0]:
        raise LookupError(name)
    return found[0][name]


def call_texts(carrier: Carrier, names: Collection[str]) -> Iterator[str]:
    """The calls, as source text, of the functions with parameters that define functions of these names."""
    outer = sorted({name.partition(".<locals>.")[0] for name in names if ".<locals>." in name})
    for qualified in outer:
        if qualified not in carrier.registering:
            module, name = split(carrier.project, qualified)
            known = module.definitions.get(name) if module is not None else None
            texts: tuple[str, ...] = ()
            if module is not None and known is not None and known.kind == "function":
                node = carrier.sources.piece(known.location, name)
                if isinstance(node, Function) and (node.args.args or node.args.kwonlyargs):
                    texts = tuple(ast.unparse(call) for _, _, call in _calls(carrier, module, node))
            carrier.registering[qualified] = texts
        yield from carrier.registering[qualified]


def _calls(carrier: Carrier, module: Module, function: Function) -> Iterator[tuple[Module, Function | None, ast.Call]]:
    """Every call of a function of a module, with the module and the outermost function in which it stands."""
    for home in carrier.project.modules.values():
        if function.name.encode() not in carrier.sources.files.get(home.file, b""):
            continue
        for statement in carrier.sources.tree(home.file).body:
            inside = statement if isinstance(statement, Function) else None
            names = _names(carrier, home, inside)
            for call in ast.walk(statement):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
                    qualified = names.qualified(cst.parse_expression(ast.unparse(call.func)))
                    if qualified == f"{module.name}.{function.name}":
                        yield home, inside, call


def _names(carrier: Carrier, home: Module, inside: Function | None) -> Names:
    if inside is None:
        return Names(carrier.project, home, frozenset(), {})
    return outer_function(carrier, home, home.file, inside).names


def _bound(function: Function, call: ast.Call) -> dict[str, ast.expr] | None:
    """The arguments of a call by parameter, with the defaults of the others; None where it spreads any."""
    arguments = function.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return None
    defaults = zip(reversed(names), reversed(arguments.defaults), strict=False)
    keyword_defaults = zip((one.arg for one in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    found = {key: value for key, value in (*defaults, *keyword_defaults) if value is not None}
    found |= dict(zip(names, call.args, strict=False))
    return found | {one.arg or "": one.value for one in call.keywords}


def _is_registered(carrier: Carrier, home: Module, inside: Function | None, given: ast.expr, scope: str) -> bool:
    """Whether an argument is the blueprint of that scope, or the application.

    Anything that cannot be told is taken for it: then there is more than one such call.
    """
    if not isinstance(given, ast.Name | ast.Attribute):
        return True
    qualified = _names(carrier, home, inside).qualified(cst.parse_expression(ast.unparse(given)))
    if qualified is None:
        return not scope if inside is not None and _is_made(carrier, home, inside, ast.unparse(given)) else True
    known = {one.variable: one.name for one in carrier.project.blueprints if one.variable}
    if qualified in known:
        names = [one.name for one in carrier.project.blueprints if one.variable == qualified]
        return scope in names
    return not scope or qualified != carrier.project.application.reference.replace(":", ".")


def _is_made(carrier: Carrier, home: Module, inside: Function, name: str) -> bool:
    """Whether a local of a function is a Flask application that it makes."""
    outer = outer_function(carrier, home, home.file, inside)
    return outer.names.bindings.get(name) == 1 and any(
        isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name and one.value in outer.applications
        for one in inside.body
    )
