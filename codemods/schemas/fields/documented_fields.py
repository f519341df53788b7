"""What OpenAPI is told of a field beside its type, by `metadata=` as apispec reads it.

    name = fields.Str(metadata={"description": "How it is called"})

    name: Annotated[Str, Field(description="How it is called")]

What apispec's Marshmallow plugin takes over (`FieldConverterMixin.metadata2properties`), as far as it is written out.
"""

import libcst as cst

from codemods.literals import as_literal

from ..basis.reading import code, literal

TEXTS = ("title", "description")
EXTRA = frozenset({"deprecated", "externalDocs", "format", "readOnly", "writeOnly"})
FIELD = "Field"


def documentation(call: cst.Call, version: int) -> str:
    """The arguments of Pydantic's `Field` for a field of Marshmallow's; empty for none.

    Marshmallow 3 takes arguments that it does not know as metadata.
    """
    given = {one.keyword.value: one.value for one in call.args if one.keyword}
    said = _written(given.get("metadata"))
    if version < 4:
        known = {*TEXTS, *EXTRA, "example", "examples"}
        said |= {name: value for name, node in given.items() if name in known for value in _values(node)}
    parts = [f"{name}={_shown(said[name])}" for name in TEXTS if isinstance(said.get(name), str)]
    if isinstance(said.get("examples"), list):
        parts.append(f"examples={_shown(said['examples'])}")
    elif "example" in said:
        parts.append(f"examples=[{_shown(said['example'])}]")
    extra = {name.replace("_", "-") if name.startswith("x_") else name: value for name, value in said.items()}
    kept = {name: value for name, value in extra.items() if name in EXTRA or name.startswith("x-")}
    if kept:
        parts.append(f"json_schema_extra={_shown(kept)}")
    return ", ".join(parts)


def documented(annotation: str, arguments: str) -> str:
    """The type of a field with these arguments of `Field`, which join those that it has."""
    node = cst.parse_expression(annotation)
    match node:
        case cst.Subscript(value=cst.Name("Annotated"), slice=items):
            *before, last = [code(one.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for one in items]
            if last.startswith(f"{FIELD}("):
                return f"Annotated[{', '.join([*before, f'{last[:-1]}, {arguments})'])}]"
            return f"Annotated[{', '.join([*before, last, f'{FIELD}({arguments})'])}]"
    return f"Annotated[{annotation}, {FIELD}({arguments})]"


def spread(annotation: str) -> str:
    """An `Annotated` with each of its parts in a line of its own."""
    node = cst.ensure_type(cst.parse_expression(annotation), cst.Subscript)
    parts = [code(one.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for one in node.slice]
    return "\n".join(["Annotated[", *(f"    {one}," for one in parts), "]"])


def _written(node: cst.BaseExpression | None) -> dict[str, object]:
    """The entries of a dictionary whose keys and values are written out."""
    found: dict[str, object] = {}
    for one in node.elements if isinstance(node, cst.Dict) else ():
        if isinstance(one, cst.DictElement) and isinstance(one.key, cst.SimpleString):
            found |= {str(one.key.evaluated_value): value for value in _values(one.value)}
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "dict":
        found |= {one.keyword.value: value for one in node.args if one.keyword for value in _values(one.value)}
    return found


def _values(node: cst.BaseExpression) -> list[object]:
    """The one value that is written out; none for what only shows when the code runs."""
    try:
        return [literal(node)]
    except ValueError:
        return []


def _shown(value: object) -> str:
    match value:
        case str():
            return as_literal(value)
        case dict():
            return "{" + ", ".join(f"{_shown(key)}: {_shown(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(_shown(one) for one in value) + "]"
    return repr(value)
