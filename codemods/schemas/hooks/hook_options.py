"""What hooks are told beside the data: whether there are `many`, and whether fields may be left out (`partial`).

@post_load                                              @after_load
def make(self, data, partial, **kwargs):         →      def make(self) -> Any:
    return data if partial else User(**data)                return self.to_dict() if self.is_partial else User(…)
"""

from collections.abc import Iterator

import libcst as cst

from codemods.view import patterns as m
from codemods.view.search import findall
from codemods.view.visiting import Visitor

from ..basis.method_bodies import count
from ..basis.plan import HookKind
from ..basis.reading import Reader

OPTIONS = ("many", "partial")
TOLD_PARTIAL: frozenset[HookKind] = frozenset(
    {"before_load", "before_load_all", "check_all", "check", "after_load_all", "after_load"}
)
"""The hooks that Marshmallow tells whether fields may be left out."""
IS_PARTIAL = "is_partial"
"""The attribute of our classes that tells it."""


def pairs_strictly(reader: Reader) -> bool:
    """Whether Marshmallow refuses to give checks of a list objects that are not as many as what was sent holds
    (marshmallow.schema._invoke_schema_validators, from 4.1 on)."""
    return not reader.project.application.versions.get("marshmallow", "").startswith(("2.", "3.", "4.0"))


def spelled_out(function: cst.FunctionDef) -> tuple[cst.FunctionDef, tuple[str, ...]]:
    """The function with `kwargs["many"]` and `kwargs.get("many")` as `many`, and the options that it asks for so."""
    keywords = function.params.star_kwarg
    if keywords is None:
        return function, ()
    spelling = _Spelling(keywords.name.value)
    changed = spelling.rewrite(function)
    asked = tuple(dict.fromkeys(spelling.asked))
    bound = {one.name.value for one in (*function.params.params, *function.params.kwonly_params)}
    if any(one in bound or count(function, one) for one in asked):
        return function, ()
    return changed, asked


def only_tests(function: cst.FunctionDef, name: str) -> bool:
    """Whether a name is only asked for being true: the value itself may name fields, or be None."""
    tested = [one for one in _tests(function.body) if m.matches(one, m.Name(name))]
    return len(tested) == count(function, name)


def _tests(body: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """The expressions of which only the truth counts."""
    for one in findall(body, m.If() | m.IfExp() | m.While()):
        assert isinstance(one, cst.If | cst.IfExp | cst.While)
        yield from _parts(one.test)
    for one in findall(body, m.UnaryOperation(operator=m.Not())):
        yield from _parts(cst.ensure_type(one, cst.UnaryOperation).expression)


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(test, cst.BooleanOperation):
        yield from _parts(test.left)
        yield from _parts(test.right)
    elif not isinstance(test, cst.UnaryOperation):
        yield test


class _Spelling(Visitor):
    def __init__(self, keywords: str) -> None:
        self.keywords = m.Name(keywords)
        self.asked: list[str] = []

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        if m.matches(original_node.func, m.Attribute(value=self.keywords, attr=m.Name("get"))):
            match original_node.args:
                case [cst.Arg(value=key, keyword=None, star="")] | [
                    cst.Arg(value=key, keyword=None, star=""),
                    cst.Arg(value=cst.Name("False" | "None")),
                ]:
                    return self._option(key, updated_node)
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        match original_node.slice:
            case [cst.SubscriptElement(cst.Index(key))] if m.matches(original_node.value, self.keywords):
                return self._option(key, updated_node)
        return updated_node

    def _option(self, key: cst.BaseExpression, otherwise: cst.BaseExpression) -> cst.BaseExpression:
        name = key.evaluated_value if isinstance(key, cst.SimpleString) else None
        if name not in OPTIONS:
            return otherwise
        self.asked.append(name)
        return cst.Name(name)
