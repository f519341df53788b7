"""Which keys of `request.view_args` a function takes away or sets, and for which rules it surely does.

if "lang" in values:                 →    `lang` is taken away from every rule that has it
    g.lang = values.pop("lang")
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Diagnostic, Location
from codemods.view.context import MAKES_RESPONSES
from codemods.view.names import Names
from codemods.view.refusal import Refused, refuse

VALUES = "flask.request.view_args"
URL_VALUES = Diagnostic(
    "FM521",
    "blocked",
    "a hook changes the values of a URL in a way that cannot be foreseen",
    "The view is called with these values, so that its parameters depend on what the hook takes away or puts there.",
    "Take values away and set them by keys that are spelled out, on every way through the hook.",
)

READING_CALLS = frozenset({"bool", "dict", "len", "list", "set", "sorted", "tuple", "str", "repr"})
READING_METHODS = frozenset({"get", "keys", "values", "items", "copy"})

Given = frozenset[str] | None
"""The variables that a rule must have for a statement to run; None where it runs only sometimes."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A value that a hook takes away: from every rule that has `given`; where that is None, in some cases."""

    name: str
    given: Given


class Walk:
    """Goes through a function's statements in their order; raises `Refused` for a use that it does not understand.

    `answers` tells that a value which the function returns answers the request, so that no view is called.
    """

    def __init__(self, names: Names, location: Location | None, answers: bool) -> None:
        self.names, self.location, self.answers = names, location, answers
        self.removals: list[Removal] = []
        self.replaced: set[str] = set()
        self.copes = True
        self._seen = False

    def function(self, function: cst.FunctionDef) -> None:
        """Take in a whole function."""
        tree = ast.parse(cst.Module([function.with_changes(decorators=())]).code)
        assert isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef)
        self.block(tree.body[0].body, frozenset())

    def block(self, statements: Sequence[ast.stmt], given: Given) -> Given:
        """Take in statements that run for rules with `given`; what a rule has where they are through."""
        seen = self._seen
        for statement in statements:
            match statement:
                case ast.If(test=test, body=body, orelse=orelse):
                    given = self.branches(test, body, orelse, given)
                case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                    for item in items:
                        self.expression(item, given)
                    given = self.block(body, given)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self.expression(statement, None)
                case ast.For() | ast.AsyncFor() | ast.While() | ast.Try() | ast.TryStar() | ast.Match():
                    self.expression(statement, None)
                    given = None if self.returns([statement]) else given
                case _:
                    self.expression(statement, given)
        self._seen = seen
        return given

    def branches(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], given: Given) -> Given:
        """Take in an `if` with its branches."""
        self.condition(test, given)
        has, lacks = self.needed(test), self.needed_not(test)
        seen = self._seen
        self._seen = seen or self.sees(test)
        self.block(body, added(given, has))
        self._seen = seen or lacks is not None
        self.block(orelse, added(given, lacks))
        self._seen = seen or (lacks is not None and isinstance(body[-1], ast.Return | ast.Raise))
        if lacks is not None and isinstance(body[-1], ast.Return | ast.Raise) and not self.returns(orelse):
            return added(given, lacks)
        return None if self.returns([*body, *orelse]) else given

    def sees(self, test: ast.expr) -> bool:
        """Whether a test holds only where the URL has values."""
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        return any(self.needed(part) is not None for part in parts)

    def needed(self, test: ast.expr) -> Given:
        """The variables that a rule must have for a test of its values alone to hold; None for another test."""
        match test:
            case ast.BoolOp(op=ast.And(), values=parts):
                return united(self.needed(part) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.needed_not(operand)
            case ast.Compare(left=ast.Constant(value=str() as key), ops=[ast.In()], comparators=[values]):
                return frozenset({key}) if self.is_values(values) else None
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                return frozenset() if self.is_values(left) else None
            case _:
                return frozenset() if self.is_values(test) else None

    def needed_not(self, test: ast.expr) -> Given:
        """The variables that a rule must have for a test of its values alone not to hold; None for another test."""
        match test:
            case ast.BoolOp(op=ast.Or(), values=parts):
                return united(self.needed_not(part) for part in parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.needed(operand)
            case ast.Compare(left=ast.Constant(value=str() as key), ops=[ast.NotIn()], comparators=[values]):
                return frozenset({key}) if self.is_values(values) else None
            case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
                return frozenset() if self.is_values(left) else None
            case _:
                return None

    def condition(self, test: ast.expr, given: Given) -> None:
        """Take in an expression of which only the truth counts."""
        match test:
            case ast.BoolOp(op=operator, values=parts):
                self.operands(parts, operator, given)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.condition(operand, given)
            case _ if not self.is_values(test):
                self.expression(test, given)

    def operands(self, parts: Sequence[ast.expr], operator: ast.boolop, given: Given) -> None:
        """Take in the parts of an `and` or `or`: each is looked at only if those before it leave that open."""
        seen = self._seen
        for part in parts:
            self.condition(part, given)
            goes_on = self.needed(part) if isinstance(operator, ast.And) else self.needed_not(part)
            self._seen = self._seen or goes_on is not None
            given = added(given, goes_on)
        self._seen = seen

    def expression(self, node: ast.AST, given: Given) -> None:
        """Take in any other node."""
        match node:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.condition(test, given)
                seen = self._seen
                self._seen = seen or self.sees(test)
                self.expression(body, added(given, self.needed(test)))
                self._seen = seen or self.needed_not(test) is not None
                self.expression(orelse, added(given, self.needed_not(test)))
                self._seen = seen
            case ast.BoolOp(op=operator, values=parts) if any(
                self.is_values(part) for part in (parts if isinstance(operator, ast.Or) else parts[-1:])
            ):
                raise self.refuse(node)
            case ast.BoolOp(values=parts, op=operator):
                self.operands(parts, operator, given)
            case ast.Call(func=ast.Attribute(value=values, attr=method)) if self.is_values(values):
                self.copes &= self._seen
                self.call(node, method, given)
                self.children([*node.args, *node.keywords], given)
            case ast.Call(
                func=ast.Attribute(value=ast.BoolOp(op=ast.Or(), values=[values, ast.Dict(keys=[])]), attr=method)
            ) if self.is_values(values) and method in READING_METHODS:
                self.children([*node.args, *node.keywords], given)
            case ast.Call(func=ast.Name(id=name), args=[values], keywords=[]) if self.is_values(values):
                if name not in READING_CALLS:
                    raise self.refuse(node)
                self.copes &= self._seen or name == "bool"
            case ast.Subscript(value=values, slice=key, ctx=context) if self.is_values(values):
                self.copes &= self._seen
                self.subscript(node, key, context, given)
            case ast.Compare(left=left, ops=operators, comparators=others):
                tests = (ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Eq, ast.NotEq)
                kept = [one for one in (left, *others) if not self.is_values(one)]
                if len(kept) <= len(others) and not all(isinstance(one, tests) for one in operators):
                    raise self.refuse(node)
                if len(kept) <= len(others):
                    self.copes &= self._seen and not any(isinstance(one, ast.Is | ast.IsNot) for one in operators)
                self.children(kept, given)
            case ast.FormattedValue(value=values) if self.is_values(values):
                self.copes &= self._seen
            case ast.keyword(arg=None, value=values) if self.is_values(values):
                self.copes &= self._seen
            case _ if self.is_values(node):
                raise self.refuse(node)
            case _:
                self.children(ast.iter_child_nodes(node), given)

    def children(self, nodes: Iterable[ast.AST], given: Given) -> None:
        """Take in nodes one after the other."""
        for node in nodes:
            self.expression(node, given)

    def call(self, node: ast.Call, method: str, given: Given) -> None:
        """A method of the values."""
        match method, node.args, node.keywords:
            case "pop", [ast.Constant(value=str() as key), *_], []:
                self.removals.append(Removal(key, given))
            case "setdefault", [ast.Constant(value=str() as key), *_], []:
                self.replaced.add(key)
            case "update", [], keywords if all(one.arg for one in keywords):
                self.replaced.update(one.arg for one in keywords if one.arg)
            case _ if method not in READING_METHODS:
                raise self.refuse(node)

    def subscript(self, node: ast.Subscript, key: ast.expr, context: ast.expr_context, given: Given) -> None:
        """`values[key]`, read, set or deleted."""
        match key, context:
            case ast.Constant(value=str() as name), ast.Store():
                self.replaced.add(name)
            case ast.Constant(value=str() as name), ast.Del():
                self.removals.append(Removal(name, given))
            case _, ast.Load():
                self.expression(key, given)
            case _:
                raise self.refuse(node)

    def returns(self, statements: Sequence[ast.AST]) -> bool:
        """Whether statements may leave the function before its end while the view is called all the same."""
        found = [one for statement in statements for one in ast.walk(statement) if isinstance(one, ast.Return)]
        return any(not (self.answers and self.is_answer(one.value)) for one in found)

    def is_answer(self, value: ast.expr | None) -> bool:
        """Whether a returned value is something else than None for sure."""
        match value:
            case ast.Tuple() | ast.Dict() | ast.JoinedStr():
                return True
            case ast.Constant(value=constant):
                return constant is not None
            case ast.Call(func=ast.Name() | ast.Attribute() as function):
                qualified = self.names.qualified(cst.parse_expression(ast.unparse(function)))
                return qualified in MAKES_RESPONSES or qualified == "flask.make_response"
            case _:
                return False

    def is_values(self, node: ast.AST) -> bool:
        """Whether a node is `request.view_args`."""
        if not isinstance(node, ast.Attribute) or node.attr != "view_args":
            return False
        return self.names.qualified(cst.parse_expression(ast.unparse(node))) == VALUES

    def refuse(self, node: ast.AST) -> Refused:
        """The exception for a use that is not understood."""
        return refuse(URL_VALUES, self.location, f"'{ast.unparse(node)}'")


def added(given: Given, more: Given) -> Given:
    """Both conditions; None where one of them is not known."""
    return None if given is None or more is None else given | more


def united(parts: Iterable[Given]) -> Given:
    """All conditions; None where one of them is not known."""
    found: Given = frozenset()
    for part in parts:
        found = added(found, part)
    return found
