"""The application's settings as its initialiser makes them: what of it can be said again without Flask.

    app.config.from_mapping(PAGE_SIZE=20)               settings.update(PAGE_SIZE=20)
    app.config["MAILS"] = os.environ["MAILS"]     →     settings["MAILS"] = os.environ["MAILS"]

Only source text is taken over, never a value of the running application, which may be secret.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.findings import Location
from codemods.model import Module
from codemods.view.imports import Need
from codemods.view.names import BUILTINS, canonical, split
from codemods.view.refusal import Refused

from .config_classes import annotation_of, attributes
from .config_writes import ATTRIBUTES, writes, written
from .creation import Creation, creation_of
from .substitution import folded, substituted
from .verbatim import SETTINGS, free_names

if TYPE_CHECKING:
    from .carrier import Carrier

DEFAULTS: Mapping[str, str] = {
    "APPLICATION_ROOT": "'/'",
    "EXPLAIN_TEMPLATE_LOADING": "False",
    "MAX_CONTENT_LENGTH": "None",
    "MAX_COOKIE_SIZE": "4093",
    "MAX_FORM_MEMORY_SIZE": "500000",
    "MAX_FORM_PARTS": "1000",
    "PERMANENT_SESSION_LIFETIME": "timedelta(days=31)",
    "PREFERRED_URL_SCHEME": "'http'",
    "PROPAGATE_EXCEPTIONS": "None",
    "PROVIDE_AUTOMATIC_OPTIONS": "True",
    "SECRET_KEY": "None",
    "SECRET_KEY_FALLBACKS": "None",
    "SEND_FILE_MAX_AGE_DEFAULT": "None",
    "SERVER_NAME": "None",
    "SESSION_COOKIE_DOMAIN": "None",
    "SESSION_COOKIE_HTTPONLY": "True",
    "SESSION_COOKIE_NAME": "'session'",
    "SESSION_COOKIE_PATH": "None",
    "SESSION_COOKIE_SAMESITE": "None",
    "SESSION_COOKIE_SECURE": "False",
    "SESSION_REFRESH_EACH_REQUEST": "True",
    "TEMPLATES_AUTO_RELOAD": "None",
    "TESTING": "False",
    "TRAP_BAD_REQUEST_ERRORS": "None",
    "TRAP_HTTP_EXCEPTIONS": "False",
    "TRUSTED_HOSTS": "None",
    "USE_X_SENDFILE": "False",
}
"""`flask.Flask.default_config`, but for what the environment decides."""

NAMED_IN_DEFAULTS = frozenset({Need("datetime", "timedelta")})

SHORT = 60
"""Statements that are longer stand for themselves when a finding names them."""


class Unknown(Exception):  # noqa: N818  (it is an answer, no error)
    """A part of the initialiser that cannot be said again without Flask."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about `settings`, the keys that it sets (None: any) and what it imports."""

    text: str
    keys: frozenset[str] | None
    needs: frozenset[Need]


@dataclass(slots=True)
class Settings:
    """What is known of the settings. `annotations` are the known keys with their types, as far as these are known.

    `application` is the variable that holds the application; `problems` say of a key why it is not known, and under ""
    why none is.
    """

    application: str | None = None
    statements: list[Statement] = field(default_factory=list)
    annotations: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    opaque: bool = False
    live: frozenset[str] | None = None

    def problem(self, key: str) -> str | None:
        """Why a setting cannot be known without Flask; None where it can, be it that there is none of this name."""
        if key in self.problems:
            return self.problems[key]
        if key in self.annotations:
            return None
        if "" in self.problems:
            return self.problems[""]
        if key in DEFAULTS or self.opaque or self.live is None or key not in self.live:
            return None
        return f"what sets '{key}' was not found"

    def statements_read(self) -> list[Statement]:
        """The statements that have to do with what converted code reads."""
        defaults = [
            Statement(f"settings[{key!r}] = {DEFAULTS[key]}\n", frozenset({key}), NAMED_IN_DEFAULTS)
            for key in sorted(self.read & DEFAULTS.keys())
        ]
        return defaults + [one for one in self.statements if one.keys is None or one.keys & self.read]


def read_settings(carrier: "Carrier") -> Settings:
    """What the project's code says of the application's settings."""
    settings = Settings(live=frozenset(carrier.project.application.config) if carrier.project.live else None)
    creation = creation_of(carrier.project, carrier.sources)
    if creation is None:
        settings.problems[""] = "the place where the application is made was not found"
        return settings
    settings.application = creation.variable
    reader = _Reader(carrier, creation.module, creation.name, settings, creation.bindings)
    reader.read(creation.statements)
    _written_elsewhere(carrier, creation, reader.followed, settings)
    return settings


@dataclass(slots=True)
class _Reader:
    """Follows the statements of one initialiser, in which `name` is the application."""

    carrier: "Carrier"
    module: Module
    name: str
    settings: Settings
    bindings: dict[str, ast.expr | None]
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
                self.keep(f"settings[{key!r}] = {{}}\n", {key: value})
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=self.name), attr=attr)], value=value) if (
                attr in ATTRIBUTES
            ):
                self.keep(f"settings[{ATTRIBUTES[attr]!r}] = {{}}\n", {ATTRIBUTES[attr]: value})
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=method)) as call) if self.is_config(
                target
            ):
                self.call(method, call)
            case ast.If(test=test, body=body, orelse=orelse) if writes(statement, self.name):
                known = folded(substituted(test, self.bindings))
                if known is None:
                    raise Unknown(f"it depends on '{ast.unparse(test)}'")
                self.read(body if known else orelse)
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
        needs: set[Need] = set()
        texts = []
        for value in values.values():
            text, wanted = self.expression(value)
            texts.append(text)
            needs |= wanted
        self.settings.statements.append(Statement(template.format(*texts), frozenset(values), frozenset(needs)))
        for key, value in values.items():
            self.know(key, annotation_of(value))

    def know(self, key: str, annotation: str) -> None:
        """Note a key; of two types it has none."""
        before = self.settings.annotations.get(key, annotation)
        self.settings.annotations[key] = annotation if annotation == before else "Any"
        self.settings.problems.pop(key, None)

    def expression(self, node: ast.expr) -> tuple[str, frozenset[Need]]:
        """An expression as it stands in the target; raises `Unknown` where it needs more than the module's names."""
        plain = substituted(node, self.bindings)
        names = {one.id for one in ast.walk(plain) if isinstance(one, ast.Name)}
        bound = {one.arg for one in ast.walk(plain) if isinstance(one, ast.arg)}
        bound |= {one.id for one in ast.walk(plain) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        unknown = names - bound - BUILTINS - self.module.definitions.keys() - self.module.imports.keys()
        if unknown or self.name in names:
            raise Unknown(f"'{ast.unparse(node)[:SHORT]}'")
        place = Location(self.module.file, node.lineno)
        return ast.unparse(plain), free_names(self.carrier, self.module, plain, SETTINGS, place)

    def call(self, method: str, call: ast.Call) -> None:
        """A call of a method of the configuration."""
        match method, call:
            case "from_mapping" | "update", ast.Call(args=[], keywords=keywords):
                self.update(method, {}, keywords)
            case "from_mapping" | "update", ast.Call(args=[given], keywords=keywords):
                known = substituted(given, self.bindings)
                if not isinstance(known, ast.Dict):
                    raise Unknown(f"'{ast.unparse(given)[:SHORT]}'")
                self.update(method, dict(self.entries(known)), keywords)
            case "setdefault", ast.Call(args=[ast.Constant(value=str(key)), value], keywords=[]):
                self.keep(f"settings.setdefault({key!r}, {{}})\n", {key: value})
            case "from_object", ast.Call(args=[given], keywords=[]):
                self.from_object(given)
            case _:
                raise Unknown(f"'config.{method}'")

    def entries(self, node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
        """The entries of a display with constant keys."""
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise Unknown(f"'{ast.unparse(node)[:SHORT]}'")
            yield key.value, value

    def update(self, method: str, entries: dict[str, ast.expr], keywords: Collection[ast.keyword]) -> None:
        """Several keys at once; `from_mapping` passes over those that are not in capitals."""
        for keyword in keywords:
            if keyword.arg is not None:
                entries[keyword.arg] = keyword.value
                continue
            spread = substituted(keyword.value, self.bindings)
            if not isinstance(spread, ast.Dict):
                raise Unknown(f"'**{ast.unparse(keyword.value)[:SHORT]}'")
            entries |= dict(self.entries(spread))
        for key, value in entries.items():
            if method == "update" or key.isupper():
                try:
                    self.keep(f"settings[{key!r}] = {{}}\n", {key: value})
                except (Unknown, Refused) as reason:
                    self.settings.problems[key] = str(reason)

    def from_object(self, given: ast.expr) -> None:
        """The names in capitals of a class, an object or a module that is named."""
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            owner, rest = split(self.carrier.project, canonical(self.carrier.project, given.value))
            if owner is None or (rest and rest not in owner.definitions):
                raise Unknown(f"'{given.value}'")
            package, _, last = given.value.rpartition(".")
            if self.carrier.context.reaches_flask(owner.name):
                raise Unknown(f"'{given.value}' is in a module that reaches Flask")
            text, needs = (last, frozenset({Need(package, last)})) if package else (last, frozenset({Need(last, "")}))
            known = attributes(self.carrier, canonical(self.carrier.project, given.value))
        else:
            text, needs = self.expression(given)
            chain = ast.unparse(substituted(given, self.bindings))
            known = attributes(self.carrier, self.qualified(chain)) if chain.replace(".", "").isidentifier() else None
        self.settings.statements.append(
            Statement(f"settings.update(in_capitals({text}))\n", None if known is None else frozenset(known), needs)
        )
        self.settings.opaque |= known is None
        for key, annotation in (known or {}).items():
            self.know(key, annotation)

    def qualified(self, chain: str) -> str:
        """What a chain of names stands for in the module."""
        head, _, rest = chain.partition(".")
        target = (
            f"{self.module.name}.{head}" if head in self.module.definitions else self.module.imports.get(head, head)
        )
        return canonical(self.carrier.project, f"{target}.{rest}" if rest else target)

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
        reader = _Reader(self.carrier, module, inner, self.settings, {})
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


def _written_elsewhere(carrier: "Carrier", creation: Creation, followed: set[ast.AST], settings: Settings) -> None:
    """Note the keys that other code sets than the initialiser and what serves requests."""
    for module in carrier.project.modules.values():
        for statement in _statements(carrier, module):
            if statement in followed or statement is creation.function:
                continue
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                if f"{module.name}.{statement.name}" in carrier.called_by_flask:
                    continue
                if any(one in followed for one in statement.body):
                    continue
            if _only_current(statement, module):
                continue
            keys = written(statement)
            place = f"'{module.name}' sets it, too"
            for key in keys if keys is not None else {""}:
                settings.problems[key] = place
            if keys is None:
                settings.annotations.clear()


def _statements(carrier: "Carrier", module: Module) -> Iterator[ast.stmt]:
    yield from carrier.sources.tree(module.file).body


def _only_current(statement: ast.stmt, module: Module) -> bool:
    """Whether code changes nothing but the settings of the application that handles the request."""
    owners = [
        node.value for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and (node.attr == "config" or node.attr in ATTRIBUTES)
    ]  # fmt: skip
    return all(isinstance(one, ast.Name) and module.imports.get(one.id) == "flask.current_app" for one in owners)
