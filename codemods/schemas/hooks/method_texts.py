"""Methods of a schema class as they are written in the new one: names, signature, decorators."""

from collections.abc import Mapping, Sequence

import libcst as cst

from codemods.view.returns import has_docstring
from codemods.view.visiting import Visitor

from ..basis.reading import code


class Dropping(Visitor):
    """Calls of the method that is overridden are no use of the schema object."""

    def __init__(self, *called: str) -> None:
        super().__init__()
        self.called = called

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if code(original_node.func) in self.called:
            return cst.Tuple([cst.Element(one.value) for one in updated_node.args])
        return updated_node


class Renaming(Visitor):
    """Names that now stand for something else; names of attributes and keywords stay."""

    def __init__(self, renamed: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.renamed = renamed
        self.skipped: set[int] = set()

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.skipped.add(id(node.attr))

    def visit_Arg(self, node: cst.Arg) -> None:
        self.skipped.add(id(node.keyword))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if id(original_node) in self.skipped:
            return updated_node
        return self.renamed.get(original_node.value, updated_node)


def with_signature(function: cst.FunctionDef, name: str, parameters: Sequence[str], returns: str) -> cst.FunctionDef:
    """The function with this name and signature."""
    shape = cst.parse_statement(f"def f({', '.join(parameters)}) -> {returns}: ...")
    assert isinstance(shape, cst.FunctionDef)
    return function.with_changes(name=cst.Name(name), params=shape.params, returns=shape.returns)


def with_first_line(function: cst.FunctionDef, line: str) -> cst.FunctionDef:
    """The function with this line before all others, behind its docstring."""
    body = function.body
    statement = cst.parse_statement(line)
    if isinstance(body, cst.SimpleStatementSuite):
        return function.with_changes(body=cst.IndentedBlock([statement, cst.SimpleStatementLine(body.body)]))
    first = int(has_docstring(function))
    lines = [*body.body[:first], statement, *body.body[first:]]
    return function.with_changes(body=body.with_changes(body=lines))


def decorated(function: cst.FunctionDef, decorators: Sequence[str]) -> str:
    """The text of a method, with the comments above it, at no indentation."""
    comments = [line.comment.value for line in function.leading_lines if line.comment]
    bare = function.with_changes(leading_lines=(), lines_after_decorators=(), decorators=())
    return "\n".join([*comments, *(f"@{one}" for one in decorators), code(bare).strip("\n")]) + "\n"
