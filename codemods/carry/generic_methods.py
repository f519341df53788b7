"""Methods of the project's classes that need Flask's request, as functions that are handed it.

                                                   @singledispatch
    class Post(db.Model):                          def to_json(item: Any, *, request: Request) -> Any:
        def to_json(self):                             return item.to_json()
            return {"url": url_for(...)}     →
                                                   @to_json.register(Post)
                                                   def post_to_json(post: Post, *, request: Request) -> Any:
    comment.post.to_json()                             return {"url": url_for(request, ...)}

                                                   to_json(comment.post, request=request)

Which of several classes an object is of shows when it is there, as for a method; objects of other classes keep theirs.
"""

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from codemods.findings import Finding, Location
from codemods.view.diagnostics import NEEDS_CONTEXT
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.reference import Reference
from codemods.view.refusal import Refused, refuse
from codemods.view.rename import rename, snake_case
from codemods.view.rule import code
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .carried import Carried, Policy
from .functions import write_function
from .plain_classes import Method
from .references import FileReferences

if TYPE_CHECKING:
    from .carrier import Carrier

REQUEST = Need("fastapi", "Request")


def generic_method(carrier: "Carrier", name: str, policy: Policy) -> Reference:
    """The function that stands for the methods of this name; raises `Refused`.

    The classes are Flask's own, so that it runs beside Flask only.
    """
    methods = carrier.request_methods.by_name.get(name) or carrier.request_methods.properties[name]
    application = Finding(NEEDS_APPLICATION, methods[0].owner.location, f"'{methods[0].qualified}'")
    if policy == "native":
        return Reference(name, None, application)
    if name not in carrier.generic:
        home = carrier.home(methods[0].module, True)
        own = carrier.free_name(home, name, f"generic {name}", frozenset())
        carrier.generic[name] = Reference(own, Need(home, own), application)  # they may call each other
        known, written = {*carrier.carried}, {*carrier.generic}
        try:
            _write(carrier, methods, home, own, application)
        except Refused as refused:
            for made in carrier.carried.keys() - known:
                del carrier.carried[made]
            for made_name in carrier.generic.keys() - written:
                del carrier.generic[made_name]
            carrier.generic[name] = refused
    found = carrier.generic[name]
    if isinstance(found, Refused):
        raise found
    return found


def _write(carrier: "Carrier", methods: Sequence[Method], home: str, own: str, application: Finding) -> None:
    """Carry the function and its forms for classes; raises `Refused`."""
    forms = [_form(carrier, method, home, own, application) for method in methods]
    has_more = any(len(one.node.args.args) > 1 or one.node.args.vararg or one.node.args.kwonlyargs for one in methods)
    takes, gives = ("*args: Any, request: Request, **kwargs: Any", "*args, **kwargs") if has_more else (
        "*, request: Request", ""
    )  # fmt: skip
    name, is_property = methods[0].name, bool(methods[0].node.decorator_list)
    text = (
        f"@singledispatch\ndef {own}(item: Any, {takes}) -> Any:\n"
        f'    """What `{name}` gives for an object, with the request for classes that need it."""\n'
        f"    return item.{name}{'' if is_property else f'({gives})'}\n"
    )
    needs = {Need("functools", "singledispatch"), Need("typing", "Any"), REQUEST}
    for form in forms:
        carrier.carried[f"{home}.{form.name}", "bridged", False, False] = form
        needs.add(Need(home, form.name))
    carried = Carried(methods[0].qualified, own, text, frozenset(needs), application, (), 0, home)
    carrier.carried[f"{home}.{own}", "bridged", False, False] = carried


def _form(carrier: "Carrier", method: Method, home: str, own: str, application: Finding) -> Carried:
    """The function for the objects of one class; raises `Refused`."""
    location = Location(method.module.file, method.node.lineno)
    function = _opened(carrier.sources.function(location, method.name), method)
    names = Names.of(carrier.project, method.module, function)
    file = FileReferences(carrier, "bridged", False, home)
    carried = write_function(carrier, function, names, file, file, location)
    if any(one.source != ("request", "") or one.name != "request" for one in carried.parameters):
        raise refuse(NEEDS_CONTEXT, location, f"'{carried.parameters[0].name}' of '{method.qualified}'")
    name = carrier.free_name(
        home, f"{snake_case(method.owner.qualified.rpartition('.')[2])}_{method.name}", carried.text, carried.needs
    )
    text = re.sub(rf"\bdef {carried.name}\(", f"def {name}(", carried.text, count=1)
    if not carried.parameters:
        text = _with_request(text)
    first = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef).params.params[0].annotation
    assert first is not None
    owner = code(first.annotation)  # not left to the annotations, which may name what only type checkers see
    needs = carried.needs | {REQUEST, Need("typing", "Any")}
    return Carried(
        method.qualified,
        name,
        f"@{own}.register({owner})\n{text}",
        needs,
        application,
        (),
        location.line,
        home,
        carried.kind,
    )


def _opened(function: cst.FunctionDef, method: Method) -> cst.FunctionDef:
    """The method as a function of an object of its class, called as the class is."""
    owner = method.owner.qualified.rpartition(".")[2]
    instance = function.params.params[0].name.value
    taken = set(re.findall(r"\w+", code(function))) | method.module.imports.keys() | method.module.definitions.keys()
    wanted = next((one for one in (snake_case(owner), "item", "instance") if one not in taken), instance)
    if sum(isinstance(one, ast.arg) and one.arg == instance for one in ast.walk(method.node)) == 1:
        statement = cst.parse_module(rename(code(function), {instance: wanted})).body[0]
        function, instance = cst.ensure_type(statement, cst.FunctionDef), wanted
    first = cst.Param(cst.Name(instance), cst.Annotation(cst.Name(owner)))
    params = function.params.with_changes(params=[first, *function.params.params[1:]])
    return function.with_changes(params=params, decorators=())


def _with_request(text: str) -> str:
    """A function that needs no request, as one that is handed it nevertheless."""
    function = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef)
    added = cst.Param(cst.Name("request"), cst.Annotation(cst.Name("Request")), star="")
    params = function.params
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else cst.ParamStar()
    changed = params.with_changes(kwonly_params=[*params.kwonly_params, added], star_arg=star)
    return code(function.with_changes(params=changed)).strip("\n") + "\n"
