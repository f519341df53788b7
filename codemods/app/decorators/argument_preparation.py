"""What a parser of webargs does to data before a schema loads it: `pre_load` of its class as a function of the target.

class StrippingParser(FlaskParser):                                   def prepare(
    def pre_load(self, location_data, *, schema, req, location):          request: Request, location_data: Any,
        return strip(location_data)                            →          location: str
                                                                      ) -> Any: ...

Data of a query or form is a mapping there, and of headers one that knows names in any case, which these are not here.
"""

import ast

import libcst as cst

from codemods.app.around.surrounding import Surrounding, convert_function
from codemods.carry import Carrier
from codemods.extensions import ParsingCall
from codemods.extensions.schema_layers.webargs import ARGUMENTS
from codemods.findings import Location
from codemods.model import Module
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import Refused, refuse
from codemods.view.search import findall

from .argument_errors import method_of, of_request
from .arguments import Placed

PLACES = frozenset({"json", "query", "querystring", "form", "cookies", "view_args", "path"})
"""Where the data is the same, but for its class."""
OF_MULTIDICT = frozenset({
    "add", "add_file", "clear", "copy", "deepcopy", "getlist", "lists", "listvalues", "pop", "popitem", "popitemlist",
    "poplist", "setdefault", "setlist", "setlistdefault", "to_dict", "update", "data", "multiple_keys",
})  # fmt: skip
"""What else a mapping of webargs' has, and code may ask for."""
GIVEN = (("Any", Need("typing", "Any")), ("str", None))
TAKEN = {"schema", "req", "location"}


def preparing_function(carrier: Carrier, call: ParsingCall, home: str, place: Location) -> Placed:
    """The function that prepares what is sent for a call, in a module of the target; raises `Refused`."""
    assert call.prepare is not None
    if call.location not in PLACES:
        raise refuse(ARGUMENTS, place, f"'{call.prepare.qualified}' for the {call.location}")
    found = method_of(carrier, call.prepare)
    if found is None or _may_ask_more(carrier, found.module, found.function):
        raise refuse(ARGUMENTS, call.prepare.location, f"'{call.prepare.qualified}' asks more than a mapping has")
    around = Surrounding(call.prepare, "value", "prepare", False, GIVEN, _opened, found=found)
    made = convert_function(carrier, around, "native", home)
    if made.application is not None:
        raise Refused(made.application)
    return Placed.of(carrier, home, made.name, made.text, made.needs)


def _opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
    """The method as a function of the data and its place."""
    params = function.params
    own = [one.name.value for one in params.params]
    keywords = {one.name.value for one in params.kwonly_params}
    read = {one.value for one in findall(function.body, m.Name()) if isinstance(one, cst.Name)}
    place = Location(names.module.file, 1)
    rest = params.star_kwarg.name.value if params.star_kwarg is not None else ""
    if len(own) != 2 or keywords - TAKEN or read & {own[0], "schema", "super", rest} or function.decorators:
        raise refuse(ARGUMENTS, place, f"'{function.name.value}' reads more than the data and its place")
    if "req" in read & keywords:
        function, names = of_request(function, names, "req", place)
    taken = [params.params[1], cst.Param(cst.Name("location"))]
    return function.with_changes(params=cst.Parameters(params=taken)), names, True


def _may_ask_more(carrier: Carrier, module: Module, function: cst.FunctionDef) -> bool:
    """Whether a function, or one of the project's that it may hand the data on to, asks for what is not here."""
    trees, seen = [ast.parse(cst.Module([function.with_changes(decorators=())]).code)], set[str]()
    while trees:
        for node in ast.walk(trees.pop()):
            if isinstance(node, ast.Attribute) and node.attr in OF_MULTIDICT:
                return True
            name = node.id if isinstance(node, ast.Name) else ""
            target = f"{module.name}.{name}" if name in module.definitions else module.imports.get(name, "")
            home, own = split(carrier.project, target)
            definition = home.definitions.get(own) if home is not None and target not in seen else None
            if definition is not None and home is not module:
                return True  # of which the names would have to be followed in another module
            if definition is not None and definition.kind in ("function", "class"):
                seen.add(target)
                trees.append(ast.Module([carrier.sources.piece(definition.location, own)], []))
    return False
