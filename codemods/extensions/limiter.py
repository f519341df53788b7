"""Flask-Limiter: `Limiter(...)` → a hook that counts, and `@limiter.limit(...)` → a dependency that does.

    limiter = Limiter(api_key, app=app,            limiter = Limiter(api_key, default_limits=["3 per day"])
        default_limits=["3 per day"])        →

    @app.get("/search")                            @router.get(
    @limiter.limit("2/day")                            "/search", dependencies=[Depends(limiter.limit("2/day"))]
    def search(): ...                              )

Beside a Flask application both count in one place.
"""

import ast
from collections.abc import Iterator

import libcst as cst

from codemods.findings import Diagnostic, Finding, Location
from codemods.literals import as_literal
from codemods.model import Callee, Decorator, Hook, Module, Project
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, meaning, split
from codemods.view.refusal import Refused, refuse
from codemods.view.rule import bind, code
from codemods.view.source import Sources

from .basis.extension import AskedFunction, Documented, Extension, ExtensionHook, Limited
from .basis.objects import MadeObject, decorator_meaning, made_object
from .basis.settings import constant_setting

PACKAGE = "flask_limiter"
MAKER = f"{PACKAGE}.Limiter"
HELPER = ".compat.rate_limits"

LIMITER = Diagnostic(
    "FM764",
    "blocked",
    "Flask-Limiter is set up in a way that is not converted",
    "What is counted, for whom and how often is decided by options that are not spelled out, or have no counterpart.",
    "Make one Limiter at the top of a module, with constants and plain functions, and limits that are texts.",
)
LIMIT = Diagnostic(
    "FM765",
    "blocked",
    "a limit of Flask-Limiter's in a form that is not converted",
    "It is computed while the application runs, or one of several of a view, which count together.",
    "Give each view one `limit` with a text, constants and plain functions.",
)

LIMIT_OPTIONS = (
    "limit_value", "key_func", "per_method", "methods", "error_message", "exempt_when", "override_defaults",
    "deduct_when", "on_breach", "cost", "scope",
)  # fmt: skip
FUNCTIONS = {"key_func": "key", "exempt_when": "exempt_when", "deduct_when": "deduct_when", "on_breach": "on_breach"}
"""The options that are functions, and what they are called in the counterpart."""
CONSTANTS = frozenset({"per_method", "methods", "error_message", "override_defaults", "cost", "scope"})
SETTINGS = {
    "RATELIMIT_HEADERS_ENABLED": "headers_enabled", "RATELIMIT_STORAGE_URI": "storage_uri",
    "RATELIMIT_STRATEGY": "strategy", "RATELIMIT_KEY_PREFIX": "key_prefix", "RATELIMIT_ENABLED": "",
}  # fmt: skip
"""The settings that are known, and the option that each is."""
DEFAULTS: dict[str, object] = {
    "default_limits": [], "headers_enabled": False, "storage_uri": "memory://", "strategy": "fixed-window",
    "key_prefix": "",
}  # fmt: skip
KEY = "limit_key"
"""What a lambda is called that tells whom to count for."""
LIMITING = frozenset({"limit", "shared_limit"})
KNOWN = LIMITING | {"exempt", "init_app"}

CHECK = '''\
limiter = Limiter({options})


def check_limits(request: Request) -> None:
    """Count the request for the limits of all endpoints."""
    limiter.check(request)
'''
TELL = '''\
def tell_limits(request: Request, response: Response) -> Response:
    """Say how often the client may still ask."""
    return add_limit_headers(request, response)
'''


def check(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that counts ahead of every endpoint."""
    try:
        key, options = read(project, sources)
    except Refused as refused:
        return refused.finding
    needs = {Need(HELPER, "Limiter"), Need("fastapi", "Request")}
    if any("Limit(" in one for one in options):
        needs.add(Need(HELPER, "Limit"))
    functions = () if isinstance(key, str) else (AskedFunction("key", key, KEY),)
    shown = key if isinstance(key, str) else "{key}"
    if isinstance(key, str):
        needs.add(Need(HELPER, key))
    said = ", ".join(options)
    if functions:  # the text is a template then
        said = said.replace("{", "{{").replace("}", "}}")
    text = CHECK.replace("{options}", ", ".join([shown, *([said] if said else [])]))
    return ExtensionHook("check_limits", text, frozenset(needs), functions)


def tell(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that tells of limits."""
    needs = {Need("fastapi", "Request"), Need("fastapi", "Response"), Need(HELPER, "add_limit_headers")}
    return ExtensionHook("tell_limits", TELL, frozenset(needs))


def read(project: Project, sources: Sources) -> tuple[Callee | str, list[str]]:
    """Whom requests are counted for, a function or the name of a helper, and the options; raises `Refused`."""
    made = the_limiter(project, sources)
    given = {one.arg or "": one.value for one in made.call.keywords}
    if len(made.call.args) > 1 or "" in given or len(given) != len(made.call.keywords):
        raise refuse(LIMITER, made.location, f"'{ast.unparse(made.call)}'")
    if made.call.args:
        given["key_func"] = made.call.args[0]
    given.pop("app", None)
    key = given.pop("key_func", None)
    values: dict[str, object] = {}
    for setting in sorted(name for name in project.application.config if name.startswith("RATELIMIT_")):
        if not any(setting.encode() in one for one in sources.files.values()):
            continue  # the extension itself sets its defaults
        value = constant_setting(sources, setting) if setting in SETTINGS else None
        if value is None:
            raise refuse(LIMITER, None, f"the setting {setting}")
        values[SETTINGS[setting]] = ast.literal_eval(value)
    values.pop("", None)
    for name, node in given.items():
        if name not in DEFAULTS:
            raise refuse(LIMITER, made.location, f"'{name}'")
        values[name] = literal(node, made.location)
    shown = [f"{name}={as_literal(value)}" for name, value in values.items() if value != DEFAULTS[name]]
    if key is None:
        raise refuse(LIMITER, made.location, "no function for the key")
    found = function_of(project, made.module, key)
    return ("remote_address" if found is None else found), [*shown, *endpoints(project, sources, made)]


def literal(node: ast.expr, location: Location) -> object:
    """A constant; raises `Refused` for anything else."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise refuse(LIMITER, location, f"'{ast.unparse(node)}'") from None


def function_of(project: Project, module: Module, node: ast.expr) -> Callee | None:
    """The function that an option names; None for the library's own for addresses. Raises `Refused`."""
    location = Location(module.file, node.lineno)
    if isinstance(node, ast.Lambda):
        return Callee(f"{module.name}.<lambda>", location, True)
    target = meaning(project, module, node) if isinstance(node, ast.Name | ast.Attribute) else ""
    if target == f"{PACKAGE}.util.get_remote_address":
        return None
    home, name = split(project, target)
    definition = home.definitions.get(name) if home is not None else None
    if definition is None or definition.kind != "function":
        raise refuse(LIMITER, location, f"'{ast.unparse(node)}'")
    return Callee(definition.qualified, definition.location, True)


def the_limiter(project: Project, sources: Sources) -> MadeObject:
    """The one limiter of the project; raises `Refused` where there is none, or another use of it than is known."""
    names = [
        one.qualified
        for module in project.modules.values()
        for one in module.definitions.values()
        if MAKER in one.uses and one.kind not in ("function", "class")
    ]
    found = [made for one in names if (made := made_object(project, sources, one)) is not None and made.maker == MAKER]
    if len(found) != 1 or len(names) != 1:
        raise refuse(LIMITER, None, f"{len(names)} limiters")
    for module, node in uses(project, sources, found[0]):
        if node.attr not in KNOWN or (node.attr in LIMITING and node not in decorating(sources.tree(module.file))):
            raise refuse(LIMITER, Location(module.file, node.lineno), f"'{ast.unparse(node)}'")
    return found[0]


def decorating(tree: ast.Module) -> set[ast.expr]:
    """What a module decorates functions with, gives a name, or applies to something: `limiter.limit("1/day")(bp)`."""
    found: set[ast.expr] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(decorator_list=several) | ast.AsyncFunctionDef(decorator_list=several):
                found |= {one.func if isinstance(one, ast.Call) else one for one in several}
            case ast.Call(func=ast.Call(func=function)):
                found.add(function)
    return found | {
        one.value.func for one in tree.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call)
    }


def uses(project: Project, sources: Sources, made: MadeObject) -> Iterator[tuple[Module, ast.Attribute]]:
    """Every attribute of an object's that the project names."""
    target = f"{made.module.name}.{made.name}"
    for module in project.modules.values():
        if made.name.encode() in sources.files.get(module.file, b""):
            for node in ast.walk(sources.tree(module.file)):
                if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name | ast.Attribute):
                    continue
                if meaning(project, module, node.value) == target:
                    yield module, node


def endpoints(project: Project, sources: Sources, made: MadeObject) -> list[str]:
    """The options that tell of endpoints and blueprints; raises `Refused`."""
    marked: dict[str, list[str]] = {"limited": [], "exempt": []}
    for endpoint in project.endpoints:
        names = [canonical(project, one.qualified or "") for one in endpoint.view.decorators]
        meant = [decorator_meaning(project, sources, one)[0] for one in names]
        own = [one for one in meant if one.startswith(f"{MAKER}.")]
        if len(own) > 1:
            raise refuse(LIMIT, endpoint.view.function.location, f"{len(own)} limits of '{endpoint.name}'")
        if own and own[0] != f"{MAKER}.exempt":
            marked["limited"].append(endpoint.name)
        elif own:
            marked["exempt"].append(endpoint.name)
    blueprints: list[str] = []
    for module, name, call in applied(project, sources, made):
        variable = meaning(project, module, name)
        names = [one.name for one in project.blueprints if one.variable == variable]
        if not names or any("." in one.name for one in project.blueprints):
            raise refuse(LIMITER, Location(module.file, call.lineno), f"'{ast.unparse(call)}'")
        text = limit_text(call, Location(module.file, call.lineno))
        blueprints += [f"{as_literal(one)}: [{text}]" for one in names]
    shown = [f"{name}=[{', '.join(map(as_literal, found))}]" for name, found in marked.items() if found]
    return [*([f"blueprints={{{', '.join(blueprints)}}}"] if blueprints else []), *shown]


def applied(project: Project, sources: Sources, made: MadeObject) -> Iterator[tuple[Module, ast.expr, ast.Call]]:
    """The limits that are applied to a blueprint: `limiter.limit("1/day")(bp)`; raises `Refused` for exemptions."""
    for module, node in uses(project, sources, made):
        for one in ast.walk(sources.tree(module.file)):
            match one:
                case ast.Call(func=ast.Call(func=function) as call, args=[target]) if function is node:
                    yield module, target, call
                case ast.Call(func=function, args=[_, *_]) if function is node and node.attr == "exempt":
                    raise refuse(LIMITER, Location(module.file, node.lineno), f"'{ast.unparse(one)}'")


def limit_text(call: ast.Call, location: Location) -> str:
    """`Limit(...)` for a call with constants only; raises `Refused`."""
    given = {one.arg: one.value for one in call.keywords}
    if len(call.args) != 1 or not given.keys() <= CONSTANTS:
        raise refuse(LIMITER, location, f"'{ast.unparse(call)}'")
    texts = [as_literal(literal(call.args[0], location))]
    texts += [f"{name}={as_literal(literal(one, location))}" for name, one in given.items()]
    return f"Limit({', '.join(texts)})"


def limits(decorator: Decorator, written: cst.BaseExpression, names: Names) -> Limited:
    """`@limiter.limit("1/day", methods=["POST"], exempt_when=is_gold)`; raises `Refused`."""
    return _limited(decorator, written, names, ())


def shares(decorator: Decorator, written: cst.BaseExpression, names: Names) -> Limited:
    """`@limiter.shared_limit("1/day", scope="mail")`; raises `Refused`."""
    return _limited(decorator, written, names, ("shared=True",))


def _limited(decorator: Decorator, written: cst.BaseExpression, names: Names, more: tuple[str, ...]) -> Limited:
    bound = bind(written, "limit_value", "scope") if more and isinstance(written, cst.Call) else None
    if bound is None:
        bound = bind(written, *LIMIT_OPTIONS) if isinstance(written, cst.Call) else None
    if bound is None or "limit_value" not in bound:
        raise refuse(LIMIT, decorator.location, f"'{decorator.text}'")
    texts = []
    functions: list[AskedFunction] = []
    for name, node in bound.items():
        plain = ast.parse(code(node), mode="eval").body
        if name in FUNCTIONS:
            for one in ast.walk(plain):
                if isinstance(one, ast.expr):
                    one.lineno = decorator.location.line
            found = function_of(names.project, names.module, plain)
            if found is None:
                raise refuse(LIMIT, decorator.location, f"'{code(node)}'")
            functions.append(AskedFunction(FUNCTIONS[name], found, FUNCTIONS[name]))
            continue
        value = literal(plain, decorator.location)
        if name == "limit_value" and not isinstance(value, str):
            raise refuse(LIMIT, decorator.location, f"'{code(node)}'")
        texts.append(as_literal(value) if name == "limit_value" else f"{name}={as_literal(value)}")
    return Limited((*texts, *more), tuple(functions))


def exempts(decorator: Decorator, written: cst.BaseExpression, _: Names) -> Documented:
    """`@limiter.exempt`: the hook leaves the endpoint out; raises `Refused` where it says more."""
    if isinstance(written, cst.Call):
        raise refuse(LIMIT, decorator.location, f"'{decorator.text}'")
    return Documented()


EXTENSION = Extension(
    PACKAGE,
    hooks={
        f"{PACKAGE}._extension.Limiter._check_request_limit": check,
        f"{PACKAGE}._extension.Limiter.__inject_headers": tell,
    },
    idle_hooks=frozenset({f"{PACKAGE}._extension.Limiter.__release_context"}),
    layers={f"{MAKER}.limit": limits, f"{MAKER}.shared_limit": shares, f"{MAKER}.exempt": exempts},
)
