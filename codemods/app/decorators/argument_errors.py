"""What a parser of webargs raises for wrong arguments: the project's own error handler as a function of the target.

@parser.error_handler                                     def refuse(
def refuse(err, req, schema, *, error_status_code, ...):      request: Request, err: InvalidError, ...
    abort(error_status_code or 400, err.messages)    →    ) -> Any: ...

                                                          user_body = json_arguments(User, refuse=refuse)
"""

import libcst as cst

from codemods.app.surrounding import INVALID, Surrounding, convert_function
from codemods.carry import Carrier
from codemods.extensions.webargs import ARGUMENTS
from codemods.findings import Location
from codemods.model import Callee
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.search import findall

from .arguments import Placed

KEYWORDS = ("error_status_code", "error_headers")
"""What a parser tells its error handler of the call."""
GIVEN = (
    (INVALID.name, INVALID),
    ("int | None", None),
    ("Mapping[str, str] | None", Need("collections.abc", "Mapping")),
)


def refusing_function(carrier: Carrier, callee: Callee, home: str) -> Placed:
    """The error handler of a parser, in a module of the target; raises `Refused`."""
    made = convert_function(carrier, Surrounding(callee, "value", "refuse", False, GIVEN, _opened), "native", home)
    if made.application is not None:
        raise Refused(made.application)
    return Placed.of(carrier, home, made.name, made.text, made.needs)


def _opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
    """A parser's error handler without the request and the schema that it is given, its keywords as arguments."""
    params = function.params
    place = Location(names.module.file, 1)
    own = [one.name.value for one in params.params]
    keywords = {one.name.value for one in params.kwonly_params}
    read = {one.value for one in findall(function.body, m.Name()) if isinstance(one, cst.Name)}
    rest = params.star_kwarg.name.value if params.star_kwarg is not None else ""
    if len(own) != 3 or keywords - set(KEYWORDS) or read & {*own[1:], rest} or isinstance(params.star_arg, cst.Param):
        raise refuse(ARGUMENTS, place, f"'{function.name.value}' reads more than the error and its options")
    taken = [params.params[0], *(cst.Param(cst.Name(name)) for name in KEYWORDS)]
    return function.with_changes(params=cst.Parameters(params=taken)), names, True
