"""Decorators that change what a view answers, or see its errors: they stay decorators, around the endpoint.

    def cache_for(seconds):                            def cache_for(seconds: Any) -> Callable[..., Any]:
        def decorate(view):                                def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)                                       @wraps(view)
            def wrapper(*args, **kwargs):          →           def wrapper(*args: Any, **kwargs: Any) -> Response:
                response = make_response(                          response = view(*args, **kwargs)
                    view(*args, **kwargs))                         response.headers["Cache-Control"] = …
                response.headers["Cache-Control"] = …              return response
                return response

FastAPI reads the endpoint's parameters through `functools.wraps`.
"""

from collections.abc import Collection
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Finding
from codemods.schemas.handing import MODEL
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.layout import indented
from codemods.view.names import Names
from codemods.view.returns import leaves, returns_of
from codemods.view.rule import TIGHT, code
from codemods.view.search import findall
from codemods.view.signature import Signature
from codemods.view.translator import Translator
from codemods.view.visiting import Visitor

from .arguments import Placed, factory_parameters
from .calls import ViewCalls
from .conversion import Conversion
from .keywords import KeywordReads

MAKERS = frozenset({"flask.make_response", "flask.current_app.make_response"})
TELLING = m.Attribute(attr=m.Name("headers") | m.Name("set_cookie") | m.Name("delete_cookie") | m.Name("status_code"))


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """What OpenAPI is told of the answers with a status: entries of a dictionary, and their imports."""

    status: int
    entries: tuple[str, ...]
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A decorator around an endpoint.

    `expression` is what stands behind its `@`. `takes` is what it expects of what it wraps: `response` for a response,
    whatever the view returns; `value` for just what the view returns; `own_response` for a view that itself returns
    response objects. `gives_response` tells that all that it returns are such. `reads_name` asks for the view's name;
    `works_first` tells that it does something before it calls the view, or sees its errors. `placed` is its definition
    where the target has one of its own; `options` are what the route says of it, `told` what it says of answers.
    `status` is that of its answers, where it decides that.
    """

    expression: str
    needs: frozenset[Need]
    application: Finding | None
    placed: Placed | None
    takes: str
    gives_response: bool
    reads_request: bool
    reads_name: bool
    works_first: bool
    text: str
    options: str = ""
    told: tuple[ToldAnswer, ...] = ()
    status: int = 200


class WrapperConversion(Conversion):
    """One decorator on its way to a decorator of endpoints."""

    __slots__ = ()

    def convert(self, wrapper: cst.FunctionDef, calls: ViewCalls) -> Wrapper:
        """The decorator; raises `Refused`."""
        parts = self.parts
        self.check(wrapper, calls)
        takes, unwrapped = self.taken(wrapper, calls)
        signature = Signature(False, parts.names.local)
        home = self.home("decorators")
        kinds = {parts.view: "unknown" if takes == "value" else "response"}
        translator = Translator(
            unwrapped, parts.names, parts.references(self.carrier, self.policy, False, home), signature,
            role="view", location=parts.defined_at, blueprint=self.blueprint, call_kinds=kinds,
            answering=self.answering,
        )  # fmt: skip
        gives = all(translator.kind(one.value) == "response" for one in returns_of(unwrapped) if one.value)
        bare = unwrapped.with_changes(decorators=(), returns=None)
        translated = translator.rewrite(bare)
        if not leaves(translated.body.body[-1]):
            raise self.refuse("may return nothing")
        needs = set(translator.needs) | {Need("functools", "wraps"), Need("fastapi", "Response")}
        needs |= {Need("collections.abc", "Callable"), Need("typing", "Any")}
        needs |= {MODEL} if translator.schemas.taken else set()
        text = self.render(translated, signature, translator.schemas.taken)
        placed, expression, imports = self.place(home, text, needs)
        return Wrapper(
            expression, imports, translator.application, placed,
            takes, gives, bool(signature.parameters), calls.reads_name,
            _works_first(wrapper, calls), parts.text,
        )  # fmt: skip

    def check(self, wrapper: cst.FunctionDef, calls: ViewCalls) -> None:
        """Raise `Refused` for a wrapper that hands the view anything else than what it is given itself."""
        params = wrapper.params
        if params.params or params.kwonly_params or params.posonly_params or params.star_kwarg is None:
            raise self.refuse("takes arguments and changes what the view answers")
        if self.passed.positional:
            raise self.refuse("is handed arguments by position and changes what the view answers")
        stars = self.parts.star_names
        for call in calls.calls:
            if [code(one.value) for one in call.args] != list(stars) or not all(one.star for one in call.args):
                raise self.refuse("hands the view something and changes what it answers")

        def read(name: str) -> str:
            value = self.passed.keywords.get(name)
            if value is None or value.kind != "path":
                raise self.refuse(f"reads '{name}', which is not in the rule")
            return name

        reads = KeywordReads(self.parts.keywords, read, self.parts.location, self.parts.text)
        changed = reads.rewrite(wrapper.body)
        if reads.popped:
            raise self.refuse("takes arguments and changes what the view answers")
        attributes = [one.attr for one in findall(changed, m.Attribute()) if isinstance(one, cst.Attribute)]
        uses = [one for name in stars for one in findall(changed, m.Name(name)) if one not in attributes]
        if len(uses) != len(stars) * len(calls.calls):
            raise self.refuse("reads its arguments")

    def taken(self, wrapper: cst.FunctionDef, calls: ViewCalls) -> tuple[str, cst.FunctionDef]:
        """What the wrapper expects of what it wraps, and the wrapper with `view(…)` for `make_response(view(…))`."""
        names = self.parts.names
        call = m.Call(func=m.Name(self.parts.view))
        call_or_await = call | m.Await(expression=call)
        wrapper = _Joined(self.parts.view, names).rewrite(wrapper)
        made = [
            one
            for one in findall(wrapper, m.Call(args=[m.Arg(call_or_await, keyword=None, star="")]))
            if isinstance(one, cst.Call) and names.qualified(one.func) in MAKERS
        ]
        if len(made) == len(calls.calls):
            return "response", _Unmade(made).rewrite(wrapper)
        if len(findall(wrapper.body, m.Return(call_or_await))) == len(calls.calls):
            return "response", wrapper
        assigned = findall(wrapper.body, m.Assign(targets=[m.AssignTarget(m.Name())], value=call_or_await))
        targets = [one.targets[0].target for one in assigned if isinstance(one, cst.Assign)]
        kept = {cst.ensure_type(one, cst.Name).value for one in targets}
        if len(kept) != 1 or len(assigned) != len(calls.calls):
            return "value", wrapper
        local = m.Name(next(iter(kept)))
        if len(findall(wrapper.body, local)) == len(assigned) + len(findall(wrapper.body, m.Return(local))):
            return "response", wrapper
        told = any(m.matches(one, TELLING) for one in findall(wrapper.body, m.Attribute(value=local)))
        return "own_response" if told else "value", wrapper

    def render(self, translated: cst.FunctionDef, signature: Signature, classes: Collection[str]) -> str:
        """The decorator's definition; `classes` are its parameters that are handed classes of schemas."""
        parts = self.parts
        if signature.parameters:
            handed = _HandsOn(parts.view, [one.name for one in signature.parameters.values()])
            translated = handed.rewrite(translated)
        star, keywords = parts.wrapper.params.star_arg, parts.keywords
        shown = [f"*{star.name.value}: Any"] if isinstance(star, cst.Param) else ["*"] if signature.parameters else []
        shown += [signature.render()] if signature.parameters else []
        shown.append(f"**{keywords}: Any")
        kind = "async def" if translated.asynchronous is not None else "def"
        body = code(translated.body).strip("\n")
        name = translated.name.value
        inner = f"@wraps({parts.view})\n{kind} {name}({', '.join(shown)}) -> Response:\n{body}\n\nreturn {name}\n"
        around = f"{parts.view}: Callable[..., Any]"
        if parts.factory is None:
            return f"def {parts.name}({around}) -> Callable[..., Any]:\n{self.docstring}{indented(inner)}"
        middle = returned_name(parts.factory)
        decorate = f"def {middle}({around}) -> Callable[..., Any]:\n{indented(inner)}\nreturn {middle}\n"
        parameters = factory_parameters(parts.factory, classes)
        return f"def {parts.name}({parameters}) -> Callable[..., Any]:\n{self.docstring}{indented(decorate)}"


def returned_name(function: cst.FunctionDef) -> str:
    """The name of the one function that another defines and returns."""
    return next(one.name.value for one in function.body.body if isinstance(one, cst.FunctionDef))


def _works_first(wrapper: cst.FunctionDef, calls: ViewCalls) -> bool:
    """Whether a wrapper does anything before it calls the view, or around the call."""
    first = next(
        one for one in wrapper.body.body if not m.matches(one, m.SimpleStatementLine([m.Expr(m.SimpleString())]))
    )
    return not isinstance(first, cst.SimpleStatementLine) or not any(
        one in calls.calls for one in findall(first, m.Call())
    )


class _Unmade(Visitor):
    """The only argument in the place of these calls."""

    def __init__(self, calls: list[cst.Call]) -> None:
        super().__init__()
        self.calls = calls

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        return updated_node.args[0].value if any(original_node is one for one in self.calls) else updated_node


class _Joined(Visitor):
    """`rv = view(…)` and `response = make_response(rv)` behind it → `response = make_response(view(…))`."""

    def __init__(self, view: str, names: Names) -> None:
        super().__init__()
        self.view, self.names = view, names

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        statements = list(updated_node.body)
        for place in range(len(statements) - 1):
            joined = self.joined(updated_node, statements[place], statements[place + 1])
            if joined is not None:
                statements[place : place + 2] = [joined]
                return updated_node.with_changes(body=statements)
        return updated_node

    def joined(
        self, block: cst.IndentedBlock, first: cst.CSTNode, second: cst.CSTNode
    ) -> cst.SimpleStatementLine | None:
        """The two statements as one, where the value has no other use."""
        call = m.Call(func=m.Name(self.view))
        if not m.matches(
            first, m.SimpleStatementLine([m.Assign([m.AssignTarget(m.Name())], call | m.Await(expression=call))])
        ):
            return None
        assign = cst.ensure_type(cst.ensure_type(first, cst.SimpleStatementLine).body[0], cst.Assign)
        local = cst.ensure_type(assign.targets[0].target, cst.Name).value
        made = m.Call(args=[m.Arg(m.Name(local), keyword=None, star="")])
        if not m.matches(second, m.SimpleStatementLine([m.Assign([m.AssignTarget(m.Name())], made) | m.Return(made)])):
            return None
        statement = cst.ensure_type(second, cst.SimpleStatementLine)
        value = cst.ensure_type(getattr(statement.body[0], "value"), cst.Call)  # noqa: B009  # of either kind
        is_rebound = m.matches(statement.body[0], m.Assign([m.AssignTarget(m.Name(local))]))
        if self.names.qualified(value.func) not in MAKERS:
            return None
        if not is_rebound and len(findall(block, m.Name(local))) != 2:
            return None
        joined = value.with_changes(args=[cst.Arg(assign.value)])
        return statement.with_changes(body=[statement.body[0].with_changes(value=joined)])


class _HandsOn(Visitor):
    """`view(*args, **kwargs)` → `view(*args, request=request, **kwargs)`."""

    def __init__(self, view: str, names: list[str]) -> None:
        super().__init__()
        self.view, self.names = view, names

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not m.matches(original_node.func, m.Name(self.view)):
            return updated_node
        comma = cst.Comma(cst.SimpleWhitespace(""), cst.SimpleWhitespace(" "))
        mine = [cst.Arg(cst.Name(name), cst.Name(name), TIGHT, comma) for name in self.names]
        return updated_node.with_changes(args=[*updated_node.args[:-1], *mine, updated_node.args[-1]])
