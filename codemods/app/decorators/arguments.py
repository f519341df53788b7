"""The definitions that decorators become, in a module of the target, and the arguments that they are called with."""

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst

from codemods.carry import Carrier, FileReferences, Policy
from codemods.findings import Finding, Location
from codemods.model import Module
from codemods.schemas.calls.rewriting import constructed
from codemods.schemas.handing import MODEL, Stand
from codemods.view import patterns as m
from codemods.view.imports import Need
from codemods.view.names import Names
from codemods.view.refusal import Refused
from codemods.view.rule import code
from codemods.view.search import findall
from codemods.view.visiting import Visitor
from codemods.vocabulary import NEEDS_CONTEXT as NEEDS_APPLICATION

from .diagnostics import unclear

N = TypeVar("N", bound=cst.CSTNode)


@dataclass(frozen=True, slots=True)
class Placed:
    """A definition in the target's module `home`, with its imports."""

    home: str
    name: str
    text: str
    needs: frozenset[Need]

    @classmethod
    def of(cls, carrier: Carrier, home: str, name: str, text: str, needs: frozenset[Need]) -> "Placed":
        """The definition under a name that is free in its module."""
        own = carrier.free_name(home, name, text, needs)
        return cls(home, own, renamed(text, name, own), needs)


def renamed(text: str, old: str, new: str) -> str:
    """The text of a function, or of a constant with its type, under another name."""
    return (
        text
        if old == new
        else re.sub(rf"\bdef {old}\(|\A{old}(?=:)", lambda found: found[0].replace(old, new), text, count=1)
    )


def arguments_here(
    carrier: Carrier,
    policy: Policy,
    module: Module,
    arguments: Sequence[cst.Arg] | None,
    location: Location,
    text: str,
    stands: Mapping[cst.BaseExpression, Stand] | None = None,
) -> tuple[str, frozenset[Need]]:
    """The arguments of a decorator as they stand in the router, with the imports of the constants that they name.

    `stands` are those in whose place something else comes. Raises `Refused`.
    """
    if arguments is None:
        return "", frozenset()
    names = Names(carrier.project, module, frozenset(), {})
    references = FileReferences(carrier, policy, False, "")
    needs: set[Need] = set()
    shown = []
    for argument in arguments:
        if (stand := (stands or {}).get(argument.value)) is not None:
            if names.of_name(stand.text) not in (None, stand.origin):
                raise unclear(location, text, f"is given '{code(argument)}', and '{stand.text}' is something else here")
            needs.add(stand.need)
            bare = argument.with_changes(value=cst.Name(stand.text), comma=cst.MaybeSentinel.DEFAULT)
            shown.append(code(bare))
            continue
        made = constructed(argument.value, carrier.schemas.plans, names)
        if made is not None and policy == "native":
            raise Refused(Finding(NEEDS_APPLICATION, location, f"'{text}', which is given '{code(argument.value)}'"))
        if made is None and findall(argument.value, m.Call() | m.Lambda() | m.Await()):
            raise unclear(location, text, f"is given '{code(argument)}'")
        for name in findall(argument.value, m.Name()):
            assert isinstance(name, cst.Name)
            qualified = names.of_name(name.value)
            if qualified is None or qualified.startswith("builtins."):
                continue
            reference, _ = references.to(qualified, names, name)
            if reference is not None and reference.application is not None and policy == "native":
                raise Refused(reference.application)
            if reference is None:
                needs |= set(references.imports(name.value, names, qualified))
            elif reference.text != name.value or reference.need is None:
                raise unclear(location, text, f"is given '{code(argument)}'")
            else:
                needs.add(reference.need)
        shown.append(code(double_quoted(argument).with_changes(comma=cst.MaybeSentinel.DEFAULT)))
    return f"({', '.join(shown)})", frozenset(needs)


def double_quoted(node: N) -> N:
    """Code with its texts as the house writes them: the scan's spelling of a decorator is not the source's."""
    return _DoubleQuotes().rewrite(node)


class _DoubleQuotes(Visitor):
    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:
        value = updated_node.value
        plain = value.startswith("'") and not value.startswith("'''") and not set(value[1:-1]) & {'"', "\\"}
        return updated_node.with_changes(value=f'"{value[1:-1]}"') if plain else updated_node


def factory_parameters(factory: cst.FunctionDef, classes: Collection[str] = ()) -> str:
    """The parameters of a decorator's factory as source text; those without an annotation are `Any`.

    `classes` are those that are handed classes of schemas.
    """
    tree = ast.parse(cst.Module(body=[factory.with_changes(decorators=())]).code).body[0]
    assert isinstance(tree, ast.FunctionDef)
    arguments = tree.args
    everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for one in [*everything, *(one for one in (arguments.vararg, arguments.kwarg) if one)]:
        one.annotation = one.annotation or ast.Name("Any")
        if one.arg in classes:
            one.annotation = ast.parse(f"type[{MODEL.name}]", mode="eval").body
    return ast.unparse(arguments)
