"""Decorators around views: what refuses a request, or loads something for the view, becomes a dependency.

    def login_required(view):                          def login_required(request: Request) -> None:
        @wraps(view)                                       if "user_id" not in request.session:
        def wrapper(*args, **kwargs):              →           raise Answer(redirect("/login"))
            if "user_id" not in session:
                return redirect("/login")              @router.get("/cart", dependencies=[Depends(login_required)])
            return view(*args, **kwargs)

Only decorators are converted that do all their work before they call the view, once, and give back what it gives.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst
import libcst.matchers as m

from codemods.carry import Carrier, FileReferences, Policy
from codemods.extensions import Dependency, extension_of
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Decorator, Module
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.signature import Parameter, Signature
from codemods.view.translator import Translator
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

DECORATED = Diagnostic(
    "FM113",
    "blocked",
    "a decorator that is not converted yet",
    "What stands around a view may guard it, answer in its place or change its answer; dropping it is not an option.",
    "Write it as a check that runs before the view and then returns what the view returns.",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A decorator as a dependency.

    `expression` is what `Depends` is given; `injects` names the view's parameter that gets the dependency's value;
    `text` is the dependency's definition, which lives in the target's module `home` under `name`; `takes` are the path
    parameters that it reads.
    """

    expression: str
    needs: frozenset[Need]
    application: Finding | None
    injects: str | None = None
    name: str = ""
    home: str = ""
    text: str = ""
    own_needs: frozenset[Need] = frozenset()
    takes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Parts:
    """A decorator's pieces: the names that its factory binds, and the wrapper."""

    factory: cst.FunctionDef | None
    view: str
    wrapper: cst.FunctionDef


def convert_guard(
    carrier: Carrier,
    decorator: Decorator,
    policy: Policy,
    variables: Mapping[str, str],
    blueprint: str,
    view_module: Module,
) -> Guard:
    """The dependency for a decorator of the project's own; `variables` are the rule's, with their types.

    Raises `Refused`.
    """
    location = decorator.location
    qualified = canonical(carrier.project, decorator.qualified or "")
    extension = extension_of(qualified)
    if extension is not None and qualified in extension.decorators:
        return _extension_guard(
            carrier, decorator, extension.decorators[qualified](carrier.sources, decorator, _expression(decorator))
        )
    module, name = split(carrier.project, qualified)
    definition = module.definitions.get(name) if module else None
    if module is None or definition is None or definition.kind != "function" or definition.decorators:
        raise refuse(DECORATED, location, f"'{decorator.text}'")
    call = _expression(decorator)
    arguments = call.args if isinstance(call, cst.Call) else None
    function = carrier.sources.function(definition.location, name)
    names = Names.of(carrier.project, module, function)
    parts, names = _parts(function, names, arguments is not None, location, decorator.text)
    own = {one.name.value for one in (*parts.wrapper.params.params, *parts.wrapper.params.kwonly_params)}
    signature = Signature(True, names.local - own)
    prepared, injects, injecting = _prepare(parts, variables, signature, location, decorator.text)
    references = FileReferences(carrier, policy, True, "")
    translator = Translator(
        parts.wrapper, names, references, signature,
        role="guard", location=definition.location, blueprint=blueprint, kept_return=injecting,
    )  # fmt: skip
    translated = prepared.visit(translator)
    assert isinstance(translated, cst.FunctionDef)
    home = f".{'bridged.' if policy == 'bridged' else ''}dependencies"
    needs = set(translator.needs)
    if any(one.annotation == "UUID" for one in signature.parameters.values()):
        needs.add(Need("uuid", "UUID"))
    text = _render(name, parts, translated, signature, policy, injects, needs)
    written, name = name, carrier.free_name(home, name, text, frozenset(needs))
    text = renamed(text, written, name)
    shown, argument_needs = _arguments_here(carrier, policy, view_module, arguments, location)
    expression = name + shown
    outside = {Need(home, name), Need("fastapi", "Depends")} | argument_needs
    takes = frozenset(one.name for one in signature.parameters.values() if one.source[0] == "path")
    return Guard(
        expression, frozenset(outside), translator.application, injects, name, home, text, frozenset(needs), takes
    )


def _expression(decorator: Decorator) -> cst.BaseExpression:
    return cst.parse_expression(decorator.text.lstrip("@").strip())


def _extension_guard(carrier: Carrier, decorator: Decorator, found: Dependency) -> Guard:
    """The dependency for an extension's decorator: it needs the Flask application's settings."""
    home = ".bridged.dependencies"
    name = carrier.free_name(home, found.name, found.text, found.needs)
    needs = frozenset({Need(home, name), Need("fastapi", "Depends")})
    expression = name + found.expression.removeprefix(found.name)
    application = Finding(NEEDS_APPLICATION, decorator.location, f"'{decorator.text}'")
    return Guard(expression, needs, application, None, name, home, renamed(found.text, found.name, name), found.needs)


def renamed(text: str, old: str, new: str) -> str:
    """The text of a function under another name."""
    return text if old == new else re.sub(rf"\bdef {old}\(", f"def {new}(", text, count=1)


def _arguments_here(
    carrier: Carrier, policy: Policy, module: Module, arguments: Sequence[cst.Arg] | None, location: Location
) -> tuple[str, frozenset[Need]]:
    """The arguments of a decorator as they stand in the router, with the imports of the constants that they name."""
    if arguments is None:
        return "", frozenset()
    names = Names(carrier.project, module, frozenset(), {})
    references = FileReferences(carrier, policy, False, "")
    needs: set[Need] = set()
    shown = []
    for argument in arguments:
        if m.findall(argument.value, m.Call() | m.Lambda() | m.Await()):
            raise refuse(DECORATED, location, f"argument '{code(argument)}'")
        for name in m.findall(argument.value, m.Name()):
            assert isinstance(name, cst.Name)
            qualified = names.of_name(name.value)
            if qualified is None or qualified.startswith("builtins."):
                continue
            reference, _ = references.to(qualified, names, name)
            if reference is not None and (reference.text != name.value or reference.need is None):
                raise refuse(DECORATED, location, f"argument '{code(argument)}'")
            needs |= (
                {reference.need}
                if reference and reference.need
                else set(references.imports(name.value, names, qualified))
            )
        shown.append(code(argument.with_changes(comma=cst.MaybeSentinel.DEFAULT)))
    return f"({', '.join(shown)})", frozenset(needs)


def _parts(
    function: cst.FunctionDef, names: Names, called: bool, location: Location, text: str
) -> tuple[_Parts, Names]:
    """Take a decorator apart; raises `Refused` for any other shape than one wrapper that is returned.

    What an extension's decorator around the wrapper does is called first in the wrapper, under a name that is added to
    the function's names.
    """
    factory = function if called else None
    inner = _returned_function(function) if called else function
    wrapper = _returned_function(inner) if inner is not None else None
    if inner is None or wrapper is None or len(inner.params.params) != 1 or wrapper.asynchronous is not None:
        raise refuse(DECORATED, location, f"'{text}' is not one wrapper around the view")
    first: list[cst.BaseStatement] = []
    for decorator in wrapper.decorators:
        if m.matches(decorator.decorator, m.Call(func=m.Name("wraps") | m.Attribute(attr=m.Name("wraps")))):
            continue
        target = _extension_call(names, decorator.decorator)
        if target is None:
            raise refuse(DECORATED, location, f"'{text}' decorates its wrapper")
        name = f"{target.rpartition('.')[2]}_{len(first)}"
        names = replace(names, imported={**names.imported, name: target})
        call = cst.ensure_type(decorator.decorator, cst.Call).with_changes(func=cst.Name(name))
        first.append(cst.SimpleStatementLine([cst.Expr(call)]))
    body = wrapper.body.with_changes(body=[*first, *wrapper.body.body])
    wrapper = wrapper.with_changes(body=body, decorators=())
    return _Parts(factory, inner.params.params[0].name.value, wrapper), names


def _extension_call(names: Names, decorator: cst.BaseExpression) -> str | None:
    """The function that does the work of an extension's decorator."""
    qualified = names.qualified(decorator.func) if isinstance(decorator, cst.Call) else None
    extension = extension_of(qualified or "")
    return extension.calls.get(qualified or "") if extension is not None else None


def _returned_function(function: cst.FunctionDef) -> cst.FunctionDef | None:
    """The inner function where a function does nothing but define and return it."""
    body = [one for one in function.body.body if not m.matches(one, m.SimpleStatementLine([m.Expr(m.SimpleString())]))]
    match body:
        case [
            cst.FunctionDef(name=cst.Name(value=name)) as inner,
            cst.SimpleStatementLine(body=[cst.Return(value=cst.Name(value=returned))]),
        ] if name == returned:
            return inner
        case _:
            return None


def _prepare(
    parts: _Parts, variables: Mapping[str, str], signature: Signature, location: Location, text: str
) -> tuple[cst.FunctionDef, str | None, cst.Return | None]:
    """The wrapper's body without the call of the view; the name that it injects, and the statement that gives it."""
    wrapper = parts.wrapper
    for param in (*wrapper.params.params, *wrapper.params.kwonly_params):
        if param.name.value not in variables:
            raise refuse(DECORATED, location, f"'{text}' takes '{param.name.value}'")
        signature.ask(Parameter(param.name.value, variables[param.name.value], None, ("path", param.name.value)))
    *before, last = wrapper.body.body
    calls = m.findall(wrapper, m.Call(func=m.Name(parts.view)))
    value = None
    match last:
        case cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as call)]):
            value = call
    if value is None or len(calls) != 1 or value is not calls[0]:
        raise refuse(DECORATED, location, f"'{text}' does not end with one call of the view")
    if len(m.findall(wrapper.body, m.Name(parts.view))) != 1:
        raise refuse(DECORATED, location, f"'{text}' uses the view otherwise")
    injected, returned = _injected(parts, value, location, text)
    rewritten = _KeywordReads(variables, signature, _star_kwarg(wrapper), location, text)
    body = [one.visit(rewritten) for one in before]
    star = (wrapper.params.star_arg, wrapper.params.star_kwarg)
    starred = [one.name.value for one in star if isinstance(one, cst.Param)]
    if any(_uses(one, name) for one in body for name in starred if isinstance(one, cst.CSTNode)):
        raise refuse(DECORATED, location, f"'{text}' reads its arguments")
    injecting = cst.Return(returned) if returned is not None else None
    if injecting is not None:
        body.append(cst.SimpleStatementLine([injecting]))
    statements = [one for one in body if isinstance(one, cst.BaseStatement)]
    bare = wrapper.with_changes(
        decorators=(), returns=None, params=cst.Parameters(),
        body=cst.IndentedBlock(statements or [cst.SimpleStatementLine([cst.Pass()])]),
    )  # fmt: skip
    return bare, injected, injecting


def _uses(node: cst.CSTNode, name: str) -> bool:
    """Whether code refers to a name; an attribute or a keyword that is spelled so is another thing."""
    others = {one.attr for one in m.findall(node, m.Attribute()) if isinstance(one, cst.Attribute)}
    others |= {one.keyword for one in m.findall(node, m.Arg()) if isinstance(one, cst.Arg) and one.keyword is not None}
    return any(one not in others for one in m.findall(node, m.Name(name)))


def _star_kwarg(wrapper: cst.FunctionDef) -> str | None:
    return wrapper.params.star_kwarg.name.value if wrapper.params.star_kwarg else None


def _injected(
    parts: _Parts, call: cst.Call, location: Location, text: str
) -> tuple[str | None, cst.BaseExpression | None]:
    """The one thing that the wrapper hands to the view beside what it got: its name, and its value."""
    wrapped = parts.wrapper.params
    passed = {one.name.value for one in (*wrapped.params, *wrapped.kwonly_params)}
    extra = [
        one for one in call.args
        if not one.star and not (isinstance(one.value, cst.Name) and one.value.value in passed)
    ]  # fmt: skip
    if not extra:
        return None, None
    if len(extra) != 1 or extra[0].keyword is None:
        raise refuse(DECORATED, location, f"'{text}' hands the view more than one named value")
    return extra[0].keyword.value, extra[0].value


class _KeywordReads(cst.CSTTransformer):
    """`kwargs["product_id"]` and `kwargs.pop("product_id")` → the path parameter."""

    def __init__(
        self, variables: Mapping[str, str], signature: Signature, kwargs: str | None, location: Location, text: str
    ) -> None:
        super().__init__()
        self.variables, self.signature, self.kwargs = variables, signature, kwargs
        self.location, self.text = location, text

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        if self.kwargs and m.matches(original_node.value, m.Name(self.kwargs)):
            key = original_node.slice[0].slice
            if isinstance(key, cst.Index) and isinstance(key.value, cst.SimpleString):
                return self.parameter(str(key.value.evaluated_value))
            raise refuse(DECORATED, self.location, f"'{self.text}' reads its keywords")
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = original_node.func
        if self.kwargs and m.matches(func, m.Attribute(value=m.Name(self.kwargs))):
            if m.matches(func, m.Attribute(attr=m.Name("pop") | m.Name("get"))) and len(original_node.args) == 1:
                key = original_node.args[0].value
                if isinstance(key, cst.SimpleString):
                    return self.parameter(str(key.evaluated_value))
            raise refuse(DECORATED, self.location, f"'{self.text}' reads its keywords")
        return updated_node

    def parameter(self, name: str) -> cst.Name:
        """The path parameter of that name."""
        if name not in self.variables:
            raise refuse(DECORATED, self.location, f"'{self.text}' reads '{name}', which is not in the rule")
        self.signature.ask(Parameter(name, self.variables[name], None, ("path", name)))
        return cst.Name(name)


def _render(
    name: str,
    parts: _Parts,
    translated: cst.FunctionDef,
    signature: Signature,
    policy: Policy,
    injects: str | None,
    needs: set[Need],
) -> str:
    """The dependency's definition; a factory keeps its parameters and returns it."""
    decorated = ""
    if policy == "bridged":
        needs.add(Need(".compat.bridged", "in_request_thread"))
        decorated = "@in_request_thread\n"
    returns = "Any" if injects else "None"
    if injects:
        needs.add(Need("typing", "Any"))
    body = code(translated.body).strip("\n")
    inner = "guard" if parts.factory else name
    text = f"{decorated}def {inner}({signature.render()}) -> {returns}:\n{body}\n"
    if parts.factory is None:
        return text
    needs.add(Need("collections.abc", "Callable"))
    needs.add(Need("typing", "Any"))
    indented = "\n".join(f"    {line}" if line else line for line in text.rstrip("\n").splitlines())
    parameters = ast.unparse(_arguments(parts.factory))
    return f"def {name}({parameters}) -> Callable[..., Any]:\n{indented}\n\n    return guard\n"


def _arguments(function: cst.FunctionDef) -> ast.arguments:
    """A function's parameters; those without an annotation are `Any`."""
    tree = ast.parse(cst.Module(body=[function.with_changes(decorators=())]).code).body[0]
    assert isinstance(tree, ast.FunctionDef)
    arguments = tree.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for one in [*everything, *(one for one in (arguments.vararg, arguments.kwarg) if one)]:
        one.annotation = one.annotation or ast.Name("Any")
    return arguments
