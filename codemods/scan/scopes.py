"""One walk over a module: its scopes with the names that each binds, imports, reads, changes and passes on.

Everything else of the scan works on `Scope`s, so a tree is walked once and can be dropped. Names are recorded as dotted
chains (`request.args.get`) and resolved later, when the whole scope is known.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

ScopeKind = Literal["module", "class", "function", "comprehension"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

#: methods that change a list, dict, set, deque or counter in place
MUTATORS = frozenset(
    "append appendleft extend extendleft insert remove pop popleft popitem clear sort reverse rotate add discard update "
    "setdefault subtract intersection_update difference_update symmetric_difference_update __setitem__ __delitem__".split()
)
#: callables that only read what they are given
READERS = frozenset(
    "len sorted list tuple set frozenset dict sum min max any all enumerate zip range str repr bool isinstance map filter "
    "iter reversed join dumps jsonify print format render_template".split()
)
#: attributes of a container that only read it
READING_ATTRIBUTES = frozenset("get items keys values copy index count union intersection difference issubset".split())


#: methods by which something is registered with an application, a blueprint or a Flask-RESTful `Api`
REGISTERING = frozenset(
    "register_blueprint register add_url_rule register_error_handler route get post put patch delete before_request "
    "after_request teardown_request teardown_appcontext before_app_request after_app_request teardown_app_request "
    "before_first_request before_app_first_request url_value_preprocessor app_url_value_preprocessor url_defaults "
    "app_url_defaults context_processor app_context_processor errorhandler app_errorhandler add_resource resource "
    "add_namespace init_app add_websocket".split()
)


@dataclass(slots=True)
class Assigned:
    """A binding of a name by a statement: the value (None where it is unpacked, looped over or annotated only)."""

    name: str
    value: ast.expr | None
    line: int
    augmented: bool = False


@dataclass(slots=True)
class Called:
    """A call that may matter to the application: it registers, or hands names on as a statement. `loop`: inside one."""

    chain: str
    node: ast.Call
    loop: bool
    order: int


@dataclass(slots=True)
class Scope:
    """A module, class, function or comprehension. `qualname` is as Python has it: `create_app.<locals>.index`."""

    kind: ScopeKind
    name: str
    parent: "Scope | None"
    line: int = 1
    end_line: int = 1
    is_async: bool = False
    bases: list[ast.expr] = field(default_factory=list)
    header_loads: set[str] = field(default_factory=set)
    parameters: tuple[str, ...] = ()
    annotations: dict[str, str] = field(default_factory=dict)
    stores: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    outer_names: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    escapes: set[str] = field(default_factory=set)
    assigned: list[Assigned] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    loop_items: dict[str, list[ast.expr]] = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)
    children: list["Scope"] = field(default_factory=list)
    decorators: list[ast.expr] = field(default_factory=list)
    loop: bool = False
    order: int = 0
    qualname: str = ""


@dataclass(slots=True)
class Collected:
    """A module's scopes and what concerns the whole of it."""

    top: Scope
    star_imports: list[str] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    dynamic_imports: bool = False
    statement_loads: dict[str, set[str]] = field(default_factory=dict)


def chain_of(node: ast.expr) -> str | None:
    """`a.b.c` of a name or a chain of attributes, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    parts.reverse()
    return ".".join(parts)


def base_of(node: ast.expr) -> ast.expr:
    """What a chain of attributes, subscripts and calls starts from."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case _:
                return node


class Collector:
    """Walks a module's tree once."""

    def __init__(self, module: str, is_package: bool) -> None:
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.scope = Scope("module", module, None)
        self.collected = Collected(self.scope)
        self.loops = 0
        self.order = 0
        self.typing_only = 0
        self.statement: ast.Call | None = None
        self.handlers = {name[len("visit_") :]: getattr(self, name) for name in dir(self) if name.startswith("visit_")}

    def collect(self, tree: ast.Module) -> Collected:
        """The scopes of a module."""
        top = self.scope
        for statement in tree.body:
            before = top.loads
            top.loads = set()
            known = len(top.assigned)
            self.visit(statement)
            for assigned in top.assigned[known:]:
                self.collected.statement_loads.setdefault(assigned.name, set()).update(top.loads)
            top.loads |= before
        return self.collected

    def visit(self, node: ast.AST) -> None:
        """Handle one node; nodes without a handler only hand on to their children."""
        handler = self.handlers.get(type(node).__name__)
        if handler is not None:
            handler(node)
            return
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def visit_all(self, nodes: Sequence[ast.AST | None]) -> None:
        """Handle several nodes."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    # names and chains

    def visit_Constant(self, node: ast.Constant) -> None:
        """Nothing: constants bind and read no name."""

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

    # statements that bind

    def visit_Assign(self, node: ast.Assign) -> None:
        """`name = value`, to any number of targets."""
        self.visit(node.value)
        for target in node.targets:
            self.bind(target, node.value, node.lineno)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """`name: type = value`."""
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.bind(node.target, node.value, node.lineno)
        elif isinstance(node.target, ast.Name):
            self.scope.stores.add(node.target.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """`name += value` reads and binds, or changes in place."""
        self.visit(node.value)
        chain = chain_of(node.target)
        if isinstance(node.target, ast.Name):
            self.scope.stores.add(node.target.id)
            self.scope.loads.add(node.target.id)
            self.scope.assigned.append(Assigned(node.target.id, None, node.lineno, augmented=True))
        elif chain is not None:
            self.scope.loads.add(chain)
        self.note_change(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """`name := value` binds in the nearest scope that is no comprehension."""
        self.visit(node.value)
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        scope.stores.add(node.target.id)
        scope.assigned.append(Assigned(node.target.id, node.value, node.lineno))

    def bind(self, target: ast.expr, value: ast.expr | None, line: int) -> None:
        """Bind a target, which may be a tuple, an attribute or an item."""
        match target:
            case ast.Name(id=name):
                self.scope.stores.add(name)
                self.scope.assigned.append(Assigned(name, value, line))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                values: Sequence[ast.expr | None] = [None] * len(targets)
                if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(targets):
                    values = value.elts
                for part, part_value in zip(targets, values, strict=True):
                    self.bind(part, part_value, line)
            case ast.Starred(value=inner):
                self.bind(inner, None, line)
            case ast.Attribute():
                self.visit(target)
                chain = chain_of(target)
                if chain is not None:
                    self.scope.assigned.append(Assigned(chain, value, line))
            case _:
                self.visit(target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """A loop: its targets are bound, calls inside run any number of times."""
        self.read(node.iter)
        self.bind(node.target, None, node.lineno)
        if isinstance(node.target, ast.Name) and isinstance(node.iter, ast.Tuple | ast.List):
            self.scope.loop_items[node.target.id] = node.iter.elts
        self.loops += 1
        self.visit_all(node.body)
        self.loops -= 1
        self.visit_all(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        """A loop."""
        self.visit(node.test)
        self.loops += 1
        self.visit_all(node.body)
        self.loops -= 1
        self.visit_all(node.orelse)

    def visit_withitem(self, node: ast.withitem) -> None:
        """`with value as name`."""
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self.bind(node.optional_vars, None, node.context_expr.lineno)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """`except Class as name`."""
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self.scope.stores.add(node.name)
        self.visit_all(node.body)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """A capture in a pattern."""
        if node.pattern is not None:
            self.visit(node.pattern)
        if node.name:
            self.scope.stores.add(node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        """A starred capture in a pattern."""
        if node.name:
            self.scope.stores.add(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """A mapping pattern, which may capture the rest."""
        self.visit_all([*node.keys, *node.patterns])
        if node.rest:
            self.scope.stores.add(node.rest)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        """Names that belong to an outer scope."""
        self.scope.outer_names.update(node.names)

    visit_Nonlocal = visit_Global

    # imports

    def visit_If(self, node: ast.If) -> None:
        """`if TYPE_CHECKING:` imports names for annotations only, which nothing imports at run time."""
        typing_only = (chain_of(node.test) or "").rpartition(".")[2] == "TYPE_CHECKING"
        self.visit(node.test)
        self.typing_only += typing_only
        self.visit_all(node.body)
        self.typing_only -= typing_only
        self.visit_all(node.orelse)

    def visit_Import(self, node: ast.Import) -> None:
        """`import a.b` binds `a`; `import a.b as c` binds `c` to `a.b`."""
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.scope.imports[bound] = alias.name if alias.asname else bound
            self.note_import(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """`from .a import b as c` binds `c` to `package.a.b`."""
        base = self.absolute(node.module, node.level)
        for alias in node.names:
            if alias.name == "*":
                self.collected.star_imports.append(base)
                self.note_import(base)
                continue
            self.scope.imports[alias.asname or alias.name] = f"{base}.{alias.name}"
            self.note_import(f"{base}.{alias.name}")

    def absolute(self, module: str | None, level: int) -> str:
        """The absolute name of a possibly relative import's module."""
        if not level:
            return module or ""
        package = self.package
        for _ in range(level - 1):
            package = package.rpartition(".")[0]
        return ".".join(part for part in (package, module) if part)

    def note_import(self, name: str) -> None:
        """Remember what is imported at run time."""
        if not self.typing_only:
            self.collected.imported.add(name)

    # calls

    def visit_Expr(self, node: ast.Expr) -> None:
        """A statement that is a call with bare names may hand an application or blueprint on: `init_app(app)`."""
        match node.value:
            case ast.Call(args=arguments) if any(isinstance(argument, ast.Name) for argument in arguments):
                self.statement = node.value
        self.visit(node.value)
        self.statement = None

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
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if reads:
                self.read(argument)
            else:
                self.visit(argument)

    def call_of_call(self, node: ast.Call) -> None:
        """`app.route("/x")(view)` is one registration; any other called expression is only walked."""
        inner = chain_of(node.func.func) if isinstance(node.func, ast.Call) else None
        if not isinstance(node.func, ast.Call) or inner is None or inner.rpartition(".")[2] not in REGISTERING:
            self.visit(node.func)
            return
        self.scope.loads.add(inner)
        self.visit_all([*node.func.args, *(keyword.value for keyword in node.func.keywords)])
        self.order += 1
        self.scope.called.append(Called(inner, node, self.loops > 0, self.order))

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
            self.scope.called.append(Called(chain, node, self.loops > 0, self.order))

    # scopes

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        """A function: decorators, defaults and annotations belong to the scope around it."""
        self.scope.stores.add(node.name)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
        annotations = [argument.annotation for argument in (*every, *starred)]
        header = [*arguments.defaults, *arguments.kw_defaults, *annotations, node.returns]
        loads = self.header(node.decorator_list, header)
        inner = self.enter("function", node.name, node)
        inner.header_loads = loads
        inner.is_async = isinstance(node, ast.AsyncFunctionDef)
        inner.parameters = tuple(argument.arg for argument in every)
        inner.stores.update(argument.arg for argument in (*every, *starred))
        for argument in every:
            chain = chain_of(argument.annotation) if argument.annotation is not None else None
            if chain:
                inner.annotations[argument.arg] = chain
        self.within(inner, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A lambda: a function without a name."""
        arguments = node.args
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])
        inner = self.enter("function", "<lambda>", None)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        inner.stores.update(argument.arg for argument in every if argument is not None)
        inner.line, inner.end_line = node.lineno, node.end_lineno or node.lineno
        self.within(inner, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class: decorators and bases belong to the scope around it."""
        self.scope.stores.add(node.name)
        loads = self.header(node.decorator_list, [*node.bases, *(keyword.value for keyword in node.keywords)])
        inner = self.enter("class", node.name, node)
        inner.header_loads, inner.bases = loads, node.bases
        self.within(inner, node.body)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        """A comprehension: its targets are its own; the first iterable belongs to the scope around it."""
        self.read(node.generators[0].iter)
        inner = self.enter("comprehension", "<comprehension>", None)
        outer, self.scope = self.scope, inner
        self.loops += 1
        for place, generator in enumerate(node.generators):
            if place:
                self.read(generator.iter)
            self.visit(generator.target)
            self.visit_all(generator.ifs)
        self.visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.loops -= 1
        self.scope = outer

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_Return(self, node: ast.Return) -> None:
        """What a function returns; a factory's result is followed through it."""
        if node.value is not None:
            self.scope.returns.append(node.value)
            self.visit(node.value)

    def header(self, decorators: Sequence[ast.expr], parts: Sequence[ast.AST | None]) -> set[str]:
        """What the head of a definition reads, in the scope around it; of a decorator only its arguments."""
        scope = self.scope
        outside, scope.loads = scope.loads, set()
        for decorator in decorators:
            match decorator:
                case ast.Call(args=args, keywords=keywords) if chain_of(decorator.func):
                    self.visit_all([*args, *(keyword.value for keyword in keywords)])
                case ast.Name() | ast.Attribute() if chain_of(decorator):
                    pass
                case _:
                    self.visit(decorator)
        self.visit_all(parts)
        inside = scope.loads
        scope.loads = outside | inside
        return inside

    def enter(self, kind: ScopeKind, name: str, node: FunctionNode | ast.ClassDef | None) -> Scope:
        """A new scope below the current one."""
        self.order += 1
        outer = self.scope
        while outer.kind == "comprehension" and outer.parent is not None:
            outer = outer.parent
        prefix = {"module": "", "class": f"{outer.qualname}."}.get(outer.kind, f"{outer.qualname}.<locals>.")
        inner = Scope(kind, name, self.scope, loop=self.loops > 0, order=self.order, qualname=prefix + name)
        if node is not None:
            inner.line, inner.end_line = node.lineno, node.end_lineno or node.lineno
            inner.decorators = node.decorator_list
        self.scope.children.append(inner)
        return inner

    def within(self, inner: Scope, body: Sequence[ast.AST]) -> None:
        """Walk a body in its scope; what is in it is in no loop of the scope around it."""
        outer, self.scope = self.scope, inner
        loops, self.loops = self.loops, 0
        self.visit_all(body)
        self.scope, self.loops = outer, loops
