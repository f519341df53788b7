"""Functions that a field's values are given to, before the field looks at them and after: `pre_load=`, `post_load=`.

name = fields.Str(pre_load=str.strip)    →    name: Annotated[Str, Prepared(str.strip)]
"""

from collections.abc import Mapping

import libcst as cst

from ..basis.diagnostics import FIELD_OPTION
from ..basis.plan import Nested
from ..basis.reading import Reader, UnconvertibleError, code
from .field_types import FieldType

OPTIONS = {"post_load": "Finished", "pre_load": "Prepared"}
"""The options, and what stands beside a type for them, from the inside to the outside."""


def processors(
    reader: Reader, kind: str, common: Mapping[str, cst.BaseExpression], found: FieldType, allows_none: bool
) -> list[str]:
    """What stands beside a field's type for its functions; raises `UnconvertibleError`."""
    marks = []
    for option, mark in OPTIONS.items():
        given = common.get(option)
        if given is None:
            continue
        if any(isinstance(part, Nested) for part in found.kind):
            raise UnconvertibleError(
                FIELD_OPTION, given, f"'{option}' of nested objects, which are no dictionaries here"
            )
        if option == "pre_load" and (kind in ("Raw", "Field") or allows_none):
            raise UnconvertibleError(FIELD_OPTION, given, f"'{option}' of a field that may be null")
        listed = isinstance(given, cst.List | cst.Tuple)
        nodes = [one.value for one in given.elements] if isinstance(given, cst.List | cst.Tuple) else [given]
        if listed and not nodes:
            continue
        shown = ", ".join(_function(reader, one) for one in nodes)
        marks.append(f"{reader.compat('schema_functions', mark)}({shown})")
    return marks


def _function(reader: Reader, node: cst.BaseExpression) -> str:
    """The text of a function; one that raises Marshmallow's error is written beside the schema."""
    if isinstance(node, cst.Lambda):
        return reader.take(node)
    if isinstance(node, cst.Name | cst.Attribute):
        return reader.helper(node)
    raise UnconvertibleError(FIELD_OPTION, node, f"'{code(node)}'")
