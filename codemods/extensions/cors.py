"""Flask-CORS: `CORS(app, ...)` → a hook after every request, with the same options.

    CORS(app, origins=["https://a.example"])      →      CROSS_ORIGIN = CrossOrigin(origins=["https://a.example"])

                                                         async def add_cross_origin_headers(request, response): ...

`@cross_origin` on a view is not converted.
"""

import ast
from collections.abc import Iterator

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Hook, Module, Project
from codemods.view.imports import Need
from codemods.view.names import canonical
from codemods.view.source import Sources

from .extension import Extension, ExtensionHook

PACKAGE = "flask_cors"
HOOK = "flask_cors.extension.make_after_request_function.<locals>.cors_after_request"
CLASSES = ("flask_cors.CORS", "flask_cors.extension.CORS")
IGNORED = frozenset({"intercept_exceptions", "automatic_options"})
"""Options that change nothing here: hooks see every answer, and OPTIONS is answered as for any other route."""

CORS_OPTIONS = Diagnostic(
    "FM721",
    "blocked",
    "Flask-CORS is set up in a way that cannot be read from the source",
    "Which origins may read answers is decided by values that are only known when the application starts.",
    "Call CORS(app, ...) once, with constants as options and no CORS_... settings.",
)
CORS_VERSION = Diagnostic(
    "FM722",
    "blocked",
    "a version of Flask-CORS that is not known",
    "What is copied is the behaviour of version 6.",
    "Update the extension to version 6 first.",
)

TEXT = '''\
CROSS_ORIGIN = CrossOrigin({options})


async def add_cross_origin_headers(request: Request, response: Response) -> Response:
    """Say which origins may read the answer."""
    return CROSS_ORIGIN.add_headers(request, response)
'''


def convert(project: Project, sources: Sources, hook: Hook) -> ExtensionHook | Finding:
    """The hook that `CORS` registers as one of the target's own."""
    version = project.application.versions.get("flask-cors", "6")
    if version.partition(".")[0] != "6":
        return Finding(CORS_VERSION, None, f"version {version}")
    settings = [name for name in project.application.config if name.startswith("CORS_")]
    if settings:
        return Finding(CORS_OPTIONS, None, f"the setting {settings[0]}")
    found = list(set_ups(project, sources))
    if len(found) != 1 or sum(one.function.qualified == HOOK for one in project.hooks) != 1:
        return Finding(CORS_OPTIONS, None, f"CORS is set up at {len(found)} places")
    module, call, keywords = found[0]
    location = Location(module.file, call.lineno)
    texts = []
    for keyword in keywords:
        value = constant(project, sources, module, keyword.value) if keyword.arg else None
        if value is None:
            return Finding(CORS_OPTIONS, location, f"'{ast.unparse(keyword)}'")
        if keyword.arg not in IGNORED:
            texts.append(f"{keyword.arg}={ast.unparse(value)}")
    needs = {Need(".compat.cross_origin", "CrossOrigin"), Need("fastapi", "Request"), Need("fastapi", "Response")}
    return ExtensionHook("add_cross_origin_headers", TEXT.format(options=", ".join(texts)), frozenset(needs))


def set_ups(project: Project, sources: Sources) -> Iterator[tuple[Module, ast.Call, list[ast.keyword]]]:
    """Every place where an application is given to `CORS`, with all options: of the class and of `init_app`."""
    made: dict[str, list[ast.keyword]] = {}
    trees = [
        (module, sources.tree(module.file))
        for module in project.modules.values()
        if PACKAGE.encode() in sources.files.get(module.file, b"")
        or b".init_app(" in sources.files.get(module.file, b"")
    ]
    for module, tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if is_cors(
                    project, module, call.func
                ):
                    made[f"{module.name}.{name}"] = call.keywords
    for module, tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Call(args=[_, *_]) if is_cors(project, module, node.func):
                    yield module, node, node.keywords
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="init_app")):
                    target = f"{module.name}.{name}" if name in module.definitions else module.imports.get(name, "")
                    target = canonical(project, target)
                    if target in made:
                        yield module, node, [*made[target], *node.keywords]


def is_cors(project: Project, module: Module, function: ast.expr) -> bool:
    """Whether an expression is the class `CORS`."""
    name = ast.unparse(function)
    root, _, rest = name.partition(".")
    target = canonical(project, module.imports.get(root, ""))
    return (f"{target}.{rest}" if rest else target) in CLASSES


def constant(project: Project, sources: Sources, module: Module, value: ast.expr) -> ast.expr | None:
    """An expression that is a constant as it stands, or the value of a name that is one; None for any other."""
    if isinstance(value, ast.Name):
        value = settled_value(project, sources, module, value) or value
    try:
        ast.literal_eval(value)
    except ValueError:
        return None
    return value


def settled_value(project: Project, sources: Sources, module: Module, name: ast.Name) -> ast.expr | None:
    """What a name of the module stands for, where it is bound once, and nothing but this expression may change it."""
    definition = module.definitions.get(name.id)
    if definition is None or (definition.kind != "constant" and not definition.shallow):
        return None
    if any(f"{module.name}.{name.id}" in other.imported for other in project.modules.values()):
        return None
    tree = sources.tree(module.file)
    named = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == name.id]
    is_settled = definition.kind == "constant" or [one for one in named if isinstance(one.ctx, ast.Load)] == [name]
    values = [
        one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and [ast.unparse(target) for target in one.targets] == [name.id]
    ]
    bound = sum(not isinstance(one.ctx, ast.Load) for one in named)
    return values[0] if is_settled and len(values) == bound == 1 else None


EXTENSION = Extension(PACKAGE, hooks={HOOK: convert})
