"""State of the application's own: a variable of the factory that nothing but its views uses.

    def create_app():                         @dataclass(slots=True)
        app = Flask(__name__)                 class OwnState:
        notes = []                                notes: list[Any] = field(default_factory=list)
                                      →
        @app.post("/notes")                   @router.post("/notes")
        def add():                            def add(notes: Annotated[list[Any], Depends(get_notes)]) -> Response:
            notes.append("one")                   notes.append("one")

No module of Flask's has such an object, so that this application has one of its own, and the routes that use it are
promoted together or not at all.
"""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.findings import Location
from codemods.model import Module
from codemods.view.imports import Need
from codemods.view.names import canonical
from codemods.view.reference import Reference
from codemods.view.signature import Parameter

from .verbatim import free_names

if TYPE_CHECKING:
    from .carrier import Carrier

MODULE = ".own_state"
SOURCE = "own"
ANY = frozenset({Need("typing", "Any")})
LOCALS = ".<locals>."
FRESH = frozenset(
    {
        "builtins.bool", "builtins.bytearray", "builtins.dict", "builtins.float", "builtins.int", "builtins.list",
        "builtins.set", "builtins.str", "collections.Counter", "collections.OrderedDict", "collections.defaultdict",
        "collections.deque", "itertools.count", "queue.Queue", "threading.Lock", "threading.RLock",
    }
)  # fmt: skip
"""What makes an object that is nobody else's and bound to no thread."""
DISPLAYS = (
    ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Call, ast.keyword, ast.Constant, ast.UnaryOp, ast.USub, ast.expr_context
)  # fmt: skip
FACTORIES = {"[]": "list", "{}": "dict"}


@dataclass(frozen=True, slots=True)
class OwnState:
    """One such variable: what it starts as, and the views that use it, by their qualified names."""

    qualified: str
    name: str
    initialiser: str
    annotation: str
    needs: frozenset[Need]
    users: frozenset[str]

    @property
    def field(self) -> str:
        """The variable as a field of a dataclass."""
        made = FACTORIES.get(self.initialiser) or (
            self.initialiser.removesuffix("()")
            if self.initialiser.count("(") == 1 and self.initialiser.endswith("()")
            else f"lambda: {self.initialiser}"
        )
        return f"{self.name}: {self.annotation} = field(default_factory={made})"

    @property
    def getter(self) -> Need:
        """The dependency that brings it."""
        return Need(MODULE, f"get_{self.name}")

    @property
    def reference(self) -> Reference:
        """How an endpoint refers to it: by a parameter."""
        needs = {Need("typing", "Annotated"), Need("fastapi", "Depends"), self.getter}
        annotation = f"Annotated[{self.annotation}, Depends({self.getter.name})]"
        parameter = Parameter(self.name, annotation, None, (SOURCE, self.name), frozenset(needs | ANY))
        return Reference(self.name, asked=parameter)


def own_state(
    carrier: "Carrier", module: Module, owner: ast.FunctionDef | ast.AsyncFunctionDef, name: str, value: ast.expr
) -> OwnState | None:
    """A variable of the factory `owner`, which gives it this value once; None where it may be anybody else's too."""
    users = _users(carrier, module, owner, name)
    if users is None or not _is_fresh(carrier, module, owner, value):
        return None
    needs = free_names(carrier, module, value, name, Location(module.file, value.lineno))
    qualified = f"{module.name}.{owner.name}{LOCALS}{name}"
    return OwnState(qualified, name, ast.unparse(value), display_type(value), needs, users)


def display_type(value: ast.expr) -> str:
    """The type of what an initialiser makes, as far as its text tells."""
    match value:
        case ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict")):
            return "dict[Any, Any]"
        case ast.List() | ast.ListComp() | ast.Call(func=ast.Name(id="list")):
            return "list[Any]"
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set")):
            return "set[Any]"
        case _:
            return "Any"


def _users(
    carrier: "Carrier", module: Module, owner: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> frozenset[str] | None:
    """The views in the factory that use a variable; None where something else does, or one of them rebinds it."""
    views = {endpoint.view.function.qualified for endpoint in carrier.project.endpoints}
    uses = {one for one in ast.walk(owner) if isinstance(one, ast.Name) and one.id == name}
    found = set()
    for function in owner.body:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inside = [one for part in function.body for one in ast.walk(part)]
        if any(isinstance(one, ast.Nonlocal) and name in one.names for one in inside):
            return None
        mine = uses.intersection(one for one in inside if isinstance(one, ast.Name))
        qualified = f"{module.name}.{owner.name}{LOCALS}{function.name}"
        if mine and qualified not in views:
            return None
        found |= {qualified} if mine else set()
        uses -= mine
    return frozenset(found) if len(uses) == 1 else None  # the assignment itself is left


def _is_fresh(
    carrier: "Carrier", module: Module, owner: ast.FunctionDef | ast.AsyncFunctionDef, value: ast.expr
) -> bool:
    """Whether an initialiser makes a new container, lock or counter of nothing but constants and names in `FRESH`."""
    if not isinstance(value, ast.Dict | ast.List | ast.Set | ast.Call):
        return False
    bound = _bound(owner)
    for one in ast.walk(value):
        if isinstance(one, ast.Attribute | ast.Name):
            head, _, rest = ast.unparse(one).partition(".")
            target = module.imports.get(head, "" if head in module.definitions else f"builtins.{head}")
            target = canonical(carrier.project, f"{target}.{rest}" if rest else target)
            if head in bound or not any(f"{name}.".startswith(f"{target}.") for name in FRESH):
                return False
        elif not isinstance(one, DISPLAYS):
            return False
    return True


def _bound(owner: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names that a function binds, whichever way."""
    names = [one.id for one in ast.walk(owner) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
    names += [one.arg for one in ast.walk(owner) if isinstance(one, ast.arg)]
    names += [one.name for one in owner.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    imports = [one for one in ast.walk(owner) if isinstance(one, ast.Import | ast.ImportFrom)]
    return frozenset(names + [(alias.asname or alias.name).partition(".")[0] for one in imports for alias in one.names])
