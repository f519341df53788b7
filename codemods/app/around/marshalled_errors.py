"""What decorators below an `Api`'s `errorhandler` do: one may write the answer by fields, the others tell documents.

@api.errorhandler(OutOfStock)                    @marshalled_error(ErrorModel)
@api.marshal_with(error_model, code=409)    →    def handle_stock(request: Request, error: OutOfStock) -> Any: ...
def handle_stock(error): ...
"""

import libcst as cst

from codemods.app.decorators.marshalling import written_by
from codemods.app.functions.inner_functions import FoundFunction
from codemods.carry import Carrier
from codemods.extensions import Marshalled, layer_of
from codemods.extensions.resources.restx_documents import RESTX_UNREADABLE
from codemods.extensions.resources.restx_handlers import ATTRIBUTE
from codemods.findings import Location
from codemods.model import Decorator
from codemods.view.imports import Need
from codemods.view.refusal import refuse
from codemods.view.rule import code

HELPER = Need(".compat.restx_marshalled_errors", "marshalled_error")


def marshalled_error(carrier: Carrier, found: FoundFunction, place: Location) -> tuple[str, frozenset[Need]]:
    """The decorator that writes a handler's answer, as source text with its imports; empty where nothing does.

    Raises `Refused` for fields that cannot be read.
    """
    lines, needs = list[str](), set[Need]()
    for written in (one.decorator for one in found.function.decorators):
        target = written.func if isinstance(written, cst.Call) else written
        if isinstance(target, cst.Attribute) and target.attr.value == ATTRIBUTE:
            continue
        decorator = Decorator(code(written), found.names.qualified(target), place)
        layer = layer_of(carrier.project, carrier.sources, decorator, found.module, written)
        if isinstance(layer, Marshalled):
            arguments, shown = written_by(carrier, decorator, found.module, layer)
            lines.append(f"@{HELPER.name}({arguments})\n")
            needs |= shown.needs | {HELPER}
    if len(lines) > 1:
        raise refuse(RESTX_UNREADABLE, place, f"several sets of fields for '{found.name}'")
    return "".join(lines), frozenset(needs)
