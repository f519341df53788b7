"""What a field says in place of Marshmallow's texts: `error_messages={"invalid": "{input} is no number."}`."""

import string
from collections.abc import Iterator

import libcst as cst

from ..basis.diagnostics import FIELD_OPTION
from ..basis.reading import Reader, UnconvertibleError

NUMBERS = frozenset({"Int", "Integer", "Float", "Bool", "Boolean"})
DATES = frozenset({"DateTime", "NaiveDateTime", "AwareDateTime", "Date", "Time"})


def own_texts(reader: Reader, kind: str, node: cst.BaseExpression | None) -> dict[str, str]:
    """The texts of a field of this kind by their keys, as expressions; raises `UnconvertibleError`."""
    texts = {}
    for key, value in _written(reader, node) if node is not None else ():
        if isinstance(value, cst.SimpleString | cst.ConcatenatedString) and _fields(value) - _told(kind, key):
            raise UnconvertibleError(FIELD_OPTION, value, f"'{key}' with braces")
        texts[key] = reader.take(value)
    return texts


def _written(reader: Reader, node: cst.BaseExpression) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The keys and values of a dictionary that is written out."""
    refused = UnconvertibleError(FIELD_OPTION, node, "'error_messages', which are not written out")
    match node:
        case cst.Dict(elements=elements):
            for element in elements:
                written = element.key if isinstance(element, cst.DictElement) else None
                key = written.evaluated_value if isinstance(written, cst.SimpleString) else None
                if not isinstance(key, str) or not key.isidentifier():
                    raise refused
                yield key, element.value
        case cst.Call(func=func, args=args) if reader.qualified(func) == "builtins.dict":
            for one in args:
                if one.keyword is None:
                    raise refused
                yield one.keyword.value, one.value
        case _:
            raise refused


def _told(kind: str, key: str) -> frozenset[str]:
    """What Marshmallow fills into a text (the calls of `make_error` in marshmallow/fields.py)."""
    if kind in NUMBERS and key in ("invalid", "too_large"):
        return frozenset({"input"})
    if kind in DATES and key == "invalid":
        return frozenset({"input"})
    return frozenset({"choices"}) if (kind, key) == ("Enum", "unknown") else frozenset()


def _fields(node: cst.SimpleString | cst.ConcatenatedString) -> set[str]:
    """What stands in braces in a text; braces that are none of a template are in it as well."""
    try:
        return {
            name.partition(".")[0].partition("[")[0]
            for _, name, _, _ in string.Formatter().parse(str(node.evaluated_value))
            if name is not None
        }
    except ValueError:
        return {"{"}
