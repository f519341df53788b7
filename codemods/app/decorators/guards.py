"""Checks around views: what refuses a request, or loads something for the view, becomes a dependency.

def login_required(view):                          def login_required(request: Request) -> None:
    @wraps(view)                                       if "user_id" not in request.session:
    def wrapper(*args, **kwargs):              →           raise Answer(redirect("/login"))
        if "user_id" not in session:
            return redirect("/login")              @router.get("/cart", dependencies=[Depends(login_required)])
        return view(*args, **kwargs)
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import libcst as cst

from codemods.carry import Carrier
from codemods.extensions import Dependency, extension_of
from codemods.findings import Finding
from codemods.literals import as_literal
from codemods.model import Decorator
from codemods.schemas.handing import MODEL
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.layout import indented
from codemods.view.names import canonical
from codemods.view.returns import leaves
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.signature import Parameter, Signature
from codemods.view.translator import Translator
from codemods.view.visiting import Visitor
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .arguments import Placed, factory_parameters
from .calls import ViewCalls
from .conversion import Conversion
from .keywords import KeywordReads
from .parts import Parts, expression_of
from .passing import Passed, Taking, Value, loaded
from .security import parameter, scheme_of


@dataclass(frozen=True, slots=True)
class Guard:
    """A decorator as a dependency.

    `expression` is what `Depends` is given, `needs` the imports of the router for it; `injects` tells that it hands
    something on, `uses` which guards' values it takes. `answers` tells that it may answer by itself, and not only raise
    an error; `ahead` are definitions that it needs, such as what OpenAPI tells of it. `body` is what it has FastAPI
    read the body as, if anything; `query` are the names of the query that its parameters tell of. One that `is_idle`
    checks nothing. `parameter` is that of the endpoint by which the decorators around it, and not the view, are handed
    what it gives. `scopes` are the roles that OpenAPI tells of.
    """

    expression: str
    needs: frozenset[Need]
    application: Finding | None
    placed: Placed
    injects: bool = False
    uses: frozenset[str] = frozenset()
    answers: bool = True
    ahead: tuple[Placed, ...] = ()
    body: Literal["", "json", "form"] = ""
    query: frozenset[str] = frozenset()
    is_idle: bool = False
    parameter: Parameter | None = None
    scopes: tuple[str, ...] = ()

    @property
    def dependency(self) -> str:
        """What the route declares, or a parameter of its endpoint."""
        scopes = ", ".join(map(as_literal, self.scopes))
        return f"Security({self.expression}, scopes=[{scopes}])" if scopes else f"Depends({self.expression})"


def extension_guard(carrier: Carrier, decorator: Decorator) -> Guard | None:
    """The dependency for an extension's decorator; None for another decorator."""
    qualified = canonical(carrier.project, decorator.qualified or "")
    extension = extension_of(qualified)
    if extension is None or qualified not in extension.decorators:
        return None
    found: Dependency = extension.decorators[qualified](carrier.sources, decorator, expression_of(decorator))
    home = ".bridged.dependencies"
    placed = Placed.of(carrier, home, found.name, found.text, found.needs)
    needs = frozenset({Need(home, placed.name), Need("fastapi", "Depends")})
    expression = placed.name + found.expression.removeprefix(found.name)
    application = Finding(NEEDS_APPLICATION, decorator.location, f"'{decorator.text}'")
    return Guard(expression, needs, application, placed, answers=False)


class GuardConversion(Conversion):
    """One check on its way to a dependency."""

    __slots__ = ()

    def convert(self, wrapper: cst.FunctionDef, calls: ViewCalls) -> tuple[Guard, Passed]:
        """The dependency, and what the next one around the view is handed; raises `Refused`."""
        parts = self.parts
        params = wrapper.params
        own = {one.name.value for one in (*params.posonly_params, *params.params, *params.kwonly_params)}
        signature = Signature(True, parts.names.local - own - set(self.passed.keywords), whole_body=True)
        taking = Taking(signature)
        bound, rest = self.bound(params)
        for name in bound:
            self.take(taking, name, bound[name])
        reads = KeywordReads(parts.keywords, lambda name: self.read(taking, rest, name), parts.location, parts.text)
        given = [self.given(one, bound, rest, parts) for one in calls.calls]
        if len({(one.names, one.passed_on) for one in given}) != 1:
            raise self.refuse("hands the view different things")
        leaving = _Leaving(reads, dict(zip(calls.returned, [one.injected for one in given], strict=True)))
        prepared = self.prepared(wrapper, leaving, taking)
        names = replace(parts.names, local=parts.names.local | reads.read_names | signature.parameters.keys())
        translator = Translator(
            wrapper, names, parts.references(self.carrier, self.policy, True, "", whole_body=True), signature,
            role="guard", location=parts.defined_at, blueprint=self.blueprint, kept_returns=frozenset(leaving.kept),
            answering=self.answering,
        )  # fmt: skip
        translated = translator.rewrite(prepared)
        guard = self.guard(translated, translator, signature, taking, given[0])
        return guard, self.next(guard, given[0], rest.without(reads.popped))

    # what comes in

    def bound(self, params: cst.Parameters) -> tuple[dict[str, Value], Passed]:
        bound, rest = self.passed.bind(params)
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            if param.name.value not in bound:
                raise self.refuse(f"takes '{param.name.value}'")
        if rest.positional and not isinstance(params.star_arg, cst.Param):
            raise self.refuse("takes fewer arguments than it is given")
        if rest.keywords and params.star_kwarg is None:
            raise self.refuse(f"does not take '{next(iter(rest.keywords))}'")
        return bound, rest

    def take(self, taking: Taking, name: str, value: Value) -> None:
        if value.kind == "guard" and "(" in value.parameter.source[1]:
            raise self.refuse("takes what a decorator with arguments loads")
        if not taking.take(name, value):
            raise self.refuse(f"takes '{name}'")

    def read(self, taking: Taking, rest: Passed, name: str) -> str:
        """The name for a keyword that the wrapper reads."""
        if name not in rest.keywords:
            raise self.refuse(f"reads '{name}', which is not in the rule")
        if name in self.parts.names.local and not self.is_kept_as(name):
            raise self.refuse(f"has its own '{name}'")
        self.take(taking, name, rest.keywords[name])
        return name

    def is_kept_as(self, name: str) -> bool:
        """Whether a local of that name is the keyword itself: `number = kwargs.pop("number")`."""
        read = m.Subscript() | m.Call(func=m.Attribute(attr=m.Name("pop") | m.Name("get")))
        kept = m.Assign(targets=[m.AssignTarget(m.Name(name))], value=read)
        own = [one for one in findall(self.parts.wrapper, kept) if isinstance(one, cst.Assign)]
        return self.parts.names.bindings.get(name) == 1 and len(own) == 1 and name in code(own[0].value)

    # what goes out

    def given(self, call: cst.Call, bound: dict[str, Value], rest: Passed, parts: Parts) -> "_Given":
        """The arguments of one call of the view."""
        stars = parts.star_names
        slots: list[tuple[str | None, Value | None]] = []
        injected: list[cst.BaseExpression] = []
        seen: set[str] = set()
        for argument in call.args:
            if argument.star:
                if not isinstance(argument.value, cst.Name) or argument.value.value not in stars:
                    raise self.refuse("spreads something of its own")
                seen.add(argument.value.value)
                if argument.star == "*":
                    slots += [(None, one) for one in rest.positional]
                continue
            name = argument.keyword.value if argument.keyword else None
            value = argument.value
            own = bound.get(value.value) if isinstance(value, cst.Name) else None
            if own is not None and isinstance(value, cst.Name) and parts.names.bindings.get(value.value) == 1:
                slots.append((name, own))
            else:
                slots.append((name, None))
                injected.append(value)
        if rest.positional and parts.wrapper.params.star_arg and not seen & set(stars[:1]):
            raise self.refuse("drops arguments")
        if rest.keywords and parts.keywords not in seen:
            raise self.refuse("drops keywords")
        return _Given(tuple(slots), tuple(injected))

    def next(self, guard: Guard, given: "_Given", rest: Passed) -> Passed:
        """What the next decorator, or the view, is handed."""
        count = len(given.injected)
        values = iter(loaded(guard.placed.name, guard.expression, guard.needs, count))
        positional: list[Value] = []
        keywords = dict(rest.keywords)
        for name, value in given.slots:
            one = value if value is not None else next(values)
            if name is None:
                positional.append(one)
            elif name in keywords:
                raise self.refuse(f"hands the view '{name}' twice")
            else:
                keywords[name] = one
        return Passed(tuple(positional), keywords)

    # the dependency

    def prepared(self, wrapper: cst.FunctionDef, leaving: "_Leaving", taking: Taking) -> cst.FunctionDef:
        """The wrapper's body without the call of the view."""
        body = [one for one in wrapper.body.body if isinstance(one, cst.BaseStatement)]
        changed = [leaving.visit(one) for one in body]
        for name in self.parts.star_names:
            if any(isinstance(one, cst.CSTNode) and _uses(one, name) for one in changed):
                raise self.refuse("reads its arguments")
        statements = [*taking.statements(), *(one for one in changed if isinstance(one, cst.BaseStatement))]
        return wrapper.with_changes(
            decorators=(), returns=None, params=cst.Parameters(),
            body=cst.IndentedBlock(statements),
        )  # fmt: skip

    def guard(
        self,
        translated: cst.FunctionDef,
        translator: Translator,
        signature: Signature,
        taking: Taking,
        given: "_Given",
    ) -> Guard:
        home = self.home("dependencies")
        needs = set(translator.needs) | taking.needs
        if any(one.annotation == "UUID" for one in signature.parameters.values()):
            needs.add(Need("uuid", "UUID"))
        statements = [one for one in translated.body.body if isinstance(one, cst.BaseStatement)]
        if not leaves(statements[-1]):
            raise self.refuse("does not end with one call of the view")
        checking = _without_last_return(statements)
        statements = checking or [cst.SimpleStatementLine([cst.Pass()])]
        translated = translated.with_changes(body=cst.IndentedBlock(statements))
        scheme = self.scheme(home, signature, needs)
        needs |= {MODEL} if translator.schemas.taken else set()
        text = self.render(translated, signature, bool(given.injected), needs, translator.schemas.taken)
        needs = {one for one in needs if one.module != home}
        placed, expression, imports = self.place(home, text, needs)
        uses = frozenset(one.source[1] for one in signature.parameters.values() if one.source[0] == "guard")
        return Guard(
            expression,
            imports | {Need("fastapi", "Depends")},
            translator.application,
            placed,
            bool(given.injected),
            uses,
            bool(findall(translated, m.Raise(exc=m.Call(func=m.Name("Answer") | m.Name("Answer_"))))),
            (scheme,) if scheme is not None else (),
            query=signature.query,
            is_idle=not checking and not given.injected,
        )

    def scheme(self, home: str, signature: Signature, needs: set[Need]) -> Placed | None:
        """What OpenAPI tells of the check, asked for by a parameter of the dependency."""
        found = scheme_of(self.parts.wrapper, self.parts.names)
        if found is None:
            return None
        placed = found.placed(self.carrier, home)
        asked = parameter(placed, signature.free_name("credentials", "scheme"))
        signature.ask(asked)
        needs |= asked.needs
        return placed

    def render(
        self,
        translated: cst.FunctionDef,
        signature: Signature,
        injects: bool,
        needs: set[Need],
        classes: Collection[str],
    ) -> str:
        """The dependency's definition; a factory keeps its parameters, of which some are `classes` of schemas, and
        returns it."""
        parts = self.parts
        decorated = ""
        if self.policy == "bridged" and translated.asynchronous is None:
            needs.add(Need(".compat.bridged", "in_request_thread"))
            decorated = "@in_request_thread\n"
        returns = "Any" if injects else "None"
        if injects:
            needs.add(Need("typing", "Any"))
        body = code(translated.body).strip("\n")
        inner = "guard" if parts.factory else parts.name
        kind = "async def" if translated.asynchronous is not None else "def"
        header = f"{decorated}{kind} {inner}({signature.render()}) -> {returns}:\n"
        if parts.factory is None:
            return f"{header}{self.docstring}{body}\n"
        needs |= {Need("collections.abc", "Callable"), Need("typing", "Any")}
        parameters = factory_parameters(parts.factory, classes)
        body = indented(f"{header}{body}\n\nreturn guard\n")
        return f"def {parts.name}({parameters}) -> Callable[..., Any]:\n{self.docstring}{body}"


@dataclass(frozen=True, slots=True)
class _Given:
    """The arguments of a call of the view: a name where by keyword; no value for one of the wrapper's own making."""

    slots: tuple[tuple[str | None, Value | None], ...]
    injected: tuple[cst.BaseExpression, ...]

    @property
    def names(self) -> tuple[str | None, ...]:
        """The keywords."""
        return tuple(name for name, _ in self.slots)

    @property
    def passed_on(self) -> tuple[bool, ...]:
        """Which arguments are handed on as they came."""
        return tuple(value is not None for _, value in self.slots)


class _Leaving(Visitor):
    """`return view(user, *args)` → `return user`; keywords that the wrapper reads → parameters.

    `kept` are the statements that it makes: the translation leaves them as they are.
    """

    def __init__(self, reads: KeywordReads, returned: dict[cst.Return, tuple[cst.BaseExpression, ...]]) -> None:
        super().__init__()
        self.reads, self.returned = reads, returned
        self.kept: list[cst.Return] = []

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        values = self.returned.get(original_node)
        if values is None:
            return updated_node
        shown = [changed for one in values if isinstance(changed := self.reads.visit(one), cst.BaseExpression)]
        match shown:
            case []:
                kept = cst.Return()
            case [one]:
                kept = cst.Return(one)
            case _:
                kept = cst.Return(cst.Tuple([cst.Element(one) for one in shown], lpar=[], rpar=[]))
        self.kept.append(kept)
        return kept

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        return self.reads.leave_Subscript(original_node, updated_node)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        return self.reads.leave_Call(original_node, updated_node)


def _without_last_return(statements: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """Without a `return` of nothing at the end."""
    if statements and m.matches(statements[-1], m.SimpleStatementLine([m.Return(value=None)])):
        return statements[:-1]
    return statements


def _uses(node: cst.CSTNode, name: str) -> bool:
    """Whether code refers to a name; an attribute or a keyword that is spelled so is another thing."""
    others = {one.attr for one in findall(node, m.Attribute()) if isinstance(one, cst.Attribute)}
    others |= {one.keyword for one in findall(node, m.Arg()) if isinstance(one, cst.Arg) and one.keyword is not None}
    return any(one not in others for one in findall(node, m.Name(name)))
