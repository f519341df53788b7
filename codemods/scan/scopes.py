"""Scopes: what a module, class or function binds, imports, reads, changes and passes on.

Everything of the scan works on `Scope`s, so a tree is walked once and can be dropped. Names are recorded as dotted
chains (`request.args.get`) and resolved later, when the whole scope is known.
"""

import ast
from dataclasses import dataclass, field
from typing import Literal

ScopeKind = Literal["module", "class", "function", "comprehension"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


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
    loops: tuple[ast.For | None, ...] = ()


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
    returns: list[ast.expr] = field(default_factory=list)
    returns_display: bool = False
    children: list["Scope"] = field(default_factory=list)
    decorators: list[ast.expr] = field(default_factory=list)
    loop: bool = False
    order: int = 0
    qualname: str = ""

    def dissolve(self) -> None:
        """Break the circle of parents and children, so that the scopes go without the garbage collector."""
        for child in self.children:
            child.dissolve()
        for nodes in (self.children, self.assigned, self.called, self.returns):
            nodes.clear()
        self.decorators, self.bases = [], []  # those lists are the syntax tree's own
        self.parent = None


@dataclass(slots=True)
class Collected:
    """A module's scopes and what concerns the whole of it.

    Of each variable of the module, `statement_loads` are the names that the statements read which give it a value, and
    `statement_scopes` the lambdas and comprehensions in them. `made_of_imports` are names bound again with what was
    imported under them: `login_required = partial(login_required, …)`; `imported_before` has what they were.
    """

    top: Scope
    star_imports: list[str] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    dynamic_imports: bool = False
    statement_loads: dict[str, set[str]] = field(default_factory=dict)
    statement_scopes: dict[str, list[Scope]] = field(default_factory=dict)
    made_of_imports: set[str] = field(default_factory=set)
    imported_before: dict[str, str] = field(default_factory=dict)


def chain_of(node: ast.expr) -> str | None:
    """`a.b.c` of a name or a chain of attributes, else None."""
    if node.__class__ is ast.Name:
        return node.id
    chain = ""
    while node.__class__ is ast.Attribute:
        chain = f".{node.attr}{chain}"
        node = node.value
    return node.id + chain if node.__class__ is ast.Name else None


def base_of(node: ast.expr) -> ast.expr:
    """What a chain of attributes, subscripts and calls starts from."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case _:
                return node
