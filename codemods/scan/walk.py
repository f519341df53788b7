"""What names an expression reads, changes, passes on, and which of its calls may register something."""

import ast
from collections.abc import Callable, Collection, Sequence
from typing import Any

from .registering import HOOKS, OUTDATED, ROUTES
from .scopes import Called, Collected, Scope, base_of, chain_of

#: methods that change a list, dict, set, deque or counter in place
MUTATORS = frozenset(
    [
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "remove",
        "pop",
        "popleft",
        "popitem",
        "clear",
        "sort",
        "reverse",
        "rotate",
        "add",
        "discard",
        "update",
        "setdefault",
        "subtract",
        "intersection_update",
        "difference_update",
        "symmetric_difference_update",
        "__setitem__",
        "__delitem__",
    ]
)
#: callables that only read what they are given, Marshmallow's validators among them
READERS = frozenset(
    [
        "len",
        "sorted",
        "list",
        "tuple",
        "set",
        "frozenset",
        "dict",
        "sum",
        "min",
        "max",
        "any",
        "all",
        "enumerate",
        "zip",
        "range",
        "str",
        "repr",
        "bool",
        "isinstance",
        "map",
        "filter",
        "iter",
        "reversed",
        "join",
        "dumps",
        "jsonify",
        "print",
        "format",
        "render_template",
        "OneOf",
        "NoneOf",
        "ContainsOnly",
        "ContainsNoneOf",
    ]
)
#: attributes of a container that only read it
READING_ATTRIBUTES = frozenset(
    ["get", "items", "keys", "values", "copy", "index", "count", "union", "intersection", "difference", "issubset"]
)


#: methods by which something is registered with an application, a blueprint or a Flask-RESTful `Api`
REGISTERING = (
    HOOKS.keys()
    | OUTDATED
    | {"register_blueprint", "add_url_rule", "register_error_handler", "add_resource", "init_app"}
)
#: nodes in which no name can be: contexts and operators
WITHOUT_NAMES = frozenset(
    kind
    for base in (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for kind in base.__subclasses__()
)


class Walk:
    """Walks expressions and everything that needs no care; `Collector` adds what binds names and opens scopes."""

    def __init__(
        self, module: str, is_package: bool, declares: bool = True, modules: Collection[str] = frozenset()
    ) -> None:
        """`declares` is false where the source has no word of Flask: then functions' variables lead to no route.

        `modules` are the names of the project's modules.
        """
        self.declares = declares
        self.modules = modules
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.scope = Scope("module", module, None)
        self.collected = Collected(self.scope)
        self.loops = 0
        self.around: list[ast.For | None] = []
        self.order = 0
        self.typing_only = 0
        self.statement: ast.Call | None = None
        self.handlers: dict[type[ast.AST], Callable[[Any], None]] = {
            getattr(ast, name[len("visit_") :]): getattr(self, name) for name in dir(self) if name.startswith("visit_")
        }

    def visit(self, node: ast.AST) -> None:
        """Handle one node; nodes without a handler only hand on to their children."""
        handler = self.handlers.get(node.__class__)
        if handler is not None:
            handler(node)
            return
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST) and value.__class__ not in WITHOUT_NAMES:
                self.visit(value)

    def walk_all(self, nodes: Sequence[ast.AST | None]) -> None:
        """Handle several nodes."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    # names and chains

    def visit_Constant(self, node: ast.Constant) -> None:
        """Nothing: constants bind and read no name."""

    def visit_Expr(self, node: ast.Expr) -> None:
        """A statement that is a call with bare names may hand an application or blueprint on: `init_app(app)`."""
        match node.value:
            case ast.Call(args=arguments) if any(isinstance(argument, ast.Name) for argument in arguments):
                self.statement = node.value
        self.visit(node.value)
        self.statement = None

    def visit_Name(self, node: ast.Name) -> None:
        """A name by itself: bound, or read and passed on."""
        if isinstance(node.ctx, ast.Load):
            self.scope.loads.add(node.id)
            self.scope.escapes.add(node.id)
        else:
            self.scope.stores.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A chain of attributes; writing to one changes what it belongs to."""
        chain = chain_of(node)
        if chain is None:
            self.visit(node.value)
            if not isinstance(node.ctx, ast.Load):
                self.note_change(node.value)
            return
        self.scope.loads.add(chain)
        if not isinstance(node.ctx, ast.Load):
            self.scope.changes.add(chain.rpartition(".")[0])
            self.scope.changes.add(chain)
        elif node.attr not in READING_ATTRIBUTES:
            self.scope.escapes.add(chain)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """An item: reading it does not pass the container on, writing changes it."""
        if not isinstance(node.ctx, ast.Load):
            self.note_change(node.value)
        self.read(node.value)
        self.visit(node.slice)

    def note_change(self, node: ast.expr) -> None:
        """Remember that what an expression starts from is changed."""
        chain = chain_of(node) or chain_of(base_of(node))
        if chain:
            self.scope.changes.add(chain)

    def read(self, node: ast.expr) -> None:
        """A use that only reads: no escape."""
        chain = chain_of(node)
        if chain is None:
            self.visit(node)
        else:
            self.scope.loads.add(chain)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Comparisons only read."""
        self.read(node.left)
        for operand in node.comparators:
            self.read(operand)

    def visit_Dict(self, node: ast.Dict) -> None:
        """A display: `{**OPTIONS}` has a copy of what is in another one."""
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.read(value)
            else:
                self.walk_all([key, value])

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Operators make new values of containers: `OPTIONS | MORE`."""
        self.read(node.left)
        self.read(node.right)

    # calls

    def visit_Call(self, node: ast.Call) -> None:
        """A call; kept where it may register something, noted where it changes or passes on a name."""
        chain = chain_of(node.func)
        if chain is None:
            self.call_of_call(node)
            if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
                self.note_change(node.func.value)
        else:
            self.call_of(chain, node)
        reads = chain is not None and chain.rpartition(".")[2] in READERS
        for argument in (*node.args, *node.keywords):
            match argument:
                case ast.keyword(arg=name, value=value) if reads or name is None:  # `**OPTIONS` hands on a copy
                    self.read(value)
                case ast.expr() if reads:
                    self.read(argument)
                case ast.keyword(value=value):
                    self.visit(value)
                case _:
                    self.visit(argument)

    def call_of_call(self, node: ast.Call) -> None:
        """`app.route("/x")(view)` is one registration; any other called expression is only walked."""
        inner = chain_of(node.func.func) if isinstance(node.func, ast.Call) else None
        if not isinstance(node.func, ast.Call) or inner is None or inner.rpartition(".")[2] not in ROUTES:
            self.visit(node.func)
            return
        self.scope.loads.add(inner)
        self.walk_all([*node.func.args, *(keyword.value for keyword in node.func.keywords)])
        self.order += 1
        self.scope.called.append(Called(inner, node, self.loops > 0, self.order, tuple(self.around)))

    def call_of(self, chain: str, node: ast.Call) -> None:
        """A call of a name or a chain of attributes."""
        self.scope.loads.add(chain)
        owner, _, attribute = chain.rpartition(".")
        if owner and attribute in MUTATORS:
            self.scope.changes.add(owner)
        elif owner and attribute not in READING_ATTRIBUTES:
            self.scope.escapes.add(owner)
        if attribute in {"import_module", "__import__", "import_string", "find_modules", "iter_modules"}:
            match node.args:
                case [ast.Constant(value=str(name)), *_] if not name.startswith("."):
                    self.note_import(name)
                case _:
                    self.collected.dynamic_imports = True
        if attribute in REGISTERING or node is self.statement:
            self.order += 1
            self.scope.called.append(Called(chain, node, self.loops > 0, self.order, tuple(self.around)))

    def note_import(self, name: str) -> None:
        """Remember what is imported at run time."""
        if not self.typing_only:
            self.collected.imported.add(name)
