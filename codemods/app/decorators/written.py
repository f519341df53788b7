"""The decorators around a view as the source shows them, checked against what the running application has."""

import ast

from codemods.carry import Carrier
from codemods.findings import Location
from codemods.model import Decorator, Endpoint, Module
from codemods.obstacles import HARMLESS_WRAPPERS, UNUSED_DECORATOR
from codemods.view.names import split
from codemods.view.refusal import refuse

from .diagnostics import unclear
from .spelled_out import spelled_out


def written_decorators(carrier: Carrier, endpoint: Endpoint) -> list[tuple[Decorator, Module]]:
    """What stands around a view, outermost first, each with its module; raises `Refused` where not all is seen.

    A declaration may wrap the view as well: `add_url_rule("/", view_func=login_required(index))`.
    """
    view = endpoint.view
    location = view.function.location
    for decorator in view.unused_decorators:
        raise refuse(UNUSED_DECORATOR, decorator.location, f"'{decorator.text}'")
    name = view.function.qualified.rpartition(".")[2]
    own = [_normal(one.text) for one in view.decorators]
    written = _written(carrier, location, name) if own and location is not None else []
    below = 0
    while below < min(len(own), len(written)) and own[-1 - below] == written[-1 - below]:
        below += 1
    outside = view.decorators[: len(own) - below]
    if any(one.location is None or _stands_at(carrier, one.location, location, name) for one in outside):
        raise unclear(location, outside[0].text, "above the route")
    module, _ = split(carrier.project, view.function.qualified)
    assert module is not None
    files = {one.file: one for one in carrier.project.modules.values()}
    found = [
        meant for one in view.decorators for meant in spelled_out(carrier, one, files.get(one.location.file, module))
    ]
    wrappers = [one for one in view.wrappers if one.qualified not in HARMLESS_WRAPPERS]
    if len(wrappers) > len(found):
        raise unclear(location, wrappers[0].qualified)
    return found


def _written(carrier: Carrier, location: Location, name: str) -> list[str]:
    """The decorators at the definition; none of a lambda."""
    if name == "<lambda>":
        return []
    return [ast.unparse(one) for one in carrier.sources.piece(location, name).decorator_list]


def _stands_at(carrier: Carrier, decorator: Location, view: Location | None, name: str) -> bool:
    """Whether a decorator stands above the view's definition."""
    if view is None or name == "<lambda>" or decorator.file != view.file:
        return False
    node = carrier.sources.piece(view, name)
    return any(one.lineno <= decorator.line <= (one.end_lineno or one.lineno) for one in node.decorator_list)


def _normal(text: str) -> str:
    """A decorator's text in one spelling: the scan's and the file's may quote otherwise."""
    return ast.unparse(ast.parse(text.lstrip("@").strip(), mode="eval"))
