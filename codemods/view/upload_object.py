"""What code does with an uploaded file: Flask's `FileStorage` on FastAPI's `UploadFile`.

file.save(path)       →    save(file, path)
file.read()           →    file.file.read()
if file:              →    if file and file.filename:

A file that goes where it cannot be followed keeps the function on Flask.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import libcst as cst

from codemods.findings import Diagnostic

from .refusal import Refused
from .rule import Translation, code, expression
from .search import ancestors, nodes_of

UPLOAD = Diagnostic(
    "FM214",
    "blocked",
    "an uploaded file is used in a way that has no counterpart",
    "Werkzeug's FileStorage and FastAPI's UploadFile differ in their attributes, and in what is true of a file without "
    "a name; code that is handed the file itself may use any of that.",
    "Hand on file.stream, file.filename or what was read, in the place of the file.",
)

SAME = frozenset({"filename", "headers", "content_type"})
OF_STREAM = frozenset(
    {"read", "readline", "readlines", "seek", "tell", "close", "write", "seekable", "readable", "writable", "closed"}
)
HELPERS = frozenset({"mimetype", "mimetype_params", "content_length"})
READERS = frozenset(
    {
        "PIL.Image.open", "csv.reader", "io.BufferedReader", "io.TextIOWrapper", "json.load", "pandas.read_csv",
        "pandas.read_excel", "shutil.copyfileobj", "zipfile.ZipFile", "hashlib.file_digest", "openpyxl.load_workbook",
    }
)  # fmt: skip
"""Functions that take an open file and do no more than read it."""

HOLDERS = frozenset({cst.Attribute, cst.Name, cst.Subscript, cst.Call, cst.Await, cst.IfExp, cst.BooleanOperation})
"""The classes of the expressions that can be a file."""
FILES = frozenset({"upload", "uploads", "named uploads"})
"""The kinds of what is a file, or several."""

Use = Literal["same", "truth", "stream"]
Above = tuple[cst.CSTNode, ...]


class Known(Translation, Protocol):
    """A translation, as far as it is needed here."""

    local_kinds: dict[str, str]


@dataclass(slots=True)
class Uploads:
    """The places of one function where an uploaded file stands, with what each becomes."""

    uses: dict[cst.CSTNode, Use] = field(default_factory=dict)

    def applied(self, written: cst.CSTNode, updated: cst.BaseExpression) -> cst.BaseExpression:
        """What stands in such a place."""
        match self.uses.get(written):
            case "stream":
                return cst.Attribute(updated, cst.Name("file"))
            case "truth":
                return expression("({file} and {file}.filename)", file=updated)
            case _:
                return updated


def find_uploads(translation: Known, function: cst.FunctionDef) -> Uploads:
    """Every use of an uploaded file in a function; raises `Refused` for one that has no counterpart."""
    found = Uploads()
    for node in nodes_of(function.body):
        if type(node) not in HOLDERS:
            continue
        assert isinstance(node, cst.BaseExpression)
        if translation.kind(node) in FILES:
            parent, *above = ancestors(function.body, node)
            if _is_word(node, parent):
                continue
            use = _use(translation, node, parent, tuple(above))
            if use is None:
                raise refused(translation, parent)
            found.uses[node] = use
    return found


def _is_word(node: cst.BaseExpression, parent: cst.CSTNode) -> bool:
    """Whether a name only stands for an attribute, or for a parameter."""
    return (isinstance(parent, cst.Attribute) and parent.attr is node) or (
        isinstance(parent, cst.Arg) and parent.keyword is node
    )


def refused(translation: Translation, node: cst.CSTNode) -> Refused:
    """The exception for such a use."""
    return translation.refuse(UPLOAD, node, code(node))


def _use(translation: Known, node: cst.BaseExpression, parent: cst.CSTNode, above: Above) -> Use | None:
    """What becomes of a file, or of several, in one place; None where there is nothing."""
    kind = translation.kind(node)
    if isinstance(parent, cst.AssignTarget | cst.Param | cst.NameItem):
        return "same"
    match parent:
        case (
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])
            | cst.NamedExpr(target=cst.Name(value=name))
        ) if translation.local_kinds.get(name) == kind:
            return "same"
        case cst.NamedExpr(target=target) if target is node:
            return "same"
        case cst.For(target=cst.BaseExpression() as target) | cst.CompFor(target=cst.BaseExpression() as target):
            return "same" if target is node or kind != "upload" else "stream"
        case cst.Element() if len(above) > 1 and isinstance(above[1], cst.For | cst.CompFor):
            return "same" if above[1].target is above[0] else None
        case cst.Attribute(attr=cst.Name(value=name)) if kind == "upload":
            known = name in SAME | OF_STREAM | HELPERS | {"stream", "save"}
            return "same" if known else None
        case cst.Subscript() if kind == "uploads":
            return "same"
        case cst.BooleanOperation() if kind == "uploads" and translation.kind(parent) == kind:
            return "same"
        case cst.ComparisonTarget() | cst.Comparison():
            return "same" if _compares_with_none(parent, above) else None
        case cst.Arg(star=""):
            return _argument_use(translation, kind, above)
        case _:
            return _truth(kind, parent, above, node)


def _argument_use(translation: Known, kind: str, above: Above) -> Use | None:
    called = above[0] if above else None
    name = translation.names.qualified(called.func) if isinstance(called, cst.Call) else None
    if kind == "upload":
        return "stream" if name in READERS else "truth" if name == "builtins.bool" else None
    return "same" if name in ("builtins.len", "builtins.bool") else None


def _compares_with_none(parent: cst.CSTNode, above: Above) -> bool:
    comparison = parent if isinstance(parent, cst.Comparison) else above[0] if above else None
    return isinstance(comparison, cst.Comparison) and all(
        isinstance(one.operator, cst.Is | cst.IsNot | cst.Equal | cst.NotEqual) and code(one.comparator) == "None"
        for one in comparison.comparisons
    )


def _truth(kind: str, parent: cst.CSTNode, above: tuple[cst.CSTNode, ...], node: cst.CSTNode) -> Use | None:
    """Where only the truth of a file counts: a condition, whatever it is made of."""
    child = node
    for one in (parent, *above):
        match one:
            case cst.UnaryOperation(operator=cst.Not()):
                break
            case cst.If(test=test) | cst.IfExp(test=test) | cst.While(test=test) | cst.CompIf(test=test) if (
                test is child
            ):
                break
            case cst.BooleanOperation():
                child = one
            case _:
                return None
    return "truth" if kind == "upload" else "same"


def attribute(translation: Translation, written: cst.Attribute, updated: cst.Attribute) -> cst.BaseExpression:
    """`file.stream`, `file.mimetype`, `file.read`."""
    name = written.attr.value
    if name == "stream":
        return updated.with_changes(attr=cst.Name("file"))
    if name in OF_STREAM:
        return updated.with_changes(value=cst.Attribute(updated.value, cst.Name("file")))
    if name in HELPERS:
        return cst.Call(cst.Name(translation.need(".compat.uploads", name)), [cst.Arg(updated.value)])
    if name == "save":
        raise refused(translation, written)
    return updated


def save(translation: Translation, updated: cst.Call) -> cst.BaseExpression:
    """`file.save(target)`."""
    file = cst.ensure_type(updated.func, cst.Attribute).value
    helper = cst.Name(translation.need(".compat.uploads", "save"))
    args = [one.with_changes(keyword=cst.Name("target")) if _is_destination(one) else one for one in updated.args]
    return updated.with_changes(func=helper, args=[cst.Arg(file), *args])


def _is_destination(argument: cst.Arg) -> bool:
    return argument.keyword is not None and argument.keyword.value == "dst"
