"""Endpoints whose answers are tagged: what dumps their value adds the tag, and a change is asked for `If-Match` first.

@blp.etag                                      @router.put("/pets/{id}", dependencies=[Depends(needs_if_match)])
@blp.response(200, PetOut)             →       @responding(200, PetOut.dump, tag=add_tag)
def replace_pet(id): ...                       def replace_pet(id: int, request: Request) -> Any: ...
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from codemods.extensions import Layer, Output, Tagged
from codemods.model import Decorator
from codemods.view.imports import Need

from .arguments import Placed
from .diagnostics import unclear
from .guards import Guard
from .wrappers import ToldAnswer, Wrapper

HELPER = ".compat.entity_tags"
READING = frozenset({"GET", "HEAD"})
CHANGING = frozenset({"PUT", "PATCH", "DELETE"})
UNTAGGED = frozenset({"DELETE"})
KINDS = (READING, frozenset({"POST"}), CHANGING - UNTAGGED, UNTAGGED)
"""Methods that flask-smorest treats alike; its other methods get no tags at all."""
NEEDS_IF_MATCH = Guard(
    "needs_if_match",
    frozenset({Need(HELPER, "needs_if_match"), Need("fastapi", "Depends")}),
    None,
    Placed(HELPER, "needs_if_match", "", frozenset()),
    answers=False,
)
ANSWERS = {304: "Not Modified", 412: "Precondition Failed", 428: "Precondition Required"}


@dataclass(slots=True)
class Tagging:
    """Whether the answers of a view with these methods are tagged, and by what dumps its value."""

    methods: Collection[str]
    decorator: Decorator | None = None
    place: int = 0
    ahead: int = 0
    is_open: bool = False

    def begin(
        self, layer: Layer | None, decorator: Decorator, wrappers: Sequence[Wrapper], ahead: int
    ) -> Sequence[Guard]:
        """The dependency of a view whose decorator tags, below these and some guards; raises `Refused`."""
        if not isinstance(layer, Tagged):
            return ()
        methods = frozenset(self.methods) - {"OPTIONS"}
        if not methods or not any(methods <= kind for kind in KINDS):
            raise unclear(decorator.location, decorator.text, "treats the methods of its view in different ways")
        if self.decorator is not None or any(one.works_first for one in wrappers):
            raise unclear(decorator.location, decorator.text, "stands below a decorator that sees what it does")
        self.decorator, self.place, self.ahead, self.is_open = decorator, len(wrappers), ahead, True
        return (NEEDS_IF_MATCH,) if methods <= CHANGING else ()

    def around(self, wrapper: Wrapper, layer: Layer, place: int) -> Wrapper:
        """What stands at this place among the decorators of the endpoint, and adds the tag where it dumps."""
        if not self.is_open or place != self.place or not isinstance(layer, Output):
            return wrapper
        self.is_open = False
        methods = frozenset(self.methods) - {"OPTIONS"}
        statuses = (304,) if methods <= READING else (412, 428) if methods <= CHANGING else ()
        told = tuple(ToldAnswer(one, (f'"description": "{ANSWERS[one]}"',)) for one in statuses)
        if methods <= UNTAGGED:
            return replace(wrapper, told=(*told, *wrapper.told))
        told += (ToldAnswer(layer.status, ('"headers": {"ETag": {"schema": {"type": "string"}}}',)),)
        return replace(
            wrapper, expression=f"{wrapper.expression[:-1]}, tag=add_tag)", reads_request=True,
            needs=wrapper.needs | {Need(HELPER, "add_tag")}, told=(*told, *wrapper.told),
        )  # fmt: skip

    def end(self, guards: Sequence[Guard]) -> tuple[Guard, ...]:
        """The guards; raises `Refused` where something else than data comes back to the decorator that tags it."""
        if self.decorator is not None and (self.is_open or any(one.answers for one in guards[self.ahead :])):
            detail = "stands around something else than what dumps the view's value"
            raise unclear(self.decorator.location, self.decorator.text, detail)
        return tuple(guards)
