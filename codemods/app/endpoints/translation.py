"""One function of Flask's as an endpoint function of FastAPI's: its parameters, its body, what it answers with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.app.around.url_values import Changes
from codemods.app.decorators.arguments import Placed
from codemods.app.decorators.around import Decorated
from codemods.app.decorators.completions import Completion
from codemods.app.decorators.diagnostics import unclear
from codemods.app.decorators.file_inputs import with_files
from codemods.app.decorators.passing import Passed, Taking, constant, variable
from codemods.app.functions.bodies import ended, preceded
from codemods.app.functions.generators import is_generator, needs_context, returning
from codemods.app.routes.decorators import ahead
from codemods.app.routes.groups import Group
from codemods.app.routes.paths import annotation
from codemods.carry import FileReferences
from codemods.carry.own_responses import with_plain_responses
from codemods.carry.own_state import SOURCE as OWN
from codemods.findings import Finding, Location
from codemods.literals import as_literal
from codemods.model import Endpoint, Rule
from codemods.schemas.views import SchemaUse
from codemods.view import patterns as m
from codemods.view.adoptable import adoptable
from codemods.view.aliases import without_aliases
from codemods.view.answers import Answering, answer
from codemods.view.blocking import cannot_block
from codemods.view.diagnostics import CONSTRUCT, TWO_BODIES
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse
from codemods.view.returns import leaves, returns_of, statements_of
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.signature import BODY_MODULE, FORM_KINDS, JSON, SENT, Parameter, Signature
from codemods.view.translator import Translator

REQUEST = Parameter("request", "Request", None, ("request", ""), frozenset({Need("fastapi", "Request")}))
REPLACED = ("Any", frozenset({Need("typing", "Any")}))
"""The annotation of a value that a hook puts in the place of the URL's, and its import."""

SURE = frozenset({"path", "guard", "request", "query-of", "body", "sent", OWN})
"""Where values come from that are always there, or that fail only when the endpoint reads them."""


@dataclass(frozen=True, slots=True)
class ViewFunction:
    """A function that answers what `rules` name, as a `def` that could stand in a module.

    `decorated` gives what stands around it, for what Flask calls it with; `answering` makes responses of what it
    returns, `completion` is a function that makes its value.
    """

    function: cst.FunctionDef
    names: Names
    name: str
    location: Location
    rules: Sequence[Rule]
    decorated: Callable[[Passed], Decorated]
    references: FileReferences
    answering: Answering = answer
    completion: Completion | None = None


@dataclass(frozen=True, slots=True)
class Translated:
    """A function's new signature and body, and what is known of the two; `operation` is what OpenAPI is told of it.

    `placed` are the definitions that it calls in another module of the target.
    """

    body: cst.FunctionDef
    signature: Signature
    needs: frozenset[Need]
    application: Finding | None
    is_async: bool
    schemas: SchemaUse
    written: cst.FunctionDef
    returns: str
    operation: str
    placed: tuple[Placed, ...] = ()

    def render(self, name: str) -> str:
        """The function under its new name, with its new signature."""
        kind = "async def" if self.is_async else "def"
        text = code(self.body.body).strip("\n")
        return f"{kind} {name}({self.signature.render()}) -> {self.returns}:\n{text}\n"


def arguments_of(group: Group, changes: Changes, view: ViewFunction) -> Passed:
    """What Flask calls a view with for these rules, after what hooks change; raises `Refused`."""
    removed = {name for rule in group.rules for name in changes.removed(rule, view.location)}
    params = (*view.function.params.params, *view.function.params.kwonly_params)
    changes.check(group.rules[0], {one.name.value for one in params}, view.location)
    keywords = {
        one.name: variable(one.name, *(REPLACED if one.name in changes.replaced else annotation(one)))
        for one in group.rules[0].variables
        if one.name not in removed
    }
    constants = {
        name: constant(name, as_literal(value)) for name, value in group.defaults.items() if name not in removed
    }
    return Passed((), keywords | constants)


def translate(
    endpoint: Endpoint,
    view: ViewFunction,
    function: cst.FunctionDef,
    decorated: Decorated,
) -> Translated:
    """`function` is the view's, or what it comes to for some methods; raises `Refused`."""
    translated = _typed(endpoint, view, function, decorated)
    return translated if view.completion is None else _completed(translated, view.completion, decorated)


def _completed(translated: Translated, completion: Completion, decorated: Decorated) -> Translated:
    """The function with what makes its value; raises `Refused` where that is not all that it returns."""
    if decorated.takes != "value":
        raise unclear(decorated.location, completion.text, "makes what Flask answers")
    if not leaves(statements_of(translated.body)[-1]) or any(one.value is None for one in returns_of(translated.body)):
        raise unclear(decorated.location, completion.text, "is around a view that may return nothing")
    return replace(
        translated,
        body=completion.applied(translated.body),
        needs=translated.needs | completion.needs,
        application=translated.application or completion.application,
        placed=(completion.placed,),
    )


def _typed(
    endpoint: Endpoint,
    view: ViewFunction,
    function: cst.FunctionDef,
    decorated: Decorated,
) -> Translated:
    """The function with typed parameters for its body, or with the body as a whole; raises `Refused`.

    It gets typed parameters for its body, or the body as a whole where that is read in several ways, by the function
    itself or by a guard; JSON that a guard looks at too is decoded once for both.
    """
    if any(one.body for one in decorated.guards):
        return _translate(endpoint, _whole(view), function, decorated)
    try:
        typed = _translate(endpoint, view, function, decorated)
    except Refused as refused:
        if refused.finding.diagnostic is not TWO_BODIES:
            raise
        return _translate(endpoint, _whole(view), function, decorated)
    reads_body = any(need.module == BODY_MODULE for one in decorated.placed for need in one.needs)
    sources = {one.source for one in typed.signature.parameters.values()}
    fields = {source for source in sources if source[0] in FORM_KINDS}
    is_mixed = len({source[1].startswith(" ") for source in fields}) > 1  # OpenAPI would have only some of the fields
    if is_mixed or (reads_body and (fields or SENT in sources)):
        return _translate(endpoint, _whole(view), function, decorated)
    return typed


def _whole(view: ViewFunction) -> ViewFunction:
    """The same function, given the body as a whole."""
    return replace(view, references=replace(view.references, whole_body=True))


def _translate(
    endpoint: Endpoint,
    view: ViewFunction,
    function: cst.FunctionDef,
    decorated: Decorated,
) -> Translated:
    names, location = view.names, view.location
    if is_generator(function) and not decorated.wrappers:
        if needs_context(view.references.carrier, function, names):
            raise refuse(CONSTRUCT, location, f"'{endpoint.name}' yields what it takes from Flask's context")
        function, names = returning(function, names)
    if view.references.policy == "native":
        function, names = view.references.carrier.schemas.with_contexts(function, names)
    function, names = with_plain_responses(view.references.carrier, function, names)
    function = without_aliases(function, names)
    signature = Signature(True, names.local - adoptable(function, names), whole_body=view.references.whole_body)
    taking = Taking(signature)
    _bind(endpoint, view, function, decorated, taking)
    statements = taking.statements()
    names = with_files(function, names, decorated.inputs, taking.inputs, location)
    known = replace(names, local=names.local | signature.parameters.keys())
    if decorated.reads_request and (not signature.ask(REQUEST) or "request" in names.local):
        raise refuse(CONSTRUCT, location, "'request', which a decorator reads, is another thing here")
    function = preceded(function, statements)
    is_value = decorated.takes == "value"
    translator = Translator(
        function, known, view.references, signature, role="value" if is_value else "view",
        location=location, blueprint=endpoint.blueprint, endpoint=endpoint.name, answering=view.answering,
    )  # fmt: skip
    if decorated.takes == "own_response":
        _check_responses(function, translator, decorated)
    translator.local_kinds |= {
        name: "json"
        for place, name in taking.inputs.items()
        if decorated.inputs[place].is_json and names.bindings.get(name) == 1
    }
    bare = function.with_changes(decorators=(), returns=None, params=cst.Parameters())
    translated = translator.rewrite(bare)
    loading = _loading(decorated, taking, translator)
    body = preceded(translated, loading)
    if not is_value:
        body = ended(body, translator)
    _check_order(decorated, signature)
    _check_bodies(decorated, signature, location)
    needs = translator.needs | taking.needs | (REQUEST.needs if decorated.reads_request else set())
    needs |= {Need("typing", "Any") if is_value else Need("fastapi", "Response")}
    is_async = function.asynchronous is not None or (
        not decorated.wrappers
        and not translator.application
        and cannot_block(body, frozenset(one.local for one in needs))
    )
    return Translated(
        body, signature, frozenset(needs), translator.application, is_async, translator.schemas, function,
        "Any" if is_value else "Response", translator.operation,
    )  # fmt: skip


def _loading(decorated: Decorated, taking: Taking, translator: Translator) -> list[cst.BaseStatement]:
    """The statements that load parts of the request, in the order of the decorators."""
    return [
        cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(taking.inputs[place]))], one.load(translator))])
        for place, one in enumerate(decorated.inputs)
    ]


def _bind(
    endpoint: Endpoint, view: ViewFunction, function: cst.FunctionDef, decorated: Decorated, taking: Taking
) -> None:
    """Have the view's parameters stand for what it is handed; raises `Refused`."""
    params, location = function.params, view.location
    if params.star_kwarg is not None or isinstance(params.star_arg, cst.Param) or params.posonly_params:
        raise refuse(CONSTRUCT, location, f"'{endpoint.name}' takes any arguments")
    bound, rest = decorated.passed.bind(params)
    for param in (*params.params, *params.kwonly_params):
        name = param.name.value
        if name in bound:
            if not taking.take(name, bound[name]):
                raise refuse(CONSTRUCT, location, f"two meanings of the parameter '{name}'")
        elif param.default is not None:
            if findall(param.default, m.Call() | m.List() | m.Dict() | m.Set() | m.Lambda()):
                raise refuse(CONSTRUCT, location, f"the default of '{name}' is made once for all requests")
            taking.constants.append(f"{name} = {code(param.default)}\n")
        else:
            raise refuse(CONSTRUCT, location, f"'{name}' of '{endpoint.name}' is not in the rule")
    if rest.positional or rest.keywords:
        what = next(iter(rest.keywords), "what a decorator hands on")
        raise refuse(CONSTRUCT, location, f"'{endpoint.name}' does not take '{what}'")
    _ask_guards(decorated, taking, location)


def _ask_guards(decorated: Decorated, taking: Taking, location: Location) -> None:
    """Parameters for the guards that the route does not declare and nothing takes a value of; raises `Refused`."""
    for guard in decorated.guards[len(ahead(decorated.guards)) :]:
        source = ("guard", guard.expression)
        if taking.signature.find(source) is not None or any(one.source == source for one in taking.parts):
            continue
        if guard.parameter is not None:
            taking.needs |= guard.parameter.needs
            if not taking.signature.ask(guard.parameter):
                raise refuse(CONSTRUCT, location, f"two meanings of the parameter '{guard.parameter.name}'")
            continue
        name = taking.signature.free_name(f"{guard.placed.name}_passed", "guard")
        annotation = f"Annotated[Any, {guard.dependency}]"
        taking.needs |= {Need("typing", "Annotated"), Need("typing", "Any"), *guard.needs}
        taking.signature.ask(Parameter(name, annotation, None, source))


def _check_responses(function: cst.FunctionDef, translator: Translator, decorated: Decorated) -> None:
    """Raise `Refused` where a decorator takes response objects and the view returns something else."""
    wrapper = decorated.wrappers[-1]
    for one in returns_of(function):
        if one.value is None or translator.kind(one.value) != "response":
            raise unclear(decorated.location, wrapper.text, "takes a response object, which the view may not return")


def _check_order(decorated: Decorated, signature: Signature) -> None:
    """Raise `Refused` where FastAPI would refuse a request before a decorator of the endpoint is asked."""
    wrapper = decorated.works_first
    for one in signature.parameters.values():
        if wrapper is not None and one.source[0] not in SURE and one.default is None:
            raise unclear(decorated.location, wrapper.text, f"would run after '{one.name}' is looked for")


def _check_bodies(decorated: Decorated, signature: Signature, location: Location) -> None:
    """Raise `Refused` where a form that a guard has FastAPI read is read once more, in another way."""
    reads_body = any(need.module == BODY_MODULE for one in decorated.placed for need in one.needs)
    own = {one.source[0] for one in signature.parameters.values()} & {*JSON, *SENT, *FORM_KINDS}
    if any(one.body == "form" for one in decorated.guards) and (reads_body or own - {""}):
        raise refuse(TWO_BODIES, location, "a form beside another reading of the body")
    if any(one.body == "json" for one in decorated.guards) and own & FORM_KINDS:
        raise refuse(TWO_BODIES, location, "JSON beside a form")
