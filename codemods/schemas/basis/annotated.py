"""Types for functions that are taken over: `Any` where the project said nothing."""

import ast

import libcst as cst

from codemods.view.imports import Need
from codemods.view.visiting import Visitor


def annotated(function: cst.FunctionDef, needs: set[Need], skip: int = 0) -> cst.FunctionDef:
    """The function, and those in it, with `Any` where a parameter or what it returns has no type; the first `skip`
    parameters stay. What that imports is added to `needs`."""
    inner = _Annotating(needs).visit(function.body)
    function = function.with_changes(body=inner)
    anything = cst.Annotation(cst.Name("Any"))
    returns = function.returns
    if returns is None:
        gives = _Returns()
        gives.visit(function.body)
        returns = anything if gives.values else cst.Annotation(cst.Name("None"))
    parameters = [
        one if one.annotation or index < skip else _typed(one, anything)
        for index, one in enumerate(function.params.params)
    ]
    by_name = [one if one.annotation else _typed(one, anything) for one in function.params.kwonly_params]
    params = function.params.with_changes(params=parameters, kwonly_params=by_name)
    changed = function.with_changes(params=params, returns=returns)
    text = cst.Module(body=[]).code_for_node(changed).strip()
    if "Any" in {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}:
        needs.add(Need("typing", "Any"))
    return changed


_SPACED = cst.AssignEqual(cst.SimpleWhitespace(" "), cst.SimpleWhitespace(" "))


def _typed(parameter: cst.Param, annotation: cst.Annotation) -> cst.Param:
    return parameter.with_changes(annotation=annotation, equal=_SPACED if parameter.default else parameter.equal)


class _Annotating(Visitor):
    """Types for the functions in a function."""

    def __init__(self, needs: set[Need]) -> None:
        super().__init__()
        self.needs = needs

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return annotated(updated_node, self.needs)


class _Returns(Visitor):
    """Whether a function returns a value itself."""

    def __init__(self) -> None:
        self.values = False

    def visit_Return(self, node: cst.Return) -> None:
        self.values = self.values or node.value is not None

    def visit_Yield(self, node: cst.Yield) -> None:
        self.values = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False
