"""What fields say of themselves in `metadata` arrives in OpenAPI, in both styles."""

from collections.abc import Callable
from typing import Any

import libcst as cst
import pytest

from codemods.schemas.fields.documented_fields import documentation
from codemods.styles import Styles

APP = """
from flask import Flask, request
from marshmallow import Schema, fields, validate

app = Flask(__name__)
NAMED = {"description": "named"}

class TagSchema(Schema):
    name = fields.Str(required=True, metadata={"description": 'How "it" is called', "example": "red"})

class PetSchema(Schema):
    id = fields.Int(dump_only=True, metadata={"description": "The number", "readOnly": True})
    name = fields.Str(
        required=True, data_key="petName", validate=validate.Length(min=1),
        metadata=dict(description="The name of the pet, by which it is called when there is food or a walk", x_order=1),
    )
    age = fields.Int(load_default=1, metadata={"title": "Age", "deprecated": True, "examples": [1, 2]})
    born = fields.Date(allow_none=True, metadata={"description": "When"})
    tags = fields.List(fields.Nested(TagSchema), metadata={"description": "All tags", "unknown": object})
    first = fields.Nested(TagSchema, metadata={"description": "The first"})
    other = fields.Str(metadata=NAMED)

@app.post("/pets")
def create():
    return PetSchema().dump(PetSchema().load(request.get_json())), 201
"""


@pytest.mark.parametrize("style", ["exact", "idiomatic"])
def test_what_fields_say_of_themselves_arrives_in_openapi(pair: Callable[..., Any], style: str) -> None:
    both = pair(APP, styles=Styles(default=style))
    assert both.runtimes() == {"create": "native"}
    document = both.make(None).openapi()
    found = {name: one["properties"] for name, one in document["components"]["schemas"].items() if "properties" in one}
    pet = next(one for name, one in found.items() if "petName" in one and "id" not in one)
    assert pet["petName"]["description"].startswith("The name of the pet")
    assert (pet["petName"]["minLength"], pet["petName"]["x-order"]) == (1, 1)
    assert {key: pet["age"][key] for key in ("title", "deprecated", "examples", "default")} == {
        "title": "Age", "deprecated": True, "examples": [1, 2], "default": 1,
    }  # fmt: skip
    assert [pet[name]["description"] for name in ("born", "tags", "first")] == ["When", "All tags", "The first"]
    assert "description" not in pet["other"]
    assert found["Tag"]["name"]["examples"] == ["red"]
    tag = {"name": "red"}
    if style == "exact":
        both.same("POST", "/pets", json={"petName": "Rex", "tags": [tag], "first": tag, "born": None})
    for body in ({"petName": ""}, {"tags": [{}]}, []):
        both.same("POST", "/pets", json=body)


@pytest.mark.parametrize(
    ("call", "version", "shown"),
    [
        ("fields.Str()", 4, ""),
        ("fields.Str(metadata={})", 4, ""),
        ("fields.Str(metadata=OTHER)", 4, ""),
        ('fields.Str(metadata={"description": _("text"), **more})', 4, ""),
        ('fields.Str(metadata={"description": 5, "enum": [1]})', 4, ""),
        ('fields.Str(metadata={"description": "a" "b"})', 4, 'description="ab"'),
        ("fields.Str(metadata={'example': {'a': [None, 'x']}})", 4, 'examples=[{"a": [None, "x"]}]'),
        ('fields.Str(description="old")', 3, 'description="old"'),
        ('fields.Str(description="no metadata")', 4, ""),
        (
            'fields.Str(metadata={"x-a": 1, "format": "password"})',
            4,
            'json_schema_extra={"x-a": 1, "format": "password"}',
        ),
    ],
)
def test_what_is_written_out_is_taken_over(call: str, version: int, shown: str) -> None:
    assert documentation(cst.ensure_type(cst.parse_expression(call), cst.Call), version) == shown
