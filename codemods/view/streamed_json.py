"""`flask.json.dumps` in a generator that is sent: it goes by the application's settings only while a context is there.

    Response(json.dumps(row) for row in rows)    →    stream(dumps(row, default=json_default) for row in rows)

Flask makes the chunks of an answer after the request's context is gone (`Flask.wsgi_app`), and `flask.json.dumps` then
leaves the order of keys as it is; `stream_with_context` keeps the context.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from . import patterns as m
from .names import Names
from .returns import returns_of
from .rule import code
from .search import findall, nodes_of

DUMPS = "flask.json.dumps"
WITH_CONTEXT = "flask.stream_with_context"
RESPONSES = frozenset(
    {"flask.Response", "werkzeug.Response", "werkzeug.wrappers.Response", "flask.current_app.response_class"}
)


@dataclass(frozen=True, slots=True)
class StreamedJson:
    """The calls of `flask.json.dumps` in generators: those `without` a context, those that keep theirs (`within`)."""

    without: frozenset[cst.Call] = frozenset()
    within: frozenset[cst.Call] = frozenset()


def streamed_json(
    function: cst.FunctionDef, names: Names, called: Callable[[cst.BaseExpression], str | None]
) -> StreamedJson:
    """What is known of the calls in a view. Where something may read the answer before it is sent, nothing is."""
    if not any("dumps" in one.value for one in nodes_of(function) if type(one) is cst.Name):
        return StreamedJson()
    text = code(function)
    is_read = "get_data" in text or ".data" in text or any(one.kind == "after_request" for one in names.project.hooks)
    calls = [one for one in findall(function.body, m.Call()) if isinstance(one, cst.Call)]
    kept = [one.args[0].value for one in calls if called(one.func) == WITH_CONTEXT and len(one.args) == 1]
    sent = [one.args[0].value for one in calls if called(one.func) in RESPONSES and one.args]
    for statement in returns_of(function):
        value = statement.value
        sent += [value.elements[0].value if isinstance(value, cst.Tuple) and value.elements else value] if value else []
    found: dict[bool, set[cst.Call]] = {True: set(), False: set()}
    for chunks, keeps in (*((one, True) for one in kept), *((one, False) for one in sent)):
        for body, is_decorated in _bodies(function, chunks, called):
            has_context = keeps or is_decorated
            if has_context or not is_read:
                inner = findall(body, m.Call())
                found[has_context] |= {one for one in inner if isinstance(one, cst.Call) and called(one.func) == DUMPS}
    return StreamedJson(frozenset(found[False]), frozenset(found[True]))


def _bodies(
    function: cst.FunctionDef, chunks: cst.BaseExpression, called: Callable[[cst.BaseExpression], str | None]
) -> Iterator[tuple[cst.CSTNode, bool]]:
    """The code that makes the chunks, and whether a decorator keeps the context for it; none where that is not sure.

    What a generator expression loops over is made at once.
    """
    match chunks:
        case cst.GeneratorExp(elt=elt, for_in=cst.CompFor(ifs=ifs, inner_for_in=None)):
            yield from ((part, False) for part in (elt, *ifs))
        case cst.Call(func=cst.Name(value=name)):
            uses = findall(function.body, m.Name(name))
            for inner in findall(function.body, m.FunctionDef(name=m.Name(name))):
                assert isinstance(inner, cst.FunctionDef)
                decorators = [called(one.decorator) for one in inner.decorators]
                if len(uses) == 2 and findall(inner.body, m.Yield()) and decorators in ([], [WITH_CONTEXT]):
                    yield inner.body, bool(decorators)
        case _:
            return
