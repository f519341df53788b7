"""A function as it stands in the target: translated, annotated, and handed what it takes from the request."""

import ast
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from codemods.findings import Finding, Location
from codemods.schemas.handing import MODEL
from codemods.view import patterns as m
from codemods.view.aliases import without_aliases
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.references import References
from codemods.view.refusal import refuse
from codemods.view.returns import leaves, returns_of, statements_of
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.signature import SENT, Parameter, Signature
from codemods.view.translator import Translator
from codemods.view.visiting import Visitor
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .carried import Carried
from .class_state import CHANGING
from .decorated import carried_decorators
from .own_responses import with_plain_responses
from .references import FileReferences

if TYPE_CHECKING:
    from .carrier import Carrier


def write_function(
    carrier: "Carrier",
    function: cst.FunctionDef,
    names: Names,
    file: FileReferences,
    references: References,
    location: Location,
) -> Carried:
    """A function as it stands in the target: translated, and asking its callers for what it takes from the request.

    `file` says where it stands; `references` resolve its names. Raises `Refused`.
    """
    name = function.name.value
    for kept in _kept_between_calls(function):
        raise refuse(CONSTRUCT, location, f"the default of '{kept}' in '{name}', which keeps what is put into it")
    if file.policy == "native":
        function, names = carrier.schemas.with_contexts(function, names)
    function, names = with_plain_responses(carrier, function, names)
    signature = Signature(file.injected, names.local, whole_body=file.whole_body)
    decorators, decorating = carried_decorators(function, names)
    function = without_aliases(function, names).with_changes(decorators=())
    translator = Translator(function, names, references, signature, role="helper", location=location)
    translated = translator.rewrite(function)
    returned = _returned(function, translator)
    parameters = tuple(signature.parameters.values())
    if decorators and translated.returns is None:
        translated = translated.with_changes(returns=cst.Annotation(cst.parse_expression("Iterator[Any]")))
        decorating |= {Need("collections.abc", "Iterator")}
    translated = _with_responses(translated, translator, returned)
    translated = _with_classes(translated, translator)
    translated = _with_parameters(translated, parameters)
    needs = (
        frozenset(translator.needs)
        | {Need("typing", "Any")}
        | decorating
        | {need for one in parameters for need in one.plain_needs()}
    )
    application = translator.application
    if file.policy == "bridged":
        application = application or Finding(NEEDS_APPLICATION, location, f"'{name}' is carried for bridged routes")
    own = carrier.views.name(f"{names.module.name}.{name}")
    if parameters and not file.injected:
        own = f"{own}_from_request"
    elif signature.find(SENT):
        own = f"{own}_from_body"
    translated = translated.with_changes(name=cst.Name(own), decorators=decorators)
    return Carried(
        f"{names.module.name}.{name}", own, _text(translated), needs, application,
        parameters, location.line, carrier.home(names.module, application is not None), returned,
    )  # fmt: skip


def _kept_between_calls(function: cst.FunctionDef) -> Iterator[str]:
    """The parameters whose default is one container for all calls, into which the function puts something."""
    node = ast.parse(code(function.with_changes(decorators=(), leading_lines=()))).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    by_place = [*node.args.posonlyargs, *node.args.args]
    defaults = [*zip(reversed(by_place), reversed(node.args.defaults), strict=False)]
    defaults += [(one, value) for one, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    made = {one.arg for one, value in defaults if isinstance(value, ast.Dict | ast.List | ast.Set | ast.Call)}
    for one in ast.walk(node) if made else ():
        match one:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in made:
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if name in made:
                if method in CHANGING:
                    yield name


def _returned(function: cst.FunctionDef, translator: Translator) -> str:
    """The one kind of everything that a function returns, where it is a kind of which a response is made directly."""
    is_plain = function.asynchronous is None and not findall(function.body, m.Yield())
    if not is_plain or not leaves(statements_of(function)[-1]):
        return "unknown"
    kinds = {translator.kind(one.value) if one.value else "none" for one in returns_of(function)}
    return kinds.pop() if len(kinds) == 1 and kinds <= {"json", "text", "response"} else "unknown"


def _with_responses(function: cst.FunctionDef, translator: Translator, returned: str) -> cst.FunctionDef:
    """The function with the type of what it is known to be handed, and of the response that it returns to that."""
    known = {name for name, kind in translator.names.handed.items() if kind == "response"}
    if not known:
        return function
    params = function.params
    every = (*params.posonly_params, *params.params, *params.kwonly_params)
    bare = {one.name.value for one in every if one.annotation is None}
    response = cst.Annotation(cst.Name(translator.need("fastapi", "Response")))
    is_returned = function.returns is None and returned == "response"
    function = _typed(function, known & bare, response)
    return function.with_changes(returns=response) if is_returned else function


def _with_classes(function: cst.FunctionDef, translator: Translator) -> cst.FunctionDef:
    """The function with the type of the parameters that are handed classes of schemas."""
    if not (known := translator.schemas.taken):
        return function
    kind = cst.parse_expression(f"type[{translator.need(MODEL.module, MODEL.name)}]")
    return _typed(function, known, cst.Annotation(kind))


def _typed(function: cst.FunctionDef, names: Collection[str], kind: cst.Annotation) -> cst.FunctionDef:
    """The function in which these parameters have a type."""

    def typed(params: Sequence[cst.Param]) -> list[cst.Param]:
        return [one.with_changes(annotation=kind) if one.name.value in names else one for one in params]

    params = function.params.with_changes(
        posonly_params=typed(function.params.posonly_params),
        params=typed(function.params.params),
        kwonly_params=typed(function.params.kwonly_params),
    )
    return function.with_changes(params=params)


def _with_parameters(function: cst.FunctionDef, parameters: Collection[Parameter]) -> cst.FunctionDef:
    """The function with what its callers hand on as keyword-only parameters, and `Any` where nothing was annotated."""
    if function.returns is None:
        function = function.with_changes(returns=cst.Annotation(cst.Name("Any")))
    params = _Annotate().rewrite(function.params)
    function = function.with_changes(params=params)
    if not parameters:
        return function
    added = [
        cst.Param(cst.Name(one.name), cst.Annotation(cst.parse_expression(one.plain)), star="") for one in parameters
    ]
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else cst.ParamStar()
    changed = params.with_changes(kwonly_params=[*params.kwonly_params, *added], star_arg=star)
    return function.with_changes(params=changed)


class _Annotate(Visitor):
    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        if updated_node.annotation is not None:
            return updated_node
        equal = cst.AssignEqual() if updated_node.default is not None else updated_node.equal
        return updated_node.with_changes(annotation=cst.Annotation(cst.Name("Any")), equal=equal)


def _text(node: cst.FunctionDef) -> str:
    return code(node.with_changes(leading_lines=(), lines_after_decorators=())).strip("\n") + "\n"
