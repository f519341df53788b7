"""One view for several methods becomes one endpoint a method.

    if request.method == "POST":      →   def login_form(): return page
        return create()                    def login(): return create()
    return page

Only comparisons with a constant are decided. `request.method == "GET"` is not: Flask runs the view for HEAD too, where
it is false.
"""

from collections.abc import Sequence

import libcst as cst

from . import patterns as m
from .names import Names
from .search import findall
from .visiting import Visitor

METHOD = "flask.request.method"


def mentions_method(function: cst.FunctionDef, names: Names) -> bool:
    """Whether the body reads `request.method` at all."""
    return any(
        isinstance(node, cst.Attribute) and names.qualified(node) == METHOD
        for node in findall(function.body, m.Attribute(attr=m.Name("method")))
    )


def for_method(function: cst.FunctionDef, names: Names, method: str) -> cst.FunctionDef:
    """`function` as it runs for `method`, branches that cannot be taken left out."""
    return _Fold(names, method).rewrite(_Unchain(names).rewrite(function))


class _Unchain(Visitor):
    """`elif` on the method becomes `else: if`, so that each test can be taken out by itself."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        chained = updated_node.orelse
        if not isinstance(chained, cst.If) or not (
            findall(original_node, m.Attribute(attr=m.Name("method"))) or _constant(chained.test) is not None
        ):
            return updated_node
        return updated_node.with_changes(orelse=cst.Else(cst.IndentedBlock([chained])))


class _Fold(Visitor):
    def __init__(self, names: Names, method: str) -> None:
        self.names, self.method = names, method

    def leave_Comparison(self, original_node: cst.Comparison, updated_node: cst.Comparison) -> cst.BaseExpression:
        if self.names.qualified(original_node.left) != METHOD or len(original_node.comparisons) != 1:
            return updated_node
        target = original_node.comparisons[0]
        values = _strings(target.comparator)
        # HEAD runs a GET view: what tells the two apart has to be asked at run time.
        undecided = self.method == "GET" and values is not None and ("GET" in values) != ("HEAD" in values)
        if values is None or undecided:
            return updated_node
        match target.operator:
            case cst.Equal() | cst.In():
                return cst.Name(str(self.method in values))
            case cst.NotEqual() | cst.NotIn():
                return cst.Name(str(self.method not in values))
            case _:
                return updated_node

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        left = _constant(updated_node.left)
        if left is None or _constant(original_node.left) is not None:
            return updated_node
        takes_right = left if isinstance(updated_node.operator, cst.And) else not left
        return updated_node.right if takes_right else updated_node.left

    def leave_UnaryOperation(
        self, original_node: cst.UnaryOperation, updated_node: cst.UnaryOperation
    ) -> cst.BaseExpression:
        value = _constant(updated_node.expression)
        if (
            isinstance(updated_node.operator, cst.Not)
            and value is not None
            and _constant(original_node.expression) is None
        ):
            return cst.Name(str(not value))
        return updated_node

    def leave_IfExp(self, original_node: cst.IfExp, updated_node: cst.IfExp) -> cst.BaseExpression:
        value = _constant(updated_node.test)
        if value is None or _constant(original_node.test) is not None:
            return updated_node
        return updated_node.body if value else updated_node.orelse

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement] | cst.RemovalSentinel:
        value = _constant(updated_node.test)
        if value is None or _constant(original_node.test) is not None:
            return updated_node
        if value:
            return _spliced(updated_node.body)
        match updated_node.orelse:
            case None:
                return cst.RemovalSentinel.REMOVE
            case cst.Else(body=body) | cst.If(body=body):
                return _spliced(body)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        kept = _until_end(updated_node.body)
        return updated_node.with_changes(body=kept or [cst.SimpleStatementLine([cst.Pass()])])


def _spliced(body: cst.BaseSuite) -> cst.FlattenSentinel[cst.BaseStatement]:
    statements = [one for one in body.body if isinstance(one, cst.BaseStatement)]
    if isinstance(body, cst.SimpleStatementSuite):
        statements = [cst.SimpleStatementLine(body.body)]
    return cst.FlattenSentinel(statements)


def _until_end(statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
    """The statements up to the first that always leaves the block."""
    kept = []
    for statement in statements:
        kept.append(statement)
        if isinstance(statement, cst.SimpleStatementLine) and any(
            isinstance(one, cst.Return | cst.Raise) for one in statement.body
        ):
            break
    return kept


def _constant(node: cst.BaseExpression) -> bool | None:
    match node:
        case cst.Name(value="True"):
            return True
        case cst.Name(value="False"):
            return False
        case _:
            return None


def _strings(node: cst.BaseExpression) -> frozenset[str] | None:
    match node:
        case cst.SimpleString() as text:
            return frozenset({str(text.evaluated_value)})
        case cst.Tuple(elements=elements) | cst.List(elements=elements) | cst.Set(elements=elements):
            parts = [_strings(one.value) for one in elements]
            known = [one for one in parts if one is not None]
            return frozenset().union(*known) if len(known) == len(parts) else None
        case _:
            return None
