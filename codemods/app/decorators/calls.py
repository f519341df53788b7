"""Where a wrapper calls the view, and what that makes of the decorator: a check, or something around the answer."""

from dataclasses import dataclass

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from .diagnostics import unclear
from .parts import Parts

NAMING = ("__name__", "__qualname__")


@dataclass(frozen=True, slots=True)
class ViewCalls:
    """The calls of the view in a wrapper.

    `returned` are the statements that do nothing but return what the view answers, outside of anything that would see
    its errors or its end; where all calls are such, the wrapper `is_check`. `reads_name` tells that the wrapper asks
    for the view's name.
    """

    calls: tuple[cst.Call, ...]
    returned: tuple[cst.Return, ...]
    reads_name: bool

    @property
    def is_check(self) -> bool:
        """Whether the decorator only decides whether the view runs, and with what."""
        return len(self.returned) == len(self.calls) and not self.reads_name


def without_ensure_sync(parts: Parts) -> tuple[cst.FunctionDef, bool]:
    """The wrapper with `view` for `current_app.ensure_sync(view)`, and whether there was any."""
    found = [
        one
        for one in findall(parts.wrapper, m.Call(func=m.Attribute(attr=m.Name("ensure_sync"))))
        if isinstance(one, cst.Call) and m.matches(one, m.Call(args=[m.Arg(m.Name(parts.view))]))
    ]
    if not found:
        return parts.wrapper, False
    return _Awaited(found, parts.view).rewrite(parts.wrapper), True


def view_calls(parts: Parts, wrapper: cst.FunctionDef) -> ViewCalls:
    """Find the calls of the view; raises `Refused` where the view is used in another way than by calling it."""
    finder = _Finder(parts.view)
    finder.visit(wrapper.body)
    used = len(findall(wrapper.body, m.Name(parts.view)))
    if not finder.calls or used != len(finder.calls) + finder.named:
        what = "uses the view otherwise" if finder.calls else "does not call the view"
        raise unclear(parts.location, parts.text, what)
    return ViewCalls(tuple(finder.calls), tuple(finder.returned), finder.named > 0)


class _Awaited(Visitor):
    def __init__(self, calls: list[cst.Call], view: str) -> None:
        super().__init__()
        self.calls, self.view = calls, view

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        return cst.Name(self.view) if any(original_node is one for one in self.calls) else updated_node


class _Finder(Visitor):
    def __init__(self, view: str) -> None:
        super().__init__()
        self.view = view
        self.calls: list[cst.Call] = []
        self.returned: list[cst.Return] = []
        self.named = 0
        self.watched = 0

    def is_call(self, node: cst.BaseExpression | None) -> bool:
        match node:
            case cst.Await(expression=inner):
                return self.is_call(inner)
            case _:
                return m.matches(node, m.Call(func=m.Name(self.view))) if node is not None else False

    def visit_Call(self, node: cst.Call) -> None:
        if m.matches(node.func, m.Name(self.view)):
            self.calls.append(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if m.matches(node.value, m.Name(self.view)) and node.attr.value in NAMING[:1]:
            self.named += 1

    def visit_Return(self, node: cst.Return) -> None:
        if self.is_call(node.value) and not self.watched:
            self.returned.append(node)

    def visit_Try(self, node: cst.Try) -> bool:
        # what follows the body without an error is seen by no handler, but by what runs at the end
        self.watched += 1
        self.visit(node.body)
        if node.finalbody is None:
            self.watched -= 1
        for part in (*node.handlers, node.orelse):
            if part is not None:
                self.visit(part)
        if node.finalbody is not None:
            self.watched -= 1
            self.visit(node.finalbody)
        return False

    def visit_With(self, node: cst.With) -> None:
        self.watched += 1

    def leave_With(self, original_node: cst.With, updated_node: cst.With) -> cst.With:
        self.watched -= 1
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.watched += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self.watched -= 1
        return updated_node
