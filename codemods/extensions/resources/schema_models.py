"""Models of Flask-RESTX that are a JSON Schema: `api.schema_model("Person", {"type": "object", ...})`."""

import ast
import json

from codemods.extensions.basis.objects import made_by, made_object
from codemods.model import Module, Project
from codemods.view.names import meaning
from codemods.view.rename import snake_case
from codemods.view.source import Sources

from .named_maps import named_map
from .restx_documents import API, NAMESPACE

MAKERS = frozenset({f"{API}.schema_model", f"{NAMESPACE}.schema_model"})
REFERENCE = "$ref"
"""A keyword that leads to other models of the `Api`, or anywhere."""


def schema_model(project: Project, sources: Sources, module: Module, node: ast.expr) -> tuple[str, str] | None:
    """The name of a constant for the schema of such a model, and its value as source text; None for any other model,
    and for one that is not spelled out. Raises `Refused` for a schema that changes."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    made = made_object(project, sources, meaning(project, module, node))
    if made is None or (made_by(project, sources, made.maker) or "") not in MAKERS:
        return None
    given = dict(zip(("name", "schema"), made.call.args, strict=False))
    given |= {one.arg: one.value for one in made.call.keywords if one.arg is not None}
    name, value = given.get("name"), given.get("schema")
    if isinstance(value, ast.Name | ast.Attribute):
        value = named_map(project, sources, meaning(project, made.module, value))[2]
    match name, value:
        case ast.Constant(value=str() as text), ast.Dict() if text.isidentifier():
            try:
                schema = ast.literal_eval(value)
                is_plain = f'"{REFERENCE}"' not in json.dumps(schema)
            except (ValueError, TypeError):
                return None
            constant = f"{snake_case(text).removesuffix('_schema').upper()}_SCHEMA"
            return (constant, ast.unparse(value)) if is_plain else None
    return None
