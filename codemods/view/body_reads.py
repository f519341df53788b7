"""How a function reads the request's body: which of its fields by name, and what of it as a whole."""

from dataclasses import dataclass, field

import libcst as cst

from . import patterns as m
from .names import Names
from .search import findall
from .visiting import Visitor

PARTS = {"flask.request.form": "form", "flask.request.files": "file", "flask.request.values": "values"}
JSON = frozenset({"flask.request.get_json", "flask.request.json"})
RAW = frozenset({"flask.request.get_data", "flask.request.data", "flask.request.stream"})
READ = PARTS.keys() | JSON | RAW


@dataclass(slots=True)
class BodyReads:
    """What a function reads of the body.

    `form` and `file` are the fields that it names, with whether it takes all values of a repeated one; `whole` are the
    parts that it needs as a whole. `json` and `raw` tell that it decodes JSON or takes the bytes.
    """

    form: dict[str, bool] = field(default_factory=dict)
    file: dict[str, bool] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    json: bool = False
    raw: bool = False

    def note(self, part: str, key: str, is_list: bool) -> None:
        """A field that is read by name."""
        fields = self.file if part == "file" else self.form
        fields[key] = fields.get(key, False) or is_list


def body_reads(function: cst.FunctionDef, names: Names) -> BodyReads:
    """What the function itself reads, whatever those that it calls do."""
    visitor = _Visitor(names)
    named = (names.qualified(one) for one in findall(function.body, m.Attribute()) if isinstance(one, cst.Attribute))
    if not READ.isdisjoint(named):
        visitor.visit(function.body)
    return visitor.found


class _Visitor(Visitor):
    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names
        self.found = BodyReads()
        self.by_name: set[cst.CSTNode] = set()

    def part(self, node: cst.BaseExpression) -> str | None:
        return PARTS.get(self.names.qualified(node) or "")

    def named(self, holder: cst.BaseExpression, key: cst.BaseExpression, is_list: bool = False) -> None:
        part = self.part(holder)
        if part and isinstance(key, cst.SimpleString) and isinstance(key.evaluated_value, str):
            self.found.note(part, key.evaluated_value, is_list)
            if not is_list and part != "values":
                self.by_name.add(holder)

    def visit_Call(self, node: cst.Call) -> None:
        match node:
            case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(value="get")), args=[cst.Arg(value=key), *_]):
                self.named(holder, key)
            case cst.Call(func=cst.Attribute(value=holder, attr=cst.Name(value="getlist")), args=[first, *_]):
                self.named(holder, first.value, True)
            case _:
                pass

    def visit_Subscript(self, node: cst.Subscript) -> None:
        match node.slice:
            case [cst.SubscriptElement(slice=cst.Index(value=key))]:
                self.named(node.value, key)
            case _:
                pass

    def visit_Comparison(self, node: cst.Comparison) -> None:
        match node.comparisons:
            case [cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=holder)]:
                self.named(holder, node.left)
            case _:
                pass

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        part = self.part(node)
        if part and node not in self.by_name:
            self.found.whole.add(part)
        qualified = self.names.qualified(node) or ""
        self.found.json |= qualified in JSON
        self.found.raw |= qualified in RAW
        return part is None
