"""flask-marshmallow's fields for links, as fields that a function makes of the whole object.

    url = ma.URLFor("user", values={"id": "<id>"}, dump_only=True)
                                                      →    url = marshmallow.fields.Function(link_to("user", id="<id>"))

An attribute of an object that needs the request is `asked` for in the same way. `asked`, `link_to` and `links_to` are
of `compat.schema_links`. Marshmallow loads a link as it comes, unless that is `dump_only`.
"""

from dataclasses import dataclass, field, replace

import libcst as cst

from codemods.findings import Finding
from codemods.model import Module

from ..basis.diagnostics import FIELD_OPTION, LINK_LOADED
from ..basis.library import LINKS
from ..basis.reading import Reader, UnconvertibleError, code, literal, split_arguments

FIELDS = "flask_marshmallow.fields"
URLS = frozenset({f"{FIELDS}.{name}" for name in ("URLFor", "UrlFor")})
ABSOLUTE = frozenset({f"{FIELDS}.{name}" for name in ("AbsoluteURLFor", "AbsoluteUrlFor")})
SEVERAL = f"{FIELDS}.Hyperlinks"
LINK_FIELDS = URLS | ABSOLUTE | {SEVERAL, f"{FIELDS}.Config", "marshmallow_sqlalchemy.HyperlinkRelated"}
"""Fields that work in Flask's request, or with its application, only."""
TEXTS = frozenset({"marshmallow.fields.Str", "marshmallow.fields.String"})
HERE = frozenset({"dump_only", "metadata"})
"""The options of such a field that may be given."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A schema class whose links are written as functions, the module with what these are, and what keeps it."""

    node: cst.ClassDef
    module: Module
    findings: tuple[Finding, ...] = ()
    loading: tuple[Finding, ...] = ()


def with_links(reader: Reader, node: cst.ClassDef, line: int, asked: frozenset[str]) -> Linked:
    """The class with functions in the place of links; as it was where it has none.

    `asked` are the attributes of dumped objects that need the request.
    """
    writer = _Writer(reader, line, asked)
    body = [writer.statement(one) for one in node.body.body]
    if not writer.has_links:
        return Linked(node, reader.module, tuple(writer.findings))
    names = {one.rpartition(".")[2]: one for one in LINKS}
    imports = {"marshmallow": "marshmallow", **reader.module.imports, **names}
    changed = node.with_changes(body=node.body.with_changes(body=body))
    module = replace(reader.module, imports=imports)
    return Linked(changed, module, tuple(writer.findings), tuple(writer.loading))


@dataclass(slots=True)
class _Writer:
    reader: Reader
    line: int
    asked: frozenset[str]
    has_links: bool = False
    findings: list[Finding] = field(default_factory=list)
    loading: list[Finding] = field(default_factory=list)

    def statement(self, statement: cst.BaseStatement | cst.BaseSmallStatement) -> cst.BaseStatement:
        assert isinstance(statement, cst.BaseStatement)
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(cst.Name(name))], value=cst.Call() as call) as assign]
            ):
                try:
                    made = self.attribute(name, call) if name in self.asked else self.field(call)
                except UnconvertibleError as refused:
                    self.findings.append(self.reader.finding(refused, self.line))
                    self.has_links = True
                    return cst.SimpleStatementLine([cst.Pass()])
                if made is not None:
                    self.has_links = True
                    changed = statement.with_deep_changes(assign, value=made)
                    self.reader.stand_at(self.reader.line_of(call, self.line), made, changed)
                    return changed
        return statement

    def field(self, call: cst.Call) -> cst.Call | None:
        """The field that a link is; None for any other field. Raises `UnconvertibleError`."""
        kind = self.reader.qualified(call.func)
        if kind not in (*URLS, *ABSOLUTE, SEVERAL):
            return None
        names = ("schema",) if kind == SEVERAL else ("endpoint", "values")
        given = split_arguments(call, names, FIELD_OPTION)
        options = {name: value for name, value in given.items() if name not in names}
        if refused := sorted(options.keys() - HERE):
            raise UnconvertibleError(FIELD_OPTION, call, f"'{refused[0]}' of a link")
        if "dump_only" not in options or code(options["dump_only"]) != "True":
            finding = UnconvertibleError(LINK_LOADED, call, f"'{code(call.func)}' without 'dump_only'")
            self.loading.append(self.reader.finding(finding, self.line))
        made = self.links(given.get("schema")) if kind == SEVERAL else self.link(call, kind)
        shown = f"marshmallow.fields.Function({made})"
        return cst.ensure_type(cst.parse_expression(shown), cst.Call)

    def attribute(self, name: str, call: cst.Call) -> cst.Call:
        """A field of which the object's class needs the request; raises `UnconvertibleError`."""
        given = {one.keyword.value if one.keyword else "": code(one.value) for one in call.args}
        if self.reader.qualified(call.func) not in TEXTS or given != {"dump_only": "True"}:
            raise UnconvertibleError(FIELD_OPTION, call, f"'{name}', for which objects need the request")
        return cst.ensure_type(cst.parse_expression(f'marshmallow.fields.Function(asked("{name}"))'), cst.Call)

    def link(self, call: cst.Call, kind: str) -> str:
        given = split_arguments(call, ("endpoint", "values"), FIELD_OPTION)
        endpoint = given.get("endpoint")
        if not isinstance(endpoint, cst.SimpleString):
            raise UnconvertibleError(FIELD_OPTION, call, f"'{code(call)}', whose endpoint is not written out")
        values = self.values(given.get("values"))
        if kind in ABSOLUTE:
            values |= {"_external": "True"}
        return f"link_to({', '.join([code(endpoint), *(f'{name}={value}' for name, value in values.items())])})"

    def values(self, node: cst.BaseExpression | None) -> dict[str, str]:
        """What a link is given, by name; raises `UnconvertibleError` where that is not written out."""
        found: dict[str, cst.BaseExpression] = {}
        match node:
            case None:
                return {}
            case cst.Call(func=cst.Name("dict"), args=args) if all(one.keyword for one in args):
                found = {one.keyword.value: one.value for one in args if one.keyword}
            case cst.Dict(elements=elements) if all(isinstance(one, cst.DictElement) for one in elements):
                for one in elements:
                    if isinstance(one, cst.DictElement) and isinstance(one.key, cst.SimpleString):
                        found[str(one.key.evaluated_value)] = one.value
            case _:
                raise UnconvertibleError(FIELD_OPTION, node, f"'{code(node)}' of a link")
        if not found or not all(name.isidentifier() and _is_literal(value) for name, value in found.items()):
            raise UnconvertibleError(FIELD_OPTION, node, f"'{code(node)}' of a link")
        return {name: code(value) for name, value in found.items()}

    def links(self, node: cst.BaseExpression | None) -> str:
        if not isinstance(node, cst.Dict):
            raise UnconvertibleError(FIELD_OPTION, node or cst.Name("_"), "links that are not written out")
        return f"links_to({self.shape(node)})"

    def shape(self, node: cst.BaseExpression) -> str:
        match node:
            case cst.Dict(elements=elements):
                shown = []
                for one in elements:
                    if not isinstance(one, cst.DictElement) or not isinstance(one.key, cst.SimpleString):
                        raise UnconvertibleError(FIELD_OPTION, node, "links that are not written out")
                    shown.append(f"{code(one.key)}: {self.shape(one.value)}")
                return f"{{{', '.join(shown)}}}"
            case cst.List(elements=items) | cst.Tuple(elements=items):
                return f"[{', '.join(self.shape(one.value) for one in items)}]"
            case cst.Call(func=func) if (kind := self.reader.qualified(func)) in URLS | ABSOLUTE:
                return self.link(node, kind)
        if not _is_literal(node):
            raise UnconvertibleError(FIELD_OPTION, node, f"'{code(node)}' among links")
        return code(node)


def _is_literal(node: cst.BaseExpression) -> bool:
    try:
        literal(node)
    except ValueError:
        return False
    return True
