"""What a parser of webargs raises for wrong arguments: the project's own error handler as a function of the target.

@parser.error_handler                                     def refuse(
def refuse(err, req, schema, *, error_status_code, ...):      request: Request, err: InvalidError, ...
    abort(error_status_code or 400, err.messages)    →    ) -> Any: ...

                                                          user_body = json_arguments(User, refuse=refuse)

A method `handle_error` of the parser's class is such a function, too, where it needs nothing else of the parser than
the status that it refuses with by itself.
"""

from dataclasses import replace
from functools import partial

import libcst as cst

from codemods.app.around.surrounding import INVALID, Surrounding, convert_function
from codemods.app.functions.inner_functions import FoundFunction
from codemods.carry import Carrier
from codemods.extensions import Refusing
from codemods.extensions.schema_layers.webargs import ARGUMENTS
from codemods.findings import Location
from codemods.model import Callee
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names, split
from codemods.view.refusal import Refused, refuse
from codemods.view.search import findall
from codemods.view.visiting import replaced

from .arguments import Placed

PLAIN = m.Name() | m.Attribute(value=m.Name())
STATUS = "DEFAULT_VALIDATION_STATUS"
REQUEST = "request"
KEYWORDS = ("error_status_code", "error_headers")
"""What a parser tells its error handler of the call."""
GIVEN = (
    (INVALID.name, INVALID),
    ("int | None", None),
    ("Mapping[str, str] | None", Need("collections.abc", "Mapping")),
)


def refusing_function(carrier: Carrier, refusing: Refusing, home: str) -> Placed:
    """The error handler of a parser, in a module of the target; raises `Refused`."""
    found = method_of(carrier, refusing.callee)
    opened = _opened if found is None else partial(_opened_method, refusing.status)
    around = Surrounding(refusing.callee, "value", "refuse", False, GIVEN, opened, found=found)
    made = convert_function(carrier, around, "native", home)
    if made.application is not None:
        raise Refused(made.application)
    return Placed.of(carrier, home, made.name, made.text, made.needs)


def method_of(carrier: Carrier, callee: Callee) -> FoundFunction | None:
    """The method of a parser's class that the callable is; None for a function."""
    module, rest = split(carrier.project, callee.qualified)
    owner, _, name = rest.rpartition(".")
    location = callee.location
    if module is None or location is None or not owner or owner.endswith("<locals>"):
        return None
    function = carrier.sources.function(location, name)
    return FoundFunction(module, name, function, Names.of(carrier.project, module, function))


def _opened_method(status: int, function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
    """`_opened` for a method, in which the parser's own status is spelled out."""
    params = function.params
    instance = params.params[0].name.value if params.params else ""
    own = m.Attribute(value=m.Name(instance), attr=m.Name(STATUS))
    function = replaced(function, own, lambda _: cst.Integer(str(status)))
    if findall(function.body, m.Name(instance) | m.Name("super")):
        raise refuse(ARGUMENTS, Location(names.module.file, 1), f"'{function.name.value}' uses its parser")
    return _opened(function.with_changes(params=params.with_changes(params=params.params[1:])), names)


def _without_more(names: Names, node: cst.CSTNode) -> cst.CSTNode:
    """`abort(make_response(...))` without the keywords, which Werkzeug leaves unread where it is given a response."""
    match node:
        case cst.Call(args=[cst.Arg(value=cst.Call(func=made), keyword=None) as first, *more]) if (
            names.qualified(node.func) == "flask.abort"
            and names.qualified(made) == "flask.make_response"
            and all(one.keyword is not None and m.matches(one.value, PLAIN) for one in more)
        ):
            return node.with_changes(args=[first.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
        case _:
            return node


def _opened(function: cst.FunctionDef, names: Names) -> tuple[cst.FunctionDef, Names, bool]:
    """A parser's error handler without the schema that it is given, its keywords as arguments. The request that it is
    given is Flask's."""
    params = function.params
    place = Location(names.module.file, 1)
    function = replaced(function, m.Call(func=m.Name("abort")), partial(_without_more, names))
    own = [one.name.value for one in params.params]
    keywords = {one.name.value for one in params.kwonly_params}
    read = {one.value for one in findall(function.body, m.Name()) if isinstance(one, cst.Name)}
    rest = params.star_kwarg.name.value if params.star_kwarg is not None else ""
    if len(own) != 3 or keywords - set(KEYWORDS) or read & {own[-1], rest} or isinstance(params.star_arg, cst.Param):
        raise refuse(ARGUMENTS, place, f"'{function.name.value}' reads more than the error and its options")
    taken = [params.params[0], *(cst.Param(cst.Name(name)) for name in KEYWORDS)]
    if own[1] in read:
        function, names = of_request(function, names, own[1], place)
    return function.with_changes(params=cst.Parameters(params=taken)), names, True


def of_request(function: cst.FunctionDef, names: Names, given: str, place: Location) -> tuple[cst.FunctionDef, Names]:
    """A function in which Flask's `request` stands for a parameter of that name; raises `Refused` where it cannot."""
    elsewhere = findall(function.body, m.Attribute(attr=m.Name(given)) | m.Arg(keyword=m.Name(given)))
    if (given != REQUEST and REQUEST in names.local) or elsewhere:
        raise refuse(ARGUMENTS, place, f"'{REQUEST}' of '{function.name.value}', which is something else")
    body = replaced(function.body, m.Name(given), lambda _: cst.Name(REQUEST))
    imported = {**names.imported, REQUEST: f"flask.{REQUEST}"}
    return function.with_changes(body=body), replace(names, imported=imported, local=names.local - {given})
