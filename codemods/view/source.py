"""The project's source, piece by piece: definitions by place and name, and the imports that bind a module's names.

Only the pieces that are converted are parsed by libcst, cut out by the lines that `ast` gives.
"""

import ast
import io
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.findings import Diagnostic, Location
from codemods.model import Definition, Module
from codemods.scan.outer_names import outer_names
from codemods.scan.pairs import separated

from .comments import FOR_TOOLS
from .imports import Need
from .layout import dedented, lines_in_strings
from .nesting import Nesting, nesting
from .refusal import refuse
from .shadowing import without_shadowing

NO_SOURCE = Diagnostic(
    "FM604",
    "blocked",
    "a definition that cannot be taken over as it stands",
    "It is made, changed or wrapped in more than one place, or its source was not found.",
    "Define it in one statement at module level.",
)

RECENT = 64
"""How many functions stay parsed: most are asked for once, and the memory that their trees fill slows the rest down."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Piece = Function | ast.ClassDef


@dataclass(slots=True)
class Sources:
    """The project's files by path, parsed when first asked for."""

    files: Mapping[str, bytes]
    trees: dict[str, ast.Module] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    segments: dict[tuple[str, int, int], str] = field(default_factory=dict)
    pieces: dict[str, dict[str, list[Piece]]] = field(default_factory=dict)
    bindings: dict[str, dict[str, list[ast.expr | None]]] = field(default_factory=dict)
    functions: dict[Piece, cst.FunctionDef] = field(default_factory=dict)
    spanned: dict[str, frozenset[int]] = field(default_factory=dict)
    nestings: dict[str, Nesting] = field(default_factory=dict)
    syntax: dict[cst.FunctionDef, Function] = field(default_factory=dict)
    imported: dict[str, frozenset[str]] = field(default_factory=dict)
    words: dict[tuple[str, bytes], bool] = field(default_factory=dict)
    attributes: dict[str, bool] = field(default_factory=dict)

    def tree(self, file: str) -> ast.Module:
        """The syntax tree of a file that the scan could parse."""
        if file not in self.trees:
            self.trees[file] = separated(ast.parse(self.files[file]))
        return self.trees[file]

    def mentions(self, file: str, word: bytes) -> bool:
        """Whether a file has a word anywhere; each function of the file asks for the same one."""
        if (file, word) not in self.words:
            self.words[file, word] = word in self.files.get(file, b"")
        return self.words[file, word]

    def sets_attribute(self, name: str) -> bool:
        """Whether code anywhere may bind an attribute of that name, but for those of `self`."""
        if name not in self.attributes:
            words = (f".{name}".encode(), b"setattr(", b"delattr(")
            files = (file for file, text in self.files.items() if any(word in text for word in words))
            self.attributes[name] = any(_sets(node, name) for file in files for node in ast.walk(self.tree(file)))
        return self.attributes[name]

    def text_lines(self, file: str) -> list[str]:
        """The lines of a file, decoded as Python does."""
        if file not in self.lines:
            self.lines[file] = decoded(self.files[file]).split("\n")
        return self.lines[file]

    def nesting(self, file: str) -> Nesting:
        """The scopes of a file."""
        if file not in self.nestings:
            self.nestings[file] = nesting(self.tree(file), decoded(self.files[file]), file)
        return self.nestings[file]

    def piece(self, location: Location, name: str) -> Piece:
        """The `def` or `class` of that name at that line (its first decorator's line counts too)."""
        for node in self._pieces_of(location.file).get(name, ()):
            if first_line(node) <= location.line <= node.lineno:
                return node
        raise refuse(NO_SOURCE, location, f"'{name}'")

    def _pieces_of(self, file: str) -> Mapping[str, list[Piece]]:
        if file not in self.pieces:
            named = self.pieces[file] = {}
            for node in statements(self.tree(file)):
                if isinstance(node, Piece):
                    named.setdefault(node.name, []).append(node)
        return self.pieces[file]

    def segment(self, file: str, first: int, last: int) -> str:
        """Lines `first` to `last`, the first one at the margin."""
        known = self.segments.get((file, first, last))
        if known is None:
            known = dedented("\n".join(self.text_lines(file)[first - 1 : last])) + "\n"
            self.segments[file, first, last] = known
        return known

    def function(self, location: Location, name: str) -> cst.FunctionDef:
        """The function of that name, as libcst sees it, its decorators included."""
        node = self.piece(location, name)
        if isinstance(node, ast.ClassDef):
            raise refuse(NO_SOURCE, location, f"'{name}' is not a function")
        return self.parsed(location.file, node)

    def parsed(self, file: str, node: Function) -> cst.FunctionDef:
        """A function of a file, as libcst sees it, its decorators included."""
        function = self.functions.pop(node, None)
        if function is None:
            statement = cst.parse_module(self._with_decorators(file, node)).body[0]
            written = cst.ensure_type(statement, cst.FunctionDef)
            function = without_shadowing(written, node)
            self.syntax[function] = node if function is written else self.as_ast(function)
        self.functions[node] = function  # the one asked for last comes last
        if len(self.functions) > RECENT:
            del self.syntax[self.functions.pop(next(iter(self.functions)))]
        return function

    def as_ast(self, function: cst.FunctionDef) -> Function:
        """The same function as `ast` sees it, in whatever line; neither tree is ever changed."""
        if function in self.syntax:
            return self.syntax[function]
        root = ast.parse(cst.Module(body=[function]).code).body[0]
        assert isinstance(root, Function)
        return root

    def comment(self, location: Location, name: str = "") -> str:
        """The comment directly above a statement or, above its decorators, a definition of this name, line by line;
        without what only tools read. Empty where there is none."""
        above = location.line
        for node in self._pieces_of(location.file).get(name, ()):
            first = first_line(node)
            above = first if first <= location.line <= node.lineno else above
        lines = self.text_lines(location.file)
        top = above
        while top > 1 and lines[top - 2].lstrip().startswith("#"):
            top -= 1
        found = [(number, lines[number - 1].strip()) for number in range(top, above)]
        inside = self._in_strings(location.file) if found else frozenset()
        return "".join(f"{text}\n" for number, text in found if number not in inside and not FOR_TOOLS.match(text))

    def spelled(self, file: str, statement: ast.stmt) -> str:
        """A statement as the source spells it, with the comment behind it; plainly where it shares its lines."""
        last, end = statement.end_lineno or statement.lineno, statement.end_col_offset or 0
        line = self.text_lines(file)[last - 1].encode()
        rest = line[end:].decode().strip()
        if statement.col_offset or (rest and not rest.startswith("#")):
            return ast.unparse(statement) + "\n"
        kept = f"  {rest}" if rest and not FOR_TOOLS.match(rest) else ""
        above = [f"{one}\n" for one in self.text_lines(file)[statement.lineno - 1 : last - 1]]
        return f"{''.join(above)}{line[:end].decode()}{kept}\n"

    def spelled_value(self, file: str, statement: ast.Assign | ast.AnnAssign) -> str:
        """What gives a name its value, as the source spells it; empty where that shares its lines with other code, as
        one of several values does: `stores, items = {}, {}`."""
        head = statement.targets[-1] if isinstance(statement, ast.Assign) else statement.annotation
        text = self.spelled(file, statement)
        if statement.col_offset or head.end_lineno != statement.lineno:
            return ""
        _, equal, value = text.encode()[head.end_col_offset or 0 :].decode().partition("=")
        if not equal or text == ast.unparse(statement) + "\n" or statement.value is None:
            return ""
        is_whole = ast.dump(ast.parse(f"({value.strip()}\n)", mode="eval").body) == ast.dump(statement.value)
        return value.strip() if is_whole else ""

    def _in_strings(self, file: str) -> frozenset[int]:
        """The lines of a file that begin within a string."""
        if file not in self.spanned:
            self.spanned[file] = lines_in_strings("\n".join(self.text_lines(file)))
        return self.spanned[file]

    def text(self, file: str, node: Piece) -> str:
        """The text of a definition, its decorators included."""
        return self._with_decorators(file, node)

    def _with_decorators(self, file: str, node: Piece) -> str:
        return self.segment(file, first_line(node), node.end_lineno or node.lineno)

    def assignment(
        self, module: Module, definition: Definition, name: str, fillings: Collection[ast.stmt] = ()
    ) -> ast.Assign | ast.AnnAssign:
        """The one statement at module level that gives `name` its value; raises `Refused` where there are others that
        touch it while the module is imported, other than these `fillings`."""
        found: list[ast.Assign | ast.AnnAssign] = []
        for statement in self.tree(module.file).body:
            if isinstance(statement, Piece):
                continue
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                    found.append(statement)
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr()) if target == name:
                    found.append(statement)
                case _ if statement in fillings or _only_takes(statement, name):
                    continue
                case _ if any(_may_touch(one, name, definition.kind == "constant") for one in _run_now(statement)):
                    raise refuse(NO_SOURCE, definition.location, f"'{name}' is filled in while the module is imported")
        if len(found) != 1:
            raise refuse(NO_SOURCE, definition.location, f"'{name}' is not given its value in one place")
        return found[0]

    def fillings(self, module: Module, name: str) -> list[ast.stmt]:
        """The statements at module level that fill a container, one after the other, before anything else looks at
        it."""
        found: list[ast.stmt] = []
        if not _is_container(self.value(module, name)):
            return found
        for statement in self.tree(module.file).body:
            if isinstance(statement, Piece):
                continue
            names = [one for one in ast.walk(statement) if _may_touch(one, name, is_constant=False)]
            if not names:
                continue
            if _fills(statement, name):
                found.append(statement)
            elif any(isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) for one in names):
                break
        return found

    def value(self, module: Module, name: str) -> ast.expr | None:
        """What the one statement at module level that binds `name` gives it; None where there are others."""
        values = self._bindings_of(module.file).get(name, ())
        return values[0] if len(values) == 1 else None

    def _bindings_of(self, file: str) -> Mapping[str, list[ast.expr | None]]:
        """The names that a file's statements at module level bind, each time with the value; None where that is not
        told by the statement."""
        if file not in self.bindings:
            found = self.bindings[file] = {}
            for statement in self.tree(file).body:
                given: dict[ast.expr, ast.expr | None] = {}
                match statement:
                    case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                        continue
                    case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value):
                        given[target] = value
                for node in outer_names(statement):
                    if not isinstance(node.ctx, ast.Load):
                        found.setdefault(node.id, []).append(given.get(node))
        return self.bindings[file]

    def needs_for(self, module: Module, root: str, target: str, qualified: str) -> Collection[Need]:
        """The imports that bind `root`, which stands for `target`, so that `qualified` can be read."""
        if "." not in target:
            submodules = {
                name
                for name in self._imported(module.file)
                if name.startswith(f"{target}.") and f"{qualified}.".startswith(name)
            }
            return [
                Need(target, "", None if root == target else root),
                *(Need(name, "") for name in sorted(submodules)),
            ]
        package, _, name = target.rpartition(".")
        return [Need(package, name, None if root == name else root)]

    def _imported(self, file: str) -> frozenset[str]:
        """The modules that a file imports anywhere by their own names."""
        if file not in self.imported:
            self.imported[file] = frozenset(
                alias.name
                for node in statements(self.tree(file))
                if isinstance(node, ast.Import)
                for alias in node.names
                if alias.asname is None
            )
        return self.imported[file]


def first_line(node: Piece) -> int:
    """The line of a definition's first decorator, or its own."""
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements of a module, those within others included; expressions, which are most of it, hold none."""
    waiting: list[ast.AST] = [tree]
    for node in waiting:
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, part, ())
        if isinstance(node, ast.stmt):
            yield node


def _run_now(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, without the names that a class-based view is only made with when a request comes."""
    later = {
        argument
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "as_view"
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        if isinstance(argument, ast.Name)
    }
    return (one for one in ast.walk(statement) if one not in later)


READING = frozenset(
    {"dict", "enumerate", "frozenset", "len", "list", "max", "min", "set", "sorted", "sum", "tuple", "zip"}
)
"""What builds a value of others and leaves these as they are."""
VIEWS = frozenset({"copy", "get", "items", "keys", "values"})
"""The methods of a dictionary that only read it."""


def _only_takes(statement: ast.stmt, name: str) -> bool:
    """Whether a statement gives other names a value that is made of what a name stands for, which stays as it is.

    `api.add_resource(Todos, "/todos", resource_class_kwargs={"store": STORE})` keeps it for requests to come.
    """
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target != name:
            pass
        case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target != name:
            pass
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_resource")) as value):
            pass
        case _:
            return False
    given = set()
    for one in ast.walk(value):
        match one:
            case ast.Call(func=ast.Name(id=function)) if function in READING:
                given |= {*one.args, *(keyword.value for keyword in one.keywords)}
            case ast.Call(func=ast.Attribute(value=read, attr=method)) if method in VIEWS:
                given.add(read)
            case ast.comprehension(iter=read) | ast.Subscript(value=read) | ast.keyword(arg=None, value=read):
                given.add(read)
            case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
                given |= {left, right}
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
                given |= {*parts}
    for one in ast.walk(value):
        if one in given and isinstance(one, ast.Attribute):
            given.add(one.value)
    return all(not _may_touch(one, name, is_constant=False) or one in given for one in ast.walk(value))


CONTAINERS = frozenset({"Counter", "OrderedDict", "defaultdict", "deque", "dict", "list", "set", "sorted"})
"""What makes an object that does nothing but hold what is put into it."""
PUTTING = frozenset({"add", "append", "appendleft", "extend", "insert", "setdefault", "update"})


def _is_container(value: ast.expr | None) -> bool:
    match value:
        case ast.Dict() | ast.List() | ast.Set() | ast.DictComp() | ast.ListComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made)):
            return made in CONTAINERS
    return False


def _fills(statement: ast.stmt, name: str) -> bool:
    """Whether a statement puts something into a container, and does nothing else with it: `rows["a"] = Row(1)`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method))) if (
            target == name and method in PUTTING
        ):
            pass
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=target))]) if target == name:
            pass
        case _:
            return False
    return sum(isinstance(one, ast.Name) and one.id == name for one in ast.walk(statement)) == 1


def _may_touch(node: ast.AST, name: str, is_constant: bool) -> bool:
    """Whether code may change what a name stands for; reading a constant cannot."""
    return isinstance(node, ast.Name) and node.id == name and not (is_constant and isinstance(node.ctx, ast.Load))


def decoded(source: bytes) -> str:
    """Source text in the encoding that it declares (PEP 263)."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding).read()


def _sets(node: ast.AST, name: str) -> bool:
    """Whether this may bind an attribute of that name of something that is not called `self`."""
    match node:
        case ast.Attribute(value=owner, attr=attribute, ctx=ast.Store() | ast.Del()):
            return attribute == name and not (isinstance(owner, ast.Name) and owner.id == "self")
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, ast.Constant(value=given), *_]):
            return given == name
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[owner, *_]):
            return not (isinstance(owner, ast.Name) and owner.id == "self")
    return False
