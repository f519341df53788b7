"""What code asks of the request without reading a value: comparisons, conditions, loops and unpacking.

if "q" in request.args:            →    if q is not None:
for name in request.args:          →    for name in request.query_params:
"""

from collections.abc import Iterable

import libcst as cst

from . import patterns as m
from . import response_object
from .calls import Calls
from .diagnostics import CONSTRUCT
from .response_parts import SETS
from .rule import code, expression, string
from .tables import KINDS
from .upload_object import UPLOAD


class Conditions(Calls):
    """Applies the rules to what is tested, compared or looped over."""

    def headers_stay(self, nodes: Iterable[cst.BaseExpression]) -> None:
        """Places where a response's headers may stand as they are; elsewhere Werkzeug's are another kind of mapping."""
        self.of_response.update(node for node in nodes if self.kind(node) == "headers")

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        if (told := self._told_by_parameter(node)) is not None:
            self.replaced[node] = told
            return False
        for target in node.comparisons:
            qualified = self.qualified(target.comparator)
            if isinstance(target.operator, cst.In | cst.NotIn):
                self.headers_stay([target.comparator])
                if response_object.part_of_response(self, target.comparator) in SETS:
                    self.of_response.add(target.comparator)
            if isinstance(target.operator, cst.In | cst.NotIn) and qualified in self.rules.containers:
                assert qualified is not None
                self.replaced[target.comparator] = self.rules.containers[qualified](self, target.comparator)
            elif isinstance(target.operator, cst.In | cst.NotIn) and qualified in self.rules.lookups:
                assert qualified is not None
                holder = self.rules.lookups[qualified](self, target.comparator, node.left)
                self.replaced |= {} if holder is None else {target.comparator: holder}
            if isinstance(target.operator, cst.Is | cst.IsNot):
                for side in (node.left, target.comparator):
                    name = self.qualified(side) or ""
                    if name in self.rules.proxies or self.references.proxied(name) is not None:
                        raise self.refuse(CONSTRUCT, node, code(node))
        return True

    def _told_by_parameter(self, node: cst.Comparison) -> cst.BaseExpression | None:
        """`"q" in request.args` as a parameter that is not None."""
        match node.comparisons:
            case [cst.ComparisonTarget(operator=cst.In() | cst.NotIn() as operator, comparator=holder)]:
                rule, key = self.rules.memberships.get(self.names.qualified(holder) or ""), string(node.left)
            case _:
                return None
        found = rule(self, key) if rule is not None and key is not None else None
        if found is None:
            return None
        if m.matches(found, m.Name("True")):
            return cst.Name(str(isinstance(operator, cst.In)))
        template = "({found} is not None)" if isinstance(operator, cst.In) else "({found} is None)"
        compared = cst.ensure_type(expression(template, found=found), cst.Comparison)
        return compared.with_changes(lpar=node.lpar, rpar=node.rpar)

    def visit_CompFor(self, node: cst.CompFor) -> bool:
        self.iterated(node.iter)
        return True

    def visit_If(self, node: cst.If) -> bool:
        self._tested(node.test)
        return True

    def visit_IfExp(self, node: cst.IfExp) -> bool:
        self._tested(node.test)
        return True

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> bool:
        if isinstance(node.operator, cst.Not):
            self._tested(node.expression)
        return True

    def _tested(self, node: cst.BaseExpression) -> None:
        """A condition, where only the truth of what it names counts."""
        match node:
            case cst.BooleanOperation(left=left, right=right):
                self._tested(left)
                self._tested(right)
            case _:
                self.iterated(node, is_counted=True)

    def visit_For(self, node: cst.For) -> bool:
        self.iterated(node.iter)
        return True

    def iterated(self, node: cst.BaseExpression, is_counted: bool = False) -> None:
        """What is looped over. Where it is counted, an object with members of any name is not what it seems to be."""
        qualified = self.qualified(node)
        is_loose = is_counted and qualified in self.rules.members
        if qualified is not None and qualified in self.rules.iterations and not is_loose:
            self.replaced[node] = self.rules.iterations[qualified](self, node)

    def visit_StarredDictElement(self, node: cst.StarredDictElement) -> bool:
        self.unpacked(node.value)
        return True

    def unpacked(self, node: cst.BaseExpression) -> None:
        """A mapping behind `**`, of which each key counts with its value."""
        iterated = self.rules.iterations.get(self.names.qualified(node) or "")
        self.check_files(node)
        if iterated is not None and iterated is self.rules.containers.get(self.names.qualified(node) or ""):
            self.replaced[node] = iterated(self, node)

    def check_files(self, node: cst.BaseExpression) -> None:
        """Raise `Refused` for files whose values go into another dictionary, where nobody follows them."""
        if KINDS.get(f"{self.names.qualified(node)}[]") == "upload":
            raise self.refuse(UPLOAD, node, code(node))
