"""Functions that make a schema class of what they are given, each read into the class and the names in it.

def paginated(schema):                     →    of `paginated(UserSchema)` the class
    class Page(Schema):                         class UserPage(Schema):
        data = fields.List(fields.Nested(schema))   data = fields.List(fields.Nested(UserSchema))
    return Page

A function that does anything else than to make, name, keep and return the class is none of these.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codemods.model import Definition, Module, Project
from codemods.view.refusal import Refused
from codemods.view.source import Sources

KEEPING = frozenset({"functools.cache", "functools.lru_cache"})
"""Decorators that hand out again what was made for the same arguments."""
NAMING = ("__name__", "__qualname__")


@dataclass(frozen=True, slots=True)
class Factory:
    """A function of `module` that makes one class of its parameters.

    `text` is the class as it is written there, `naming` what the class is called, where the function says so.
    `gives_object` tells that it returns an object of the class. `keys` are the parameters by which it finds again what
    it has made; None where it looks for nothing.
    """

    qualified: str
    module: Module
    function: ast.FunctionDef
    made: str
    text: str
    naming: ast.expr | None
    texts: Mapping[str, ast.expr]
    gives_object: bool
    keys: tuple[str, ...] | None

    @property
    def params(self) -> tuple[str, ...]:
        """The names of its parameters."""
        arguments = self.function.args
        return tuple(one.arg for one in (*arguments.args, *arguments.kwonlyargs))

    @property
    def is_kept_by_less(self) -> bool:
        """Whether it may hand out what it made for other arguments."""
        return self.keys is not None and set(self.keys) < set(self.params)


def factories(project: Project, sources: Sources) -> Mapping[str, Factory]:
    """The functions of the project that make classes, by qualified name. Whether these are schemas is not looked at."""
    found = {}
    for module in project.modules.values():
        content = sources.files.get(module.file, b"")
        if b"Schema" not in content or b"return" not in content:
            continue
        for name, definition in module.definitions.items():
            one = _factory(project, sources, module, definition, name)
            if one is not None:
                found[one.qualified] = one
    return found


def _factory(project: Project, sources: Sources, module: Module, definition: Definition, name: str) -> Factory | None:
    kept = {one.qualified for one in definition.decorators}
    if definition.kind != "function" or definition.rebound or not kept <= KEEPING:
        return None
    try:
        function = sources.piece(definition.location, name)
    except Refused:
        return None
    arguments = function.args if isinstance(function, ast.FunctionDef) else None
    if not isinstance(function, ast.FunctionDef) or arguments is None:
        return None
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        return None
    read = _Body(sources, module, {one.arg for one in (*arguments.args, *arguments.kwonlyargs)})
    if not read.understands(function.body) or not read.text or _rebinds(function, read):
        return None
    if read.kept_in and not _is_own(project, sources, module, function, read.kept_in):
        return None
    return Factory(
        f"{module.name}.{name}", module, function, read.made, read.text, read.naming, read.texts, read.gives_object,
        read.keys,
    )  # fmt: skip


def _is_own(project: Project, sources: Sources, module: Module, function: ast.FunctionDef, cache: str) -> bool:
    """Whether nothing but a function looks into a dictionary of its module, or puts anything there."""
    value, qualified = sources.value(module, cache), f"{module.name}.{cache}"
    is_empty = (isinstance(value, ast.Dict) and not value.keys) or (
        isinstance(value, ast.Call) and ast.unparse(value) == "dict()"
    )
    used, inside = (
        sum(isinstance(one, ast.Name) and one.id == cache for one in ast.walk(tree))
        for tree in (sources.tree(module.file), function)
    )
    others = (one for one in project.modules.values() if one.name != module.name)
    is_known = any(qualified in one.changes or qualified in one.imports.values() for one in others)
    return is_empty and used == inside + 1 and not is_known


class _Body:
    """The statements of such a function, one after the other."""

    def __init__(self, sources: Sources, module: Module, params: set[str]) -> None:
        self.sources, self.module, self.params = sources, module, params
        self.made, self.text, self.variable = "", "", ""
        self.naming: ast.expr | None = None
        self.texts: dict[str, ast.expr] = {}
        self.keys: tuple[str, ...] | None = None
        self.kept_in = ""
        self.gives_object = self.is_done = False

    def understands(self, body: Sequence[ast.stmt]) -> bool:
        """Whether the body makes a class and nothing else."""
        return all(self.statement(one) for one in body) and self.is_done

    def statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return True
            case ast.If(
                test=ast.Compare(left=key, ops=[ast.In()], comparators=[ast.Name(id=cache)]),
                body=[ast.Return(value=ast.Subscript(value=ast.Name(id=same), slice=again))],
                orelse=[],
            ) if cache == same and ast.dump(key) == ast.dump(again) and not self.text:
                return self.finds(cache, key)
            case ast.ClassDef(name=name) if not self.text:
                self.made = self.variable = name
                self.text = self.sources.text(self.module.file, node)
                return True
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attr)], value=value) if (
                name == self.variable and attr in NAMING
            ):
                self.naming = value
                return True
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=cache), slice=key)], value=ast.Name(id=name)):
                return name == self.variable and cache == self.kept_in and self.key(key) == self.keys
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return self.assigned(name, value)
            case ast.Return(value=ast.expr() as value):
                return self.returned(value)
            case _:
                return False

    def finds(self, cache: str, key: ast.expr) -> bool:
        """`if key in CACHE: return CACHE[key]`."""
        self.kept_in, self.keys = cache, self.key(key)
        return self.keys is not None and cache not in self.params

    def key(self, node: ast.expr) -> tuple[str, ...] | None:
        """The parameters that a key is made of; None for any other key."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        names = tuple(one.id for one in parts if isinstance(one, ast.Name) and one.id in self.params)
        return names if len(names) == len(parts) else None

    def assigned(self, name: str, value: ast.expr) -> bool:
        """A class that is made by a call, or a text."""
        if name in {*self.params, *self.texts, self.variable}:
            return False
        if self.called(value):
            self.variable = name
            return True
        self.texts[name] = value
        return _is_text(value)

    def called(self, value: ast.expr) -> bool:
        """`type("Page", (Schema,), {...})`, or `Schema.from_dict({...}, name="Page")`."""
        match value:
            case ast.Call(
                func=ast.Name(id="type"), args=[name, ast.Tuple(elts=bases), ast.Dict() as fields], keywords=[]
            ) if "type" not in self.module.definitions and "type" not in self.module.imports:
                pass
            case ast.Call(func=ast.Attribute(value=base, attr="from_dict"), args=[ast.Dict() as fields], keywords=more):
                named = [one.value for one in more if one.arg == "name"]
                if len(named) != len(more):
                    return False
                name, bases = (named or [ast.Constant("Made")])[0], [base]
            case _:
                return False
        written = (one.value if isinstance(one, ast.Constant) else None for one in fields.keys)
        keys = [one for one in written if isinstance(one, str) and one.isidentifier()]
        if self.text or len(keys) != len(fields.keys):
            return False
        lines = [f"    {key} = {ast.unparse(one)}\n" for key, one in zip(keys, fields.values, strict=True)]
        said = name.value if isinstance(name, ast.Constant) else None
        self.naming, self.made = name, said if isinstance(said, str) and said.isidentifier() else "Made"
        self.text = f"class {self.made}({', '.join(map(ast.unparse, bases))}):\n{''.join(lines) or '    pass'}"
        return True

    def returned(self, value: ast.expr) -> bool:
        if not self.text and self.called(value):
            self.is_done = True
            return True
        match value:
            case ast.Call(func=ast.Name(id=name), args=[], keywords=[]) if name == self.variable and self.text:
                self.gives_object = self.is_done = self.keys is None
            case ast.Name(id=name) if self.text:
                self.is_done = name == self.variable
        return self.is_done


def _is_text(node: ast.expr) -> bool:
    """Whether it is an expression of which names of classes are made."""
    text = ast.Constant | ast.JoinedStr | ast.FormattedValue | ast.Attribute | ast.Name | ast.BinOp | ast.Call
    parts = (ast.Add, ast.Mod, ast.Load)
    return all(isinstance(one, (text, *parts)) for one in ast.walk(node)) and not isinstance(node, ast.Name)


def _rebinds(function: ast.FunctionDef, read: _Body) -> bool:
    """Whether something in the class has the name of a parameter, or uses what else the function has."""
    tree = ast.parse(read.text)
    local = {read.variable, *read.texts, function.name} - {read.made}
    return any(one in read.params for one in bound(tree)) or any(
        isinstance(one, ast.Name) and (one.id in local or (one.id == read.made and one.id in read.texts))
        for one in ast.walk(tree)
    )


def bound(tree: ast.AST) -> Iterator[str]:
    """Every name that code gives a value."""
    for one in ast.walk(tree):
        match one:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)) | ast.alias(name=name, asname=None):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
