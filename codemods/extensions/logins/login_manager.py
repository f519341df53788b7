"""Flask-Login's manager as the source makes it, at the top of a module or in the function that makes the application.

login_manager = LoginManager()
login_manager.login_view = "auth.login"

@login_manager.user_loader
def load_user(user_id): ...
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codemods.findings import Diagnostic, Location
from codemods.model import Callee, Definition, Module, Project
from codemods.view.names import meaning
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Piece, Sources

MAKER = "flask_login.LoginManager"

LOGIN_MANAGER = Diagnostic(
    "FM761",
    "blocked",
    "a LoginManager of Flask-Login's that cannot be read from the source",
    "How it is made, what it is told or which functions it is given is not spelled out, or has no counterpart.",
    "Make it at the top of a module, give it plain functions by its decorators, and set its attributes to constants.",
)
CALLBACKS: Mapping[str, tuple[str, int]] = {
    "user_loader": ("load_user", 1),
    "unauthorized_handler": ("strangers", 0),
    "needs_refresh_handler": ("stale", 0),
}
"""By method that registers a function: what it is for, and how many arguments it takes."""
TEXTS = frozenset(
    {
        "login_view", "login_message", "login_message_category", "refresh_view", "needs_refresh_message",
        "needs_refresh_message_category", "session_protection",
    }
)  # fmt: skip
"""The attributes that are set to a text or None."""

HARMLESS = frozenset({"init_app", "needs_refresh", "unauthorized"})
"""The methods that tell the manager nothing."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The application's manager: its constants by attribute, the functions that it is given, its anonymous user.

    `qualified` is the variable at the top of a module, or what a function of a module calls it.
    """

    name: str
    qualified: str
    location: Location
    texts: Mapping[str, str | None] = field(default_factory=dict)
    functions: Mapping[str, Callee] = field(default_factory=dict)
    anonymous_user: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What a manager's attribute is used for: a decorator of `piece`, a call, or set to `value`; else only read."""

    name: str
    module: Module
    location: Location
    piece: Piece | None = None
    call: ast.Call | None = None
    value: ast.expr | None = None
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """Where a manager is made: `inside` the function of a module, or at its top."""

    module: Module
    name: str
    call: ast.Call
    inside: ast.FunctionDef | None

    @property
    def location(self) -> Location:
        return Location(self.module.file, self.call.lineno)


def read_manager(project: Project, sources: Sources) -> Manager:
    """The one manager of a project; raises `Refused` where the source does not tell all of it."""
    found = list(_made(project, sources))
    if len(found) != 1:
        raise refuse(LOGIN_MANAGER, None, f"{len(found)} managers are made")
    made = found[0]
    texts: dict[str, str | None] = {}
    functions: dict[str, Callee] = {}
    anonymous_user = None
    for use in _uses(project, sources, made):
        match use:
            case Use(value=ast.Constant(value=str() | None as text)) if use.name in TEXTS and use.name not in texts:
                texts[use.name] = text
            case Use(value=ast.Name() as value) if use.name == "anonymous_user" and anonymous_user is None:
                anonymous_user = meaning(project, use.module, value)
            case Use() if use.name in CALLBACKS and CALLBACKS[use.name][0] not in functions:
                functions[CALLBACKS[use.name][0]] = _callback(project, sources, use)
            case Use(call=ast.Call()) if use.name in HARMLESS:
                pass
            case _:
                raise _unclear(use)
    if "load_user" not in functions:
        raise refuse(LOGIN_MANAGER, made.location, f"no function loads the users of '{made.name}'")
    outer = f"{made.inside.name}.<locals>." if made.inside is not None else ""
    qualified = f"{made.module.name}.{outer}{made.name}"
    return Manager(made.name, qualified, made.location, texts, functions, anonymous_user)


def _unclear(use: Use) -> Refused:
    return refuse(LOGIN_MANAGER, use.location, f"how '{use.name}' is {'set' if use.is_set else 'used'}")


def _made(project: Project, sources: Sources) -> Iterator[Made]:
    """Every manager that is made, and bound to one name by a statement of a module or of one of its functions."""
    for module in project.modules.values():
        if b"LoginManager" not in sources.files.get(module.file, b""):
            continue
        tree = sources.tree(module.file)
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and _makes(project, module, one)]
        bound: dict[int, Made] = {}
        for inside in (None, *(one for one in tree.body if isinstance(one, ast.FunctionDef))):
            for statement in tree.body if inside is None else inside.body:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if call in calls:
                        bound[id(call)] = Made(module, name, call, inside)
        for call in calls:
            if id(call) not in bound:
                raise refuse(LOGIN_MANAGER, Location(module.file, call.lineno), f"'{ast.unparse(call)}'")
            yield bound[id(call)]


def _makes(project: Project, module: Module, call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name | ast.Attribute) and meaning(project, module, call.func) == MAKER


def _uses(project: Project, sources: Sources, made: Made) -> Iterator[Use]:
    """Every use of one of the manager's attributes; raises `Refused` where the manager itself is bound again."""
    target = f"{made.module.name}.{made.name}"
    modules = [made.module] if made.inside is not None else list(project.modules.values())
    for module in modules:
        if made.name.encode() not in sources.files.get(module.file, b""):
            continue
        root: ast.AST = sources.tree(module.file) if made.inside is None else made.inside
        stores = [one for one in ast.walk(root) if isinstance(one, ast.Name) and one.id == made.name]
        if module is made.module and sum(not isinstance(one.ctx, ast.Load) for one in stores) != 1:
            raise refuse(LOGIN_MANAGER, made.location, f"'{made.name}' is bound more than once")
        for node in ast.walk(root):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                is_own = isinstance(node.value, ast.Name) and node.value.id == made.name
                if is_own if made.inside is not None else meaning(project, module, node.value) == target:
                    yield _use(root, module, node)


def _use(root: ast.AST, module: Module, node: ast.Attribute) -> Use:
    location = Location(module.file, node.lineno)
    for one in ast.walk(root):
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node in one.decorator_list:
                return Use(node.attr, module, location, piece=one)
            case ast.Call() if one.func is node:
                return Use(node.attr, module, location, call=one)
            case ast.Assign(targets=[target]) if target is node:
                return Use(node.attr, module, location, value=one.value, is_set=True)
    return Use(node.attr, module, location, is_set=not isinstance(node.ctx, ast.Load))


def _callback(project: Project, sources: Sources, use: Use) -> Callee:
    """The function that a method of the manager's is given, by a decorator or a call; raises `Refused`."""
    piece, definition = use.piece, None
    if piece is not None:
        definition = _definition(use.module, piece) if len(piece.decorator_list) == 1 else None
    elif use.call is not None and len(use.call.args) == 1 and isinstance(use.call.args[0], ast.Name):
        name = meaning(project, use.module, use.call.args[0])
        home = next((one for one in project.modules.values() if name.rpartition(".")[0] == one.name), None)
        definition = home.definitions.get(name.rpartition(".")[2]) if home is not None else None
        if definition is not None and definition.kind == "function" and not definition.decorators:
            piece = sources.piece(definition.location, name.rpartition(".")[2])
    if definition is None or not isinstance(piece, ast.FunctionDef):
        raise _unclear(use)
    arguments = piece.args
    more = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    if more or len(arguments.posonlyargs) + len(arguments.args) != CALLBACKS[use.name][1]:
        raise _unclear(use)
    return Callee(definition.qualified, definition.location, True)


def _definition(module: Module, piece: Piece) -> Definition | None:
    """The definition that a `def` is, at the top of its module or inside a function."""
    for definition in (*module.definitions.values(), *module.inner.values()):
        is_named = definition.qualified.rpartition(".")[2] == piece.name
        if is_named and definition.location.line <= piece.lineno <= definition.end_line:
            return definition
    return None
