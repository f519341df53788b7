"""Reads a module of schemas: its classes as libcst nodes, what their names stand for, and code taken over from them."""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from codemods.findings import Diagnostic, Finding, Location
from codemods.model import Module, Project
from codemods.scan.context import reach
from codemods.view.comments import comments_in
from codemods.view.imports import Need
from codemods.view.names import Names, canonical, split
from codemods.view.source import Sources
from codemods.view.visiting import Visitor

from .annotated import annotated
from .called_schemas import Called, Calling, schema_object
from .diagnostics import FOREIGN_NAME, VALIDATOR
from .errors import ERRORS, WHOLE
from .library import (
    CONFIGURATION,
    CONTEXT,
    FOREIGN,
    GET_VALUE,
    MISSING,
    OF_FILES,
    OLDER,
    OLDEST,
    TRUTH,
    VALIDATORS,
    library_name,
)
from .plan import APPLICATION, Helper, SchemaPlan


class UnconvertibleError(Exception):
    """A part of a class that has no faithful counterpart."""

    def __init__(self, diagnostic: Diagnostic, node: cst.CSTNode, detail: str) -> None:
        super().__init__(detail)
        self.diagnostic, self.node, self.detail = diagnostic, node, detail


def expression_of(node: cst.BaseExpression) -> cst.FunctionDef:
    """A function that returns the expression: what names mean is asked of functions."""
    line = cst.SimpleStatementLine([cst.Return(node)])
    return cst.FunctionDef(cst.Name("_"), cst.Parameters(), cst.IndentedBlock([line]))


def code(node: cst.CSTNode) -> str:
    """The source text of a node."""
    return cst.Module(body=[]).code_for_node(node)


@dataclass(slots=True)
class Reader:
    """A module, and what the code taken over from it needs. One reader is used for one class; `moved` are functions of
    its body that go where its helpers are. `schemas` are those of the project, `called` their classes that it calls."""

    project: Project
    sources: Sources
    module: Module
    lines: dict[cst.CSTNode, int]
    version: int = 4
    needs: set[Need] = field(default_factory=set)
    uses: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, Helper] = field(default_factory=dict)
    moved: Mapping[str, cst.FunctionDef] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    schemas: Collection[str] = ()
    called: set[Called] = field(default_factory=set)

    def compat(self, module: str, name: str) -> str:
        """A name of a helper module, which is then imported."""
        self.needs.add(Need(f".compat.{module}", name))
        return name

    def field_type(self, name: str) -> str:
        """A type of a field, or what makes one, as the project's version of Marshmallow has it."""
        return self.compat(self._since(name, "fields"), name)

    def validator(self, name: str) -> str:
        """One of Marshmallow's validators, as the project's version has it."""
        found = VALIDATORS[name]
        return self.compat(self._since(found, "validators"), found)

    def _since(self, name: str, module: str) -> str:
        """The module that has a name as the project's version of Marshmallow has it."""
        if name in OF_FILES:
            return "file_fields"
        if self.version < 3 and name in OLDEST:
            return "oldest_fields"
        return "older_fields" if self.version < 4 and name in OLDER else module

    def standard(self, module: str, name: str = "", alias: str | None = None) -> str:
        """A name of a library, which is then imported."""
        need = Need(module, name, alias)
        self.needs.add(need)
        return need.local

    @property
    def names(self) -> Names:
        """What names mean at module level."""
        return Names(self.project, self.module, frozenset(), {})

    def qualified(self, node: cst.BaseExpression | None) -> str:
        """What a name or chain of attributes stands for at module level; empty where that is not known."""
        if node is None:
            return ""
        return library_name(self.project, self.names.qualified(node) or "")

    def line_of(self, node: cst.CSTNode, fallback: int) -> int:
        """The line at which code was written, also where it was rewritten since."""
        return self.lines.get(node, fallback)

    def stand_at(self, line: int, *made: cst.CSTNode) -> None:
        """Remember the line of the code that these nodes stand for."""
        self.lines.update(dict.fromkeys(made, line))

    def finding(self, refused: UnconvertibleError, fallback: int) -> Finding:
        """The refusal as a finding, at its line or at that of the class."""
        line = self.line_of(refused.node, fallback)
        return Finding(refused.diagnostic, Location(self.module.file, line), refused.detail)

    def put_into(
        self,
        plan: SchemaPlan,
        node: cst.ClassDef,
        findings: Sequence[Finding],
        loading: Sequence[UnconvertibleError] = (),
    ) -> SchemaPlan:
        """The plan of a class with its words, all that the code taken over needs, and what keeps it from converting.

        `loading` keeps it only from being loaded.
        """
        return replace(
            plan,
            documentation=documentation(node),
            comments=comments_in(node.leading_lines),
            needs=frozenset(self.needs),
            uses=dict(self.uses),
            helpers=tuple(self.helpers.values()),
            findings=tuple(findings),
            load_findings=tuple(self.finding(one, plan.line) for one in loading),
            called=frozenset(self.called),
        )

    def take(self, node: cst.BaseExpression) -> str:
        """The expression's text as it stands in the new module; raises `UnconvertibleError`."""
        function = expression_of(node)
        return code(self.rewritten(node, Names.of(self.project, self.module, function), node))

    def rewritten(self, node: cst.CSTNode, names: Names, place: cst.CSTNode) -> cst.CSTNode:
        """The node with Marshmallow's names replaced; what else it uses is noted."""
        calling = Calling(lambda one: schema_object(one, names, self.sources, self.schemas))
        node = calling.rewrite(node) if self.schemas else node
        self.called |= calling.called
        found = _References(names)
        found.visit(node)
        replacements = {}
        for reference, qualified in found.references:
            if new := self._replacement(reference, qualified, place):
                replacements[id(reference)] = cst.parse_expression(new)
        changed = _Replacement(replacements).visit(node)
        assert isinstance(changed, cst.CSTNode)
        return changed

    def _replacement(self, node: cst.BaseExpression, qualified: str, place: cst.CSTNode) -> str | None:
        qualified = library_name(self.project, qualified)
        if qualified in ERRORS:
            return self.compat("schema_errors", "InvalidError")
        if qualified in TRUTH:
            return self.compat("fields", TRUTH[qualified])
        if qualified in MISSING:
            return self.compat("schema_dumping", "MISSING")
        if qualified == WHOLE:
            return '"_schema"'
        if qualified == GET_VALUE:
            return self.compat("schema_dumping", "read")
        if qualified.startswith("marshmallow.validate.") and qualified.rpartition(".")[2] in VALIDATORS:
            return self.validator(qualified.rpartition(".")[2])
        if qualified == CONTEXT or qualified.startswith(f"{CONTEXT}."):
            return self.compat("schema_context", "Context") + qualified.removeprefix(CONTEXT)
        if qualified == CONFIGURATION or qualified.startswith(f"{CONFIGURATION}."):
            self.needs.add(APPLICATION)
            return f"{APPLICATION.local}{qualified.removeprefix(f'flask.{APPLICATION.local}')}"
        if qualified.partition(".")[0].partition("_")[0] in FOREIGN:
            raise UnconvertibleError(FOREIGN_NAME, place, f"'{code(node)}'")
        root = code(node).partition(".")[0]
        owner, rest = split(self.project, qualified)
        if owner is not None:
            name = f"{owner.name}.{rest.partition('.')[0]}"
            head = rest.partition(".")[0]
            if head not in owner.definitions:
                raise UnconvertibleError(FOREIGN_NAME, place, f"'{code(node)}'")
            if not self.reaches_marshmallow(name):
                self.uses[root] = name
            elif name not in self.helpers:
                if owner.definitions[head].kind != "function" or code(node) != head:
                    raise UnconvertibleError(FOREIGN_NAME, place, f"'{code(node)}'")
                self._carry(owner, head, FOREIGN_NAME, place)
        elif not qualified.startswith("builtins."):
            target = canonical(self.project, self.module.imports.get(root, root))
            self.needs.update(self.sources.needs_for(self.module, root, target, qualified))
        return None

    def reaches_marshmallow(self, qualified: str) -> bool:
        """Whether a definition uses Marshmallow, by itself or by way of others: its errors would be Marshmallow's."""
        return any(one.partition(".")[0] == "marshmallow" for one in reach(self.project, qualified))

    def helper(self, node: cst.BaseExpression) -> str:
        """A function that validates: its name. One that raises Marshmallow's error is written beside the schema."""
        if isinstance(node, cst.Name) and node.value in self.moved:
            return self._move(self.moved[node.value], node)
        qualified = self.qualified(node)
        owner, name = split(self.project, qualified)
        definition = owner.definitions.get(name) if owner else None
        if owner is None or definition is None or definition.kind != "function" or not isinstance(node, cst.Name):
            if isinstance(node, cst.Name | cst.Attribute) and owner is None and qualified:
                return self.take(node)
            raise UnconvertibleError(VALIDATOR, node, f"'{code(node)}'")
        if not _names_foreign(self.project, owner, self.sources, definition.location, name):
            return self.take(node)
        self._carry(owner, name, VALIDATOR, node)
        return name

    def _move(self, function: cst.FunctionDef, place: cst.CSTNode) -> str:
        """Write a function of the class's body beside the class; returns its name there."""
        name = function.name.value
        if name in self.module.definitions or name in self.module.imports:
            raise UnconvertibleError(VALIDATOR, place, f"'{code(place)}', for which there is another '{name}'")
        changed = self.rewritten(function, Names.of(self.project, self.module, function), place)
        text = code(annotated(cst.ensure_type(changed, cst.FunctionDef), self.needs)).strip("\n")
        qualified = f"{self.module.name}.{name}"
        self.helpers[qualified] = Helper(qualified, text)
        return name

    def _carry(self, owner: Module, name: str, diagnostic: Diagnostic, place: cst.CSTNode) -> None:
        """Write a function that raises Marshmallow's error beside the schema, with those of them that it calls."""
        qualified, definition = f"{owner.name}.{name}", owner.definitions[name]
        if definition.decorators:
            raise UnconvertibleError(diagnostic, place, f"'{name}' is decorated")
        self.helpers[qualified] = Helper(qualified, "")  # known, for a function that calls itself
        self.helpers[qualified] = Helper(qualified, self._function(owner, definition.location, name, place))

    def _function(self, owner: Module, location: Location, name: str, place: cst.CSTNode) -> str:
        function = self.sources.function(location, name)
        reader = self if owner is self.module else Reader(self.project, self.sources, owner, {}, self.version)
        reader.helpers, reader.schemas, reader.called = self.helpers, self.schemas, self.called
        changed = reader.rewritten(function, Names.of(self.project, owner, function), place)
        assert isinstance(changed, cst.FunctionDef)
        self.needs |= reader.needs
        for root, qualified in reader.uses.items():
            if self.uses.setdefault(root, qualified) != qualified:
                raise UnconvertibleError(VALIDATOR, place, f"'{root}' means two things")
        return code(annotated(changed.with_changes(leading_lines=()), self.needs)).strip("\n")


def _names_foreign(project: Project, owner: Module, sources: Sources, location: Location, name: str) -> bool:
    function = sources.function(location, name)
    found = _References(Names.of(project, owner, function))
    found.visit(function)
    return any(qualified.partition(".")[0] == "marshmallow" for _, qualified in found.references)


class _References(Visitor):
    """The names and chains of attributes that are not local, with what they stand for."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.references: list[tuple[cst.BaseExpression, str]] = []
        self.skipped: set[int] = set()

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if qualified := self.names.qualified(node):
            self.references.append((node, qualified))
            return False
        self.skipped.add(id(node.attr))
        return True

    def visit_Name(self, node: cst.Name) -> None:
        qualified = None if id(node) in self.skipped else self.names.qualified(node)
        if qualified:
            self.references.append((node, qualified))

    def visit_Arg(self, node: cst.Arg) -> None:
        self.skipped.add(id(node.keyword))

    def visit_Param(self, node: cst.Param) -> None:
        self.skipped.add(id(node.name))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.skipped.add(id(node.name))


class _Replacement(Visitor):
    def __init__(self, replacements: dict[int, cst.BaseExpression]) -> None:
        super().__init__()
        self.replacements = replacements

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self.replacements.get(id(original_node), updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        return self.replacements.get(id(original_node), updated_node)


def literal(node: cst.BaseExpression | None) -> object:
    """The value of a literal; raises `ValueError` for anything else."""
    if node is None:
        raise ValueError
    try:
        return ast.literal_eval(code(node))
    except (SyntaxError, TypeError):
        raise ValueError from None


def truth(node: cst.BaseExpression | None, diagnostic: Diagnostic, what: str) -> bool:
    """`True` or `False` written out; raises `UnconvertibleError` for anything else."""
    if node is None:
        return False
    match node:
        case cst.Name(value="True" | "False" as value):
            return value == "True"
    raise UnconvertibleError(diagnostic, node, f"'{what}' is only known when the application runs")


def split_arguments(call: cst.Call, positional: Sequence[str], diagnostic: Diagnostic) -> dict[str, cst.BaseExpression]:
    """A call's arguments by name; raises `UnconvertibleError` for `*` and `**`, and for more than there are names."""
    found: dict[str, cst.BaseExpression] = {}
    for index, one in enumerate(call.args):
        name = one.keyword.value if one.keyword else positional[index] if index < len(positional) else ""
        if one.star or not name:
            raise UnconvertibleError(diagnostic, one.value, f"'{code(one).rstrip(', ')}'")
        found[name] = one.value
    return found


def documentation(node: cst.ClassDef) -> str:
    """The docstring of a class as it is written; empty where there is none."""
    first = node.body.body[0] if node.body.body else None
    match first:
        case cst.SimpleStatementLine(body=[cst.Expr(cst.SimpleString() as text), *_]):
            return text.value
    return ""


def classes_of(source: bytes) -> tuple[dict[str, cst.ClassDef], dict[cst.CSTNode, int]]:
    """The classes at the top of a module by name, and the line of every node in them."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    found = {node.name.value: node for node in wrapper.module.body if isinstance(node, cst.ClassDef)}
    return found, {node: where.start.line for node, where in positions.items()}
