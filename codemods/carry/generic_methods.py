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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from codemods.view.visiting import Visitor
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .answering_classes import answers_as_methods
from .carried import Carried, Policy
from .functions import write_function
from .plain_classes import Method, is_mangled
from .references import FileReferences

if TYPE_CHECKING:
    from .carrier import Carrier

REQUEST = Need("fastapi", "Request")


def generic_method(carrier: "Carrier", name: str, policy: Policy) -> Reference:
    """The function that stands for the methods of this name; raises `Refused`.

    The classes are Flask's own, so that it runs beside Flask only; native code calls the method where it has all of
    the classes.
    """
    methods = carrier.request_methods.by_name.get(name) or carrier.request_methods.properties[name]
    application = Finding(NEEDS_APPLICATION, methods[0].owner.location, f"'{methods[0].qualified}'")
    if policy == "native":
        return Reference(name, None, None if answers_as_methods(carrier, methods) else application)
    if name not in carrier.generic:
        home = carrier.home(methods[0].module, True)
        own = carrier.free_name(home, name, f"generic {name}", frozenset())
        carrier.generic[name] = Reference(own, Need(home, own), application)  # they may call each other
        with _all_or_nothing(carrier, name):
            _write(carrier, methods, home, own, application)
    found = carrier.generic[name]
    if isinstance(found, Refused):
        raise found
    return found


def direct_method(carrier: "Carrier", qualified: str, policy: Policy) -> Reference:
    """The function for a method of which it is known that an object of its class is asked; raises `Refused`.

    `create_order_execute(CreateOrder(item), request=request)` for `CreateOrder(item).execute()`.
    """
    method = carrier.request_methods.direct[qualified]
    application = Finding(NEEDS_APPLICATION, method.owner.location, f"'{qualified}'")
    if policy == "native":
        return Reference(method.name, None, application)
    if qualified not in carrier.generic:
        home = carrier.home(method.module, True)
        wanted = f"{snake_case(method.owner.qualified.rpartition('.')[2])}_{method.name}"
        own = carrier.free_name(home, wanted, f"direct {qualified}", frozenset())
        carrier.generic[qualified] = Reference(own, Need(home, own), application)  # they may call each other
        with _all_or_nothing(carrier, qualified):
            carried, text = _function(carrier, method, home)
            text = re.sub(rf"\bdef {carried.name}\(", f"def {own}(", text, count=1)
            needs = carried.needs | {REQUEST}
            carrier.carried[f"{home}.{own}", "bridged", False, False] = replace(
                carried, name=own, text=text, needs=needs, application=application, parameters=(), home=home
            )
    found = carrier.generic[qualified]
    if isinstance(found, Refused):
        raise found
    return found


@contextmanager
def _all_or_nothing(carrier: "Carrier", key: str) -> Iterator[None]:
    """Take back what was carried where not all can be, and keep the reason under the key."""
    known, written = {*carrier.carried}, {*carrier.generic}
    try:
        yield
    except Refused as refused:
        for made in carrier.carried.keys() - known:
            del carrier.carried[made]
        for made_name in carrier.generic.keys() - written:
            del carrier.generic[made_name]
        carrier.generic[key] = refused


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
    carried, text = _function(carrier, method, home)
    name = carrier.free_name(
        home, f"{snake_case(method.owner.qualified.rpartition('.')[2])}_{method.name}", carried.text, carried.needs
    )
    text = re.sub(rf"\bdef {carried.name}\(", f"def {name}(", text, count=1)
    first = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef).params.params[0].annotation
    assert first is not None
    owner = code(first.annotation)  # not left to the annotations, which may name what only type checkers see
    return Carried(
        method.qualified,
        name,
        f"@{own}.register({owner})\n{text}",
        carried.needs | {REQUEST, Need("typing", "Any")},
        application,
        (),
        method.node.lineno,
        home,
        carried.kind,
    )


def _function(carrier: "Carrier", method: Method, home: str) -> tuple[Carried, str]:
    """A method as a function of its object that is handed the request, and its text; raises `Refused`."""
    location = Location(method.module.file, method.node.lineno)
    function = _opened(carrier.sources.function(location, method.name), method)
    names = Names.of(carrier.project, method.module, function)
    file = FileReferences(carrier, "bridged", False, home)
    carried = write_function(carrier, function, names, file, file, location)
    if any(one.source != ("request", "") or one.name != "request" for one in carried.parameters):
        raise refuse(NEEDS_CONTEXT, location, f"'{carried.parameters[0].name}' of '{method.qualified}'")
    return carried, carried.text if carried.parameters else _with_request(carried.text)


def _opened(function: cst.FunctionDef, method: Method) -> cst.FunctionDef:
    """The method as a function of an object of its class, called as the class is."""
    owner = method.owner.qualified.rpartition(".")[2]
    instance = function.params.params[0].name.value
    taken = set(re.findall(r"\w+", code(function))) | method.module.imports.keys() | method.module.definitions.keys()
    wanted = next((one for one in (snake_case(owner), "item", "instance") if one not in taken), instance)
    if sum(isinstance(one, ast.arg) and one.arg == instance for one in ast.walk(method.node)) == 1:
        statement = cst.parse_module(rename(code(function), {instance: wanted})).body[0]
        function, instance = cst.ensure_type(statement, cst.FunctionDef), wanted
    function = _Private(owner).rewrite(function)
    first = cst.Param(cst.Name(instance), cst.Annotation(cst.Name(owner)))
    params = function.params.with_changes(params=[first, *function.params.params[1:]])
    return function.with_changes(params=params, decorators=())


class _Private(Visitor):
    """`self.__count` by the name that it has outside of the class: `self._Order__count`."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        name = original_node.attr.value
        if not is_mangled(name):
            return updated_node
        return updated_node.with_changes(attr=cst.Name(f"_{self.owner.lstrip('_')}{name}"))


def _with_request(text: str) -> str:
    """A function that needs no request, as one that is handed it nevertheless."""
    function = cst.ensure_type(cst.parse_module(text).body[0], cst.FunctionDef)
    added = cst.Param(cst.Name("request"), cst.Annotation(cst.Name("Request")), star="")
    params = function.params
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else cst.ParamStar()
    changed = params.with_changes(kwonly_params=[*params.kwonly_params, added], star_arg=star)
    return code(function.with_changes(params=changed)).strip("\n") + "\n"
