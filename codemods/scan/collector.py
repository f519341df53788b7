"""One walk over a module's tree: its scopes, with what each binds and imports."""

import ast
from collections.abc import Sequence

from codemods.vocabulary import VOCABULARY

from .scopes import Assigned, Collected, FunctionNode, Scope, ScopeKind, chain_of
from .walk import Walk

IMPORTS = (ast.Import, ast.ImportFrom)
IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})

#: values of local variables that are followed
FOLLOWED = (ast.Call, ast.Name, ast.Attribute, ast.Constant, ast.JoinedStr, ast.BinOp, ast.List, ast.Tuple, ast.Dict)


class Collector(Walk):
    """Walks a module once."""

    def collect(self, tree: ast.Module) -> Collected:
        """The scopes of a module."""
        top = self.scope
        for statement in tree.body:
            before = top.loads
            top.loads = set()
            known, inner = len(top.assigned), len(top.children)
            self.visit(statement)
            self._bind_again(statement, top.assigned[known:], top.children[inner:])
            for assigned in top.assigned[known:]:
                self.collected.statement_loads.setdefault(assigned.name, set()).update(top.loads)
                self.collected.statement_scopes.setdefault(assigned.name, []).extend(top.children[inner:])
            top.loads |= before
        return self.collected

    def _bind_again(self, statement: ast.stmt, assigned: Sequence[Assigned], children: Sequence[Scope]) -> None:
        """A module's name that is an import no more: a later statement makes it something of the module's own."""
        top = self.scope
        reads = {one.name: top.loads for one in assigned}
        reads |= {one.name: one.header_loads for one in children if one.kind in ("class", "function")}
        for name in reads.keys() & top.imports.keys():
            inner = (one for one in ast.walk(statement) if isinstance(one, IMPORTS))
            if any((alias.asname or alias.name) == name for one in inner for alias in one.names):
                continue  # one of several, as where an import fails: the import stands for all
            self.collected.imported_before[name] = top.imports.pop(name)
            if any(chain.partition(".")[0] == name for chain in reads[name]):
                self.collected.made_of_imports.add(name)

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
                self.note_assigned(name, value, line)
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
                    self.note_assigned(chain, value, line)
            case _:
                self.visit(target)

    def note_assigned(self, name: str, value: ast.expr | None, line: int) -> None:
        """Remember a binding. Of functions' own variables only those are kept that may lead to a route."""
        if self.scope.kind == "function" and not (self.declares and isinstance(value, FOLLOWED)):
            value = None
        self.scope.assigned.append(Assigned(name, value, line))

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """A loop: its targets are bound, calls inside run any number of times."""
        self.read(node.iter)
        self.bind(node.target, None, node.lineno)
        self.in_loop(node if isinstance(node, ast.For) else None, node.body)
        self.walk_all(node.orelse)

    def in_loop(self, loop: ast.For | None, body: Sequence[ast.AST]) -> None:
        """Walk the body of a loop; None stands for one whose turns no table tells."""
        self.loops += 1
        self.around.append(loop)
        self.walk_all(body)
        self.around.pop()
        self.loops -= 1

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        """As an ordinary loop."""
        self.visit_For(node)

    def visit_While(self, node: ast.While) -> None:
        """A loop."""
        self.visit(node.test)
        self.in_loop(None, node.body)
        self.walk_all(node.orelse)

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
        self.walk_all(node.body)

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
        self.walk_all([*node.keys, *node.patterns])
        if node.rest:
            self.scope.stores.add(node.rest)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        """Names that belong to an outer scope."""
        self.scope.outer_names.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """As `global`: the name is not the function's own."""
        self.visit_Global(node)

    # imports

    def visit_If(self, node: ast.If) -> None:
        """`if TYPE_CHECKING:` imports names for annotations only, which nothing imports at run time."""
        typing_only = (chain_of(node.test) or "").rpartition(".")[2] == "TYPE_CHECKING"
        self.visit(node.test)
        self.typing_only += typing_only
        self.walk_all(node.body)
        self.typing_only -= typing_only
        self.walk_all(node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        """`try: from werkzeug import …`, with another import where that fails: the first holds for names that every
        supported release has, and for the project's own modules."""
        self.walk_all(node.body)
        bound = {alias.asname or alias.name for one in node.body if isinstance(one, IMPORTS) for alias in one.names}
        known = {
            name: target for name, target in self.scope.imports.items() if name in bound and self._is_there(target)
        }
        for handler in node.handlers:
            self.visit(handler)
            if handler.type is not None and chain_of(handler.type) in IMPORT_ERRORS:
                self.scope.imports.update(known)
        self.walk_all([*node.orelse, *node.finalbody])

    def _is_there(self, target: str) -> bool:
        return target in VOCABULARY or target in self.modules or target.rpartition(".")[0] in self.modules

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

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """As an ordinary function."""
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A lambda: a function without a name."""
        arguments = node.args
        self.walk_all([*arguments.defaults, *arguments.kw_defaults])
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
        self.around.append(None)
        for place, generator in enumerate(node.generators):
            if place:
                self.read(generator.iter)
            self.visit(generator.target)
            self.walk_all(generator.ifs)
        self.walk_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.loops -= 1
        self.around.pop()
        self.scope = outer

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """As a list comprehension."""
        self.visit_ListComp(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        """As a list comprehension."""
        self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        """As a list comprehension."""
        self.visit_ListComp(node)

    def visit_Return(self, node: ast.Return) -> None:
        """What a function returns; a factory's result is followed through it."""
        if node.value is not None:
            if isinstance(node.value, ast.Name | ast.Attribute):
                self.scope.returns.append(node.value)
            body = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
            self.scope.returns_display |= isinstance(body, ast.Dict | ast.List | ast.DictComp | ast.ListComp)
            self.visit(node.value)

    def header(self, decorators: Sequence[ast.expr], parts: Sequence[ast.AST | None]) -> set[str]:
        """What the head of a definition reads, in the scope around it; of a decorator only its arguments."""
        scope = self.scope
        outside, scope.loads = scope.loads, set()
        for decorator in decorators:
            match decorator:
                case ast.Call(args=args, keywords=keywords) if chain_of(decorator.func):
                    self.walk_all([*args, *(keyword.value for keyword in keywords)])
                case ast.Name() | ast.Attribute() if chain_of(decorator):
                    pass
                case _:
                    self.visit(decorator)
        self.walk_all(parts)
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
        around, self.around = self.around, []
        self.walk_all(body)
        self.scope, self.loops, self.around = outer, loops, around
