"""Walking over trees: the order and the results of libcst's own visitors, and nothing made anew without need."""

import libcst as cst
import pytest

from codemods.view.search import SPELLING
from codemods.view.visiting import Updated, Visitor

from .test_search import SOURCE


class Theirs(cst.CSTVisitor):
    """The nodes in libcst's order; below whitespace and punctuation nothing is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[cst.CSTNode] = []
        self.left_out = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if not self.left_out:
            self.nodes.append(node)
        return True

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        self.left_out += attribute in SPELLING or "whitespace" in attribute

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        self.left_out -= attribute in SPELLING or "whitespace" in attribute


class Ours(Visitor):
    """All nodes, in the order in which they are left."""

    def __init__(self) -> None:
        self.nodes: list[cst.CSTNode] = []

    def left(self, node: cst.CSTNode, updated: Updated) -> Updated:
        self.nodes.append(node)
        return updated


class TheirLeaves(Theirs):
    """The same nodes in the order in which libcst leaves them."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if not self.left_out:
            self.nodes.append(original_node)


class Changing:
    """What both kinds of visitors are asked to do."""

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return updated_node.with_changes(value="chosen") if updated_node.value == "first" else updated_node

    def leave_Assert(self, original_node: cst.Assert, updated_node: cst.Assert) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def leave_Global(self, original_node: cst.Global, updated_node: cst.Global) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.FlattenSentinel[cst.CSTNode]:
        return cst.FlattenSentinel([cst.Pass(), updated_node])

    def leave_Else(self, original_node: cst.Else, updated_node: cst.Else) -> cst.RemovalSentinel:
        return cst.RemoveFromParent()


class TheirChanges(Changing, cst.CSTTransformer):
    """By libcst."""


class OurChanges(Changing, Visitor):
    """By ours."""


def test_leaves_nodes_in_the_order_of_libcst() -> None:
    tree = cst.parse_module(SOURCE)
    theirs, ours = TheirLeaves(), Ours()
    tree.visit(theirs)
    assert ours.visit(tree) is tree
    assert [type(one) for one in ours.nodes] == [type(one) for one in theirs.nodes]
    assert [id(one) for one in ours.nodes] == [id(one) for one in theirs.nodes]


def test_makes_of_a_tree_what_libcst_makes_of_it() -> None:
    tree = cst.parse_module(SOURCE)
    theirs = tree.visit(TheirChanges())
    assert isinstance(theirs, cst.Module)
    assert OurChanges().rewrite(tree).code == theirs.code


def test_what_does_not_change_stays_the_same_node() -> None:
    tree = cst.parse_module("def one():\n    return first\n\ndef two():\n    return other\n")
    changed = OurChanges().rewrite(tree)
    assert changed.body[0] is not tree.body[0]
    assert changed.body[1].body.body[0].body[0] is not tree.body[1].body.body[0].body[0]  # type: ignore[union-attr, index]  # a function of lines
    renamed = Renaming().rewrite(tree)
    assert renamed.body[0] is not tree.body[0]
    assert renamed.body[1] is tree.body[1]


class Renaming(Visitor):
    """Another name for one."""

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value="last") if updated_node.value == "first" else updated_node


class Replacing(Visitor):
    """Something else in the place of every name."""

    def __init__(self, instead: Updated) -> None:
        self.instead = instead

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> Updated:
        return self.instead


def test_another_kind_of_node_is_no_rewriting() -> None:
    with pytest.raises(TypeError, match="another kind of node"):
        Replacing(cst.Integer("1")).rewrite(cst.Name("x"))


def test_several_nodes_in_the_place_of_one() -> None:
    several = cst.FlattenSentinel([cst.Name("a"), cst.Name("b")])
    with pytest.raises(TypeError, match="several nodes"):
        Replacing(several).visit(cst.parse_expression("f(x)"))
