"""Gives a name in a piece of generated code another spelling, where the file already has it for something else."""

import re

import libcst as cst

from .visiting import Visitor


def rename(text: str, names: dict[str, str]) -> str:
    """The source with free names replaced; attributes, keywords and the definition's own name stay."""
    if not names:
        return text
    return Renaming(names).rewrite(cst.parse_module(text)).code


class Renaming(Visitor):
    """Replaces free names, but not what only looks like them: attributes, keywords, names of parameters."""

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self.names = names
        self.kept: set[cst.CSTNode] = set()
        self.depth = 0

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.kept.add(node.attr)

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None:
            self.kept.add(node.keyword)

    def visit_Param(self, node: cst.Param) -> None:
        self.kept.add(node.name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.kept.add(node.name)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.kept.add(node.name)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if original_node in self.kept or original_node.value not in self.names:
            return updated_node
        return updated_node.with_changes(value=self.names[original_node.value])


def snake_case(name: str) -> str:
    """The name of a class as functions and variables are named: `ItemView` is `item_view`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
