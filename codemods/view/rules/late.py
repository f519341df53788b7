"""What runs after the view, or beside it: `after_this_request`, `stream_with_context`, `copy_current_request_context`.

@after_this_request                      @after_this_request(request)
def remember(response):             →    def remember(response: Response) -> Response:
    response.set_cookie("seen", "1")         set_cookie(response, "seen", "1")
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.scan.context import reach
from codemods.view import patterns as m
from codemods.view.diagnostics import ELSEWHERE
from codemods.view.inner import WITH_REQUEST
from codemods.view.rule import Rule, Translation, code, expression
from codemods.view.search import findall

LATE = Diagnostic(
    "FM303",
    "blocked",
    "a function for the end of the request, or for a thread, given in a way that is not followed",
    "Only a function that is defined there, or a generator, can be carried over with what it takes from the request.",
    "Define the function inside the view and hand it over by its name; for a thread decorate it.",
)


def after_this_request(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`after_this_request(function)`."""
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword:
        raise translation.refuse(LATE, written, code(written))
    return cst.Call(_registering(translation), [cst.Arg(call.args[0].value)])


def _registering(translation: Translation) -> cst.BaseExpression:
    helper = translation.need(".compat.lifecycle", "after_this_request")
    return expression(helper + "({request})", request=translation.request())


def stream_with_context(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`stream_with_context(generator)`: the generator itself, where nothing ends before it."""
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword or not m.matches(call.args[0].value, m.Call()):
        raise translation.refuse(LATE, written, code(written))
    chunks = call.args[0].value
    if not translation.ends_early():
        return chunks
    helper = translation.need(".compat.streams", "stream_with_context")
    return expression(helper + "({request}, {chunks})", request=translation.request(), chunks=chunks)


def with_request(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
    """`copy_current_request_context(function)`, which is followed as a decorator only."""
    raise translation.refuse(LATE, written, code(written))


def decorator(translation: Translation, qualified: str) -> cst.BaseExpression | None:
    """What the decorator of an inner function becomes; None where it goes."""
    if qualified == "flask.after_this_request":
        return _registering(translation)
    if qualified == WITH_REQUEST or not translation.ends_early():
        return None
    helper = translation.need(".compat.streams", "streaming_with_context")
    return expression(helper + "({request})", request=translation.request())


def check_with_request(translation: Translation, function: cst.FunctionDef) -> None:
    """Raise `Refused` where a function that takes the request along does more than an ordinary one that uses it.

    Flask's runs in a context of its own: `g` is a new one there, and the request is torn down once more behind it.
    """
    project = translation.names.project
    for one in findall(function.body, m.Name() | m.Attribute()):
        qualified = translation.names.qualified(one) if isinstance(one, cst.Name | cst.Attribute) else None
        used = {qualified, *reach(project, qualified)} if qualified is not None else set()
        if any(f"{name}.".startswith(OF_CONTEXT) for name in used):
            raise translation.refuse(ELSEWHERE, one, code(one))
    if translation.ends_early():
        raise translation.refuse(ELSEWHERE, function.name, function.name.value)


def typed(function: cst.FunctionDef, response: str) -> cst.FunctionDef:
    """A function from response to response with its types."""
    annotation = cst.Annotation(cst.Name(response))
    params = [one.with_changes(annotation=one.annotation or annotation) for one in function.params.params]
    return function.with_changes(params=function.params.with_changes(params=params), returns=annotation)


DECORATORS = frozenset({"flask.after_this_request", "flask.stream_with_context", WITH_REQUEST})
OF_CONTEXT = ("flask.after_this_request.", "flask.g.", "flask.request.files.")

RULE = Rule(
    calls={
        "flask.after_this_request": after_this_request,
        "flask.stream_with_context": stream_with_context,
        WITH_REQUEST: with_request,
    },
    diagnostics=(LATE,),
)
