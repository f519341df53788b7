"""Views that are handed a page: it is a dependency, and what dumps their value tells of all pages.

@blp.response(200, PetOut(many=True))          @responding(200, PetOut.dump_many, paginated=True)
@blp.paginate()                          →     def pets(
def pets(pagination_parameters): ...               pagination_parameters: Annotated[Pagination, Depends(pagination)]
                                               ) -> Any: ...

Of `@blp.paginate(Page)` the endpoint has the same parameter, for what dumps its value: `responding(..., pager=Page)`.
"""

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from codemods.carry import Carrier, Policy
from codemods.extensions import Paged, base
from codemods.model import Decorator, Module
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.signature import Parameter

from .arguments import Placed, arguments_here
from .diagnostics import unclear
from .guards import Guard
from .passing import Passed, Value
from .wrappers import ToldAnswer, Wrapper

HOME = ".dependencies"
HELPER = ".compat.paging"
NAME = "pagination_parameters"
TOLD = '"headers": {"X-Pagination": {"description": "Pagination metadata", "schema": {"type": "string"}}}'
REFUSED = ToldAnswer(422, ('"description": "Unprocessable Entity"',))
DEPENDS: Sequence[Need] = (Need("typing", "Annotated"), Need("fastapi", "Depends"))


def paged(
    carrier: Carrier,
    policy: Policy,
    passed: Passed,
    layer: Paged,
    wrappers: list[Wrapper],
    decorator: Decorator,
    module: Module,
) -> tuple[Passed, Guard]:
    """What the view is handed, and the dependency; the decorator above is told of it. Raises `Refused`."""
    if not wrappers or not wrappers[-1].expression.startswith("responding(") or NAME in passed.keywords:
        raise unclear(decorator.location, decorator.text, "stands below nothing that dumps what it gives")
    needs = frozenset({Need(HELPER, "paginating")})
    text = f" = paginating({layer.arguments})\n"
    own = carrier.free_name(HOME, "pagination", text, needs)
    placed = Placed(HOME, own, own + text, needs)
    imports = frozenset({Need(HOME, own), Need(HELPER, "Pagination"), *DEPENDS})
    parameter = Parameter(NAME, f"Annotated[Pagination, Depends({own})]", None, ("guard", own), imports)
    guard = Guard(own, imports, None, placed, injects=True, answers=False)
    if layer.pager is None:
        option, more = "paginated=True", frozenset[Need]()
        passed = replace(passed, keywords={**passed.keywords, NAME: Value(parameter)})
    else:
        shown, more = pager(carrier, policy, layer.pager, decorator, module)
        option, guard = f"pager={shown}", replace(guard, parameter=parameter)
    outer = wrappers[-1]
    wrappers[-1] = replace(
        outer, expression=f"{outer.expression[:-1]}, {option})", needs=outer.needs | more,
        told=(*outer.told, ToldAnswer(outer.status, (TOLD,)), REFUSED),
    )  # fmt: skip
    return passed, guard


def pager(
    carrier: Carrier, policy: Policy, node: cst.BaseExpression, decorator: Decorator, module: Module
) -> tuple[str, frozenset[Need]]:
    """The class that takes the page out of what the view returns, with its imports; raises `Refused`."""
    library = base(Names(carrier.project, module, frozenset(), {}).qualified(node) or "")
    if library is not None:
        return library.name, frozenset({library})
    shown, needs = arguments_here(carrier, policy, module, [cst.Arg(node)], decorator.location, decorator.text)
    return shown[1:-1], needs
