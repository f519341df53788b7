"""What OpenAPI says of a body that is no parameter of its own: read as a whole, or in more than one form.

Nothing here changes what the endpoint does: it is the `openapi_extra` of its route.
"""

import json
from collections.abc import Mapping

import libcst as cst

from codemods.view.body import body_keys
from codemods.view.body_reads import BodyReads, body_reads
from codemods.view.names import Names
from codemods.view.signature import FORM_KINDS, SENT, Signature

TEXT = {"type": "string"}
FILE = {"type": "string", "format": "binary"}


def described(function: cst.FunctionDef, names: Names, signature: Signature) -> str:
    """The content of the body by media type, as source text; empty where its parameters tell."""
    whole = any(
        one.source == SENT or (one.source[0] in FORM_KINDS and one.source[1].startswith(" "))
        for one in signature.parameters.values()
    )
    if not whole:
        return ""
    reads = body_reads(function, names)
    content: dict[str, object] = {}
    if reads.json:
        keys = body_keys(function, names)
        content["application/json"] = {"schema": _object({key: {} for key in keys}, False)}
    if reads.form or reads.file or reads.whole:
        media = [] if reads.file else ["application/x-www-form-urlencoded"]
        media += ["multipart/form-data"] if reads.file or "file" in reads.whole else []
        content |= {one: {"schema": _fields(reads)} for one in media}
    if reads.raw and not content:
        content["*/*"] = {"schema": FILE}
    return json.dumps(content) if content else ""


def _fields(reads: BodyReads) -> Mapping[str, object]:
    """The schema of a form; `additionalProperties` where fields are read by names that only the request tells."""
    fields: dict[str, object] = {key: _repeated(TEXT) if is_list else TEXT for key, is_list in reads.form.items()}
    fields |= {key: _repeated(FILE) if is_list else FILE for key, is_list in reads.file.items()}
    return _object(fields, bool(reads.whole))


def _repeated(item: Mapping[str, str]) -> dict[str, object]:
    return {"type": "array", "items": item}


def _object(properties: Mapping[str, object], is_open: bool) -> dict[str, object]:
    found: dict[str, object] = {"type": "object"}
    if properties:
        found["properties"] = dict(properties)
    if is_open and not properties:
        found["additionalProperties"] = TEXT
    return found
