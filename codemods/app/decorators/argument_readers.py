"""What a parser of webargs reads at a location of the project's own, as a function of the target.

@parser.location_loader("query_and_json")                      def load_data(request: Request) -> Any:
def load_data(request, schema):                        →           return {**dict(request.query_params), ...}
    return {**request.args.to_dict(), ...}
                                                               search_sent = own_arguments(Search, load_data, ...)

A method such as `load_querystring` of the parser's class is such a function, too, where it needs nothing else of the
parser. One that reads as the schema wants it (`MultiDictProxy`) stays on Flask.
"""

import libcst as cst

from codemods.app.around.surrounding import Surrounding, convert_function
from codemods.carry import Carrier
from codemods.extensions import ParsingCall
from codemods.extensions.schema_layers.webargs import ARGUMENTS
from codemods.findings import Location
from codemods.literals import as_literal
from codemods.view import patterns as m
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.search import findall
from codemods.view.signature import BODY_MODULE

from .argument_errors import method_of, of_request
from .arguments import Placed


def reading_function(carrier: Carrier, call: ParsingCall, home: str) -> Placed:
    """The function that reads what is sent for a call, in a module of the target; raises `Refused`."""
    assert call.reader is not None
    found = method_of(carrier, call.reader)
    around = Surrounding(call.reader, "reader", "read", False, (), _opened, found=found)
    made = convert_function(carrier, around, "native", home)
    if made.application is not None:
        raise Refused(made.application)
    return Placed.of(carrier, home, made.name, made.text, made.needs)


def reading_options(call: ParsingCall, reading: Placed | None) -> list[str]:
    """The options of a dependency that reads by a function."""
    if reading is None:
        return []
    reads_body = any(one.module == BODY_MODULE for one in reading.needs)
    return [reading.name, f"place={as_literal(call.location)}", *(["reads_body=True"] if reads_body else [])]


def _opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
    """The function without arguments: the request that it is given is Flask's."""
    params = function.params
    own = [one.name.value for one in params.params]
    read = {one.value for one in findall(function.body, m.Name()) if isinstance(one, cst.Name)}
    place = Location(names.module.file, 1)
    is_plain = not (params.kwonly_params or params.star_kwarg or isinstance(params.star_arg, cst.Param))
    if len(own) not in (2, 3) or not is_plain or read & {own[-1], *own[:-2], "super"}:
        raise refuse(ARGUMENTS, place, f"'{function.name.value}' reads more than the request")
    if own[-2] in read:
        function, names = of_request(function, names, own[-2], place)
    return function.with_changes(params=cst.Parameters()), names, True
