"""Names in the lists of `class Meta` that are no fields of the class: made up ones, and those of nested schemas.

Marshmallow 3 makes a field up for each other name in `fields` and `additional`. Of `author.name` in `dump_only` the
schema of `author` hears, in all versions (`marshmallow/fields.py`, `Nested._nested_normalized_option`).
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import libcst as cst

from codemods.literals import as_literal

from ..basis.diagnostics import META
from ..basis.plan import FieldPlan, Meta
from ..basis.reading import Reader, UnconvertibleError
from ..fields.field_reading import FieldReader

SPELLED = {"datetime": "datetimes", "date": "dates", "time": "times"}
"""The values that schemas may have formats for, with what makes the type of one."""


def inferred(reader: Reader, node: cst.ClassDef, name: str, meta: Meta) -> FieldPlan:
    """A field that is named only, also of a value inside another: Marshmallow 3 writes it by the type of its value.

    Raises `UnconvertibleError` for other versions.
    """
    if reader.version != 3 or not name.replace(".", "_").isidentifier():
        raise UnconvertibleError(META, node, f"'{name}', which is no field")
    kind = (_type(reader, node, {**reader.formats, **meta.formats}),)
    loads, dumps = name not in meta.dump_only, name not in meta.load_only
    plan = FieldPlan(name, name, name, kind, loads=loads, dumps=dumps)
    if "." not in name:
        return plan
    mark = f"{reader.compat('schema_dumping', 'At')}({as_literal(name)})"
    annotation = FieldReader(reader).marked(plan.annotation, mark)
    return replace(plan, attribute=name.replace(".", "_"), annotation=annotation, path=name)


def _type(reader: Reader, node: cst.ClassDef, formats: Mapping[str, str]) -> str:
    """The type of such a field: Marshmallow writes its values as fields of their types do, in the schema's formats."""
    told = []
    for kind, maker in SPELLED.items():
        text = formats.get(f"{kind}format", "")
        if text and not text.startswith(('"', "'")):
            raise UnconvertibleError(META, node, f"a {kind} format that is not written out, for what is no field")
        told += [f"{kind}={reader.field_type(maker)}({text})"] if text else []
    if not told:
        return reader.compat("inferred", "Inferred")
    annotated, anything = reader.standard("typing", "Annotated"), reader.standard("typing", "Any")
    return f"{annotated}[{anything}, {reader.compat('inferred', 'inferred')}({', '.join(told)})]"


def inner_names(listed: Collection[str], fields: Collection[str]) -> list[str]:
    """Those that name a field of a nested schema."""
    return sorted(one for one in listed if "." in one and one.partition(".")[0] in fields)


def dotted(node: cst.ClassDef, name: str, option: str) -> UnconvertibleError:
    """The refusal of such a name in an option that makes another schema of the nested one."""
    return UnconvertibleError(META, node, f"'{name}' in '{option}', a field of a nested schema")
