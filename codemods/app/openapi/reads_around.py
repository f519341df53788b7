"""What a request for an endpoint is asked for by name: by the view, by the decorators around it and by hooks.

Hooks run for other endpoints too. What they read of the query is part of every operation in their reach, what they read
of a body only where the endpoint has such a body or none of its own.
"""

import ast
from collections.abc import Collection, Mapping

import libcst as cst

from codemods.app.functions.inner_functions import find_function
from codemods.carry import Carrier
from codemods.carry.read_names import Held, RequestShape
from codemods.model import Endpoint
from codemods.view.methods import for_method, mentions_method
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import Refused

from .request_bodies import BODY_METHODS
from .request_shape import Reader

AROUND = ("before_request", "after_request")
BODIES = {"form": ("form", "file"), "json": ("json", "item")}


def request_shape(
    carrier: Carrier, endpoint: Endpoint, function: cst.FunctionDef, names: Names, methods: Collection[str]
) -> RequestShape:
    """What a function of an endpoint reads for these methods, and those that it calls; and what stands around it."""
    hooked, kept_by_hooks = read_by_hooks(carrier, endpoint.blueprint, tuple(sorted(methods)))
    shape, kept = RequestShape(), dict(kept_by_hooks)
    handed = _decorators(carrier, endpoint, shape, kept)
    reader = Reader(carrier, names, shape, kept)
    params = [one.name.value for one in (*function.params.params, *function.params.kwonly_params)]
    for place, held in handed.items():
        name = params[place] if isinstance(place, int) and place < len(params) else place
        if isinstance(name, str):
            reader.given(name, held, ())
    reader.read(carrier.sources.as_ast(function))
    _add_hooked(shape, hooked, methods)
    return shape


def read_by_hooks(
    carrier: Carrier, blueprint: str, methods: tuple[str, ...]
) -> tuple[RequestShape, Mapping[str, Held]]:
    """What the hooks around a blueprint's endpoints read for these methods, and what they keep of it in `g`."""
    known = carrier.read_by_hooks.get((blueprint, methods))
    if known is not None:
        return known
    shape, kept = RequestShape(), dict[str, Held]()
    for hook in carrier.project.hooks:
        is_around = not hook.blueprint or f"{blueprint}.".startswith(f"{hook.blueprint}.")
        if hook.kind not in AROUND or not is_around or not hook.function.owned:
            continue
        try:
            found = find_function(carrier, hook.function, hook.kind.partition("_")[0], not hook.blueprint)
        except Refused:
            continue
        has_methods = mentions_method(found.function, found.names)
        for method in methods if has_methods else methods[:1]:
            one = for_method(found.function, found.names, method) if has_methods else found.function
            Reader(carrier, found.names, shape, kept).read(carrier.sources.as_ast(one))
    carrier.read_by_hooks[blueprint, methods] = shape, kept
    return shape, kept


def _decorators(
    carrier: Carrier, endpoint: Endpoint, shape: RequestShape, kept: dict[str, Held]
) -> Mapping[int | str, Held]:
    """Note what the project's own decorators read; what they hand to the view, by place or keyword."""
    handed: dict[int | str, Held] = {}
    for decorator in endpoint.view.decorators:
        module, name = split(carrier.project, canonical(carrier.project, decorator.qualified or ""))
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or definition.kind != "function":
            continue
        try:
            function = carrier.sources.function(definition.location, name)
        except Refused:
            continue
        root = carrier.sources.as_ast(function)
        reader = Reader(carrier, Names.of(carrier.project, module, function), shape, kept)
        written = ast.parse(decorator.text.lstrip("@").strip(), mode="eval").body
        home, _ = split(carrier.project, endpoint.view.function.qualified)
        if isinstance(written, ast.Call) and home is not None:
            caller = Reader(carrier, Names(carrier.project, home, frozenset(), {}), shape, kept)
            caller.hand(written, root.args, reader)
        reader.read(root)
        functions = [one for one in ast.walk(root) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        views = {argument.arg for one in functions for argument in one.args.args}
        handed |= {place: held for (called, place), held in reader.handed.items() if called in views}
    return handed


def _add_hooked(shape: RequestShape, hooked: RequestShape, methods: Collection[str]) -> None:
    """Add what hooks read: of the query, and of a body of a kind that the endpoint reads, or of one that it ignores."""
    parts = ["query"]
    if BODY_METHODS & set(methods):
        own = shape.touched - {"query", "about"}
        parts += [part for kind, both in BODIES.items() if not own or own & set(both) for part in (kind, *both)]
    for part in dict.fromkeys(parts):
        names: Mapping[str, bool] = getattr(hooked, part)
        for name, is_list in names.items():
            shape.note(part, name, is_list)
    shape.touched |= hooked.touched & set(parts)
    shape.hooked = frozenset(hooked.query)
