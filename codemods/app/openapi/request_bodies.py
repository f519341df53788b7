"""What OpenAPI says of a body that is no parameter of its own: read as a whole, or in more than one form.

Nothing here changes what the endpoint does: it is the `openapi_extra` of its route.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import libcst as cst

from codemods.carry.read_names import RequestShape
from codemods.literals import as_literal
from codemods.view.body_reads import body_reads
from codemods.view.names import Names
from codemods.view.signature import FORM_KINDS, SENT, Signature

BODY_METHODS = frozenset({"PATCH", "POST", "PUT"})
TEXT = {"type": "string"}
FILE = {"type": "string", "format": "binary"}


def described(
    function: cst.FunctionDef, names: Names, signature: Signature, shape: RequestShape, methods: Collection[str]
) -> str:
    """The content of the body by media type, as source text; empty where its parameters tell."""
    bodies = [one for one in signature.parameters.values() if one.source == SENT or one.source[0] in FORM_KINDS]
    if any(one.source == SENT or one.source[1].startswith(" ") for one in bodies):
        content = _content(shape, bool(body_reads(function, names).whole))
    elif bodies:
        content = _fields_beside({one.source for one in bodies}, shape)
    else:
        content = _unread(shape) if set(methods) <= BODY_METHODS else {}
    return as_literal(content) if content else ""


def parameters(shape: RequestShape, told: Collection[str]) -> dict[str, object]:
    """The parameters for the names of the query that no parameter tells of, by these names."""
    return {
        name: {"name": name, "in": "query", "schema": _repeated(TEXT) if is_list else TEXT}
        for name, is_list in shape.query.items()
        if name and name not in told
    }


def _content(shape: RequestShape, is_open: bool) -> dict[str, object]:
    """A body that is read as a whole."""
    content: dict[str, object] = {}
    if shape.touched & {"json"} or shape.json or shape.item:
        content["application/json"] = {"schema": _json(shape)}
    if shape.touched & {"form", "file"}:
        media = [] if shape.file else ["application/x-www-form-urlencoded"]
        media += ["multipart/form-data"] if "file" in shape.touched else []
        content |= {one: {"schema": _fields(shape, is_open)} for one in media}
    if shape.touched & {"raw", "about"} and not content:
        content["*/*"] = {"schema": FILE}
    return content


def _fields_beside(told: Collection[tuple[str, str]], shape: RequestShape) -> dict[str, object]:
    """The fields of a form that its parameters do not tell of: hooks read them."""
    has_files = any(kind == "file" for kind, _ in told)
    untold = {key: is_list for key, is_list in shape.form.items() if ("form", key) not in told}
    if not untold:
        return {}
    media = "multipart/form-data" if has_files else "application/x-www-form-urlencoded"
    return {media: {"schema": _fields(replace(shape, form=untold, file={}), False)}}


def _unread(shape: RequestShape) -> dict[str, object]:
    """A body of which only what stands around the endpoint reads something, or that is only asked about."""
    named = {part for part in ("json", "item", "form", "file") if getattr(shape, part)}
    return _content(replace(shape, touched=named | shape.touched & {"about"}), False)


def _json(shape: RequestShape) -> Mapping[str, object]:
    """The schema of a JSON body: an object, or a list of such."""
    if shape.item and not shape.json:
        return {"type": "array", "items": _object({key: {} for key in shape.item}, False)}
    return _object({key: {} for key in shape.json}, False)


def _fields(shape: RequestShape, is_open: bool) -> Mapping[str, object]:
    """The schema of a form; `additionalProperties` where fields are read by names that only the request tells."""
    fields: dict[str, object] = {key: _repeated(TEXT) if is_list else TEXT for key, is_list in shape.form.items()}
    fields |= {key: _repeated(FILE) if is_list else FILE for key, is_list in shape.file.items()}
    return _object(fields, is_open)


def _repeated(item: Mapping[str, str]) -> dict[str, object]:
    return {"type": "array", "items": item}


def _object(properties: Mapping[str, object], is_open: bool) -> dict[str, object]:
    found: dict[str, object] = {"type": "object"}
    if properties:
        found["properties"] = dict(properties)
    if is_open and not properties:
        found["additionalProperties"] = TEXT
    return found
