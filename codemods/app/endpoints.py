"""One endpoint of Flask's in, the functions that serve it on FastAPI out."""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

import libcst as cst
import libcst.matchers as m

from codemods.carry import Carrier, FileReferences, Policy
from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Endpoint, Rule
from codemods.obstacles import UNKNOWN_VIEW
from codemods.schemas.views import SchemaUse
from codemods.view.aliases import without_aliases
from codemods.view.blocking import cannot_block
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.imports import Need
from codemods.view.methods import for_method, mentions_method
from codemods.view.names import Names, split
from codemods.view.references import References
from codemods.view.refusal import refuse
from codemods.view.rule import code
from codemods.view.signature import Parameter, Signature
from codemods.view.translator import Translator

from .bodies import ended, preceded
from .documentation import document
from .groups import Group, check_reads, groups, literal_text
from .guards import DECORATED, Guard, convert_guard
from .inner_functions import find_function
from .paths import Registration, annotation, convertible, convertor_needs, paths, python_type, registrations

UNUSED = Diagnostic(
    "FM114",
    "blocked",
    "a decorator above the route declaration, which therefore does nothing",
    "Flask registers the function below it: where this is a guard, the route is open to everybody today. The tool "
    "neither mends that silently nor carries it over silently.",
    "Put the route declaration above all other decorators if the guard is meant, or remove the decorator.",
)


@dataclass(frozen=True, slots=True)
class ConvertedEndpoint:
    """The functions that serve one endpoint, as source text in the order in which they are registered."""

    endpoint: str
    functions: tuple["RouteFunction", ...]
    needs: frozenset[Need]
    application: Finding | None
    guards: tuple[Guard, ...] = ()
    registrations: tuple[Registration, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteFunction:
    """One function with its route decorators; `ranks` are its rules' places in Werkzeug's order."""

    text: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class ViewFunction:
    """A function that answers what `rules` name, as a `def` that could stand in a module.

    `guards` gives the decorators around it as dependencies, for a rule's variables with their types.
    """

    function: cst.FunctionDef
    names: Names
    name: str
    location: Location
    rules: Sequence[Rule]
    guards: Callable[[dict[str, str]], tuple[Guard, ...]]
    references: References


def convert_endpoint(carrier: Carrier, endpoint: Endpoint, policy: Policy, here: str, prefix: str) -> ConvertedEndpoint:
    """Convert an endpoint; raises `Refused`. `here` is the router's module, `prefix` its URL prefix."""
    view = endpoint.view
    location = view.function.location
    if view.kind != "function" or location is None or not view.function.owned:
        raise refuse(UNKNOWN_VIEW, location, f"'{endpoint.name}' ({view.kind})")
    rules = [one for one in endpoint.rules if not one.build_only]
    found = find_function(carrier, view.function, endpoint.name.rpartition(".")[2], not endpoint.blueprint)
    guards = partial(_guards, carrier, endpoint, found.function, policy)
    references = FileReferences(carrier, policy, True, here)
    one = ViewFunction(found.function, found.names, found.name, location, rules, guards, references)
    return convert_functions(carrier, endpoint, [one], prefix)


def convert_functions(
    carrier: Carrier, endpoint: Endpoint, views: Sequence[ViewFunction], prefix: str
) -> ConvertedEndpoint:
    """The endpoint that these functions answer; raises `Refused`."""
    needs: set[Need] = set()
    guards: dict[Guard, None] = {}
    functions: list[RouteFunction] = []
    application: Finding | None = None
    for view in views:
        for rule in view.rules:
            convertible(rule, view.location)
        if not view.rules:
            raise refuse(CONSTRUCT, view.location, f"'{endpoint.name}' has no rule that matches")
        check_reads(view.rules, any(b"view_args" in one for one in carrier.sources.files.values()), view.location)
        needs |= {need for rule in view.rules for need in convertor_needs(rule)}
        for group in groups(view.rules, bool(carrier.project.application.url_map.get("redirect_defaults", True))):
            around = view.guards(variables_of(group.rules[0]))
            guards.update(dict.fromkeys(around))
            for variant, methods in _variants(view.function, view.names, group.rules):
                translated = _translate(endpoint, view, variant, group, methods, around)
                needs |= translated.needs
                application = application or translated.application
                own = _function_name(view.name + group.suffix, methods, group.rules)
                documented = document(translated.written, view.names, translated.signature, translated.schemas, own)
                needs |= documented.needs
                declared = documented.declare(decorators(group.rules, methods, endpoint.name, prefix, around))
                text = declared + translated.render(own)
                functions.append(RouteFunction(text, own, min(one.rank for one in group.rules)))
    needs |= {need for guard in guards for need in guard.needs}
    application = next((one.application for one in guards if one.application), application)
    rules = [rule for view in views for rule in view.rules]
    registered = tuple(dict.fromkeys(one for rule in rules for one in registrations(rule)))
    return ConvertedEndpoint(endpoint.name, tuple(functions), frozenset(needs), application, tuple(guards), registered)


def variables_of(rule: Rule) -> dict[str, str]:
    """The variables of a rule with their types."""
    return {one.name: python_type(one) for one in rule.variables}


def _function_name(name: str, methods: Collection[str], rules: Sequence[Rule]) -> str:
    """The name of the function for some methods of its rules."""
    everything = {method for rule in rules for method in rule.methods}
    return name if len(methods) == len(everything) else f"{min(methods).lower()}_{name}"


def decorators(
    rules: Sequence[Rule],
    methods: Collection[str],
    endpoint: str,
    prefix: str,
    guards: Sequence[Guard],
    is_shown: bool = True,
) -> str:
    """The route decorators, the lowest for the rule that is tried first: decorators run from below. `is_shown` tells
    whether OpenAPI has them."""
    lines = [
        _decorator(
            one.text,
            [method for method in rule.methods if method in methods],
            endpoint,
            prefix,
            guards,
            is_shown and one.is_shown,
        )
        for rule in sorted(rules, key=lambda one: -one.rank)
        for one in reversed(paths(rule))
        if set(rule.methods) & set(methods)
    ]
    return "".join(f"{line}\n" for line in lines)


def _variants(
    function: cst.FunctionDef, names: Names, rules: Sequence[Rule]
) -> list[tuple[cst.FunctionDef, tuple[str, ...]]]:
    """The view for each method, or once for all where the method makes no difference."""
    methods = tuple(sorted({one for rule in rules for one in rule.methods}))
    if len(methods) < 2 or not mentions_method(function, names):
        return [(function, methods)]
    variants: list[tuple[cst.FunctionDef, tuple[str, ...]]] = []
    for method in methods:
        folded = for_method(function, names, method)
        same = next((index for index, (one, _) in enumerate(variants) if one.deep_equals(folded)), None)
        if same is None:
            variants.append((folded, (method,)))
        else:
            variants[same] = (variants[same][0], (*variants[same][1], method))
    return variants


@dataclass(frozen=True, slots=True)
class _Translated:
    body: cst.FunctionDef
    signature: Signature
    needs: frozenset[Need]
    application: Finding | None
    is_async: bool
    schemas: SchemaUse
    written: cst.FunctionDef

    def render(self, name: str) -> str:
        """The function under its new name, with its new signature."""
        kind = "async def" if self.is_async else "def"
        text = code(self.body.body).strip("\n")
        return f"{kind} {name}({self.signature.render()}) -> Response:\n{text}\n"


def _translate(
    endpoint: Endpoint,
    view: ViewFunction,
    function: cst.FunctionDef,
    group: Group,
    methods: Collection[str],
    guards: Sequence[Guard],
) -> _Translated:
    """`function` is the view's, or what it comes to for some methods."""
    names, location = view.names, view.location
    variables = {one.name: one for one in group.rules[0].variables}
    defaults = dict(group.defaults)
    signature = Signature(True, names.local - adoptable(function, names))
    params = function.params
    if params.star_kwarg is not None or isinstance(params.star_arg, cst.Param) or params.posonly_params:
        raise refuse(CONSTRUCT, location, f"'{endpoint.name}' takes any arguments")
    injected = {guard.injects: guard for guard in guards if guard.injects}
    path_needs: set[Need] = set()
    constants = []
    for param in (*params.params, *params.kwonly_params):
        variable = variables.pop(param.name.value, None)
        if variable is not None:
            shown, wanted = annotation(variable)
            path_needs |= wanted
            signature.ask(Parameter(variable.name, shown, None, ("path", variable.name)))
        elif param.name.value in injected:
            continue
        elif param.name.value in defaults:
            value = literal_text(defaults.pop(param.name.value))
            constants.append(cst.parse_statement(f"{param.name.value} = {value}\n"))
        elif param.default is not None:
            if m.findall(param.default, m.Call() | m.List() | m.Dict() | m.Set() | m.Lambda()):
                raise refuse(CONSTRUCT, location, f"the default of '{param.name.value}' is made once for all requests")
            constants.append(cst.parse_statement(f"{param.name.value} = {code(param.default)}\n"))
        else:
            raise refuse(CONSTRUCT, location, f"'{param.name.value}' of '{endpoint.name}' is not in the rule")
    for guard in guards:
        for taken in guard.takes:
            variables.pop(taken, None)
    _ask_guards(guards, params, signature, path_needs)
    for name in (*variables, *defaults):
        raise refuse(CONSTRUCT, location, f"'{endpoint.name}' does not take '{name}'")
    function = preceded(without_aliases(function, names), constants)
    translator = Translator(
        function, names, view.references, signature,
        role="view", location=location, blueprint=endpoint.blueprint, endpoint=endpoint.name,
    )  # fmt: skip
    bare = function.with_changes(decorators=(), returns=None, params=cst.Parameters())
    translated = bare.visit(translator)
    assert isinstance(translated, cst.FunctionDef)
    redirects = _redirects(group, methods, translator) if not guards else []
    body = ended(preceded(translated, redirects), translator)
    needs = translator.needs | path_needs | {Need("fastapi", "Response")}
    is_async = function.asynchronous is not None or (
        not translator.application and cannot_block(body, frozenset(one.local for one in needs))
    )
    return _Translated(
        body, signature, frozenset(needs), translator.application, is_async, translator.schemas, function
    )


def _redirects(group: Group, methods: Collection[str], translator: Translator) -> list[cst.BaseStatement]:
    """Redirects to the canonical URLs of values that the rule's defaults have; the gateway leaves these to Flask, and a
    guard would have to come after them."""
    found: list[cst.BaseStatement] = []
    for one in group.canonical:
        if set(methods) <= set(one.methods):
            redirect = translator.need(".compat.responses", "redirect")
            location = translator.need(".compat.fallback", "location")
            request = code(translator.request())
            text = f"if {one.test}:\n    return {redirect}({location}({request}, {literal_text(one.path)}), 308)\n"
            found.append(cst.parse_statement(text))
    return found


def ahead(guards: Sequence[Guard]) -> Sequence[Guard]:
    """The guards that the route declares: those before the first that hands the view something.

    FastAPI runs them first, then the parameters of the endpoint in order, so that the others keep their place as
    parameters.
    """
    first = next((index for index, one in enumerate(guards) if one.injects), len(guards))
    return guards[:first]


def _ask_guards(guards: Sequence[Guard], params: cst.Parameters, signature: Signature, needs: set[Need]) -> None:
    """Parameters for the guards that the route does not declare, in their order."""
    own = {one.name.value for one in (*params.params, *params.kwonly_params)}
    for guard in guards[len(ahead(guards)) :]:
        name = guard.injects if guard.injects in own else signature.free_name(f"{guard.name}_passed", "guard")
        annotation = f"Annotated[Any, Depends({guard.expression})]"
        needs |= {Need("typing", "Annotated"), Need("typing", "Any")}
        signature.ask(Parameter(name or guard.name, annotation, None, ("guard", guard.expression)))


def _guards(
    carrier: Carrier, endpoint: Endpoint, function: cst.FunctionDef, policy: Policy, variables: dict[str, str]
) -> tuple[Guard, ...]:
    """The decorators around a view as dependencies, outermost first; raises `Refused`."""
    own = [one.text.lstrip("@").strip() for one in endpoint.view.decorators]
    written = [code(one.decorator) for one in function.decorators]
    below = written[len(written) - len(own) :] if own else []
    for decorator in endpoint.view.unused_decorators:
        raise refuse(UNUSED, decorator.location, f"'{decorator.text}'")
    if [_normal(one) for one in own] != [_normal(one) for one in below]:
        raise refuse(
            DECORATED, endpoint.view.function.location, f"'{own[0] if own else endpoint.name}' above the route"
        )
    if len(endpoint.view.wrappers) > len(own):
        raise refuse(DECORATED, endpoint.view.function.location, f"'{endpoint.view.wrappers[0].qualified}'")
    module, _ = split(carrier.project, endpoint.view.function.qualified)
    assert module is not None
    return tuple(
        convert_guard(carrier, one, policy, variables, endpoint.blueprint, module) for one in endpoint.view.decorators
    )


def _normal(text: str) -> str:
    """A decorator's text in one spelling: the scan's and the file's may quote otherwise."""
    return ast.unparse(ast.parse(text, mode="eval"))


def _decorator(
    path: str, methods: list[str], endpoint: str, prefix: str, guards: Sequence[Guard], is_shown: bool
) -> str:
    path = path[len(prefix) :] if prefix and path.startswith(prefix) else path
    depends = ", ".join(f"Depends({guard.expression})" for guard in ahead(guards))
    options = f", dependencies=[{depends}]" if depends else ""
    options += "" if is_shown else ", include_in_schema=False"
    shown = path.replace("\\", "\\\\").replace('"', '\\"')
    if len(methods) == 1 and methods[0].lower() in ("get", "post", "put", "patch", "delete"):
        return f'@router.{methods[0].lower()}("{shown}", name="{endpoint}"{options})'
    listed = ", ".join(f'"{one}"' for one in methods)
    return f'@router.api_route("{shown}", name="{endpoint}", methods=[{listed}]{options})'


def adoptable(function: cst.FunctionDef, names: Names) -> frozenset[str]:
    """Locals that only ever hold one read of the request of their own name: `page = request.args.get("page", 1)`.

    They become the parameter itself.
    """
    tree = ast.parse(cst.Module(body=[function]).code)
    found: set[str] = set()
    reads: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="get" | "getlist"), args=[ast.Constant(value=str() as key), *_]):
                reads[key] += 1
            case ast.Subscript(slice=ast.Constant(value=str() as key)):
                reads[key] += 1
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]),
            ) if name == key and names.bindings.get(name) == 1 and reads[name] == 1:
                found.add(name)
    return frozenset(found)
