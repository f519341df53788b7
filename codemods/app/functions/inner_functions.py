"""Functions that are not a `def` of a module: those that another function defines, and lambdas.

    def create_app():                           →   def health() -> Response:
        app = Flask(__name__)                           return FlaskJSONResponse({"name": current_app.config["NAME"]})

        @app.get("/health")
        def health():
            return {"name": app.config["NAME"]}

What they take from the function around them must mean the same for each request: an import, a constant that is assigned
once, an argument of the one call that registers them, or the application itself, which is `current_app` while a request
runs. A list, a counter or a lock of the factory
is state of the application's own, where nothing but views use it.
"""

import ast
import keyword
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, replace

import libcst as cst

from codemods.carry import Carrier, OwnState, own_state
from codemods.carry.outer import OuterFunction, outer_function
from codemods.extensions.logins.login_manager import CALLBACKS
from codemods.findings import Diagnostic
from codemods.model import Callee, Module
from codemods.scan.registering import FOR_ALL, REGISTERING, ROUTES
from codemods.view import patterns as m
from codemods.view.names import Names, canonical, split
from codemods.view.refusal import Refused, refuse
from codemods.view.returns import has_docstring
from codemods.view.search import findall
from codemods.view.source import NO_SOURCE
from codemods.view.visiting import replaced

from .registering_calls import argument_of

ENCLOSED = Diagnostic(
    "FM115",
    "blocked",
    "a function that takes a value from the function around it",
    "The value was there when the application was made; at module level there is no such name. Imports, constants, "
    "the application itself, and containers that only views use are understood, nothing else.",
    "Move the value to module level, or read it from the application's configuration.",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = Function | ast.Lambda
ON_ITSELF = (ROUTES | REGISTERING | {"add_url_rule", "register_error_handler"}) - FOR_ALL
"""Methods that register for the application where they are called on it, and on a blueprint for that."""


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """A function of the project's, whatever it is defined in, as a `def` that could stand in a module."""

    module: Module
    name: str
    function: cst.FunctionDef
    names: Names


def find_function(
    carrier: Carrier,
    callee: Callee,
    lambda_name: str,
    on_application: bool,
    blueprint: str = "",
    *,
    may_be_bound: bool = False,
) -> FoundFunction:
    """The function behind a callable; raises `Refused`.

    `lambda_name` is what a lambda will be called; `on_application` tells that the callable is registered for the
    application, not for a blueprint, else `blueprint` which one, where that is known. A method is a function where it
    `may_be_bound` and does nothing with its object.
    """
    module, rest = split(carrier.project, callee.qualified)
    location = callee.location
    if module is None or location is None or not callee.owned:
        raise refuse(NO_SOURCE, location, f"'{callee.qualified}'")
    name = rest.rpartition(".")[2]
    if name == rest and name != "<lambda>":
        function = carrier.sources.function(location, name)
        return FoundFunction(module, name, function, Names.of(carrier.project, module, function))
    if name == "<lambda>":
        node: Scope = (found := lambda_at(carrier, callee))
        name = usable_name(lambda_name)
        function = _as_function(carrier, callee, found, name)
    elif rest.endswith(f".<locals>.{name}"):
        piece = carrier.sources.piece(location, name)
        if isinstance(piece, ast.ClassDef):
            raise refuse(NO_SOURCE, location, f"'{callee.qualified}'")
        node, function = piece, carrier.sources.function(location, name)
    elif may_be_bound:
        return _method(carrier, module, callee, name)
    else:
        raise refuse(NO_SOURCE, location, f"'{callee.qualified}' is a method")
    around = carrier.sources.nesting(location.file).around[node]
    opened = _Enclosed(carrier, module, callee, node, around, on_application, blueprint).open(function)
    return FoundFunction(module, name, opened[0], opened[1])


def _method(carrier: Carrier, module: Module, callee: Callee, name: str) -> FoundFunction:
    """A bound method that does nothing with its object, as a function; raises `Refused` for any other."""
    assert callee.location is not None
    function = carrier.sources.function(callee.location, name)
    first = function.params.params[0] if function.params.params else None
    used = {one.value for one in findall(function.body, m.Name()) if isinstance(one, cst.Name)}
    if function.decorators or first is None or used & {first.name.value, "super", "__class__"}:
        raise refuse(NO_SOURCE, callee.location, f"'{callee.qualified}' is a method")
    function = function.with_changes(params=function.params.with_changes(params=function.params.params[1:]))
    return FoundFunction(module, name, function, Names.of(carrier.project, module, function))


def lambda_at(carrier: Carrier, callee: Callee) -> ast.Lambda:
    """The lambda that a callable is; raises `Refused` where its line has several."""
    assert callee.location is not None
    found = carrier.sources.nesting(callee.location.file).lambdas.get(callee.location.line, ())
    if len(found) != 1:
        raise refuse(NO_SOURCE, callee.location, "one of several lambdas in a line" if found else "a lambda")
    return found[0]


def lambda_names(carrier: Carrier, callee: Callee) -> frozenset[str]:
    """The qualified names that a lambda uses, as far as its line tells which lambda it is."""
    module, _ = split(carrier.project, callee.qualified)
    names = Names(carrier.project, module, frozenset(), {}) if module is not None else None
    text = lambda_text(carrier, callee)
    if names is None or not text:
        return frozenset()
    chains = (ast.unparse(one) for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Name | ast.Attribute))
    found = (names.qualified(cst.parse_expression(one)) for one in chains)
    return frozenset(one for one in found if one is not None and not one.startswith("builtins."))


def lambda_text(carrier: Carrier, callee: Callee) -> str:
    """A lambda as source text; empty where its line does not tell which lambda it is."""
    try:
        return ast.unparse(lambda_at(carrier, callee))
    except Refused:
        return ""


def usable_name(wanted: str) -> str:
    """A name for a generated function: letters, digits and underscores, and no keyword."""
    name = "".join(letter if letter.isalnum() else "_" for letter in wanted).strip("_").lower()
    return f"view_{name}" if keyword.iskeyword(name) or not name.isidentifier() else name


def _as_function(carrier: Carrier, callee: Callee, node: ast.Lambda, name: str) -> cst.FunctionDef:
    """A lambda as a `def` that returns its expression."""
    assert callee.location is not None
    line = carrier.sources.text_lines(callee.location.file)[node.body.lineno - 1].encode()
    is_whole = node.body.end_lineno == node.body.lineno
    segment = line[node.body.col_offset : node.body.end_col_offset].decode() if is_whole else ast.unparse(node.body)
    statement = cst.parse_module(f"def {name}({ast.unparse(node.args)}):\n    return {segment}\n").body[0]
    return cst.ensure_type(statement, cst.FunctionDef)


@dataclass(frozen=True, slots=True)
class _Enclosed:
    """One inner function with the functions around it."""

    carrier: Carrier
    module: Module
    callee: Callee
    node: Scope
    around: tuple[ast.AST, ...]
    on_application: bool
    blueprint: str

    def open(self, function: cst.FunctionDef) -> tuple[cst.FunctionDef, Names]:
        """The function with what it takes from around it spelt out, and its names; raises `Refused`."""
        self.check_decorators()
        names = Names.of(self.carrier.project, self.module, function)
        imported: dict[str, str] = {}
        constants: list[cst.BaseStatement] = []
        for name in sorted(self.free_variables()):
            if name in names.local or name in names.imported:
                raise self.refuse(name)
            owner = self.owner(name)
            target = self.import_of(owner, name)
            if target is not None:
                imported[name] = target
            elif self.is_application(owner, name):
                function = self.with_current_app(function, names, name)
                imported["current_app"] = "flask.current_app"
            elif (state := self.state_of(owner, name)) is not None:
                imported[name] = state.qualified
            else:
                constants.append(cst.parse_statement(f"{name} = {self.constant_of(owner, name)}\n"))
        function = _after_docstring(function, constants)
        names = Names.of(self.carrier.project, self.module, function)
        return function, replace(names, imported={**names.imported, **imported})

    def refuse(self, name: str) -> Refused:
        return refuse(ENCLOSED, self.callee.location, f"'{name}' in '{self.callee.qualified}'")

    def check_decorators(self) -> None:
        """Raise `Refused` for a decorator that is made of what the functions around bind, imports left out."""
        for decorator in [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute) and called.attr in ON_ITSELF | FOR_ALL | CALLBACKS.keys():
                continue
            for used in ast.walk(decorator):
                if isinstance(used, ast.Name) and self.is_bound_around(used.id):
                    raise self.refuse(used.id)

    def is_bound_around(self, name: str) -> bool:
        """Whether a function around binds a name in another way than by importing it."""
        return any(isinstance(one, Function) and name in self.names_of(one).local for one in self.around)

    def free_variables(self) -> frozenset[str]:
        """The names that the function takes from functions around it."""
        if not self.around:
            return frozenset()
        return frozenset(self.table(self.node).get_frees())

    def table(self, node: Scope) -> symtable.Function:
        """Python's own account of a function's names."""
        assert self.callee.location is not None
        name = "lambda" if isinstance(node, ast.Lambda) else node.name
        table = self.carrier.sources.nesting(self.callee.location.file).tables.get((name, node.lineno))
        if table is None:
            raise refuse(NO_SOURCE, self.callee.location, f"'{self.callee.qualified}'")
        return table

    def owner(self, name: str) -> Function:
        """The innermost function around that binds a name."""
        for node in reversed(self.around):
            if isinstance(node, Function):
                table = self.table(node)
                if name in table.get_identifiers() and table.lookup(name).is_local():
                    return node
        raise self.refuse(name)

    def names_of(self, owner: Function) -> Names:
        return self.outer(owner).names

    def outer(self, owner: Function) -> OuterFunction:
        assert self.callee.location is not None
        return outer_function(self.carrier, self.module, self.callee.location.file, owner)

    def import_of(self, owner: Function, name: str) -> str | None:
        """What a name stands for that its function imports and binds in no other way."""
        names = self.names_of(owner)
        if name in names.imported and name not in names.bindings:
            return canonical(self.carrier.project, names.imported[name])
        return None

    def is_application(self, owner: Function, name: str) -> bool:
        """Whether a name is the Flask application: what the function is registered on, or the only one made."""
        names = self.names_of(owner)
        if names.bindings.get(name) != 1:
            return False
        if self.on_application and any(self.registers_on(call, name) for call in self.registrations()):
            return True
        made = self.outer(owner).applications
        value = self.assigned(owner, name)
        return len(made) == 1 and value is made[0]

    def registrations(self) -> Iterable[ast.expr]:
        """What registers the function: its decorators, or the call that a lambda is an argument of."""
        if isinstance(self.node, ast.Lambda):
            assert self.callee.location is not None
            return self.carrier.sources.nesting(self.callee.location.file).given_to.get(self.node, ())
        return [one.func if isinstance(one, ast.Call) else one for one in self.node.decorator_list]

    @staticmethod
    def registers_on(call: ast.expr, name: str) -> bool:
        """Whether this is a registering method of the object of that name."""
        match call:
            case ast.Attribute(value=ast.Name(id=found), attr=attribute):
                return found == name and attribute in ON_ITSELF
            case _:
                return False

    @staticmethod
    def assigned(owner: Function, name: str) -> ast.expr | None:
        """The value of the one plain assignment of a name among the statements of a function."""
        for statement in owner.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    return value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    return value
        return None

    def state_of(self, owner: Function, name: str) -> OwnState | None:
        """The state that a name of the factory is, which only views use."""
        value = self.assigned(owner, name)
        if value is None or owner not in self.around[:1]:
            return None
        if len(self.outer(owner).applications) != 1:
            return None
        found = own_state(self.carrier, self.module, owner, name, value)
        if found is not None:
            self.carrier.own_states[found.qualified] = found
        return found

    def constant_of(self, owner: Function, name: str) -> str:
        """The text of the immutable value that a name is given once; raises `Refused`."""
        value = self.assigned(owner, name) or self.given(owner, name)
        if value is None or self.names_of(owner).bindings.get(name) != 1 or not is_constant(value):
            raise self.refuse(name)
        return as_text(value)

    def given(self, owner: Function, name: str) -> ast.expr | None:
        """What a parameter of the function around is where that registers this one on another parameter."""
        targets = [
            call.value.id
            for call in self.registrations()
            if isinstance(call, ast.Attribute) and call.attr in ON_ITSELF and isinstance(call.value, ast.Name)
        ]
        if owner not in self.around[:1] or not targets or not (self.on_application or self.blueprint):
            return None
        scope = "" if self.on_application else self.blueprint
        try:
            return argument_of(self.carrier, self.module, owner, name, targets[0], scope)
        except LookupError:
            return None

    def with_current_app(self, function: cst.FunctionDef, names: Names, name: str) -> cst.FunctionDef:
        """The function with `current_app.…` for `app.…`; raises `Refused` where the object itself is handed on."""
        known = names.imported.get("current_app", "flask.current_app")
        if "current_app" in names.local or known != "flask.current_app":
            raise self.refuse(name)
        bare = function.with_changes(decorators=())
        reads = findall(bare, m.Attribute(value=m.Name(name)))
        if len(findall(bare, m.Name(name))) != len(reads):
            raise self.refuse(name)
        current_app = m.Attribute(value=m.Name(name))
        changed = replaced(bare, current_app, lambda read: read.with_changes(value=cst.Name("current_app")))
        return changed.with_changes(decorators=function.decorators)


def _after_docstring(function: cst.FunctionDef, statements: list[cst.BaseStatement]) -> cst.FunctionDef:
    """The function with statements at its start."""
    if not statements:
        return function
    body = list(function.body.body)
    if isinstance(function.body, cst.SimpleStatementSuite):
        body = [cst.SimpleStatementLine(function.body.body)]
    first = int(has_docstring(function))
    body[first:first] = statements
    return function.with_changes(body=cst.IndentedBlock([one for one in body if isinstance(one, cst.BaseStatement)]))


def is_constant(value: ast.expr) -> bool:
    """Whether an expression is a literal of an immutable value."""
    match value:
        case ast.Constant():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.Tuple(elts=elements):
            return all(is_constant(one) for one in elements)
        case _:
            return False


def as_text(value: ast.expr) -> str:
    """A literal's source text, a string in double quotes where it has none in it."""
    text = ast.unparse(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and not set(text[1:-1]) & {'"', "'", "\\"}:
        return f'"{text[1:-1]}"'
    return text
