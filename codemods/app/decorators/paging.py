"""Views that are handed a page: it is a dependency, and what dumps their value tells of all pages.

@blp.response(200, PetOut(many=True))          @responding(200, PetOut.dump_many, paginated=True)
@blp.paginate()                          →     def pets(
def pets(pagination_parameters): ...               pagination_parameters: Annotated[Pagination, Depends(pagination)]
                                               ) -> Any: ...
"""

from collections.abc import Sequence
from dataclasses import replace

from codemods.carry import Carrier
from codemods.extensions import Paged
from codemods.model import Decorator
from codemods.view.imports import Need
from codemods.view.signature import Parameter

from .arguments import Placed
from .diagnostics import unclear
from .guards import Guard
from .passing import Passed, Value
from .wrappers import Wrapper

HOME = ".dependencies"
HELPER = ".compat.paging"
NAME = "pagination_parameters"


def paged(
    carrier: Carrier, passed: Passed, layer: Paged, wrappers: list[Wrapper], decorator: Decorator
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
    wrappers[-1] = replace(wrappers[-1], expression=f"{wrappers[-1].expression[:-1]}, paginated=True)")
    guard = Guard(own, imports, None, placed, injects=True, answers=False)
    return replace(passed, keywords={**passed.keywords, NAME: Value(parameter)}), guard


DEPENDS: Sequence[Need] = (Need("typing", "Annotated"), Need("fastapi", "Depends"))
