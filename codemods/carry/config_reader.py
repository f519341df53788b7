"""Follows the statements with which the application is made, and says again what they do to its settings."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING

from codemods.findings import Location
from codemods.model import Module
from codemods.view.context import is_flask_family
from codemods.view.imports import Need
from codemods.view.layout import indented
from codemods.view.names import BUILTINS, canonical, split
from codemods.view.refusal import Refused

from .config_classes import annotation_of, attributes, chosen, held, meant
from .config_statements import INSTANCE, LOADED, PATHS, ROOT, SHORT, Expression, Statement, Unknown, WithoutApplication
from .config_writes import ATTRIBUTES, writes, written
from .folders import NEEDS, PLACING, OwnFolder
from .substitution import folded, substituted
from .verbatim import SETTINGS, free_names

if TYPE_CHECKING:
    from .carrier import Carrier
    from .settings import Settings

STATE_NAMES = frozenset({"state"})
STATE_NEEDS = frozenset({Need(".", "state")})
ENVIRONMENT = {"os": Need("os", "")}
"""What the factory's arguments may be read by, which its module need not import (`creation`)."""
MAKING = frozenset({"os.makedirs", "os.mkdir"})
HELPERS = {
    "from_pyfile": "python_file",
    "from_envvar": "python_file_of",
    "from_file": "data_file",
    "from_prefixed_env": "add_environment",
}
"""The methods of a configuration that read files and the environment, and what stands for them."""


@dataclass(slots=True)
class Reader:
    """Follows the statements of one initialiser, in which `name` is the application.

    `is_relative`: see `Creation`.
    """

    carrier: "Carrier"
    module: Module
    name: str
    settings: "Settings"
    bindings: dict[str, ast.expr | None]
    is_relative: bool | None
    followed: set[ast.AST] = field(default_factory=set)

    def read(self, statements: Iterable[ast.stmt]) -> None:
        """Note what these statements do to the settings."""
        for statement in statements:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            self.followed.add(statement)
            try:
                self.statement(statement)
            except (Unknown, Refused) as reason:
                self.unknown(statement, str(reason))

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name != self.name and not writes(
                value, self.name
            ):
                if name not in self.module.definitions:
                    self.bindings[name] = substituted(value, self.bindings)
            case ast.Assign(targets=[ast.Subscript(value=target, slice=ast.Constant(value=str(key)))], value=value) if (
                self.is_config(target)
            ):
                self.keep(f"{LOADED}[{key!r}] = {{}}\n", {key: value})
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=self.name), attr=attr)], value=value) if (
                attr in ATTRIBUTES
            ):
                self.keep(f"{LOADED}[{ATTRIBUTES[attr]!r}] = {{}}\n", {ATTRIBUTES[attr]: value})
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=method)) as call) if self.is_config(
                target
            ):
                self.call(method, call)
            case ast.If(test=test, body=body, orelse=orelse) if writes(statement, self.name):
                known = folded(substituted(test, self.bindings))
                if known is None:
                    self.either(test, body, orelse)
                else:
                    self.read(body if known else orelse)
            case ast.Expr() | ast.Try() if (path := self.made_folder(statement)) is not None:
                found = self.expression(statement)
                self.settings.statements.append(Statement(f"{found.text}\n", frozenset(), found.needs, makes=path))
            case ast.Expr(value=ast.Call(args=[ast.Name(id=self.name), *_]) as call) if self.follow(call):
                pass
            case _ if writes(statement, self.name):
                raise Unknown(f"'{ast.unparse(statement).splitlines()[0][:SHORT]}'")
            case _:
                stored = (one for one in ast.walk(statement) if isinstance(one, ast.Name))
                self.bindings |= {one.id: None for one in stored if isinstance(one.ctx, ast.Store)}

    def is_config(self, node: ast.expr) -> bool:
        """Whether an expression is the configuration."""
        match node:
            case ast.Attribute(value=ast.Name(id=self.name), attr="config"):
                return True
            case _:
                return False

    def keep(self, template: str, values: Mapping[str, ast.expr]) -> None:
        """A statement that gives these keys their values."""
        self.write(template, frozenset(values), *(self.expression(value) for value in values.values()))
        for key, value in values.items():
            self.know(key, annotation_of(value))

    def write(self, template: str, keys: frozenset[str] | None, *parts: Expression) -> None:
        """A statement of these expressions."""
        self.settings.statements.append(
            Statement(
                template.format(*(one.text for one in parts)),
                keys,
                frozenset().union(*(one.needs for one in parts)),
                frozenset().union(*(one.reads for one in parts)),
                frozenset().union(*(one.paths for one in parts)),
            )
        )

    def either(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """Statements of which it shows only when the application starts whether they run."""
        try:
            condition = self.expression(test)
        except Unknown:
            raise Unknown(f"it depends on '{ast.unparse(test)}'") from None
        before, problems = self.settings.statements, dict(self.settings.problems)
        branches = []
        for statements in (body, orelse):
            self.settings.statements, bindings = [], dict(self.bindings)
            self.read(statements)
            branches.append(self.settings.statements)
            self.bindings |= {name: None for name, value in self.bindings.items() if bindings.get(name) is not value}
        self.settings.statements = before
        self.settings.problems = problems | self.settings.problems
        inside = [one for branch in branches for one in branch]
        if not inside:
            return
        texts = ["".join(one.text for one in branch) or "pass\n" for branch in branches]
        text = f"if {condition.text}:\n{indented(texts[0])}"
        text += f"else:\n{indented(texts[1])}" if branches[1] else ""
        keys = [one.keys for one in inside]
        known = [one for one in keys if one is not None]
        before.append(
            Statement(
                text,
                frozenset().union(*known) if len(known) == len(keys) else None,
                condition.needs.union(*(one.needs for one in inside)),
                condition.reads.union(*(one.reads for one in inside)),
                condition.paths.union(*(one.paths for one in inside)),
            )
        )

    def made_folder(self, statement: ast.stmt) -> str | None:
        """The folder of the application that a statement makes, and does nothing else."""
        calls = [ast.unparse(one.func) for one in ast.walk(statement) if isinstance(one, ast.Call)]
        named = [
            PATHS.get(one.attr)
            for one in ast.walk(statement)
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == self.name
        ]
        if not calls or any(self.qualified(one) not in MAKING for one in calls):
            return None
        return named[0] if len(named) == 1 and named[0] in self.known_paths() else None

    def known_paths(self) -> frozenset[str]:
        """The constants for folders that lie in the project."""
        application = self.carrier.project.application
        folders = {INSTANCE: application.instance_path, ROOT: application.root_path}
        return frozenset(name for name, folder in folders.items() if folder and not PurePath(folder).is_absolute())

    def know(self, key: str, annotation: str) -> None:
        """Note a key; of two types it has none."""
        before = self.settings.annotations.get(key, annotation)
        self.settings.annotations[key] = annotation if annotation == before else "Any"
        self.settings.problems.pop(key, None)

    def expression(self, node: ast.expr | ast.stmt) -> Expression:
        """An expression as it stands in the target; raises `Unknown` where it needs more than the module's names."""
        written = WithoutApplication(self.name, self.known_paths())
        plain = substituted(written.applied(node), self.bindings)
        plain = written.applied(plain)
        folder = OwnFolder(self.carrier.project, self.module)
        if isinstance(plain, ast.expr) and self.module.imports.get("Path", "pathlib.Path") == "pathlib.Path":
            placed = folder.applied(plain, ".initial_settings", self.carrier.target)
            plain = placed if folder.found else plain
        names = {one.id for one in ast.walk(plain) if isinstance(one, ast.Name)}
        bound = {one.arg for one in ast.walk(plain) if isinstance(one, ast.arg)} | written.paths
        bound |= {one.id for one in ast.walk(plain) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        bound |= {LOADED} if written.reads else set()
        bound |= PLACING if folder.found else set()
        unknown = names - bound - BUILTINS - self.module.definitions.keys() - self.module.imports.keys()
        if unknown - ENVIRONMENT.keys() or self.name in names or (LOADED in names and not written.reads):
            raise Unknown(f"'{ast.unparse(node)[:SHORT]}'")
        place = Location(self.module.file, node.lineno)
        shared = self.shared(names - bound)
        plain = substituted(plain, shared)
        placing = (PLACING if folder.found else frozenset()) | (STATE_NAMES if shared else frozenset())
        needs = free_names(self.carrier, self.module, plain, SETTINGS, place, placing)
        needs |= (NEEDS if folder.found else frozenset()) | (STATE_NEEDS if shared else frozenset())
        needs |= {ENVIRONMENT[name] for name in unknown}
        return Expression(ast.unparse(plain), needs, frozenset(written.reads), frozenset(written.paths))

    def shared(self, names: Collection[str]) -> dict[str, ast.expr | None]:
        """The classes among these names that are shared with Flask, as what they are in `state.py`."""
        found: dict[str, ast.expr | None] = {}
        for name in sorted(self.module.definitions.keys() & names):
            definition = self.module.definitions[name]
            if definition.kind == "class" and self.carrier.is_shared(definition.qualified):
                shown = self.carrier.shared(self.module, definition, name)
                found[name] = ast.Attribute(ast.Name("state", ast.Load()), shown, ast.Load())
        return found

    def call(self, method: str, call: ast.Call) -> None:
        """A call of a method of the configuration."""
        match method, call:
            case "from_mapping" | "update", ast.Call(args=[], keywords=keywords):
                self.update(method, {}, keywords)
            case "from_mapping" | "update", ast.Call(args=[given], keywords=keywords):
                self.update(method, dict(self.entries(substituted(given, self.bindings))), keywords)
            case "setdefault", ast.Call(args=[ast.Constant(value=str(key)), value], keywords=[]):
                if (problem := self.settings.unknown_by_now(key)) is not None:
                    raise Unknown(problem)
                self.keep(f"{LOADED}.setdefault({key!r}, {{}})\n", {key: value})
            case "from_object", ast.Call(args=[given], keywords=[]):
                self.from_object(given)
            case "from_pyfile" | "from_envvar" | "from_file" | "from_prefixed_env", _:
                self.from_outside(method, call)
            case _:
                raise Unknown(f"'config.{method}'")

    def from_outside(self, method: str, call: ast.Call) -> None:
        """A method that reads what lies outside the code: a file, the environment. Any setting may be in it."""
        if method != "from_prefixed_env" and (self.is_relative is None or self.base() not in self.known_paths()):
            raise Unknown(f"the folder of 'config.{method}'")
        if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
            raise Unknown(f"'config.{method}'")
        arguments = [*call.args, *(one.value for one in call.keywords)]
        self.check_file(method, call)
        names = ["", *("" for _ in call.args[1:]), *(f"{one.arg}=" for one in call.keywords)][: len(arguments)]
        listed = ", ".join(f"{name}{{}}" for name in names) if arguments else ""
        place = Expression(self.base(), paths=frozenset({self.base()}))
        own = Expression(HELPERS[method], frozenset({Need(".compat.settings_files", HELPERS[method])}))
        parts = [self.expression(one) for one in arguments]
        if method == "from_prefixed_env":
            self.write(f"{{}}({LOADED}{', ' if parts else ''}{listed})\n", None, own, *parts)
        else:
            self.write(f"{LOADED}.update({{}}({{}}, {listed}))\n", None, own, place, *parts)
        self.settings.opaque = True

    def base(self) -> str:
        """The constant for the folder that the names of settings' files are relative to."""
        return INSTANCE if self.is_relative else ROOT

    def check_file(self, method: str, call: ast.Call) -> None:
        """Raise `Unknown` for a Python file of settings that uses Flask."""
        name = call.args[0] if call.args else None
        if method != "from_pyfile" or not isinstance(name, ast.Constant):
            return
        application = self.carrier.project.application
        folder = application.instance_path if self.is_relative else application.root_path
        file = (PurePosixPath(folder) / str(name.value)).as_posix()
        tree = self.carrier.sources.tree(file) if file in self.carrier.sources.files else ast.Module([], [])
        imports = [one for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom)]
        names = [alias.name for one in imports if isinstance(one, ast.Import) for alias in one.names]
        names += [one.module for one in imports if isinstance(one, ast.ImportFrom) and one.module]
        if any(is_flask_family(one) or self.carrier.context.reaches_flask(one) for one in names):
            raise Unknown(f"'{file}' uses Flask")

    def entries(self, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        """The entries of a display with constant keys, or of a `dict(key=value)`."""
        match node:
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=words) if "dict" not in self.module.definitions:
                found: list[tuple[ast.expr | None, ast.expr]] = [
                    (ast.Constant(one.arg) if one.arg else None, one.value) for one in words
                ]
            case ast.Dict(keys=keys, values=values):
                found = list(zip(keys, values, strict=True))
            case _:
                raise Unknown(f"'{ast.unparse(node)[:SHORT]}'")
        for key, value in found:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise Unknown(f"'{ast.unparse(node)[:SHORT]}'")
            yield key.value, value

    def update(self, method: str, entries: dict[str, ast.expr], keywords: Collection[ast.keyword]) -> None:
        """Several keys at once; `from_mapping` passes over those that are not in capitals."""
        for keyword in keywords:
            if keyword.arg is not None:
                entries[keyword.arg] = keyword.value
                continue
            entries |= dict(self.entries(substituted(keyword.value, self.bindings)))
        for key, value in entries.items():
            if method == "update" or key.isupper():
                try:
                    self.keep(f"{LOADED}[{key!r}] = {{}}\n", {key: value})
                except (Unknown, Refused) as reason:
                    self.settings.problems[key] = str(reason)

    def from_object(self, given: ast.expr) -> None:
        """The names in capitals of a class, an object or a module that is named."""
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            owner, rest = split(self.carrier.project, canonical(self.carrier.project, given.value))
            if owner is None or (rest and rest not in owner.definitions):
                raise Unknown(f"'{given.value}'")
            text, needs = self.named_object(given.value, owner, rest)
            known = attributes(self.carrier, canonical(self.carrier.project, given.value))
        else:
            given = chosen(self.carrier, self.module, substituted(given, self.bindings))
            known = held(self.carrier, self.module, given)
            found = self.expression(given)
            text, needs = found.text, found.needs
        self.settings.statements.append(
            Statement(f"{LOADED}.update(in_capitals({text}))\n", None if known is None else frozenset(known), needs)
        )
        self.settings.opaque |= known is None
        for key, annotation in (known or {}).items():
            self.know(key, annotation)

    def named_object(self, named: str, owner: Module, rest: str) -> tuple[str, frozenset[Need]]:
        """A class or module that text names, and its import; a class is carried where importing it would bring Flask
        in, be it by the package around."""
        package, _, last = named.rpartition(".")
        if not self.carrier.context.reaches_flask(owner.name):
            return last, frozenset({Need(package, last) if package else Need(last, "")})
        if not rest or owner.definitions[rest].kind != "class":
            raise Unknown(f"'{named}' is in a module that reaches Flask")
        carried = self.carrier.carry(f"{owner.name}.{rest}", "native", False)
        return carried.name, frozenset({Need(carried.home, carried.name)})

    def qualified(self, chain: str) -> str:
        """What a chain of names stands for in the module."""
        return meant(self.carrier, self.module, chain)

    def follow(self, call: ast.Call) -> bool:
        """Follow a function of the project's that is given the application; whether it is one that sets anything."""
        module, rest = split(self.carrier.project, self.qualified(ast.unparse(call.func)))
        definition = module.definitions.get(rest) if module else None
        if module is None or definition is None or definition.kind != "function":
            return False
        piece = self.carrier.sources.piece(definition.location, rest)
        if not isinstance(piece, ast.FunctionDef) or not piece.args.args:
            return False
        inner = piece.args.args[0].arg
        if not writes(piece, inner):
            return False
        if len(call.args) != 1 or call.keywords or piece.decorator_list or len(piece.args.args) != 1:
            raise Unknown(f"'{ast.unparse(call)[:SHORT]}'")
        reader = Reader(self.carrier, module, inner, self.settings, {}, self.is_relative)
        reader.read(piece.body)
        self.followed |= reader.followed
        return True

    def unknown(self, statement: ast.stmt, reason: str) -> None:
        """Note that what a statement sets is not known."""
        keys = written(statement)
        for key in keys if keys is not None else {""}:
            self.settings.problems[key] = reason
        if keys is None:
            self.settings.annotations.clear()
