"""Fields as they would be written without a dictionary of options, or a partial function, that stands for them.

LABEL = {"required": True, "validate": validate.Length(max=80)}
title = fields.Str(**LABEL)            →    title = fields.Str(required=True, validate=validate.Length(max=80))

Key = functools.partial(fields.Int, strict=True)
id = Key(dump_only=True)               →    id = fields.Int(strict=True, dump_only=True)

What cannot be followed stays as it is: a dictionary that something changes, names that mean something else here.
"""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.literals import as_literal
from codemods.model import Definition, Module
from codemods.view import patterns as m
from codemods.view.names import Names, split
from codemods.view.refusal import Refused
from codemods.view.search import findall
from codemods.view.spelled import ModuleNames, dotted, spelled
from codemods.view.visiting import Visitor

from ..basis.reading import Reader, code
from .made_validators import PARTIAL

DICT = "builtins.dict"
DEPTH = 10
"""How many names stand for each other at most; more are a circle."""
Options = dict[str, cst.Arg]


@dataclass(frozen=True, slots=True)
class WrittenOptions:
    """A class with the options of its fields written out, and the module with the names that they need."""

    node: cst.ClassDef
    module: Module


def with_written_options(reader: Reader, node: cst.ClassDef) -> WrittenOptions:
    """The class and its module; as they were where no option stands elsewhere."""
    names = ModuleNames(reader.project, reader.module)
    own = {code(one.target) for one in findall(node, m.AssignTarget()) if isinstance(one, cst.AssignTarget)}
    changed = _Calls(reader, names, own).rewrite(node)
    if changed is node:
        return WrittenOptions(node, reader.module)
    module = replace(reader.module, imports={**reader.module.imports, **names.added})
    return WrittenOptions(changed, module)


def handed_options(
    reader: Reader, owner: Module, call: cst.Call, keywords: str, local: Collection[str]
) -> tuple[cst.Call, dict[str, cst.BaseExpression]]:
    """A call in a function that takes `**keywords`, with what it takes from dictionaries of its module `owner`; and
    what is in a dictionary ahead of the keywords, which counts where these say nothing else.

    As it is where one cannot be followed. `local` are the names that the function gives a meaning.
    """
    given = [name for one in call.args if one.star == "**" for name in findall(one.value, m.Name())]
    if any(isinstance(one, cst.Name) and one.value in local for one in given):
        return call, {}
    names = ModuleNames(reader.project, owner)
    following = _Following(reader, names)
    args: list[cst.Arg] = []
    suggested: Options = {}
    for one in call.args:
        match one:
            case cst.Arg(star="**", value=cst.Name(value=name)) if name == keywords:
                args.append(one)
            case cst.Arg(
                star="**", value=cst.Dict(elements=[*first, cst.StarredDictElement(value=cst.Name(value=name))])
            ) if name == keywords:
                before = following.options(cst.Dict(first), owner)
                if before is None:
                    return call, {}
                suggested |= before
                args.append(one.with_changes(value=cst.Name(name)))
            case cst.Arg(star="**", value=value):
                spread = following.options(value, owner)
                if spread is None:
                    return call, {}
                args += spread.values()
            case _:
                args.append(one)
    if names.added or len({one.keyword.value for one in args if one.keyword}) != sum(bool(one.keyword) for one in args):
        return call, {}
    return call.with_changes(args=args), {name: one.value for name, one in suggested.items()}


class _Calls(Visitor):
    """The calls in the body of a class, but none in its functions. `own` are names that the class gives a meaning."""

    def __init__(self, reader: Reader, names: ModuleNames, own: Collection[str]) -> None:
        super().__init__()
        self.reader, self.names, self.own = reader, names, own
        self.skipped: set[int] = set()

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword and node.keyword.value == "validate":  # where a project's own have an owner already
            calls = (one for one in findall(node.value, m.Call()) if isinstance(one, cst.Call))
            self.skipped |= {id(one) for one in calls if not _is_library(self.reader.qualified(one.func))}

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_Dict(self, node: cst.Dict) -> bool:
        return False  # one of fields is a class of its own

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if id(original_node) in self.skipped or self.reader.qualified(original_node.func) in self.reader.schemas:
            return updated_node
        named = [original_node.func, *(one.value for one in original_node.args if one.star)]
        if any(code(one).partition(".")[0] in self.own for one in named):
            return updated_node
        known = dict(self.names.added)
        changed = _Following(self.reader, self.names).call(updated_node)
        if changed is None or self.names.collides:
            self.names.added, self.names.collides = known, False
            return updated_node
        if changed is not updated_node and original_node in self.reader.lines:
            self.reader.stand_at(self.reader.lines[original_node], changed)
        return changed


@dataclass(frozen=True, slots=True)
class _Following:
    """Follows names to what they stand for. `names` are those of the module that the result is written in."""

    reader: Reader
    names: ModuleNames
    depth: int = 0

    @property
    def home(self) -> Module:
        return self.names.module

    def deeper(self) -> "_Following":
        return replace(self, depth=self.depth + 1)

    def call(self, call: cst.Call) -> cst.Call | None:
        """The call of what a partial function calls, with all options; None where something is not known."""
        args = self.spread(call, self.home)
        if args is None:
            return None
        changed = call if args is call.args else call.with_changes(args=args)
        found = self.held(call.func, self.home)
        match found:
            case (cst.Call(func=func, args=[cst.Arg(value=made, keyword=None, star=""), *_]) as partial, owner) if (
                self.qualified(func, owner) == PARTIAL and isinstance(made, cst.Name | cst.Attribute)
            ):
                pass
            case _:
                told = {one: self.texts(one.value, self.home) for one in args if _says(one)}
                if all(value is one.value for one, value in told.items()):
                    return changed
                args = [one.with_changes(value=told.get(one, one.value)) for one in args]
                return changed.with_changes(args=args)
        given = self.spread(partial.with_changes(args=partial.args[1:]), owner)
        if given is None or not self.binds(made, owner):
            return None
        places = [one for one in (*given, *args) if not one.keyword]
        options = {one.keyword.value: one for one in (*given, *args) if one.keyword}
        merged = cst.Call(made, [_plain(one) for one in (*places, *options.values())])
        return self.deeper().call(merged) if self.depth < DEPTH else None

    def texts(self, value: cst.BaseExpression, owner: Module) -> cst.BaseExpression:
        """A dictionary of texts, written out; as it is where it is, or cannot be."""
        if isinstance(value, cst.Dict) and all(isinstance(one, cst.DictElement) for one in value.elements):
            return value
        found = self.options(value, owner)
        if found is None:
            return value
        return cst.Dict([cst.DictElement(cst.SimpleString(as_literal(key)), one.value) for key, one in found.items()])

    def spread(self, call: cst.Call, owner: Module) -> Sequence[cst.Arg] | None:
        """The arguments of a call with what dictionaries give it; None where one is not known."""
        is_moved = owner is not self.home
        if is_moved and not all(self.binds(one.value, owner) for one in call.args if one.star != "**"):
            return None
        if not any(one.star == "**" for one in call.args):
            return call.args
        found: list[cst.Arg] = []
        for one in call.args:
            options = self.options(one.value, owner) if one.star == "**" else None
            if one.star == "**" and options is None:
                return None
            found += [one] if options is None else options.values()
        named = [one.keyword.value for one in found if one.keyword]
        return [_plain(one) for one in found] if len(named) == len({*named}) else None

    def options(self, node: cst.BaseExpression, owner: Module) -> Options | None:
        """What a dictionary of a module has for each of its keys; None where that is not written out."""
        match node:
            case cst.Dict(elements=elements):
                return self.merged([self.element(one, owner) for one in elements])
            case cst.Call(func=func, args=args) if self.qualified(func, owner) == DICT:
                return self.merged([self.argument(one, owner) for one in args])
            case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
                return self.merged([self.options(left, owner), self.options(right, owner)])
            case cst.Name() | cst.Attribute() if self.depth < DEPTH:
                found = self.held(node, owner)
                return None if found is None else self.deeper().options(*found)
        return None

    def element(self, one: cst.BaseDictElement, owner: Module) -> Options | None:
        match one:
            case cst.DictElement(key=cst.SimpleString() as key, value=value):
                return self.option(str(key.evaluated_value), value, owner)
            case cst.StarredDictElement(value=value):
                return self.options(value, owner)
        return None

    def argument(self, one: cst.Arg, owner: Module) -> Options | None:
        if one.keyword:
            return self.option(one.keyword.value, one.value, owner)
        return None if one.star == "*" else self.options(one.value, owner)

    def option(self, name: str, value: cst.BaseExpression, owner: Module) -> Options | None:
        option = cst.Arg(value, cst.Name(name)) if name.isidentifier() else None
        if option is None:
            return None
        told = self.texts(value, owner) if _says(option) else value
        if told is value and not self.binds(value, owner):
            return None
        return {name: option.with_changes(value=told)}

    @staticmethod
    def merged(parts: Sequence[Options | None]) -> Options | None:
        known = [one for one in parts if one is not None]
        return {name: one for part in known for name, one in part.items()} if len(known) == len(parts) else None

    def held(self, node: cst.BaseExpression, owner: Module) -> tuple[cst.BaseExpression, Module] | None:
        """What a name of a module stands for, and the module that says it; None where code may change it."""
        home, name = split(self.reader.project, self.qualified(node, owner))
        definition = home.definitions.get(name) if home else None
        if home is None or definition is None or definition.rebound or definition.kind in ("class", "function"):
            return None
        value = self.reader.sources.value(home, name)
        if value is None or not (self.is_partial(home, definition, value) or self.is_kept(home, definition, value)):
            return None
        text = ast.get_source_segment("\n".join(self.reader.sources.text_lines(home.file)), value)
        return cst.parse_expression(f"({text})").with_changes(lpar=(), rpar=()), home

    def is_partial(self, home: Module, definition: Definition, value: ast.expr) -> bool:
        """Whether it is a partial function whose attributes nothing touches; it may be handed on."""
        name = definition.qualified
        touched = (one for module in self.reader.project.modules.values() for one in module.changes)
        return (
            isinstance(value, ast.Call)
            and ast.unparse(spelled(self.reader.project, home, value.func) or value) == PARTIAL
            and not self.reader.sources.sets_attribute(name.rpartition(".")[2])
            and not any(one.startswith(f"{name}.") for one in touched)
        )

    def is_kept(self, home: Module, definition: Definition, value: ast.expr) -> bool:
        """Whether nothing changes it or takes it to where that cannot be seen."""
        if any(definition.qualified in one.changes for one in self.reader.project.modules.values()):
            return False
        try:
            return (
                self.reader.sources.assignment(home, definition, definition.qualified.rpartition(".")[2]).value is value
            )
        except Refused:
            return False

    def qualified(self, node: cst.BaseExpression, owner: Module) -> str:
        return Names(self.reader.project, owner, frozenset(), {}).qualified(node) or ""

    def binds(self, node: cst.CSTNode, owner: Module) -> bool:
        """Whether an expression of a module can stand here; what it names is then known here as well."""
        if owner is self.home:
            return True
        return bind(self.names, node, owner)


def bind(names: ModuleNames, node: cst.CSTNode, owner: Module, local: Collection[str] = ()) -> bool:
    """Whether an expression of the module `owner` can stand in another one, which then has what it names; `local`
    names aside."""
    inner = [one.attr for one in findall(node, m.Attribute()) if isinstance(one, cst.Attribute)]
    inner += [one.keyword for one in findall(node, m.Arg()) if isinstance(one, cst.Arg) and one.keyword]
    skipped = {id(one) for one in inner}
    for one in findall(node, m.Name()):
        if isinstance(one, cst.Name) and id(one) not in skipped and one.value not in local:
            names.bind(one.value, spelled(names.project, owner, dotted(one.value)))
    return not names.collides


def _plain(argument: cst.Arg) -> cst.Arg:
    """An argument without the layout of where it stood."""
    return (
        cst.Arg(argument.value, argument.keyword, equal=cst.AssignEqual(*[cst.SimpleWhitespace("")] * 2))
        if (argument.keyword)
        else cst.Arg(argument.value, star=argument.star)
    )


def _says(option: cst.Arg) -> bool:
    return option.keyword is not None and option.keyword.value == "error_messages"


def _is_library(qualified: str) -> bool:
    return qualified.partition(".")[0] == "marshmallow"
