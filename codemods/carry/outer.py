"""A function that others are defined in: what its names stand for, and the Flask applications that it makes."""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from codemods.model import Module
from codemods.view.names import Names
from codemods.vocabulary import APPLICATIONS

if TYPE_CHECKING:
    from .carrier import Carrier

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class OuterFunction:
    """Such a function; `applications` are the calls in it that make one."""

    names: Names
    applications: tuple[ast.Call, ...]


def outer_function(carrier: "Carrier", module: Module, file: str, node: Function) -> OuterFunction:
    """What is known of a function around others, which all of these ask for."""
    if node not in carrier.outer_functions:
        names = Names.of(carrier.project, module, carrier.sources.parsed(file, node))
        made = tuple(
            call
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute)
            if names.qualified(cst.parse_expression(ast.unparse(call.func))) in APPLICATIONS
        )
        carrier.outer_functions[node] = OuterFunction(names, made)
    return carrier.outer_functions[node]
